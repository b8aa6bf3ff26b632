"""Differences between what was planned or recorded and what is live, as fields: before -> after."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.changes.in_words import OUTCOMES
from reconciler.model.address import Address
from reconciler.model.change import Difference
from reconciler.model.drift import Moved
from reconciler.model.offer import same_name
from reconciler.model.place import Place
from reconciler.model.plan import Drift
from reconciler.model.remedy import Step
from reconciler.model.renewal import RENEWING
from reconciler.model.term import billed
from reconciler.rendering.phrases import ATTRIBUTES, count
from reconciler.rendering.report import Field, Item, Level, Span, Tone


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


def choosing_end(changed: Iterable[Drift | Moved]) -> Iterator[Step]:
    """Yields what to write where auto-renew was switched off and the entry does not say what is to come: none can ask
    for a term that lapses.
    """
    lapsing = [item.address for item in changed if _is_undecided(item)]
    if lapsing:
        only = named(lapsing)
        yield Step(
            "Auto-renew was switched off, and no entry can ask for that alone. To let it renew, say so:",
            ("set", *only, "--renew", "auto"),
        )
        yield Step("To let it end, which schedules the end too:", ("set", *only, "--renew", "end"))


def _is_undecided(item: Drift | Moved) -> bool:
    return "renew" in item.left_out and any(difference.lapses for difference in item.differences)


def named(addresses: Sequence[Address]) -> tuple[str, ...]:
    """Returns the addresses as a command names them: of many the reader chooses."""
    return tuple(addresses) if len(addresses) <= _FEW else ("ADDRESS",)


_FEW = 5
"""The addresses that a command names."""

AS_ASKED = "as its manifest asks; the next apply records it"
"""The sentence of a change outside that its entry asks for by now."""


def left_alone(keys: Iterable[str]) -> str:
    """Returns what is said of a change outside by keys that its entry leaves out."""
    return f"its entry has no {' and '.join(f'{key}:' for key in keys)}; the next apply records it"


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
