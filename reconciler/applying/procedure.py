"""Carries out one change, of whatever kind: read, intent, send, record; then poll or recover.

The intent is durable before the request leaves. Where the process stood still in between, another run may have given
the change up by now: the request does not leave, and that is recorded.
"""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.advice import sentence
from reconciler.applying import outcomes
from reconciler.applying.attempt import Attempt
from reconciler.applying.completion import accepted, performed
from reconciler.applying.context import Rechecked
from reconciler.applying.lost_answer import lost, refused_inside, version_moved
from reconciler.applying.reading import read
from reconciler.applying.sender import Sender
from reconciler.changes import Accepted, Performed, Refused
from reconciler.model.change import Before, Change
from reconciler.model.errors import NoAnswer, Overtaken, ServiceError, StaleEtag, StateConflict
from reconciler.model.event import Event
from reconciler.model.renewal import ScheduleForm
from reconciler.model.subscription import Live
from reconciler.system.clock import Moment


def carry_out(attempt: Attempt, checked: Rechecked, checked_at: Moment) -> Iterator[Event]:
    """Carries out a change that was just planned afresh. Raises StateConflict before anything is sent where another run
    wrote, and ClocksDisagree.
    """
    context, change, kind = attempt.context, attempt.change, attempt.kind
    view, seen_at, tenant = checked.view, checked_at, change.customer.tenant
    if kind.prepares:
        began = context.clock.moment()
        try:
            view = read(context.commerce, tenant, change.subscription_id, kind.prepares, view=view)
        except ServiceError as error:
            yield outcomes.not_started(attempt, error)
            return
        seen_at = began
    source = view.find(change.subscription_id)
    if source is None:
        yield outcomes.stale(attempt, sentence("stale_gone"))
        return
    why = kind.unsendable(change, view) or ("" if _as_planned(source, change, checked) else sentence("stale_changed"))
    if why:
        yield outcomes.stale(attempt, why)
        return
    noted = context.clock.moment()
    known_ids = checked.view.listing.ids if checked.view.listing else frozenset[str]()
    yield attempt.begin(source, known_ids, view)
    if attempt.overdue(noted):
        yield outcomes.stood_still(attempt)
        return
    yield from _sent(attempt, Sender(attempt, source, view, seen_at))


def _sent(attempt: Attempt, sender: Sender) -> Iterator[Event]:
    """Sends the request and brings the change to the end that the answer allows."""
    try:
        attempt.note_order()
        answer = sender.send()
    except NoAnswer as error:
        yield from lost(attempt, sender, error)
    except Overtaken as error:
        yield outcomes.overtaken(attempt, error)
    except StateConflict:
        yield outcomes.state_written(attempt)
    except StaleEtag as error:
        yield from version_moved(attempt, error)
    except ServiceError as error:
        yield outcomes.failed(attempt, error)
    else:
        match answer:
            case Performed():
                yield from performed(attempt, answer)
            case Accepted():
                yield from accepted(attempt, answer)
            case Refused():
                yield from refused_inside(attempt, sender, answer)


def _as_planned(source: Live, change: Change, checked: Rechecked) -> bool:
    """Returns True if the subscription is what it was when the change was planned afresh. `before` of the change may be
    what an earlier change of its address was to leave. A list may leave out what is scheduled.
    """
    planned = checked.view.find(change.subscription_id)
    if planned is None:
        return change.before is not None and Before.of(source).values == change.before.values
    found, seen = Before.of(source), Before.of(planned)
    listed = planned.body is None and planned.commitment and planned.commitment.form is ScheduleForm.NONE
    return found.values == (replace(seen, renewal=found.renewal) if listed else seen).values
