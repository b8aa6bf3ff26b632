"""The encoding of a file that somebody handed in. Only UTF-8 is read; a byte order mark is passed over."""

import json
import shlex

MARK = b"\xef\xbb\xbf"
"""The byte order mark, as Notepad and PowerShell put it in front of UTF-8."""


def other_encoding(content: bytes) -> str | None:
    """UTF-16 or UTF-32, where the bytes are text in one of them; by the names that `iconv` knows too.

    With a mark or without: such a file begins with an ASCII character, as every JSON document and manifest does.
    """
    found = json.detect_encoding(content)
    if found.startswith("utf-8"):
        return None
    try:
        content.decode(found)
    except UnicodeDecodeError:
        return None
    return found.upper().replace("-LE", "LE").replace("-BE", "BE")


_IN_POWERSHELL = {"UTF-16BE": "BigEndianUnicode", "UTF-32": "UTF32", "UTF-32LE": "UTF32", "UTF-32BE": "UTF32"}


def conversion(name: str, encoding: str) -> dict[str, str]:
    """Returns the words of the commands that make a UTF-8 file of one that is in another encoding.

    PowerShell converts `read`, in the encoding that it calls `powershell`, to `write`; iconv converts `quoted` to
    `saved`.
    """
    saved = f"{name}.utf8"
    read, write = (f"'{item.replace(chr(39), chr(39) * 2)}'" for item in (name, saved))
    return {
        "powershell": _IN_POWERSHELL.get(encoding, "Unicode"),
        "read": read,
        "write": write,
        "quoted": shlex.quote(name),
        "saved": shlex.quote(saved),
    }
