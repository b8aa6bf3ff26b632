"""One subscription in a listing: its sign, its address, its place in the manifests, and its fields in a column."""

from reconciler.changes import of as kind_of
from reconciler.model.change import After, Before, Change
from reconciler.model.subscription import Place, Status
from reconciler.rendering.page import Page, Part, line
from reconciler.rendering.phrases import delta, figures, offers

COLUMN = 8
"""Cells from a field's label to its text."""

FIELDS = 6
"""How far fields are set in."""


def write_head(page: Page, sign: tuple[str, str], address: str, place: Place | None = None) -> None:
    """The item's first line."""
    mark = (f"{sign[0]} ", sign[1])
    right = (str(place), "dim") if place else ""
    page.ends(((address, "bold"),), right, indent=2, mark=mark)


def write_field(page: Page, label: str, *parts: Part) -> None:
    """One field, its text aligned with those of its neighbours."""
    page.write(*parts, indent=FIELDS, mark=(label.ljust(COLUMN), "dim"))


def write_wanted(page: Page, before: Before | None, after: After) -> None:
    """What is there and what is wanted."""
    _write_offers(page, offers(before, after))
    quantity = before.quantity if before else None
    write_field(page, "seats", figures(quantity, after.quantity) + delta(quantity, after.quantity))
    if before is not None and before.status != Status.ACTIVE:
        write_field(page, "status", before.status)


def _write_offers(page: Page, names: tuple[str, ...]) -> None:
    """On one line, or the new one below the old."""
    arrow = " -> ".join(names)
    if line(arrow).cell_len <= page.width - FIELDS - COLUMN:
        write_field(page, "offer", arrow)
    else:
        write_field(page, "offer", names[0])
        for target in names[1:]:
            write_field(page, "", "-> ", target)


def write_change(page: Page, item: Change, style: str) -> None:
    """A change that can go ahead, with what to know before approving it."""
    kind = kind_of(item.request)
    write_head(page, (kind.symbol, style), item.address, item.source)
    write_wanted(page, item.before, item.after)
    if users := kind.users(item.request):
        write_field(page, "users", users)
    for warning in item.warnings:
        write_warning(page, warning.description, warning.code)


def write_warning(page: Page, description: str, code: str) -> None:
    """Something to know; `code` is what `reconciler explain` takes."""
    page.write((description, "yellow"), (f" [{code}]", "dim"), indent=FIELDS - 2, mark=("! ", "bold yellow"))
