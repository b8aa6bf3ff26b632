"""Finds what is otherwise than state last saw it, and what a person should look at though nothing of it is planned."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler import advice, changes
from reconciler.changes import schedule
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts
from reconciler.changes.offer_names import distinguished, listed
from reconciler.changes.rules.shared import perhaps_became
from reconciler.changes.schedule import is_contradicting
from reconciler.model.address import Address
from reconciler.model.alarm import (
    ASKS_OTHERWISE,
    PREVIOUS_ACTIVE,
    SUBSCRIPTION_NOT_ACTIVE,
    SUBSCRIPTION_UNREADABLE,
    Alarm,
)
from reconciler.model.binding import Bound
from reconciler.model.desired import Desired
from reconciler.model.errors import ServiceError
from reconciler.model.offer import Offer
from reconciler.model.plan import Drift
from reconciler.model.reason import Datum
from reconciler.model.renewal import EndOfTerm
from reconciler.model.subscription import Live
from reconciler.planning import diff
from reconciler.planning.pending import shows, still_active
from reconciler.planning.terms import ended_as_declared


def drift(facts: Facts, circumstances: Circumstances) -> Iterator[Drift]:
    """Yields what changed outside since state last saw the selected addresses, and those that no manifest declares."""
    if isinstance(facts.subscriptions, ServiceError) or facts.state is None:
        return
    for address in sorted({*facts.selected, *_left(facts)}):
        bound = facts.bound(address.name)
        if bound is None or not bound.visible or bound.to_be_bought or address.name in facts.state.pending:
            continue
        if facts.listing.perhaps(bound.id) or _made_by_us(facts, bound.id, circumstances):
            continue
        live = facts.lives.get(bound.id)
        differences = diff.drifted(bound, live, alone=facts.read_alone(bound.id))
        if differences and not _ended_as_scheduled(bound, live, circumstances):
            found = Drift(address=address, differences=differences)
            yield replace(
                found, asked=tuple(_agreed_paths(facts, found, circumstances)), left_out=left_out(facts, found)
            )


def _ended_as_scheduled(bound: Bound, live: Live | None, circumstances: Circumstances) -> bool:
    """Returns True if the subscription has ended with its term, and that was what was to come."""
    to_end = bound.renewal is not None and bound.renewal.outcome in {EndOfTerm.ENDS, EndOfTerm.LAPSES}
    over = bound.term_ends is not None and bound.term_ends < circumstances.now
    return to_end and over and live is not None and not live.active and live.offer.id == bound.offer_id


def _made_by_us(facts: Facts, subscription_id: str, circumstances: Circumstances) -> bool:
    """Returns True if a change of the subscription that was given up as not done shows after all."""
    state = facts.state
    doubts = (doubt for doubt in state.doubts() if doubt.subscription_id == subscription_id) if state else ()
    return state is not None and any(shows(doubt, state, facts, circumstances) for doubt in doubts)


def asks_otherwise(case: Case, made: Offer, quantity: int) -> Iterator[Alarm]:
    """Warns that the manifest asks for something else than what was bought and can't be compared with it yet."""
    desired = case.desired
    if (made.id, quantity) == (desired.offer.id, desired.quantity):
        return
    names = distinguished(made, case.target) if made.id != desired.offer.id else ("", "")
    description = advice.sentence(
        ASKS_OTHERWISE, made=names[0], wanted=names[1], made_seats=quantity, wanted_seats=desired.quantity
    )
    yield Alarm(address=desired.address, code=ASKS_OTHERWISE, description=description)


def alarms(facts: Facts, circumstances: Circumstances) -> Iterator[Alarm]:
    """Yields what a person should look at about the selected addresses, and those that no manifest declares."""
    for desired in facts.desired:
        if desired.address in facts.selected:
            yield from _billed_twice(facts, desired.address)
            yield from _inactive(facts, desired, facts.bound(desired.address.name), circumstances)
    for address in _left(facts):
        yield from _billed_twice(facts, address)
    if facts.selected:
        yield from unreadable_items(facts)


def unreadable_items(facts: Facts) -> Iterator[Alarm]:
    """Yields the items of the customer's list that can't be understood."""
    sources = {desired.address: desired.source for desired in facts.desired}
    for item in facts.listing.unreadable:
        address = next(iter(facts.meant_by.get(item.id, ()) if item.id else ()), None)
        yield Alarm(
            address=address,
            customer=facts.customer.name,
            code=SUBSCRIPTION_UNREADABLE,
            description=advice.sentence(SUBSCRIPTION_UNREADABLE, item=item),
            source=sources.get(address) if address else None,
        )


