"""The report of `prices check`."""

from reconciler.model.price_check import PriceCheck, WithoutPrice
from reconciler.model.prices import Sheet
from reconciler.model.remedy import Step
from reconciler.rendering.phrases import COST_NOTE, count
from reconciler.rendering.report import Grid, Item, Level, Notice, Report, Section, Span, Tone
from reconciler.rendering.reports.price_facts import OF_SHEET, OF_UNPRICED, head, row


def prices_report(check: PriceCheck) -> Report:
    """The sheets, a warning of each that is of an earlier month, and what has no price."""
    rows = tuple(row(OF_SHEET, sheet) for sheet in check.sheets)
    sheets = Grid(head=head(OF_SHEET), rows=rows, right=frozenset({"PRICES"}))
    sections = [Section(id="sheets", grid=sheets)]
    if check.unpriced:
        rows = tuple(row(OF_UNPRICED, item) for item in check.unpriced)
        grid = Grid(head=head(OF_UNPRICED), rows=rows, long=frozenset({"OFFER"}))
        items = tuple(map(_unpriced, check.unpriced))
        sections.append(
            Section(id="unpriced", heading="No price", nouns=("subscription", "subscriptions"), items=items, grid=grid)
        )
    return Report(
        name="reconciler prices check",
        case="prices",
        counts=_sum(check),
        notices=tuple(map(_stale, check.stale)),
        sections=tuple(sections),
        closing=(Step(_sum(check)),),
    )


def _unpriced(item: WithoutPrice) -> Item:
    return Item(
        subject=item.address,
        address=item.address,
        level=Level.WARNING,
        state="no price",
        code=item.code,
        says=item.why,
        place=item.source,
    )


def _stale(sheet: Sheet) -> Notice:
    item = Item(
        subject=sheet.file,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        code="price_sheet_stale",
        says=f"Its newest price is of {sheet.month:%Y-%m}. Prices change on the first of a month.",
    )
    return Notice(heading="A sheet is of an earlier month", items=(item,))


def _sum(check: PriceCheck) -> str:
    priced = count(check.priced, "subscription has a price", "subscriptions have a price")
    none = f", {len(check.unpriced)} have none" if check.unpriced else ""
    older = count(check.traditional, "traditional one", "traditional ones")
    promotion = "Of one with a promotion a plan has no price either: this check reads no subscriptions."
    return f"{priced}{none}; no sheet has prices of the {older}. {promotion} {COST_NOTE}"
