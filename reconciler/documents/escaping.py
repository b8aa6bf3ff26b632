"""JSON whose text can be shown anywhere: what a terminal or a CI system would obey stands as JSON's own escapes."""

import re

from reconciler.model.characters import replaced, utf16_escape

AZURE_COMMAND = re.compile(r"#(?=#(?:vso)?\[)", re.IGNORECASE)
"""`##vso[` is obeyed anywhere in a line of an Azure pipeline's log; `##[` is its, and GitHub's, older form."""


def json_safe(document: str) -> str:
    r"""Returns a JSON document with the same content, its dangerous characters written as `\u` escapes.

    The line breaks between members stay. Nothing but strings can hold any of the others.
    """
    plain = document.isascii() and document.replace("\n", "").isprintable()
    safe = document if plain else "\n".join(map(_escaped, document.split("\n")))
    return AZURE_COMMAND.sub(r"\\u0023", safe)


def _escaped(line: str) -> str:
    return line if line.isascii() and line.isprintable() else replaced(line, utf16_escape)
