"""The section of changes of earlier runs that are not final yet."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.model.unsettled import Unsettled
from reconciler.rendering.phrases import since
from reconciler.rendering.report import Advice, Field, Item, Level, Section, Span, Tone

_OUTCOMES = {
    "recovered": "done",
    "waiting": "done, but not seen at the service yet",
    "unknown": "UNKNOWN whether it was done; nothing more is sent for this address until that is settled",
}
"""The words for what reading back says of an earlier change."""


_HELD = "held for a person; nothing is bought yet"


_NOT_STARTED = "not started: it waits for the renewal"


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
                closing=() if all(item.leads for item in found) else (_later(found),),
                folded=True,
            )


def _later(items: list[Unsettled]) -> Step:
    """Returns the command that looks again at what only needs time."""
    addresses = tuple(dict.fromkeys(item.address for item in items if not item.leads))
    return Step("To look again later:", ("plan", *(addresses if len(addresses) == 1 else ())))


def _unsettled(item: Unsettled, place: Place | None, now: datetime | None) -> Item:
    unknown = item.outcome == "unknown"
    outcome = _HELD if item.held else _OUTCOMES[item.outcome] if item.sent else _NOT_STARTED
    return Item(
        subject=item.address,
        address=item.address,
        sign=Span("?", Tone.BAD) if unknown else Span(".", Tone.INFO),
        kind=item.outcome,
        level=Level.ERROR if unknown else Level.NOTE,
        state=_state(item),
        short=item.outcome,
        code="outcome_unknown" if unknown else item.outcome,
        alone=outcome,
        place=place,
        fields=(
            Field("change", item.what),
            Field("since", since(item.since, now)),
            Field("now", outcome, Tone.BAD if unknown else Tone.PLAIN),
        ),
        advice=Advice(steps=item.remedy.steps, label="next"),
        urgent=unknown or item.held,
        in_doubt=unknown,
        skipped=item.outcome == "waiting",
    )


def _state(item: Unsettled) -> str:
    if item.outcome == "unknown":
        return "outcome unknown"
    if item.held:
        return "waiting for a person"
    return "not finished yet" if item.sent else "waiting for a renewal"
