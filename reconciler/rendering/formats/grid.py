"""A table of short cells on a page of text, its columns aligned by cells."""

from rich.cells import cell_len

from reconciler.rendering.formats.page import Page
from reconciler.rendering.report import Grid
from reconciler.rendering.safe import visible

_BETWEEN = "  "


def write_grid(page: Page, grid: Grid) -> None:
    """The head and a line for each row, so that it can be searched; where all columns don't fit, the last one stands
    on lines of its own.
    """
    head, *rows = [tuple(map(visible, row)) for row in (grid.head, *grid.rows)]
    widths = [max(cell_len(row[at]) for row in rows) if name else 0 for at, name in enumerate(head)]
    widths = [width and max(width, cell_len(name)) for width, name in zip(widths, head, strict=True)]
    fits = sum(widths) + len(_BETWEEN) * (len([*filter(None, widths)]) - 1) <= page.whole
    for at, row in enumerate((head, *rows)):
        cells = [
            _padded(cell, width, right=name in grid.right)
            for name, cell, width in zip(head, row, widths, strict=True)
            if width
        ]
        page.exact(_BETWEEN.join(cells if fits else cells[:-1]), style="" if at else "bold")
        if at and not fits:
            page.exact(row[-1], indent=2, style="dim")


def _padded(text: str, width: int, *, right: bool) -> str:
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks
