"""Which changes come first where a host may cut a list: what can't be undone, before what can."""

from collections.abc import Iterable

from reconciler import changes as kinds
from reconciler.model.change import Change


def one_way_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes, else in their order."""
    return tuple(sorted(changes, key=lambda change: not is_one_way(change)))


def is_one_way(change: Change) -> bool:
    """Whether it can't be undone."""
    return bool(kinds.of(change.request).words.one_way)