def _billed_twice(facts: Facts, address: Address) -> Iterator[Alarm]:
    bound = facts.bound(address.name)
    for live in still_active(bound, dict(facts.lives)) if bound else ():
        yield Alarm(
            address=address,
            code=PREVIOUS_ACTIVE,
            description=advice.sentence(PREVIOUS_ACTIVE, previous=listed([live])),
        )


def _left(facts: Facts) -> Iterable[Address]:
    """The addresses that no manifest declares any more, where anything of the customer is selected: their bills go on,
    and nothing else lists their subscriptions.
    """
    return facts.undeclared if facts.selected else ()


def _differs(facts: Facts, desired: Desired, circumstances: Circumstances) -> bool:
    """Returns whether a change of any kind would be asked for."""
    case = Case(desired=desired, facts=facts, circumstances=circumstances)
    return any(kind.differs(case) for kind in changes.KINDS.values())


def as_declared(facts: Facts, address: Address, circumstances: Circumstances) -> bool:
    """Returns whether the manifest asks for what is live and for what is scheduled: what somebody changed was accepted,
    say.
    """
    desired = next((item for item in facts.desired if item.address == address), None)
    bound = facts.bound(address.name)
    live = facts.lives.get(bound.id) if bound else None
    if desired is None or live is None or not live.active:
        return False
    contradicted = is_contradicting(Case(desired=desired, facts=facts, circumstances=circumstances))
    return not contradicted and not _differs(facts, desired, circumstances)


def left_out(facts: Facts, drift: Drift) -> tuple[str, ...]:
    """Returns the keys of what changed outside that the entry leaves out: nobody asks for it, and nobody against it."""
    desired = next((item for item in facts.desired if item.address == drift.address), None)
    keys = {key: None for item in drift.differences if (key := _KEYS.get(item.path))}
    return tuple(key for key in keys if desired is not None and getattr(desired, key) is None)


def _agreed_paths(facts: Facts, drift: Drift, circumstances: Circumstances) -> Iterator[str]:
    """Yields the paths of what changed outside that the entry asks for by now, or leaves alone."""
    desired = next((item for item in facts.desired if item.address == drift.address), None)
    if desired is None:
        return
    case = Case(desired=desired, facts=facts, circumstances=circumstances)
    settled = schedule.due(case) is None and not is_contradicting(case) and not schedule.left_open(case)
    offer = next((item.after for item in drift.differences if item.path == "offer_id"), None)
    wanted = {"quantity": desired.quantity, "term": desired.term, "billing": desired.billing}
    for item in drift.differences:
        if item.path in {"offer_id", "offer_name"}:
            agrees = offer == desired.offer.id
        elif item.path in wanted:
            agrees = wanted[item.path] in {None, item.after}
        else:
            agrees = item.path.startswith("renewal.") and settled
        if agrees:
            yield item.path


_KEYS = {
    "renewal.outcome": "renew",
    "term": "term",
    "renewal.term": "term",
    "billing": "billing",
    "renewal.billing": "billing",
}
"""The keys of entries that may be left out, by the paths of differences."""


def left_open(facts: Facts, address: Address, circumstances: Circumstances) -> tuple[str, ...]:
    """Returns the keys that the entry leaves out, where somebody else decided by them how the term ends."""
    desired = next((item for item in facts.desired if item.address == address), None)
    return schedule.left_open(Case(desired=desired, facts=facts, circumstances=circumstances)) if desired else ()


def _inactive(facts: Facts, desired: Desired, bound: Bound | None, circumstances: Circumstances) -> Iterator[Alarm]:
    live = facts.lives.get(bound.id if bound else desired.subscription_id)
    if live is None or _may_be_upgraded(facts, live, circumstances):
        return
    if ended_as_declared(desired, live):
        description = advice.sentence("ended_as_asked", address=desired.address)
        yield Alarm(address=desired.address, code="ended_as_asked", description=description)
    elif not live.active and not _differs(facts, desired, circumstances):
        yield Alarm(
            address=desired.address,
            code=SUBSCRIPTION_NOT_ACTIVE,
            description=advice.sentence(SUBSCRIPTION_NOT_ACTIVE, status=live.status),
            source=desired.source,
            data=tuple(Datum(*pair) for pair in (perhaps_became(facts, live, bound) or {"alone": "true"}).items()),
        )


def _may_be_upgraded(facts: Facts, live: Live, circumstances: Circumstances) -> bool:
    """Returns whether an upgrade of it waits to be recorded or may have been done: its status is no fault then."""
    state = facts.state
    if state is None:
        return False
    late = (doubt for doubt in state.doubts() if shows(doubt, state, facts, circumstances))
    open_changes = (*(pending for _, pending in state.all_pending()), *late)
    return any(changes.buys(change) and change.subscription_id == live.id for change in open_changes)
