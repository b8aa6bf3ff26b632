"""Which changes come first where a host may cut a list: what can't be undone, before what can."""

from collections.abc import Iterable

from reconciler.model.change import Action, Change


def one_way_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes: upgrades, then resizes, else in their order."""
    return tuple(sorted(changes, key=lambda change: change.action is not Action.UPGRADE))
