"""Text that came from elsewhere, made harmless to show: what a terminal or a CI system would obey becomes visible."""

import re

from reconciler.model.characters import replaced

_AZURE_COMMAND = re.compile(r"#(?=#(?:vso)?\[)", re.IGNORECASE)
"""`##vso[` is obeyed anywhere in a line of an Azure pipeline's log; `##[` is its, and GitHub's, older form."""

_GITHUB_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""GitHub's runner obeys a line that begins with `::`, leading blanks aside."""


def visible(text: str) -> str:
    r"""The text with everything that acts instead of being read, and everything that nobody sees or can tell from a
    blank, shown as `\u` escapes, line breaks included. Letters of all scripts stay as they are.
    """
    return defused(replaced(text, escaped))


def defused(text: str) -> str:
    """The same lines, none of which a CI system takes for a command. For whole pages, after wrapping."""
    if "##" not in text and "::" not in text:
        return text
    return _GITHUB_COMMAND.sub(r"\1\\u003a", _AZURE_COMMAND.sub(r"\\u0023", text))


def json_safe(document: str) -> str:
    r"""A JSON document with the same content, its dangerous characters written as JSON's own `\u` escapes.

    The line breaks between members stay. Nothing but strings can hold any of the others.
    """
    return _AZURE_COMMAND.sub(r"\\u0023", replaced(document, _escaped_in_json, keep="\n"))


def escaped(sign: str) -> str:
    """The escape that stands for a character, as YAML, Python and JSON know it."""
    code = ord(sign)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 -- the last of four digits


def _escaped_in_json(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
