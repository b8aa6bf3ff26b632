"""Text that came from elsewhere, made harmless to show: what a terminal or a CI system would obey becomes visible."""

import re

from reconciler.documents.escaping import AZURE_COMMAND
from reconciler.model.characters import escaped

_GITHUB_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
"""GitHub's runner obeys a line that begins with `::`, leading blanks aside."""


def visible(text: str) -> str:
    r"""The text with everything that acts instead of being read, and everything that nobody sees or can tell from a
    blank, shown as `\u` escapes, line breaks included. Letters of all scripts stay as they are.
    """
    return defused(escaped(text))


def defused(text: str) -> str:
    """The same lines, none of which a CI system takes for a command. For whole pages, after wrapping."""
    if "##" not in text and "::" not in text:
        return text
    return _GITHUB_COMMAND.sub(r"\1\\u003a", AZURE_COMMAND.sub(r"\\u0023", text))
