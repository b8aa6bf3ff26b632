"""Carries moves of the manifests out on what state remembers. Pure: apply writes what plan has shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler import advice
from reconciler.changes.facts import Facts
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_PENDING, REMOVED_CUSTOMER_DECLARED, REMOVED_ENTRY_DECLARED, Alarm
from reconciler.model.moves import Moves, Names, StateMove
from reconciler.model.place import Place
from reconciler.model.reason import Datum
from reconciler.model.state import CustomerState
from reconciler.planning.term_ends import standing_schedules
from reconciler.planning.tracked_on import tracked_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Rearranged:
    """A customer's state after the moves: the very same where there was nothing to move. `warnings` are of moves that
    can't be carried out yet.
    """

    state: CustomerState
    moves: tuple[StateMove, ...] = ()
    warnings: tuple[Alarm, ...] = ()


def rearranged(
    state: CustomerState,
    moves: Moves,
    declared: Mapping[str, Address],
    now: datetime,
    only: Collection[Names] | None = None,
) -> Rearranged:
    """Returns the state with names moved and removed as the manifest says; `declared` are the estate's addresses by the
    subscription ids that they name, `now` is the earlier clock. With `only`, nothing but these moves is carried out.

    A name is not removed while another entry means its subscription: without its history it might be bought again. A
    name that state has already is not taken by another, unless that gets another name as well, and a name is tracked
    for as long as a change of it is pending, or what it bought may not show yet: forgotten, it could be bought again.
    """
    permitted = None if only is None else frozenset(only)
    named = {} if moves.everything else _new_names(state, moves, declared)
    if permitted is not None:
        named = {old: new for old, new in named.items() if (state.address(old), state.address(new)) in permitted}
    possible = _possible(named, state.names_in_use)
    done = [
        StateMove(address=state.address(old), to=state.address(named[old]), source=moves.places[old])
        for old in possible
    ]
    warnings = [
        _warning(state, old, "move_name_in_use", to=state.address(new))
        for old, new in named.items()
        if old not in possible
    ]
    state = state.move(possible) if possible else state
    for name, place in _removed(state, moves).items():
        address = state.address(name)
        if alarm := _why_kept(state, name, declared, now, by_customer=moves.everything is not None):
            warnings += [] if alarm in warnings else [alarm]
        elif permitted is None or (address, None) in permitted:
            state = state.forget([name])
            done.append(StateMove(address=address, to=None, source=place))
    return Rearranged(state=state, moves=tuple(done), warnings=tuple(warnings))


def _new_names(state: CustomerState, moves: Moves, declared: Mapping[str, Address]) -> Mapping[str, str]:
    """The names that state has and that are moved, each with its new one: of those that it is moved to, that of the
    entry that means its subscription; the last one where none does and no entry has the old one.
    """
    named: dict[str, str] = {}
    for name in moves.moved.keys() & state.names_in_use:
        heir = _heir(state, name, declared)
        if heir and heir.customer == state.customer.name and heir.name in moves.path(name):
            named[name] = heir.name
        elif state.address(name) not in declared.values():
            named[name] = moves.last(name)
    return {name: named[name] for name in moves.moved if name in named and named[name] != name}


def _possible(named: Mapping[str, str], in_use: Collection[str]) -> Mapping[str, str]:
    """The new names that are free, or that another address gives up at the same time; each once."""
    first = {new: old for old, new in reversed(list(named.items()))}
    left = {old: new for old, new in named.items() if first[new] == old and (new not in in_use or new in named)}
    return left if len(left) == len(named) else _possible(left, in_use)


def _removed(state: CustomerState, moves: Moves) -> Mapping[str, Place]:
    """The names that state has and that are removed, each with the place that says so."""
    if moves.everything:
        return dict.fromkeys(sorted(state.names_in_use), moves.everything)
    return {name: moves.places[name] for name in moves.removed if name in state.names_in_use}


def _why_kept(
    state: CustomerState, name: str, declared: Mapping[str, Address], now: datetime, *, by_customer: bool
) -> Alarm | None:
    """The warning of a removed name that is tracked on; of its customer, where that is removed and called otherwise."""
    heir = _heir(state, name, declared)
    if heir and by_customer and heir.customer != state.customer.name:
        known = {"old": state.customer.name, "new": heir.customer}
        description = advice.sentence(REMOVED_CUSTOMER_DECLARED, **known)
        data = tuple(Datum(word, value) for word, value in known.items())
        return Alarm(
            address=None, customer=known["old"], code=REMOVED_CUSTOMER_DECLARED, description=description, data=data
        )
    if heir:
        return _warning(state, name, REMOVED_ENTRY_DECLARED, heir=heir, old=name, new=heir.name)
    if name in state.pending:
        return _warning(state, name, REMOVAL_PENDING)
    return tracked_on(state, name, now, "removal")


def standing_of_removed(facts: Facts, stored: CustomerState, moves: Iterable[StateMove]) -> Iterator[Alarm]:
    """Yields what stays scheduled for the subscriptions of addresses that are removed: `facts` are without them."""
    removed = {move.address for move in moves if move.to is None}
    if removed:
        yield from (alarm for alarm in standing_schedules(replace(facts, state=stored)) if alarm.address in removed)


def _heir(state: CustomerState, name: str, declared: Mapping[str, Address]) -> Address | None:
    """The address that means the subscription of a removed name."""
    bound = state.subscriptions.get(name)
    return next((declared[known] for known in (bound.chain if bound else ()) if known in declared), None)


def _warning(state: CustomerState, name: str, code: str, **known: object) -> Alarm:
    address = state.address(name)
    return Alarm(address=address, code=code, description=advice.sentence(code, address=address, **known))
