"""Text that came from elsewhere, made harmless to show: what a terminal or a CI system would obey becomes visible."""

import re

_UNSEEN = (
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 and C1 controls, DEL: escape sequences begin here
    "\u00ad\u061c\u180e"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero-width, line and paragraph separators, bidirectional marks
    "\ufeff\ufff9-\ufffb\ufffe\uffff"  # byte order mark, interlinear annotation, no characters at all
    "\ud800-\udfff"  # half a character: can't be encoded at all
    "\U000e0000-\U000e007f"  # tags: text that nobody sees
    "]"
)
_IN_TEXT = re.compile(_UNSEEN)
_IN_JSON = re.compile(f"(?!\n){_UNSEEN}")
_AZURE_COMMAND = re.compile(r"#(?=#(?:vso)?\[)", re.IGNORECASE)
"""`##vso[` is obeyed anywhere in a line of an Azure pipeline's log; `##[` is its, and GitHub's, older form."""

_GITHUB_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""GitHub's runner obeys a line that begins with `::`, leading blanks aside."""


def visible(text: str) -> str:
    r"""The text with everything that acts instead of being read shown as `\u` escapes, line breaks included.

    Letters of all scripts and every space that takes up room stay as they are.
    """
    return defused(text if text.isprintable() else _IN_TEXT.sub(_escape, text))


def defused(text: str) -> str:
    """The same lines, none of which a CI system takes for a command. For whole pages, after wrapping."""
    if "##" not in text and "::" not in text:
        return text
    return _GITHUB_COMMAND.sub(r"\1\\u003a", _AZURE_COMMAND.sub(r"\\u0023", text))


def json_safe(document: str) -> str:
    r"""A JSON document with the same content, its dangerous characters written as JSON's own `\u` escapes.

    The line breaks between members stay. Nothing but strings can hold any of the others.
    """
    return _AZURE_COMMAND.sub(r"\\u0023", _IN_JSON.sub(_escape_in_json, document))


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the last of four digits


def _escape_in_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
