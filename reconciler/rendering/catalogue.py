"""Names of `offers.yaml` that mislead a reader, in words. Every format says it before the plan."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.change import Blocked, Change
from reconciler.model.plan import CatalogueName, Plan
from reconciler.model.subscription import Place
from reconciler.rendering.items import FIELDS
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import count

_NAMED = 5
"""How many addresses are named; the rest are counted."""

MISNAMED, REDEFINED = "offer_named_otherwise", "offer_redefined"

_HEADINGS = {
    REDEFINED: "READ THIS FIRST: names of offers.yaml mean other offers than before",
    MISNAMED: "READ THIS FIRST: the service calls offers otherwise than offers.yaml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueNotice:
    """What to know of one name. `moves` is what the plan does by it."""

    code: str
    name: str
    says: str
    moves: str
    source: Place | None


def catalogue_notices(plan: Plan) -> tuple[CatalogueNotice, ...]:
    """Names that mean another offer than before, then those whose offers the service calls otherwise."""
    known = _service_names(plan)
    redefined = dict.fromkeys(one for one in plan.catalogue if one.before_id)
    return (*(_redefined(one, plan, known) for one in redefined), *_misnamed(plan))


def heading(notices: Iterable[CatalogueNotice]) -> str:
    """What they all come to."""
    return _HEADINGS[REDEFINED if any(one.code == REDEFINED for one in notices) else MISNAMED]


def write_catalogue(page: Page, notices: Iterable[CatalogueNotice]) -> None:
    """The notices, each at its line of the catalogue."""
    told = tuple(notices)
    page.write((heading(told), "bold red"))
    for notice in told:
        right = (str(notice.source), "dim") if notice.source else ""
        page.ends(((notice.name, "bold"),), right, indent=2, mark=("! ", "bold red"))
        page.write(notice.says, (f" [{notice.code}]", "dim"), indent=FIELDS - 2)
        page.write(notice.moves, indent=FIELDS - 2)
    page.gap()


def _redefined(name: CatalogueName, plan: Plan, known: dict[str, str]) -> CatalogueNotice:
    moved = [one for one in plan.changes if _by(name, one) and one.moves_offer]
    held = [one for one in plan.blocked if _by(name, one) and one.before and one.before.offer_id != name.offer_id]
    before, now = (_called(offer_id, known) for offer_id in (name.before_id or "", name.offer_id))
    more = f" {count(len(held), 'subscription is', 'subscriptions are')} blocked." if held else ""
    return CatalogueNotice(
        code=REDEFINED,
        name=name.name,
        says=f"It meant {before}, and means {now} now.",
        moves=f"{_moves(moved, 'That upgrades') if moved else 'This plan upgrades nothing by it.'}{more}",
        source=name.source,
    )


def _misnamed(plan: Plan) -> Iterator[CatalogueNotice]:
    places = {(one.name, one.offer_id): one.source for one in plan.catalogue}
    groups: dict[tuple[str, str, str], list[Change]] = {}
    for change in plan.changes:
        if any(caution.code == MISNAMED for caution in change.warnings):
            after = change.after
            groups.setdefault((after.catalogue_name, after.offer_id, after.offer_name), []).append(change)
    for (name, offer_id, service_name), changes in groups.items():
        yield CatalogueNotice(
            code=MISNAMED,
            name=name,
            says=f'The service calls it "{service_name}" ({offer_id}).',
            moves=_moves(changes, f"{service_name} is what is bought:"),
            source=places.get((name, offer_id)),
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
    """What the service calls the offers of the plan, by id, as far as the plan tells."""
    items: tuple[Change | Blocked, ...] = (*plan.changes, *plan.blocked)
    names = {item.after.offer_id: item.after.offer_name for item in items}
    for item in items:
        if item.before:
            names[item.before.offer_id] = item.before.offer_name
    return names


def _called(offer_id: str, known: dict[str, str]) -> str:
    name = known.get(offer_id, "").strip()
    return f"{name} ({offer_id})" if name else offer_id
