"""A guide laid out for a terminal: its Markdown, wrapped to a width, with colour or without."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownContext, TableDataElement, TableElement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from reconciler.rendering.safe import defused

_WIDEST, _NARROWEST = 100, 40
"""Columns of a line of prose. Code and terminal output are never wrapped."""

_GUIDE = re.compile(r"(?P<topic>[a-z-]+)\.md(#[\w-]*)?")
"""The command that a link to another guide stands for."""


class _Heading(Heading):
    """A heading at the left edge, marked as in the source: its level shows without colour too."""

    def on_enter(self, context: MarkdownContext) -> None:
        super().on_enter(context)
        self.text = Text("#" * int(self.tag[1:]) + " ")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.stylize("bold")
        yield self.text


class _CodeBlock(CodeBlock):
    """Code as it is written, set in and never wrapped, so that it can be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        style = console.get_style("cyan")
        for line in str(self.text).rstrip().splitlines():
            yield Segment(f"    {line}".rstrip(), style)
            yield Segment.line()


class _Table(TableElement):
    """A table without empty lines above and below."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                table.show_edge = False
            yield table


class _Cell(TableDataElement):
    """A cell that breaks a long word rather than cut it off."""

    def on_enter(self, context: MarkdownContext) -> None:
        super().on_enter(context)
        self.content.overflow = "fold"


class _Guide(Markdown):
    """Markdown without comments, with links as a terminal's reader can follow them, and without colour with the marks
    of code.
    """

    elements = {  # noqa: RUF012 -- as in the base class
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _CodeBlock,
        "code_block": _CodeBlock,
        "table_open": _Table,
        "th_open": _Cell,
        "td_open": _Cell,
    }

    def __init__(self, markdown: str, *, color: bool) -> None:
        super().__init__(markdown)
        self.parsed = [token for token in self.parsed if token.type != "html_block"]
        for token in self.parsed:
            token.children = list(_spelled_out(token.children or (), color=color)) or None


def guide_text(markdown: str, *, width: int, color: bool) -> str:
    """Returns a guide as text for a terminal of `width` columns. A link to another guide names the guide's command."""
    console = Console(
        file=StringIO(),
        width=max(_NARROWEST, min(width, _WIDEST)),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(_Guide(markdown, color=color), crop=False)
    text = "\n".join(line.rstrip() for line in capture.get().strip("\n").splitlines()) + "\n"
    return text if color else defused(text)


def _spelled_out(tokens: Iterable[Any], *, color: bool) -> Iterator[Any]:
    """Yields the tokens of a paragraph, each link as its text and where it leads."""
    for token in _followable(tokens):
        marked = token.type == "code_inline" and not color
        yield replace(token, content=f"`{token.content}`") if marked else token


def _followable(tokens: Iterable[Any]) -> Iterator[Any]:
    target, as_code = "", False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
        elif token.type == "link_close":
            yield from _destination(token, target, as_code=as_code)
        else:
            as_code = token.type == "code_inline"
            yield token


def _destination(token: Any, target: str, *, as_code: bool) -> Iterator[Any]:
    """Yields where a link leads, in brackets; nothing for a place in this guide, or for a topic written as code."""

    def plain(content: str) -> Any:
        return replace(token, type="text", tag="", nesting=0, content=content)

    guide = _GUIDE.fullmatch(target)
    if target.startswith("#") or (guide and as_code):
        return
    yield plain(" (")
    shown = f"reconciler guide {guide['topic']}" if guide else target
    yield replace(token, type="code_inline", tag="code", nesting=0, content=shown) if guide else plain(shown)
    yield plain(")")
