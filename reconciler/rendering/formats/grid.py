"""A table on a page of text, its columns aligned by cells."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from reconciler.rendering.formats.page import Page
from reconciler.rendering.report import Grid
from reconciler.rendering.safe import visible

_BETWEEN = "  "
_INDENT = 2
_CUT = "..."
_LEAST = 30
"""The room that a long text needs at least to stand, clipped, beside other cells."""


@dataclass(slots=True)
class _Column:
    at: int
    width: int
    right: bool
    long: bool

    def cell(self, row: tuple[str, ...]) -> str:
        text = row[self.at]
        if self.long and cell_len(text) > self.width:
            text = f"{set_cell_size(text, self.width - len(_CUT)).rstrip()}{_CUT}"
        blanks = " " * (self.width - cell_len(text))
        return blanks + text if self.right else text + blanks


def write_grid(page: Page, grid: Grid) -> None:
    """The head, and the same lines for each row, so that they can be searched: one where all columns fit. Else the
    columns that find no room in it stand below, the grouping one above the rows that share it.
    """
    head, *rows = [tuple(map(visible, row)) for row in (grid.head, *grid.rows)]
    columns = list(_columns(grid, head, rows))
    group = next((column for column in columns if head[column.at] == grid.group), None)
    if _needed(columns) <= page.whole:
        lines, group = [columns], None
    else:
        lines = _lines([column for column in columns if column is not group], page.whole)
    _write_row(page, lines, head, style="bold")
    above = ""
    for row in rows:
        if group and row[group.at] != above:
            above = row[group.at]
            page.exact(above)
        _write_row(page, lines, row)


def _columns(grid: Grid, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[_Column]:
    """Yields the columns that hold anything, each as wide as its widest cell."""
    for at, name in enumerate(head):
        width = max(cell_len(row[at]) for row in rows) if name and name not in grid.repeats else 0
        if width:
            yield _Column(at, max(width, cell_len(name)), right=name in grid.right, long=name in grid.long)


def _needed(columns: list[_Column]) -> int:
    return sum(column.width for column in columns) + len(_BETWEEN) * (len(columns) - 1)


def _lines(columns: list[_Column], width: int) -> list[list[_Column]]:
    """Returns the columns of each line, each on the first that has room for it; the long ones last, and clipped."""
    lines: list[list[_Column]] = []
    rooms: list[int] = []
    for column in sorted(columns, key=lambda column: column.long):
        least = min(column.width, _LEAST) if column.long else column.width
        at = next((at for at, room in enumerate(rooms) if room >= least), len(lines))
        if at == len(lines):
            lines.append([])
            rooms.append(width - _INDENT * bool(at))
        if column.long:
            column.width = min(column.width, rooms[at])
        lines[at].append(column)
        rooms[at] -= column.width + len(_BETWEEN)
    return lines


def _write_row(page: Page, lines: list[list[_Column]], row: tuple[str, ...], style: str = "") -> None:
    for at, line in enumerate(lines):
        text = _BETWEEN.join(column.cell(row) for column in line).rstrip()
        indent, style_here = (_INDENT, style or "dim") if at else (0, style)
        if len(line) == 1 and cell_len(text) + indent > page.whole:
            page.write((text, style_here), indent=indent)
        else:
            page.exact(text, indent=indent, style=style_here)
