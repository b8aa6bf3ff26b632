"""A report as CSV: a row for each item, the same columns for every report."""

from collections.abc import Iterator

from reconciler.rendering.as_csv import Cell, table
from reconciler.rendering.formats.rows import Row, rows
from reconciler.rendering.report import Report
from reconciler.rendering.view import View

_COSTS = (
    "currency",
    "monthly_before",
    "monthly_after",
    "committed",
    "committed_until",
    "estimate",
    "monthly_otherwise",
)
"""The columns of the cost of a change; empty where it has no price."""

_HEAD = (
    *("address", "customer", "action", "status", "codes", "offer", "offer_after", "seats", "seats_after"),
    *("details", "says", "place"),
    *_COSTS,
)


def spreadsheet(report: Report, view: View) -> str:  # noqa: ARG001 -- the same however it is viewed
    """The table. One of a grid alone, such as that of state, has the grid's columns."""
    items = [*rows(report)]
    grid = next((section.grid for section in report.sections if section.grid), None)
    if grid and all(row.status != section.id for section in report.sections if section.grid for row in items):
        cells = ([None if cell == "-" else cell for cell in row] for row in grid.rows)
        return table([name.lower().replace(" ", "_") for name in grid.head], cells)
    return table(_HEAD, (tuple(_cells(row)) for row in items))


def _cells(row: Row) -> Iterator[Cell]:
    before, *after = row.offers or ("",)
    customer, slash, _ = row.subject.partition("/")
    yield from (row.subject, row.customer or (customer if slash else ""), row.action, row.status, " ".join(row.codes))
    yield from (before, after[0] if after else before)
    yield from (row.seats.before, row.seats.after) if row.seats else (None, None)
    yield "; ".join(f"{label}: {value}" if label else value for label, value in row.details)
    yield " ".join(row.says.split())
    yield str(row.place) if row.place else None
    yield from (row.properties.get(name) for name in _COSTS)
