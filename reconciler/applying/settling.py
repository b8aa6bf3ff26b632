"""What earlier runs left pending: read back, recorded where it is known, given up where it may be. Nothing is sent."""

from collections.abc import Iterator, Mapping

from reconciler.applying.ending import abandoned, recovered, unknown
from reconciler.applying.journal import Journal
from reconciler.applying.looking import Looks
from reconciler.applying.run import Doors
from reconciler.applying.watching import watch
from reconciler.model.errors import ServiceError
from reconciler.model.event import Event, Waiting
from reconciler.model.evidence import Log, Standing, Step, decide
from reconciler.model.state import Pending

_NO_ANSWER = "An earlier run's request has no answer yet."


def settle(doors: Doors, journal: Journal) -> Iterator[Event]:
    """Settles what is pending for this customer, and what was given up and shows after all.

    Those that may be given up are watched together, for the whole of `wait`.
    """
    pending = dict(sorted(journal.state.pending.items()))
    changes = {**_doubts(journal), **pending}
    looks = Looks(doors, journal, changes.values())
    if not changes:
        return
    try:
        looks()
    except ServiceError as error:
        for name, one in pending.items():
            yield unknown(doors, journal.state.address(name), one, f"It could not be read back: {error}")
        return
    if apart := doors.commerce.clocks.apart:
        for name, one in pending.items():
            yield unknown(doors, journal.state.address(name), one, f"It was not settled. {apart.sentence}")
        return
    yield from _found(doors, journal, looks, changes)
    open_ = {name: one for name, one in pending.items() if name in journal.state.pending}
    waited = [name for name, one in open_.items() if _worth_watching(doors, looks, one)]
    if waited:
        yield from _watched(doors, journal, looks, waited)
        yield from _found(doors, journal, looks, changes)
    for name, one in open_.items():
        watched = name in waited and looks.conclusive(one) and not doors.stop.is_set()
        yield from _concluded(doors, journal, looks, name, watched=watched)


def _doubts(journal: Journal) -> Mapping[str, Pending]:
    """What was given up and may still show, by the name that means its subscription now."""
    state = journal.state
    named = ((state.claimed_by(asked.subscription_id), asked) for asked in state.doubts())
    return {name: asked for name, asked in named if name and name not in state.pending}


def _found(doors: Doors, journal: Journal, looks: Looks, changes: Mapping[str, Pending]) -> Iterator[Event]:
    """Records what shows. To know whose one target is can tell whose another is, so it looks until nothing is found."""
    left = dict(changes)
    while True:
        found = {name: seen for name, one in left.items() if (seen := looks.evidence(one).subscription)}
        if not found:
            return
        name, seen = next(iter(found.items()))
        yield recovered(doors, journal, name, left.pop(name), seen)


def _watched(doors: Doors, journal: Journal, looks: Looks, names: list[str]) -> Iterator[Waiting]:
    what = "what became of an earlier request" if len(names) == 1 else f"what became of {len(names)} earlier requests"
    yield from watch(doors, journal.state.address(names[0]), what, looks)


def _worth_watching(doors: Doors, looks: Looks, pending: Pending) -> bool:
    verdict = looks.evidence(pending).verdict
    return decide(verdict, Log.SILENT, _standing(doors, pending, watched=False)) is Step.WAIT


def _concluded(doors: Doors, journal: Journal, looks: Looks, name: str, *, watched: bool) -> Iterator[Event]:
    """What is decided of a change in the end; nothing is told where another run has settled it meanwhile."""
    pending = journal.state.pending.get(name)
    if pending is None:
        return
    step, seen = looks.step(pending, _standing(doors, pending, watched=watched))
    if step is Step.RECOVER and seen:
        yield recovered(doors, journal, name, pending, seen)
    elif step is Step.GIVE_UP and (told := abandoned(doors, journal, name, pending)):
        yield told
    elif name in journal.state.pending:
        yield unknown(doors, journal.state.address(name), pending, _NO_ANSWER)


def _standing(doors: Doors, pending: Pending, *, watched: bool) -> Standing:
    """The owner is gone with its process, or once it has had all the time that it gives itself, by this machine's
    clock and by the service's.

    Where the service itself may be at work on it, that it is gone is not enough.
    """
    process, clocks = pending.run.process, doors.commerce.clocks
    gone = process is not None and doors.is_dead(process) is True
    held = pending.held_until is not None and clocks.earliest <= pending.held_until
    late = clocks.apart is None and clocks.earliest > pending.abandoned_from(doors.wait.owned_seconds)
    return Standing(watched=watched, abandoned=(gone or late) and not held)
