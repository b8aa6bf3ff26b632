"""Several plans of one estate as one, to be read together: those of shards, or of single customers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from itertools import chain
from typing import Any

from reconciler.advice import problem
from reconciler.model.breach import Breach
from reconciler.model.cost import joined
from reconciler.model.errors import PlanFileRefused
from reconciler.model.plan import Plan
from reconciler.model.recent import joined as joined_recent
from reconciler.model.selection import Selection
from reconciler.model.shard import Shard
from reconciler.planning.timeline import added_up

_SAME = {
    "cloud": "the cloud",
    "estate": "the estate, its state or its manifests",
    "token_kind": "the kind of sign-in",
    "observed_from": "what they were made from, the live service or a snapshot",
}


def merged(plans: Sequence[Plan]) -> Plan:
    """The plans as one, as old as the oldest of them; a plan alone as it is. A limit is exceeded where one of them
    exceeds it. All shards are the whole estate; of fewer, `shard` names those that are there.

    Raises PlanFileRefused where they are not of one estate, or overlap: two of them plan one address, or are of one
    shard, or only some are of shards.
    """
    first, *others = plans
    if not others:
        return first
    for name, what in _SAME.items():
        if any(getattr(other, name) != getattr(first, name) for other in others):
            raise PlanFileRefused(problem("plans_differ", what=what))
    _refuse_rivals(plans)
    return replace(
        first,
        created_at=min(plan.created_at for plan in plans),
        selection=_selection([plan.selection for plan in plans]),
        errored=any(plan.errored for plan in plans),
        costs=joined(plan.costs for plan in plans),
        recent=joined_recent(plan.recent for plan in plans),
        limits=_limits(chain.from_iterable(plan.limits for plan in plans)),
        unchanged=sum(plan.unchanged for plan in plans),
        months=added_up(month for plan in plans for month in plan.months),
        **_joined(plans),
    )


_DECIDED = ("changes", "blocked", "pending")
"""In one plan only; what is only noticed of a customer may stand in several, and is said once."""

_LISTS = {member.name for member in fields(Plan) if member.default == ()} - {"limits", "months"}
"""All lists of a plan but those whose figures are compared or added up."""


def _joined(plans: Sequence[Plan]) -> dict[str, Any]:
    return {name: tuple(dict.fromkeys(item for plan in plans for item in getattr(plan, name))) for name in _LISTS}


def _refuse_rivals(plans: Iterable[Plan]) -> None:
    seen: Counter[str] = Counter()
    for plan in plans:
        seen.update({item.address for name in _DECIDED for item in getattr(plan, name)})
    twice = next((address for address, number in sorted(seen.items()) if number > 1), None)
    if twice is not None:
        raise PlanFileRefused(problem("planned_twice", address=twice))


def _shard(selections: Sequence[Selection]) -> str | None:
    named = [selection.shard for selection in selections if selection.shard]
    if not named:
        return None
    shards = {Shard.parse(text) for text in named}
    if len(shards) < len(selections) or len({shard.of for shard in shards}) > 1:
        parts = ", ".join(selection.shard or "the whole" for selection in selections)
        raise PlanFileRefused(problem("plans_overlap", parts=parts))
    there = sorted(shards, key=lambda shard: shard.number)
    return None if len(there) == there[0].of else ", ".join(map(str, there))


def _selection(selections: Sequence[Selection]) -> Selection:
    """Returns how much was planned in all, and by which choices: those that all plans share, and the targets of all
    where nothing else differs; else the options of each are `parts`, unless one of the plans is of everything.
    """
    first = selections[0]
    counted = {
        name: sum(getattr(selection, name) for selection in selections) for name in ("customers", "subscriptions")
    }
    kept = {
        name: getattr(first, name)
        for name in ("target", "exclude", "changed_since", "base", "everything")
        if all(getattr(selection, name) == getattr(first, name) for selection in selections)
    }
    accepted = tuple(sorted({address for selection in selections for address in selection.accepted}))
    chosen = Selection(**kept, **counted, accepted=accepted, shard=_shard(selections), touched=_touched(selections))
    if len({_choice(selection) for selection in selections}) == 1 or any(selection.whole for selection in selections):
        return chosen
    apart = {_choice(replace(selection, target=())) for selection in selections}
    if len(apart) == 1 and all(selection.target and not selection.shard for selection in selections):
        targets = chain.from_iterable(selection.target for selection in selections)
        return replace(chosen, target=tuple(dict.fromkeys(targets)))
    return replace(chosen, parts=tuple(dict.fromkeys(selection.options or "everything" for selection in selections)))


def _choice(selection: Selection) -> tuple[object, ...]:
    """Returns what chose a part of the estate, the shard apart."""
    return (selection.target, selection.exclude, selection.changed_since, selection.base, selection.touched is None)


def _touched(selections: Sequence[Selection]) -> tuple[str, ...] | None:
    named = [selection.touched for selection in selections if selection.touched is not None]
    return tuple(sorted(set(chain.from_iterable(named)))) if len(named) == len(selections) else None


def _limits(breaches: Iterable[Breach]) -> tuple[Breach, ...]:
    worst: dict[tuple[str, str, bool], Breach] = {}
    for breach in breaches:
        worst[breach.key] = max(breach, worst.get(breach.key, breach), key=lambda candidate: candidate.figure)
    return tuple(worst.values())
