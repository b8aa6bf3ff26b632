"""Names of `offers.yaml` that mislead a reader: read before the plan itself."""

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.change import Blocked, Change
from reconciler.model.place import Place
from reconciler.model.plan import CatalogueName, Plan
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Item, Level, Notice, Span, Tone

_NAMED = 5
"""The most addresses that are named; the rest are counted."""

MISNAMED, REDEFINED = "offer_named_otherwise", "offer_redefined"

_HEADINGS = {
    REDEFINED: "READ THIS FIRST: names of offers.yaml mean other offers than before",
    MISNAMED: "READ THIS FIRST: the service's names of offers differ from offers.yaml",
}


def catalogue(plan: Plan) -> tuple[Notice, ...]:
    """The notice of names that mean another offer than before, then of those whose offers the service calls otherwise;
    none where there are none.
    """
    known = _service_names(plan)
    redefined = dict.fromkeys(name for name in plan.catalogue if name.before_id)
    items = (*(_redefined(name, plan, known) for name in redefined), *_misnamed(plan))
    if not items:
        return ()
    code = REDEFINED if any(item.code == REDEFINED for item in items) else MISNAMED
    return (Notice(heading=_HEADINGS[code], items=items),)


def _item(code: str, name: str, says: str, moves: str, source: Place | None) -> Item:
    """A name of the catalogue, at its line there; `moves` is what the plan does by it."""
    return Item(
        subject=name,
        sign=Span("!", Tone.BAD),
        level=Level.WARNING,
        code=code,
        says=says,
        more=(moves,),
        place=source,
    )


def _redefined(name: CatalogueName, plan: Plan, known: dict[str, str]) -> Item:
    before, now = (_called(offer_id, known) for offer_id in (name.before_id or "", name.offer_id))
    return _item(
        REDEFINED,
        name.name,
        f"It meant {before}, and means {now} now.",
        " ".join(_consequences(name, plan)) or "This plan upgrades nothing by it.",
        name.source,
    )


def _consequences(name: CatalogueName, plan: Plan) -> Iterator[str]:
    """Yields what of the plan the new meaning brings about: what has the old one is upgraded by it, all else is not."""
    upgrades = [change for change in plan.changes if _by(name, change) and change.moves_offer]
    moved = [change for change in upgrades if change.before and change.before.offer_id == name.before_id]
    others = [change for change in upgrades if change not in moved]
    ordered = [change for change in plan.changes if _by(name, change) and change.before is None]
    held = [item for item in plan.blocked if _by(name, item) and item.before and item.before.offer_id != name.offer_id]
    if moved:
        yield _moves(moved, "That upgrades")
    if others:
        yield _moves(others, "Upgraded to it from another offer:")
    if ordered:
        yield _moves(ordered, "Ordered by it:")
    if held:
        there = count(sum(item.before.quantity for item in held if item.before), "seat")
        yield f"{count(len(held), 'subscription')} with {there} {'is' if len(held) == 1 else 'are'} blocked."


def _misnamed(plan: Plan) -> Iterator[Item]:
    places = {(name.name, name.offer_id): name.source for name in plan.catalogue}
    groups: dict[tuple[str, str, str], list[Change]] = {}
    for change in plan.changes:
        if any(caution.code == MISNAMED for caution in change.warnings):
            after = change.after
            groups.setdefault((after.catalogue_name, after.offer_id, after.offer_name), []).append(change)
    for (name, offer_id, service_name), changes in groups.items():
        yield _item(
            MISNAMED,
            name,
            f'The service calls it "{service_name}" ({offer_id}).',
            _moves(changes, f"{service_name} is what is bought:"),
            places.get((name, offer_id)),
        )


def _by(name: CatalogueName, item: Change | Blocked) -> bool:
    return (item.after.catalogue_name, item.after.offer_id) == (name.name, name.offer_id)


def _moves(changes: list[Change], verb: str) -> str:
    seats = sum(change.after.quantity for change in changes)
    subscriptions = count(len(changes), "subscription")
    return f"{verb} {subscriptions} with {count(seats, 'seat')}, {_some([change.address for change in changes])}."


def _some(addresses: list[Address]) -> str:
    more = f" and {len(addresses) - _NAMED} more" if len(addresses) > _NAMED else ""
    return f"{', '.join(addresses[:_NAMED])}{more}"


def _service_names(plan: Plan) -> dict[str, str]:
    """Returns what the service calls the offers of the plan, by id, as far as the plan tells."""
    items: tuple[Change | Blocked, ...] = (*plan.changes, *plan.blocked)
    after = (item.after for item in items)
    names = {offer.offer_id: offer.offer_name for offer in after if offer.offer_name != offer.offer_id}
    for item in items:
        if item.before:
            names[item.before.offer_id] = item.before.offer_name
    return names


def _called(offer_id: str, known: dict[str, str]) -> str:
    name = known.get(offer_id, "").strip()
    return f"{name} ({offer_id})" if name else offer_id
