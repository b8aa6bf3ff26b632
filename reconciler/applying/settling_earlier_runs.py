"""Settles what earlier runs left pending: read back, recorded where it is known, given up where it may be. Nothing is
sent.
"""

from collections.abc import Iterable, Iterator, Sequence

from reconciler import advice, changes
from reconciler.applying.audit_log import audit_log
from reconciler.applying.context import ApplyContext
from reconciler.applying.journal import Journal
from reconciler.applying.observing import Observation
from reconciler.applying.recording import abandoned, failed, held, note_reply, recovered, unknown
from reconciler.applying.watching import watch
from reconciler.model.errors import ServiceError
from reconciler.model.event import Event, HeldByService, Unknown, Waiting
from reconciler.model.evidence import Decision, Evidence, Log, Standing, Verdict, decide
from reconciler.model.pending import Pending, Reply

_BY_LOG = {Log.PERFORMED: "unknown_performed_by_log", Log.UNREAD: "unknown_log_unread"}

Named = tuple[str, Pending]
"""A change, and the name that has it."""


def settle(context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Settles what is pending for this customer, and what was given up and shows after all.

    Those that may be given up are watched together, for the whole of `wait`.
    """
    pending = sorted(journal.state.all_pending(), key=lambda named: (named[0], named[1].started_at))
    changes = [*_doubts(journal), *pending]
    if not changes:
        return
    observation = Observation(context, journal, [change for _, change in changes])
    try:
        observation()
    except ServiceError as error:
        yield from _left(context, journal, pending, advice.sentence("not_read_back", why=error))
        return
    if apart := context.commerce.clocks.apart:
        description = advice.sentence("clocks_disagree_in_settling", **apart.data)
        yield from _left(context, journal, pending, description)
        return
    yield from _shown(context, journal, observation, changes)
    unsettled = [(name, change) for name, change in pending if _is_pending(journal, change)]
    waited = [(name, change) for name, change in unsettled if _worth_watching(context, observation, change)]
    if waited:
        yield from _watched(context, journal, observation, waited)
        yield from _shown(context, journal, observation, changes)
    for name, change in unsettled:
        watched = (name, change) in waited and observation.conclusive(change) and not context.stop.is_set()
        yield from _concluded(context, journal, observation, (name, change), watched=watched)


def _left(context: ApplyContext, journal: Journal, pending: Iterable[Named], why: str) -> Iterator[Event]:
    """Leaves every change pending. One that the audit log reports as done is never recorded as not done."""
    for name, change in pending:
        log = Log.SILENT if context.stop.is_set() else audit_log(context.commerce, journal.state, change)[0]
        logged = f"{advice.sentence('logged_as_done')} " if log is Log.PERFORMED else ""
        yield _unknown(context, journal, (name, change), f"{logged}{why}", log)


def _is_pending(journal: Journal, change: Pending) -> bool:
    """Returns True if nothing has settled the change yet."""
    return any(known.key == change.key for _, known in journal.state.all_pending())


def _doubts(journal: Journal) -> Iterator[Named]:
    """Yields what was given up and may still show, with the name that means its subscription now."""
    state = journal.state
    for doubt in state.doubts():
        name = state.claimed_by(doubt.subscription_id)
        if name and name not in state.pending:
            yield name, doubt


def _shown(
    context: ApplyContext, journal: Journal, observation: Observation, changes: Iterable[Named]
) -> Iterator[Event]:
    """Records what shows. To know whose one target is can tell whose another is, so it looks until nothing is found."""
    left = list(changes)
    while True:
        found = next(((named, seen) for named in left if (seen := observation.evidence(named[1])).subscription), None)
        if found is None:
            return
        (name, change), seen = found
        left.remove((name, change))
        if event := recovered(context, journal, name, change, seen):
            yield event


def _watched(
    context: ApplyContext, journal: Journal, observation: Observation, waited: Sequence[Named]
) -> Iterator[Waiting]:
    many = len(waited) > 1
    what = f"what became of {len(waited)} earlier requests" if many else "what became of an earlier request"
    yield from watch(context, journal.state.address(waited[0][0]), what, observation)


def _worth_watching(context: ApplyContext, observation: Observation, pending: Pending) -> bool:
    verdict = observation.evidence(pending).verdict
    return decide(verdict, Log.SILENT, _standing(context, pending, watched=False)) is Decision.WAIT


def _concluded(
    context: ApplyContext, journal: Journal, observation: Observation, named: Named, *, watched: bool
) -> Iterator[Event]:
    """Ends one change as it is decided; there is no event where another run has settled it meanwhile."""
    name, change = named
    pending = next((known for _, known in journal.state.all_pending() if known.key == change.key), None)
    if pending is None:
        return
    decision, evidence = observation.decide(pending, _standing(context, pending, watched=watched))
    recover = decision is Decision.RECOVER and evidence.subscription is not None
    if recover and (done := recovered(context, journal, name, pending, evidence)):
        yield done
    elif decision is Decision.FAIL:
        yield failed(context, journal, name, pending, evidence)
    elif evidence.verdict is Verdict.HELD:
        yield _held(context, journal, name, pending, evidence)
    elif decision is Decision.GIVE_UP and (event := abandoned(context, journal, name, pending)):
        yield event
    elif _is_pending(journal, pending):
        yield _unknown(context, journal, (name, pending), _why(pending, evidence), evidence.log)


def _unknown(context: ApplyContext, journal: Journal, named: Named, why: str, log: Log) -> Unknown:
    """Leaves a change pending, and notes what the log says of it."""
    name, pending = named
    if log is Log.PERFORMED:
        note_reply(journal, pending, Reply.LOGGED)
    return unknown(context, journal.state.address(name), pending, why, log=log)


def _held(context: ApplyContext, journal: Journal, name: str, pending: Pending, evidence: Evidence) -> HeldByService:
    """Notes that the service waits for a person, and what it calls the work."""
    noted = pending.replied(Reply.PERSON_NEEDED, evidence.operation)
    journal.note(lambda state: state.amend(pending.key, lambda _: noted))
    return held(context, journal.state, name, noted, evidence.held)


def _why(pending: Pending, evidence: Evidence) -> str:
    """Returns why a change is left pending: what an earlier run may still do of it apart, what stands in the way."""
    by_list = "unknown_not_known" if evidence.verdict is Verdict.UNCHANGED else "unknown_unclear"
    reply = changes.of(pending.request).left_open(pending)["reply"]
    return advice.sentence(_BY_LOG.get(evidence.log, by_list), reply=reply)


def _standing(context: ApplyContext, pending: Pending, *, watched: bool) -> Standing:
    """The owner is gone with its process, or once it has had all the time that it gives itself, by this machine's
    clock and by the service's.

    Where the service itself may be at work on it, that it is gone is not enough.
    """
    process, clocks = pending.run.process, context.commerce.clocks
    gone = process is not None and context.is_dead(process) is True
    held = pending.held_until is not None and clocks.earliest <= pending.held_until
    late = clocks.apart is None and clocks.earliest > pending.abandoned_from(context.wait.owned_seconds)
    return Standing(watched=watched, abandoned=(gone or late) and not held)
