"""Sections of what was noticed beside the changes, of a plan as of drift: unsettled, changed outside, alarming, not
declared.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.advice import row
from reconciler.model.address import Address
from reconciler.model.alarm import OF_TERMS, TRACKED_ON, Alarm
from reconciler.model.change import Difference
from reconciler.model.drift import Unread
from reconciler.model.plan import Unsettled
from reconciler.model.remedy import Step
from reconciler.model.renewal import RENEWING
from reconciler.model.subscription import Place, same_name
from reconciler.model.term import billed
from reconciler.rendering.phrases import ATTRIBUTES, count, since
from reconciler.rendering.report import Advice, Field, Item, Level, Notice, Section, Span, Tone
from reconciler.rendering.reports.commitment import OUTCOMES

_OUTCOMES = {
    "recovered": "done",
    "waiting": "done, but not seen at the service yet",
    "unknown": "UNKNOWN whether it was done; nothing more is sent for this address until that is settled",
}
"""The words for what reading back says of an earlier change."""

_HELD = "held for a person; nothing is bought yet"
_NOT_BEGUN = "not begun: it waits for the renewal"


def unsettled(
    pending: tuple[Unsettled, ...], places: Mapping[Address, Place], now: datetime | None
) -> Iterator[Section]:
    """Yields the section of changes of earlier runs that are not final yet."""
    headings = {True: "Not finished yet, from an earlier apply", False: "Waiting for a renewal: nothing was sent"}
    for sent, heading in headings.items():
        found = [item for item in pending if item.sent is sent]
        if found:
            yield Section(
                id="pending" if sent else "renewing",
                heading=heading,
                items=tuple(_unsettled(item, places.get(item.address), now) for item in found),
                closing=() if all(item.run for item in found) else (_later(found),),
                folded=True,
            )


def _later(items: list[Unsettled]) -> Step:
    """Returns the command that looks again at what only needs time."""
    addresses = tuple(dict.fromkeys(item.address for item in items if not item.run))
    return Step("To look again later:", ("plan", *(addresses if len(addresses) == 1 else ())))


def _unsettled(item: Unsettled, place: Place | None, now: datetime | None) -> Item:
    unknown = item.outcome == "unknown"
    outcome = _HELD if item.held else _OUTCOMES[item.outcome] if item.sent else _NOT_BEGUN
    return Item(
        subject=item.address,
        address=item.address,
        sign=Span("?", Tone.BAD) if unknown else Span(".", Tone.INFO),
        kind=item.outcome,
        level=Level.ERROR if unknown else Level.NOTE,
        state=_state(item),
        code="outcome_unknown" if unknown else item.outcome,
        alone=outcome,
        place=place,
        fields=(
            Field("change", item.what),
            Field("since", since(item.since, now)),
            Field("now", outcome, Tone.BAD if unknown else Tone.PLAIN),
        ),
        advice=Advice(steps=(Step(item.next, item.run),), label="next"),
        urgent=unknown or item.held,
        skipped=item.outcome == "waiting",
    )


def _state(item: Unsettled) -> str:
    if item.outcome == "unknown":
        return "outcome unknown"
    if item.held:
        return "waiting for a person"
    return "not finished yet" if item.sent else "waiting for a renewal"


def moved(address: Address, differences: tuple[Difference, ...], place: Place | None = None) -> Item:
    """Returns the item of an address whose subscription changed outside, in a plan as in a drift report."""
    return Item(
        subject=address,
        address=address,
        sign=Span("*", Tone.INFO),
        kind="drift",
        level=Level.WARNING,
        state="changed outside",
        code="drift",
        place=place,
        fields=differing(differences),
    )


def differing(differences: Iterable[Difference]) -> tuple[Field, ...]:
    """Returns what differs, and `before -> after`. Offers go by name where both names are known."""
    by_path = {difference.path: difference for difference in differences}
    names = by_path.pop("offer_name", None)
    if names and "offer_id" in by_path:
        offer = by_path["offer_id"]
        same = same_name(str(names.before), str(names.after))
        by_path["offer_id"] = replace(
            offer,
            before=f"{names.before} ({offer.before})" if same else names.before,
            after=f"{names.after} ({offer.after})" if same else names.after,
        )
    at_end = {path: by_path.pop(path) for path in (_OUTCOME, *_NEXT) if path in by_path}
    return (
        *(
            Field(ATTRIBUTES.get(path, path), f"{_value(difference.before)} -> {_value(difference.after)}")
            for path, difference in by_path.items()
        ),
        *_at_end(at_end),
    )


def _value(value: str | int | bool | None) -> str:
    return "none" if value in {None, ""} else str(value)


def _at_end(by_path: Mapping[str, Difference]) -> Iterator[Field]:
    """Yields what differs of the end of the term, on one line."""
    if by_path:
        before = _outcome({path: difference.before for path, difference in by_path.items()})
        after = _outcome({path: difference.after for path, difference in by_path.items()})
        yield Field(ATTRIBUTES[_OUTCOME], f"{before} -> {after}")


def _outcome(values: Mapping[str, str | int | bool | None]) -> str:
    """`renews with 60 seats, triennial term`; without the outcome where that is the same."""
    following = ", ".join(worded(values[path]) for path, worded in _NEXT.items() if values.get(path) not in {None, ""})
    outcome = values.get(_OUTCOME)
    if outcome is None:
        return following or "as it is"
    words = OUTCOMES.get(str(outcome), str(outcome))
    if outcome not in RENEWING:
        return words
    return f"{words} with {following}" if following else f"{words} as it is"


_OUTCOME = "renewal.outcome"
_NEXT: Mapping[str, Callable[[object], str]] = {
    "renewal.quantity": lambda seats: count(int(str(seats)), "seat"),
    "renewal.offer_id": "offer {}".format,
    "renewal.term": "{} term".format,
    "renewal.billing": lambda billing: billed(str(billing)),
}
"""The values of the next term, and how each is shown."""


def of_terms(items: Iterable[Alarm], *further: Step) -> Iterator[Notice]:
    """Yields the notice of what the end of a term makes urgent: it stands before everything else. `further` is what to
    do beside reading the list of renewals.
    """
    found = tuple(
        Item(
            subject=alarm.subject,
            address=alarm.address,
            sign=Span("!", Tone.BAD),
            level=Level.WARNING,
            code=alarm.code,
            says=alarm.description,
            place=alarm.source,
            urgent=True,
        )
        for alarm in items
        if alarm.code in OF_TERMS
    )
    if found:
        steps = (Step("All of them by date, and what to do about each:", ("renewals", "--within", "366d")), *further)
        yield Notice(heading="TERMS THAT NEED YOU", items=found, steps=steps)


def alarms(items: Iterable[Alarm], places: Mapping[Address, Place]) -> Iterator[Section]:
    """Yields what a person should look at, and what to do; what the end of a term makes urgent has a notice. What is to
    be done about several is said at the first of them.
    """
    given = set[tuple[Step, ...]]()
    found = tuple(
        Item(
            subject=item.subject,
            address=item.address,
            sign=Span("!", Tone.WARN),
            kind="look",
            level=Level.WARNING,
            state="please look at this",
            code=item.code,
            says=item.description,
            tone=Tone.WARN,
            place=item.source or (places.get(item.address) if item.address else None),
            advice=_first_given(item, given),
        )
        for item in items
        if item.code not in OF_TERMS
    )
    if found:
        heading = "Please look at these"
        yield Section(id="look", heading=heading, items=found, alert=True, dense=True, closing=tuple(_explained(found)))


def _explained(items: Iterable[Item]) -> Iterator[Step]:
    """Yields the command that tells more of what has no command of its own."""
    items = tuple(items)
    led = {item.code for item in items if any(step.run for step in item.advice.steps)}
    codes = tuple(dict.fromkeys(item.code for item in items if item.code not in led))
    if codes:
        yield Step("More about it:", ("explain", codes[0] if len(codes) == 1 else "CODE"))


def _first_given(alarm: Alarm, given: set[tuple[Step, ...]]) -> Advice:
    """Returns what to do about an alarm; nothing where that was `given` for an earlier one."""
    known = {"address": alarm.address or "", "customer": alarm.customer, "place": str(alarm.source or "")}
    steps = row(alarm.code).steps_for({name: value for name, value in known.items() if value})
    if not steps or steps in given:
        return Advice()
    given.add(steps)
    return Advice(steps=steps, label="do")


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
        "That cancels nothing. They are tracked until what was begun for them is final: see above.",
        "That cancels nothing: what was begun for it is not final.",
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


def unread(customers: Iterable[Unread]) -> Iterator[Section]:
    """Yields the customers that could not be read."""
    items = tuple(
        Item(
            subject=found.customer.name,
            sign=Span("x", Tone.BAD),
            level=Level.ERROR,
            says=found.what,
            tone=Tone.BAD,
            advice=_if_it_left(found) if found.may_have_left else Advice(),
        )
        for found in customers
    )
    if items:
        nouns = ("customer", "customers")
        yield Section(id="unread", heading="Could not be read", nouns=nouns, items=items, tone=Tone.BAD, dense=True)


def _if_it_left(found: Unread) -> Advice:
    """The steps about a customer that may be the reseller's no more."""
    name = found.customer.name
    return Advice(
        steps=(
            Step("It may have left: look for it among your customers in Partner Center."),
            Step(f"If it has left, take its manifest away, and name {name} under removed: in moves.yaml."),
        ),
        label="do",
    )
