"""Finds entries that were renamed without a word: by what they name, state knows them under other names."""

from collections.abc import Mapping

from reconciler.changes.case import Case
from reconciler.changes.facts import Facts


def undeclared_renames(case: Case) -> Mapping[str, str]:
    """Returns the old names with the new ones of the address and of all that must be renamed at the same time, where
    each leaves its old name to another or to nobody; empty where one of the names would have two subscriptions.
    """
    old_of = _old_names(case.facts)
    new_of = {old: new for new, old in old_of.items()}
    if len(new_of) < len(old_of):
        return {}
    declared = {desired.address.name for desired in case.facts.desired}
    found: dict[str, str] = {}
    new = case.name
    while (old := old_of.get(new)) and old not in found:
        found[old] = new
        new = old
    if new in declared and new not in old_of:
        return {}
    old = case.name
    while _in_use(case.facts, old) and old not in found:
        if old not in new_of:
            return {}
        found[old] = new_of[old]
        old = found[old]
    return dict(sorted(found.items()))


def _old_names(facts: Facts) -> Mapping[str, str]:
    """The entries whose subscription or order state has under another name, with that name."""
    owners = (
        (desired.address.name, facts.state and facts.state.claimed_by(desired.subscription_id))
        for desired in facts.desired
    )
    return {name: owner for name, owner in owners if owner and owner != name}


def _in_use(facts: Facts, name: str) -> bool:
    return facts.state is not None and name in facts.state.names_in_use
