"""A report as lines to search: one for each item, whatever its length, in columns whose order never changes."""

from collections.abc import Iterator

from rich.cells import cell_len

from reconciler.rendering.formats.rows import Row, rows
from reconciler.rendering.report import Report
from reconciler.rendering.safe import defused, visible
from reconciler.rendering.view import View

_BETWEEN = "  "


def brief(report: Report, view: View) -> str:  # noqa: ARG001 -- painted alike at every width
    """The lines: address, action, code or status, then the values from and to. The first three hold no blank."""
    grids = [section.grid for section in report.sections if section.grid and not section.items]
    lines = [*map(_cells, rows(report)), *(tuple(cell or "-" for cell in row) for grid in grids for row in grid.rows)]
    if not lines:
        return ""
    cells = [[cell_len(visible(line[at])) for line in lines if at < len(line)] for at in range(_WIDEST)]
    widths = [max((width for width in column if width <= _ALIGNED), default=0) for column in cells]
    return defused("".join(f"{_line(line, widths)}\n" for line in lines))


_ALIGNED = 36
"""The widest cell that others are aligned with: a longer one only moves its own line."""

_WIDEST = 8
"""The most columns that any line has."""


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    shown = [visible(cell) for cell in cells]
    padded = (f"{cell}{' ' * (width - cell_len(cell))}" for cell, width in zip(shown, widths, strict=False))
    return _BETWEEN.join(padded).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    status = ",".join(row.codes) or row.status
    return row.subject.replace(" -> ", "->").replace(" ", "_") or "-", row.action, status, "; ".join(_values(row))


def _values(row: Row) -> Iterator[str]:
    """Yields what changes, from and to; of what changes nothing, what is said of it, else all that is known."""
    moved = [f"{label} {value}" for label, value in row.details if " -> " in value]
    if row.offers or moved:
        yield from filter(None, (" -> ".join(row.offers), str(row.seats or ""), *moved))
    elif row.says:
        yield " ".join(row.says.split())
    else:
        yield from filter(None, (str(row.seats or ""), *(f"{label} {value}".strip() for label, value in row.details)))
