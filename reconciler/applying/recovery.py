"""What becomes of a change whose answer was lost, in the run that sent it and in later ones. Nothing is sent here."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.applying.attempt import Attempt
from reconciler.applying.journal import Journal
from reconciler.applying.run import Doors
from reconciler.applying.watching import watch
from reconciler.model.address import Address
from reconciler.model.errors import NoAnswer, ServiceError
from reconciler.model.event import Event, Recovered, Unknown
from reconciler.model.evidence import Verdict, read_back
from reconciler.model.state import CustomerState, Outcome, Pending, Result, ended
from reconciler.model.subscription import Live
from reconciler.model.support import Support


def lost(attempt: Attempt, error: NoAnswer) -> Iterator[Event]:
    """Watches for the change to show: recovered, and recorded as such; else unknown, and left pending."""
    doors, journal, change = attempt.doors, attempt.journal, attempt.change
    pending = attempt.pending

    def look() -> Live | None:
        return _done(doors, journal.state, pending)

    seen = yield from watch(doors, change.address, "what became of a request without an answer", look)
    if seen is None:
        yield unknown(attempt, f"The answer was lost: {error}", error.support)
        return
    yield _recovered(doors, journal, attempt.name, pending, seen)


def settle(doors: Doors, journal: Journal) -> Iterator[Event]:
    """Reads back what earlier runs left pending for this customer; records what was done, reports what is unknown."""
    for name, pending in sorted(journal.state.pending.items()):
        try:
            seen = _done(doors, journal.state, pending)
        except ServiceError as error:
            yield _unknown(doors, journal.state.address(name), pending, f"It could not be read back: {error}")
            continue
        if seen is None:
            yield _unknown(doors, journal.state.address(name), pending, "An earlier run's request has no answer yet.")
        else:
            yield _recovered(doors, journal, name, pending, seen)


def unknown(attempt: Attempt, description: str, support: Support | None = None) -> Unknown:
    """Nobody can say whether the change was done. It stays pending."""
    attempt.breaker.failed()
    event = _unknown(attempt.doors, attempt.change.address, attempt.pending, description)
    return replace(event, support=support)


def _done(doors: Doors, state: CustomerState, pending: Pending) -> Live | None:
    lives = doors.commerce.subscriptions(state.customer.tenant)
    evidence = read_back(pending, lives, state.chained_ids(), state.pending.values())
    return evidence.subscription if evidence.verdict is Verdict.DONE else None


def _recovered(doors: Doors, journal: Journal, name: str, pending: Pending, seen: Live) -> Recovered:
    now = doors.commerce.now()
    address = journal.state.address(name)
    bound = journal.state.binding_after(name, pending, seen.id, now, visible=True).observe(seen, now)
    result: Result = replace(
        ended(pending, address, Outcome.RECOVERED, now, seen.id, doors.run), plan_fingerprint=doors.plan_fingerprint
    )
    journal.record(lambda state: state.finish(name, result, bound))
    return Recovered(at=now, address=address, result=result)


def _unknown(doors: Doors, address: Address, pending: Pending, description: str) -> Unknown:
    return Unknown(
        at=doors.commerce.now(),
        address=address,
        request_id=pending.request_id,
        description=description,
        next=(
            "Look at the customer's subscriptions in Partner Center, then say what you found:",
            f"reconciler state resolve {address} --succeeded SUBSCRIPTION_ID",
            f"reconciler state resolve {address} --not-done",
        ),
    )
