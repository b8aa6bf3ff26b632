"""A page of text under construction: wrapped to a width, aligned by cells, coloured or not."""

import re
from io import StringIO

from rich.cells import cell_len, chop_cells
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


class Page:
    """Collects lines and gives them as one string. All text passes `visible` on its way in. `width` is that of prose,
    `whole` that of all there is. `invocation` has the flags that commands are shown with.
    """

    def __init__(self, *, width: int, color: bool, invocation: Invocation | None = None) -> None:
        self.invocation = invocation or Invocation()
        self.whole = width
        self.width = max(_NARROWEST, min(width, READABLE))
        self._color = color
        self._lines: list[Text] = []
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
        """An empty line, where the page has begun and does not end with one."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def write(self, *parts: Part, indent: int = 0, mark: Part = "", hang: int = 0) -> None:
        """A paragraph, wrapped. `mark` stands before its first line; the other lines begin below the text, set in
        by `hang` more.
        """
        marked = line(mark)
        hanging = indent + marked.cell_len + hang
        for at, part in enumerate(wrapped(line(*parts), self.width - hanging)):
            head = Text(" " * indent).append_text(marked) if at == 0 else Text(" " * hanging)
            self._append(head.append_text(part))

    def exact(self, text: str, *, indent: int = 0, mark: Part = "", style: str = "bold") -> None:
        """A line that is copied, a command or a link: alone, and never broken however long it is."""
        self._append(Text(" " * indent).append_text(line(mark, (text, style))))

    def ends(self, left: tuple[Part, ...], right: Part, *, indent: int = 0, mark: Part = "") -> None:
        """One part at the left and one at the right edge; on two lines where they don't fit on one."""
        start, end = line(mark, *left), line(right)
        room = self.width - indent - start.cell_len - end.cell_len
        if room >= 2:  # noqa: PLR2004 -- two blanks keep them apart
            self._append(Text(" " * indent).append_text(start).append(" " * room).append_text(end))
        else:
            self.write(*left, indent=indent, mark=mark)
            if end.plain:
                self.write(right, indent=indent + cell_len(str(mark[0] if isinstance(mark, tuple) else mark)))

    @property
    def height(self) -> int:
        """Returns how many lines there are so far."""
        return len(self._lines)

    def text(self) -> str:
        """Everything written so far; ends with a line break."""
        if not self._color:
            return defused("".join(f"{text.plain}\n" for text in self._lines))
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


def line(*parts: Part) -> Text:
    """The parts as one line, made harmless."""
    text = Text()
    for part in parts:
        content, style = part if isinstance(part, tuple) else (part, "")
        text.append(visible(content), style or None)
    return text


def wrapped(text: Text, width: int) -> list[Text]:
    """The text in lines of so many cells. Words longer than that are folded, links are not: they are clicked."""
    if text.cell_len <= width:
        return [text]
    return list(text.divide(_breaks(text.plain, width)))


def _breaks(text: str, width: int) -> list[int]:
    """Returns where new lines begin."""
    breaks: list[int] = []
    used = 0
    for match in _WORD.finditer(text):
        word, at = match[0], match.start()
        size = cell_len(word.rstrip())
        if used and used + size > width:
            breaks.append(at)
            used = 0
        pieces = [word] if size <= width or "://" in word else chop_cells(word, width)
        for piece in pieces[:-1]:
            at += len(piece)
            breaks.append(at)
        used += cell_len(pieces[-1])
    return breaks
