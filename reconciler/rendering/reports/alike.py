"""Items that are blocked for one reason as a group: the reason once, and below each item what is its own.

Two reasons are alike where one row of the table of advice gives both, from the same data but for their values. What a
plan of an older version says has no data: there only the very same is alike.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from reconciler.advice import row
from reconciler.advice.rows import label, stand_in
from reconciler.model.change import Blocked
from reconciler.model.reason import Reason

_SHOWN = {"address", "place"}
"""Data that stand in the head of every item."""


def alike(items: Iterable[Blocked]) -> Iterator[list[Blocked]]:
    """Yields the items that are blocked for the same reasons together, in the order of the first of each."""
    groups: dict[tuple[object, ...], list[Blocked]] = {}
    for item in items:
        groups.setdefault(tuple(map(_kind, item.reasons)), []).append(item)
    yield from groups.values()


def _kind(reason: Reason) -> object:
    """Returns what two reasons have in common that are alike; the reason itself, where the table does not give it.

    Where a command has values of its own, they are alike in all that is said: a command works as it is printed.
    """
    data = {datum.name: datum.value for datum in reason.data}
    if any(value in step.run for step in reason.remedy.steps for value in data.values()):
        return replace(reason, data=())
    known = row(reason.code)
    copied = any("\n" in value for value in data.values())  # lines of a manifest, that a reader copies
    if not data or copied or known.steps_for(data) != reason.remedy.steps:
        return reason
    try:
        own_words = "" if known.sentence(data) == reason.description else reason.description
    except KeyError:  # a plan file may hold anything
        return reason
    remedy = replace(reason.remedy, steps=())
    return (reason.code, reason.number, reason.origin, remedy, reason.support, tuple(data), own_words)


def shared(reasons: Collection[Reason]) -> Reason:
    """Returns the reason for several items in words that hold for all of them; what differs is `<named>`."""
    first = next(iter(reasons))
    differing = _differing(reasons)
    if not differing and len({reason.details for reason in reasons}) == 1:
        return first
    known = {datum.name: datum.value for datum in first.data if datum.name not in differing}
    table = row(first.code)
    descriptions = {reason.description for reason in reasons}
    description = first.description if len(descriptions) == 1 else table.sentence({**known, **_stand_ins(differing)})
    return replace(
        first,
        description=description,
        details=first.details if len({reason.details for reason in reasons}) == 1 else "",
        remedy=replace(first.remedy, steps=table.steps_shared(known, differing)),
    )


def own_values(reasons: Collection[Reason]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yields what of each reason is not the same in all of them, by the names that stand for it in `shared`; a list has
    a label of its own.
    """
    differing = set(_differing(reasons)) - _SHOWN
    same_details = len({reason.details for reason in reasons}) == 1
    for reason in reasons:
        values = ((label(datum.name), datum.value) for datum in reason.data if datum.name in differing)
        details = reason.details.strip()
        said_by = "Partner Center says" if reason.origin == "service" else "detail"
        yield (*values, *([] if same_details or not details else [(said_by, details)]))


def _differing(reasons: Collection[Reason]) -> tuple[str, ...]:
    """Returns the names of the data that have not the same value in each."""
    pairs = sorted({(datum.name, datum.value) for reason in reasons for datum in reason.data})
    return tuple(name for name, values in groupby(pairs, key=lambda pair: pair[0]) if len(list(values)) > 1)


def _stand_ins(names: Iterable[str]) -> Mapping[str, str]:
    return {name: stand_in(name) for name in names}
