"""Carries moves of the manifests out on what state remembers. Pure: apply writes what plan has shown."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler import advice
from reconciler.changes.facts import Facts
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_PENDING, Alarm
from reconciler.model.moves import Moves, StateMove
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Place
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
    only: Collection[StateMove] | None = None,
) -> Rearranged:
    """Returns the state with names moved and removed as the manifest says; `declared` are the estate's addresses by the
    subscription ids that they name, `now` is the earlier clock. With `only`, nothing but these moves is carried out.

    A name is not removed while another entry means its subscription: without its history it might be bought again. A
    name that state has already is not taken by another, and a name is tracked for as long as a change of it is
    pending, or what it bought may not show yet: forgotten, it could be bought again.
    """
    permitted = None if only is None else {(move.address, move.to) for move in only}
    done: list[StateMove] = []
    warnings: list[Alarm] = []
    for name, place in _places(state, moves).items():
        if name not in state.names_in_use:
            continue
        address = state.address(name)
        if moves.everything or name in moves.removed:
            if heir := _heir(state, name, declared):
                warnings.append(_warning(state, name, "removed_is_declared", heir=heir, old=name, new=heir.name))
                continue
            if name in state.pending:
                warnings.append(_warning(state, name, REMOVAL_PENDING))
                continue
            if alarm := tracked_on(state, name, now, "removal"):
                warnings.append(alarm)
                continue
            if permitted is not None and (address, None) not in permitted:
                continue
            state = state.forget([name])
            done.append(StateMove(address=address, to=None, source=place))
            continue
        new = moves.last(name)
        if new in state.names_in_use:
            warnings.append(_warning(state, name, "move_name_in_use", to=state.address(new)))
            continue
        if permitted is not None and (address, state.address(new)) not in permitted:
            continue
        state = state.move(name, new)
        done.append(StateMove(address=address, to=state.address(new), source=place))
    return Rearranged(state=state, moves=tuple(done), warnings=tuple(warnings))


def _places(state: CustomerState, moves: Moves) -> Mapping[str, Place]:
    """The names to move or to remove, each with the place that says so."""
    if moves.everything:
        return dict.fromkeys(sorted(state.names_in_use), moves.everything)
    return moves.places


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
