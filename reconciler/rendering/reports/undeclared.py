"""The sections of what state tracks and no manifest declares."""

from collections.abc import Collection, Iterable, Iterator

from reconciler.model.address import Address
from reconciler.model.alarm import TRACKED_ON, Alarm
from reconciler.model.remedy import Step
from reconciler.model.unsettled import Unsettled
from reconciler.rendering.report import Advice, Item, Level, Section, Span

_TO_FORGET = (
    "To stop tracking one, write it under removed: in the customer's document, or the whole customer under removed: in "
    "moves.yaml; or at once:"
)


_GOES_ON = "That cancels nothing: each subscription and its bill go on, and so does what is scheduled for it."


_LEFT = {
    "undeclared": (
        "No longer declared",
        f"{_GOES_ON} {_TO_FORGET}",
        "That cancels nothing: the subscription goes on.",
    ),
    "unbought": (
        "No longer declared, and not bought",
        f"Nothing is known to be bought for them. {_TO_FORGET}",
        "Nothing is known to be bought for it.",
    ),
    "unsettled": (
        "No longer declared, while a change is open",
        "That cancels nothing. They are tracked until what was started for them is final: see above.",
        "That cancels nothing: what was started for it is not final.",
    ),
}
"""Heading, introduction, and what is said of one that stands alone."""


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
    for name, (heading, intro, alone) in _LEFT.items():
        items = tuple(
            _gone(address, alone, dropped=address in dropped, settled=kind != "unsettled")
            for address, kind in kinds.items()
            if kind == name
        )
        if items:
            yield Section(
                id=name,
                heading=heading,
                nouns=("address", "addresses"),
                intro=f"State tracks these, but no manifest declares them. {intro}",
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
        alone=f"State tracks this, but no manifest declares it. {alone}",
        advice=Advice(steps=(Step(run=("forget", address)),), label="to stop tracking it") if settled else Advice(),
    )
