"""The sections of what state tracks and no manifest declares."""

from collections.abc import Collection, Iterable, Iterator

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.alarm import TRACKED_ON, Alarm
from reconciler.model.remedy import Step
from reconciler.model.unsettled import Unsettled
from reconciler.rendering.report import Advice, Item, Level, Section, Span

_HEADINGS = {
    "undeclared": "No longer declared",
    "unbought": "No longer declared, and not bought",
    "unsettled": "No longer declared, while a change is open",
}
"""The heading of each kind. The table of advice has what is said of several, `left_KIND`, and of one alone."""


def undeclared(
    tracked: tuple[Address, ...],
    unbought: Collection[Address],
    pending: Iterable[Unsettled],
    warnings: Iterable[Alarm],
    dropped: Collection[Address] = (),
) -> Iterator[Section]:
    """Yields what state tracks and no manifest declares: subscriptions, orders of which nothing is bought, and what can
    be forgotten only once it is settled. `dropped` was declared at the compared commit.
    """
    open_at = {item.address for item in pending} | {item.address for item in warnings if item.code in TRACKED_ON}
    kinds = {
        address: "unsettled" if address in open_at else "unbought" if address in unbought else "undeclared"
        for address in tracked
    }
    for name, heading in _HEADINGS.items():
        items = tuple(
            _gone(address, sentence(f"left_{name}_alone"), dropped=address in dropped, settled=kind != "unsettled")
            for address, kind in kinds.items()
            if kind == name
        )
        if items:
            yield Section(
                id=name,
                heading=heading,
                nouns=("address", "addresses"),
                intro=sentence(f"left_{name}"),
                items=items,
                folded=True,
                dense=True,
            )


def _gone(address: Address, alone: str, *, dropped: bool, settled: bool) -> Item:
    return Item(
        subject=address,
        address=address,
        sign=None if settled else Span("."),
        kind="undeclared",
        level=Level.WARNING if dropped else Level.NOTE,
        state="no longer declared",
        code="undeclared",
        alone=alone,
        advice=Advice(steps=(Step(run=("forget", address)),), label="to stop tracking it") if settled else Advice(),
    )
