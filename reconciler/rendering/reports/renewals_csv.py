"""The list of renewals as CSV, a row for each term."""

from collections.abc import Iterator

from reconciler.model.renewals import Renewals, TermEnd
from reconciler.rendering.as_csv import Cell, table
from reconciler.rendering.phrases import moment


def renewals_csv(renewals: Renewals) -> str:
    """The list as CSV, a row for each term."""
    head = (
        *("date", "address", "customer", "subscription_id", "declared", "event", "offer", "offer_after", "seats"),
        *("seats_after", "term", "term_after", "billing", "billing_after", "price", "price_after"),
        *("change_until", "undo_until", "findings", "place", "display_name", "ends_after"),
        *("price_estimate", "price_after_estimate"),
    )
    return table(head, (tuple(_cells(term)) for term in renewals.terms))


def _cells(term: TermEnd) -> Iterator[Cell]:
    before, after = term.before, term.after
    yield from (str(term.ends_on), term.address or "", term.customer.name, term.subscription_id)
    yield from ("yes" if term.declared else "no", term.event)
    for name in ("offer_name", "quantity", "term", "billing", "price"):
        yield from (getattr(values, name) if values else None for values in (before, after))
    yield from (moment(until) if until else None for until in (term.change_until, term.undo_until))
    yield " ".join(finding.code for finding in term.findings)
    yield str(term.source) if term.source else None
    yield term.customer.display_name
    yield str(term.ends_after) if term.ends_after else None
    for estimate in (values.price_estimate if values else None for values in (before, after)):
        yield None if estimate is None else "yes" if estimate else "no"
