"""A page of text under construction: wrapped to a width, aligned by cells, coloured or not."""

import re
from collections.abc import Iterable, Iterator
from io import StringIO

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.text import Text

from reconciler.model.invocation import Invocation
from reconciler.rendering.safe import defused, visible

Part = str | tuple[str, str]
"""A piece of a line: text, or text and its style."""

READABLE = 112
"""The widest line of prose. Eyes lose the way back to the next line's start beyond that."""

_NARROWEST = 40

_WORD = re.compile(r"\s*\S+\s*")

_RUN = re.compile(
    r"[\u0000-\u10ff]+|[^\u0000-\u10ff]"
    r"(?:[\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*\s*"
)
"""The parts of a word longer than a line that stay whole. All wide characters come after U+10FF; what combines with
the one before stays there.
"""


class Page:
    """Collects lines and gives them as one string. All text passes `visible` on its way in. `width` is that of prose,
    `whole` that of all there is. `invocation` has the flags that commands are shown with.
    """

    def __init__(self, *, width: int, color: bool, invocation: Invocation) -> None:
        self.invocation = invocation
        self.whole = width
        self.width = max(_NARROWEST, min(width, READABLE))
        self._color = color
        self._lines: list[Text] = []
        self._plain: list[str] = []
        self._console = Console(
            file=StringIO(),
            width=self.width,
            force_terminal=color,
            color_system="standard" if color else None,
            no_color=not color,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def gap(self) -> None:
        """An empty line, where the page has started and does not end with one."""
        if self._color and self._lines and self._lines[-1].plain:
            self._lines.append(Text())
        elif self._plain and self._plain[-1]:
            self._plain.append("")

    def write(self, *parts: Part, indent: int = 0, mark: Part = "", hang: int = 0) -> None:
        """A paragraph, wrapped. `mark` stands before its first line; the other lines begin below the text, set in
        by `hang` more.
        """
        if not self._color:
            self._write_plain(_joined(parts), indent, _joined((mark,)), hang)
            return
        marked = line(mark)
        hanging = indent + marked.cell_len + hang
        for at, part in enumerate(wrapped(line(*parts), self.width - hanging)):
            head = Text(" " * indent).append_text(marked) if at == 0 else Text(" " * hanging)
            self._append(head.append_text(part))

    def _write_plain(self, text: str, indent: int, marked: str, hang: int) -> None:
        """The same paragraph where nothing is coloured: no styles have to be kept for its parts."""
        hanging = indent + cell_len(marked) + hang
        room = self.width - hanging
        breaks = [] if cell_len(text) <= room else _breaks(text, room)
        head = " " * indent + marked
        for begin, end in zip([0, *breaks], [*breaks, len(text)], strict=True):
            self._plain.append(f"{head}{text[begin:end]}".rstrip())
            head = " " * hanging

    def exact(self, text: str, *, indent: int = 0, mark: Part = "", style: str = "bold") -> None:
        """A line that is copied, a command or a link: alone, and never broken however long it is."""
        if not self._color:
            self._plain.append(f"{' ' * indent}{_joined((mark, text))}".rstrip())
            return
        self._append(Text(" " * indent).append_text(line(mark, (text, style))))

    def ends(self, left: tuple[Part, ...], right: Part, *, indent: int = 0, mark: Part = "") -> None:
        """One part at the left and one at the right edge; on two lines where they don't fit on one."""
        if not self._color:
            self._ends_plain(left, right, indent, mark)
            return
        start, end = line(mark, *left), line(right)
        room = self.width - indent - start.cell_len - end.cell_len
        if room >= _APART:
            self._append(Text(" " * indent).append_text(start).append(" " * room).append_text(end))
        else:
            self.write(*left, indent=indent, mark=mark)
            if end.plain:
                self.write(right, indent=indent + cell_len(str(mark[0] if isinstance(mark, tuple) else mark)))

    def _ends_plain(self, left: tuple[Part, ...], right: Part, indent: int, mark: Part) -> None:
        start, end = _joined((mark, *left)), _joined((right,))
        room = self.width - indent - cell_len(start) - cell_len(end)
        if room >= _APART:
            self._plain.append(f"{' ' * indent}{start}{' ' * room}{end}".rstrip())
        else:
            marked = _joined((mark,))
            self._write_plain(start.removeprefix(marked), indent, marked, 0)
            if end:
                self._write_plain(end, indent + cell_len(marked), "", 0)

    @property
    def height(self) -> int:
        """Returns how many lines there are so far."""
        return len(self._lines) + len(self._plain)

    def text(self) -> str:
        """Everything written so far; ends with a line break."""
        if not self._color:
            return defused("".join(f"{text}\n" for text in self._plain))
        return defused("".join(f"{self._colored(text)}\n" for text in self._lines))

    def _colored(self, text: Text) -> str:
        pieces = text.render(self._console)
        return "".join(
            piece.style.render(piece.text, color_system=ColorSystem.STANDARD) if piece.style else piece.text
            for piece in pieces
        )

    def _append(self, text: Text) -> None:
        text.rstrip()
        self._lines.append(text)


_APART = 2
"""Blanks that keep two parts of a line apart."""


def _joined(parts: Iterable[Part]) -> str:
    """The parts as one line without their styles, made harmless."""
    return "".join(visible(part if isinstance(part, str) else part[0]) for part in parts)


def line(*parts: Part) -> Text:
    """The parts as one line, made harmless."""
    text = Text()
    for part in parts:
        content, style = part if isinstance(part, tuple) else (part, "")
        text.append(visible(content), style or None)
    return text


def wrapped(text: Text, width: int) -> list[Text]:
    """The text in lines of so many cells. A longer word sticks out, since it may be an address, an id or a link, which
    are copied and searched for; it is broken where it has wide characters, as Chinese and Japanese are.
    """
    if text.cell_len <= width:
        return [text]
    return list(text.divide(_breaks(text.plain, width)))


def _breaks(text: str, width: int) -> list[int]:
    """Returns where new lines begin."""
    breaks: list[int] = []
    used = 0
    for word in _WORD.finditer(text):
        for at, piece in _pieces(word[0], word.start(), width):
            if used and used + cell_len(piece.rstrip()) > width:
                breaks.append(at)
                used = 0
            used += cell_len(piece)
    return breaks


def _pieces(word: str, start: int, width: int) -> Iterator[tuple[int, str]]:
    """Yields what is not broken of a word, with its place."""
    if cell_len(word.rstrip()) <= width or "://" in word:
        yield start, word
    else:
        yield from ((start + run.start(), run[0]) for run in _RUN.finditer(word))
