"""A report as rows, one for each item: what lines to search and spreadsheets are made of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.place import Place
from reconciler.rendering.report import Amount, Item, Names, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item. `action` is what would be done, or `blocked`, `task`, `drift` and the like; `status` is its section
    and `codes` are what `reconciler explain` takes. `details` are its other values, `says` is what is said of it.
    `properties` are its figures for machines.
    """

    subject: str
    customer: str
    action: str
    status: str
    codes: tuple[str, ...]
    offers: tuple[str, ...] = ()
    seats: Amount | None = None
    details: tuple[tuple[str, str], ...] = ()
    says: str = ""
    place: Place | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


def rows(report: Report) -> Iterator[Row]:
    """Yields a row for each item: the notices first, then the sections in their order."""
    for notice in (*report.before, *report.notices):
        if not notice.repeats:
            yield from (_row(item, "notice", (item.code,)) for item in notice.items if item.code)
    for section in report.sections:
        yield from (_row(item, section.id, (item.code,)) for item in section.items if item.subject)
        for group in (group for part in section.parts for group in part.groups):
            for item, causes in group.items_with_causes:
                codes = tuple(cause.code for cause in causes)
                yield _row(item, section.id, codes, " ".join(cause.says for cause in causes))


def _row(item: Item, status: str, codes: Iterable[str], says: str = "") -> Row:
    values = {labelled.label: labelled.value for labelled in item.fields}
    offers, seats = values.get("offer"), values.get("seats")
    return Row(
        subject=item.subject,
        customer=item.customer,
        action=item.kind or "notice",
        status=status,
        codes=tuple(code for code in codes if code not in {"", item.kind}),
        offers=offers.names if isinstance(offers, Names) else (),
        seats=seats if isinstance(seats, Amount) else None,
        details=tuple(
            (labelled.label, str(labelled.value))
            for labelled in item.fields
            if not (labelled.label == "offer" and isinstance(labelled.value, Names))
            and not (labelled.label == "seats" and isinstance(labelled.value, Amount))
        ),
        says=says or " ".join(filter(None, (item.value, item.says))),
        place=item.place,
        properties=dict(item.properties),
    )
