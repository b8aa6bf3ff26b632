"""A table of short cells on a page of text, its columns aligned by cells."""

from rich.cells import cell_len

from reconciler.rendering.formats.page import Page
from reconciler.rendering.report import Grid
from reconciler.rendering.safe import visible

_BETWEEN = "  "
_INDENT = 2


def write_grid(page: Page, grid: Grid) -> None:
    """The head and a line for each row, so that it can be searched. Where not all columns fit, the last one stands
    below its row; where that is not enough, the long ones do too.
    """
    head, *rows = [tuple(map(visible, row)) for row in (grid.head, *grid.rows)]
    widths = [max(cell_len(row[at]) for row in rows) if name else 0 for at, name in enumerate(head)]
    widths = [width and max(width, cell_len(name)) for width, name in zip(widths, head, strict=True)]
    columns = [at for at, width in enumerate(widths) if width]
    long = [at for at in columns if head[at] in grid.long or at == columns[-1]]
    below = next((apart for apart in ([], columns[-1:], long) if _fits(page, widths, columns, apart)), long)
    for number, row in enumerate((head, *rows)):
        cells = [_padded(row[at], widths[at], right=head[at] in grid.right) for at in columns if at not in below]
        page.exact(_BETWEEN.join(cells), style="" if number else "bold")
        if number and below:
            _write_below(page, [row[at] for at in below])


def _fits(page: Page, widths: list[int], columns: list[int], below: list[int]) -> bool:
    kept = [widths[at] for at in columns if at not in below]
    return sum(kept) + len(_BETWEEN) * (len(kept) - 1) <= page.whole


def _write_below(page: Page, cells: list[str]) -> None:
    """Writes cells below their row: on one line where they fit."""
    together = _BETWEEN.join(cells)
    for text in [together] if cell_len(together) + _INDENT <= page.whole else cells:
        page.exact(text, indent=_INDENT, style="dim")


def _padded(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks
