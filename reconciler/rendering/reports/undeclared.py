"""The sections of what state tracks and no manifest declares."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVED_IS_DECLARED, TRACKED_ON, Alarm
from reconciler.model.remedy import Step
from reconciler.model.unsettled import Unsettled
from reconciler.rendering.report import Item, Level, Section, Span

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
    warnings: Collection[Alarm],
    vanished: Collection[str],
    dropped: Collection[Address] = (),
) -> Iterator[Section]:
    """Yields what state tracks and no manifest declares: subscriptions, orders of which nothing is bought, and what can
    be forgotten only once it is settled. Customers that `vanished` as a whole are removed and forgotten by one name.
    `dropped` was declared at the compared commit. What is removed while another entry means it is told by its warning.
    """
    meant = [alarm for alarm in warnings if alarm.code in REMOVED_IS_DECLARED]
    told = {alarm.address or alarm.customer for alarm in meant}
    tracked = tuple(address for address in tracked if not told & {address, address.customer})
    open_at = {item.address for item in pending} | {item.address for item in warnings if item.code in TRACKED_ON}
    kinds = {
        address: "unsettled" if address in open_at else "unbought" if address in unbought else "undeclared"
        for address in tracked
    }
    named: set[str] = set()
    for kind, heading in _HEADINGS.items():
        addresses = [address for address in tracked if kinds[address] == kind]
        names = {address: address.customer if address.customer in vanished else str(address) for address in addresses}
        items = tuple(_gone(address, kind, names[address], dropped=address in dropped) for address in addresses)
        new = [name for name in dict.fromkeys(names.values()) if name not in named]
        if items:
            yield Section(
                id=kind,
                heading=heading,
                nouns=("address", "addresses"),
                intro=sentence(f"left_{kind}"),
                items=items,
                closing=() if kind == "unsettled" else tuple(_letting_go(new, len(addresses))),
                folded=True,
                dense=True,
            )
            named.update(new)


def _letting_go(names: Sequence[str], number: int) -> Iterator[Step]:
    """Yields how to stop tracking a number of addresses by these names, in git and at once."""
    if names:
        them = "it" if number == 1 else "them"
        written = f"removed: [{', '.join(names)}]"
        yield Step(f"To stop tracking {them}, write in moves.yaml, at the estate's root:\n  {written}")
        yield Step("Or at once:", ("forget", *names))


def _gone(address: Address, kind: str, name: str, *, dropped: bool) -> Item:
    return Item(
        subject=address,
        address=address,
        sign=Span("."),
        kind="undeclared",
        level=Level.WARNING if dropped else Level.NOTE,
        state="no longer declared",
        code="undeclared",
        alone=sentence(f"left_{kind}_alone", name=name),
    )
