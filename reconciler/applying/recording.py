"""Records how a change whose answer was lost ended, and gives the event. What nobody can tell stays pending."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from reconciler import advice, changes
from reconciler.applying.context import ApplyContext
from reconciler.applying.journal import Journal
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.event import Failed, HeldByService, NotDone, Recovered, Succeeded, Unknown
from reconciler.model.evidence import Evidence, Log
from reconciler.model.pending import Pending, Reply
from reconciler.model.remedy import Step
from reconciler.model.result import Licenses, Outcome, Result, ended
from reconciler.model.result import given_up as in_doubt
from reconciler.model.state import CustomerState
from reconciler.model.support import Support
from reconciler.model.upgrade import UpgradeError

_OF_REQUESTS = {"apply", "api"}


def recovered(
    context: ApplyContext, journal: Journal, name: str, pending: Pending, evidence: Evidence
) -> Recovered | Succeeded | None:
    """The change was found done. One that the service had accepted succeeded: its answer was not lost.

    None, and nothing recorded, where the subscription is another address's by now: another run has recorded that since
    this one looked, and one purchase answers for one change. Raises ValueError where the evidence has no subscription.
    """
    now, seen = context.commerce.now(), evidence.subscription
    if seen is None:
        message = "a change is done by evidence that shows no subscription"
        raise ValueError(message)
    address = journal.state.address(name)
    outcome, operation = _outcome(pending, evidence), evidence.operation
    result = replace(ended(pending, address, outcome, now, seen.id, context.run, operation), licenses=evidence.licenses)

    def bound(state: CustomerState, owner: str) -> Bound:
        bound = changes.binding_after(state, owner, pending, seen.id, now, visible=True)
        return bound.observe(bound.without_added(seen), now)

    def is_anothers(state: CustomerState) -> bool:
        return state.claimed_by(seen.id) not in {None, state.owner_of(pending, name)}

    recorded = _recorded(context, journal, name, pending, result, bound, unless=is_anothers)
    if is_anothers(journal.state):
        return None
    kind = changes.of(pending.request)
    until, promotion = kind.cancellable_until(seen), kind.promotion(seen)
    if pending.operation is None:
        return Recovered(at=now, address=address, result=recorded, cancellable_until=until, promotion=promotion)
    return Succeeded(
        at=now, address=address, result=recorded, visible=True, cancellable_until=until, promotion=promotion
    )


def _outcome(pending: Pending, evidence: Evidence) -> Outcome:
    if evidence.licenses is Licenses.FAILED:
        return Outcome.SUCCEEDED_WITH_LICENSE_ERRORS
    return Outcome.SUCCEEDED if pending.operation is not None else Outcome.RECOVERED


def abandoned(context: ApplyContext, journal: Journal, name: str, pending: Pending) -> NotDone | None:
    """Records a change as not done: no effect shows, and its lease has expired. Planning decides again.

    None, and nothing recorded, where somebody touched it meanwhile: then somebody is at work on it.
    """
    now = context.commerce.now()
    address = journal.state.address(name)
    result = replace(given_up(context, address, pending), plan_fingerprint=context.plan_fingerprint)

    def step(state: CustomerState) -> CustomerState:
        untouched = any(pending == known for _, known in state.all_pending())
        return state.finish(name, result) if untouched else state

    journal.record(step)
    if result not in journal.state.results:
        return None
    asked = _asks_for(context, journal.state, name, pending)
    steps = advice.row("not_done").steps_for({}) if asked else ()
    return NotDone(at=now, address=address, result=result, next=steps, asked=asked)


def _asks_for(context: ApplyContext, state: CustomerState, name: str, pending: Pending) -> bool:
    """Returns True if a manifest asks for a change still, under its name or another one."""
    bound = state.subscriptions.get(name)
    return context.asks_for(state.address(name), {pending.subscription_id, *(bound.chain if bound else ())})


def given_up(context: ApplyContext, address: Address, pending: Pending) -> Result:
    """Returns the result of a change of which nothing shows: it stays in doubt, where its request may have left."""
    now, run = context.commerce.now(), context.run
    if changes.of(pending.request).may_have_left(pending):
        return in_doubt(pending, address, now, run)
    return ended(pending, address, Outcome.NOT_DONE, now, None, run)


def failed(context: ApplyContext, journal: Journal, name: str, pending: Pending, evidence: Evidence) -> Failed:
    """The service says that the work it had accepted failed."""
    now, address, errors = context.commerce.now(), journal.state.address(name), evidence.errors
    found = ended(pending, address, Outcome.FAILED, now, None, context.run, evidence.operation)
    result = replace(found, upgrade_errors=errors)
    _recorded(context, journal, name, pending, result)
    return Failed(
        at=now,
        address=address,
        action=pending.action,
        code=", ".join(dict.fromkeys(error.code for error in errors)),
        description="; ".join(f"{error.description} {error.details}".strip() for error in errors),
        remedy=remedy(errors, address),
    )


def remedy(errors: Iterable[UpgradeError], address: Address) -> tuple[Step, ...]:
    """Returns what to do about errors inside an answer, where the advice is about a request and not about a plan."""
    rows = filter(None, (advice.row_or_none(error.code) for error in errors))
    steps = (step for row in rows if row.origin in _OF_REQUESTS for step in row.steps_for({"address": address}))
    return tuple(dict.fromkeys(steps))


def held(context: ApplyContext, state: CustomerState, name: str, pending: Pending, word: str) -> HeldByService:
    """Returns the event of a change that the service took and does not go on with before a person has acted."""
    address, asked = state.address(name), _asks_for(context, state, name, pending)
    known = {
        "address": address,
        "order": pending.operation or "",
        "status": word,
        "asked" if asked else "unasked": "yes",
    }
    row = advice.row("order_held")
    return HeldByService(
        at=context.commerce.now(),
        address=address,
        operation=pending.operation,
        description=row.sentence(known),
        next=row.steps_for(known),
    )


def unknown(
    context: ApplyContext,
    address: Address,
    pending: Pending,
    description: str,
    support: Support | None = None,
    log: Log = Log.SILENT,
) -> Unknown:
    """Returns the event of a change of which nobody can say whether it was done. It stays pending."""
    commerce = context.commerce
    settles_at = pending.abandoned_from(context.wait.owned_seconds) + commerce.clocks.lag
    known = {**changes.settling(pending, settles_at, commerce.now(), log), "address": address}
    return Unknown(
        at=commerce.now(),
        address=address,
        request_id=pending.request_id,
        description=description,
        next=advice.row("answer_lost").steps_for(known),
        support=support,
    )


def note_reply(journal: Journal, pending: Pending, reply: Reply) -> None:
    """Records what the service said of a pending change, where state can be written: it only helps a reader."""
    journal.note(lambda state: state.amend(pending.key, lambda known: known.replied(reply)))


def _recorded(
    context: ApplyContext,
    journal: Journal,
    name: str,
    pending: Pending,
    result: Result,
    bound: Callable[[CustomerState, str], Bound] | None = None,
    *,
    unless: Callable[[CustomerState], bool] = lambda _: False,
) -> Result:
    """Records the result under the name that has the change by now; nothing where the state speaks against it."""
    result = replace(result, plan_fingerprint=context.plan_fingerprint)

    def step(state: CustomerState) -> CustomerState:
        if unless(state):
            return state
        owner = state.owner_of(pending, name)
        return state.finish(owner, result, bound(state, owner) if bound else None)

    journal.record(step)
    return result
