"""The section of customers that could not be read."""

from collections.abc import Iterable, Iterator

from reconciler.advice import row
from reconciler.model.drift import Unread
from reconciler.rendering.report import Advice, Item, Level, Section, Span, Tone


def unread(customers: Iterable[Unread]) -> Iterator[Section]:
    """Yields the customers that could not be read."""
    items = tuple(
        Item(
            subject=item.customer.name,
            sign=Span("x", Tone.BAD),
            level=Level.ERROR,
            says=item.what,
            tone=Tone.BAD,
            advice=_if_it_left(item) if item.may_have_left else Advice(),
        )
        for item in customers
    )
    if items:
        nouns = ("customer", "customers")
        yield Section(id="unread", heading="Could not be read", nouns=nouns, items=items, tone=Tone.BAD, dense=True)


def _if_it_left(item: Unread) -> Advice:
    """The steps about a customer that may be the reseller's no more."""
    return Advice(steps=row("customer_may_have_left").steps_for({"customer": item.customer.name}), label="do")
