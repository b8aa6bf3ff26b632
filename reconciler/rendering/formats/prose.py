"""Lines of text: what a command says of its work."""

from collections.abc import Iterable

from reconciler.model.invocation import NO_FLAGS, CommandLine
from reconciler.rendering.formats.page import Page

_INDENT = 4


def prose_text(lines: Iterable[str], *, width: int = 80, color: bool = False) -> str:
    """The lines for people, each wrapped. What is left of an item of a list, which is set in, is set in further. A
    command is whole on a line of its own, set in below the line before it.
    """
    page, indent = Page(width=width, color=color, invocation=NO_FLAGS), 0
    for line in lines:
        if isinstance(line, CommandLine):
            page.exact(line, indent=indent + _INDENT)
            continue
        for text in line.split("\n"):
            indent = len(text) - len(text.lstrip(" "))
            page.write(text.strip(), indent=indent, hang=_INDENT if indent else 0)
    return page.text()
