"""Evidence of a change whose answer was lost: what can be said of it, and what may be done about it.

A change is *pending* from its durable intent to its result. One that was given up as not done, for want of any sign, is
a *doubt*: it may show after all. Both claim their subscription for their address. A *candidate* is a live subscription
that may be what a pending or doubted change made.

No time identifies anything here: a target is known by being new, in nobody's chain, and the only one that fits. Time
only tells that no run can be at work any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.model.audit import AuditRecord
from reconciler.model.pending import Pending
from reconciler.model.result import Licenses
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError


class Verdict(StrEnum):
    """The verdict of the live subscriptions on a pending change.

    OVERTAKEN: what was asked for does not show, and its etag is no longer current: it can't be done any more. REFUSED:
    the service tells that the work it accepted failed. HELD: it tells that it waits for a person.
    """

    DONE = "done"
    REFUSED = "refused"
    UNCHANGED = "unchanged"
    OVERTAKEN = "overtaken"
    UNCLEAR = "unclear"
    HELD = "held"


class Log(StrEnum):
    """The verdict of the service's audit log on a pending change. It lags: SILENT proves nothing.

    UNREAD: it could not be read now, and may know more. Where it is kept from us, or kept by nobody, it is SILENT.
    """

    SILENT = "silent"
    UNREAD = "unread"
    PERFORMED = "performed"


class Decision(StrEnum):
    """The next step for a pending change. STALE: over, and not done, since somebody else changed the subscription.
    FAIL: the service says that it failed.
    """

    RECOVER = "recover"
    WAIT = "wait"
    SEND_AGAIN = "send_again"
    GIVE_UP = "give_up"
    STALE = "stale"
    LEAVE = "leave"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The verdict; where it is DONE, the subscription that carries the result, and what became of users' licences;
    where REFUSED, the service's errors; where HELD, its own word for that. `operation` is what the service calls the
    work, where it tells. `log` is the word of the audit log, SILENT where it was not asked.
    """

    verdict: Verdict
    subscription: Live | None = None
    licenses: Licenses | None = None
    errors: tuple[UpgradeError, ...] = ()
    held: str = ""
    operation: str | None = None
    log: Log = Log.SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The relation of whoever asks to a pending change.

    `watched`: the verdict was the same at every look, for the whole of `wait`. `own`: this run wrote the intent.
    `may_send`: it was sent only once so far, nothing stops the run, and the service still offers it. `abandoned`: the
    run that wrote the intent can't be at work on it any more. `conflict`: the service answered each of its requests
    with an error of its own under 409, and with none that says for how long.
    """

    watched: bool
    own: bool = False
    may_send: bool = False
    abandoned: bool = False
    conflict: bool = False


def decide(verdict: Verdict, log: Log, standing: Standing) -> Decision:
    """Returns what to do about a change whose answer was lost (contract, section 5).

    What is done is recorded by whoever sees it. Nothing else is decided before the whole wait is over. Only the run
    that wrote the intent sends again. Later runs give up once no run can be at work on it, the run itself only what met
    a conflict. The log's word that it was performed, though nothing shows yet, forbids all of that; so does a log that
    could not be read.
    """
    if verdict is Verdict.DONE:
        return Decision.RECOVER
    if verdict is Verdict.REFUSED:
        return Decision.FAIL
    if log in {Log.PERFORMED, Log.UNREAD}:
        return Decision.LEAVE
    if not standing.own and not (standing.abandoned and verdict is Verdict.UNCHANGED):
        return Decision.LEAVE
    if not standing.watched:
        return Decision.WAIT
    if not standing.own:
        return Decision.GIVE_UP
    refused = Decision.GIVE_UP if standing.conflict else Decision.LEAVE
    sending = Decision.SEND_AGAIN if standing.may_send else refused
    return {Verdict.UNCHANGED: sending, Verdict.OVERTAKEN: Decision.STALE}.get(verdict, Decision.LEAVE)


def may_show(request: Pending, now: datetime) -> bool:
    """Returns True if what was asked may have been bought and not be visible yet; `now` is the earlier clock."""
    return now <= request.doubted_until


def is_open(state: CustomerState, name: str, now: datetime) -> bool:
    """Returns True if something that was sent for a name is pending, or was given up and may show after all; `now` is
    the earlier clock.
    """
    return name in state.pending or any(
        state.name_of(doubt) == name for doubt in state.doubts() if may_show(doubt, now)
    )


def open_changes(state: CustomerState, now: datetime) -> tuple[Pending, ...]:
    """Everything that was sent for the customer and of which something new may have come: what is pending, and the
    doubts that may still show.
    """
    pending = (pending for _, pending in state.all_pending())
    return (*pending, *(doubt for doubt in state.doubts() if may_show(doubt, now)))


def logged(pending: Pending, state: CustomerState, records: Iterable[AuditRecord]) -> tuple[Log, frozenset[str]]:
    """Returns what the audit log says of the change, and the subscriptions that it names.

    A refusal says nothing: a gateway may send a request twice, and the log may know the refusal of the second copy
    before it knows what the first one did.
    """
    earlier = {result.correlation_id for result in state.results if result.request_id == pending.request_id}
    own = {pending.correlation_id, *earlier}
    performed = [record for record in records if record.correlation_id in own and not record.refused]
    named = (identity for record in performed if record.status == "succeeded" for identity in record.subscription_ids)
    return Log.PERFORMED if performed else Log.SILENT, frozenset(named)
