"""Values as CSV for spreadsheets: a head, and a row for each item."""

import csv
import io
from collections.abc import Iterable

from reconciler.rendering.safe import visible

_FORMULAS = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet, whatever its quotes (OWASP, "CSV Injection")."""

Cell = str | int | None


def table(head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """The table, lines ended by a line feed. A text never acts: neither in a spreadsheet nor in a CI system's log."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return file.getvalue()


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    shown = visible(cell)
    return f"'{shown}" if shown.lstrip().startswith(_FORMULAS) else shown
