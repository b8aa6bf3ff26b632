"""Tasks for people: what changes left to do, and which consents customers must be asked for."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import chain

from reconciler.advice import row, sentence
from reconciler.changes.registry import of
from reconciler.model.consent import AWAIT_CONSENT, SEND_MAIL, Consent, Stamp, answered
from reconciler.model.result import Result
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.task import Left, Task, TaskDone


def left_by(result: Result) -> tuple[Left, ...]:
    """Returns what a change left for people to do; nothing where it was not carried out."""
    return of(result.request).leaves_tasks(result) if result.outcome.performed else ()


def left_to_do(result: Result, done: Iterable[TaskDone] = ()) -> tuple[str, ...]:
    """Returns what a change left for people to do, a sentence each, but for what is `done`."""
    closed = {item.task for item in done}
    return tuple(sentence(left.code, **left.data) for left in left_by(result) if (left.code, result.key) not in closed)


def open_tasks(state: CustomerState) -> tuple[Task, ...]:
    """Returns the tasks of a customer that nobody has said are done, the oldest first.

    Each that a change left is of the name that has the change's subscription now; else of the one that the change was
    made under. A consent that several addresses wait for is one task.
    """
    return tuple(sorted(chain(_left(state), _consents(state)), key=lambda task: (task.since, task.address, task.code)))


def close_tasks(state: CustomerState, tasks: Iterable[Task], now: datetime, run: Run) -> CustomerState:
    """Returns the state with a person's word, given in `run`, that these tasks are done."""
    stamp = Stamp.of(now, run)
    for task in tasks:
        if task.consent is None:
            state = state.close_tasks([task.done(now, stamp.run)])
        else:
            state = replace(state, consents=answered(state.consents, task.consent, task.code, stamp))
    return state


def closed_by(state: CustomerState, addresses: Container[str], code: str) -> Stamp | None:
    """Returns who said last that a task of these addresses is done, and when; None where nobody did."""
    done = {item.task: Stamp(at=item.at, run=item.run) for item in state.tasks_done}
    made = ((state.address(_owner(state, result)), result.key) for result in state.results)
    stamps = [done[code, key] for address, key in made if address in addresses and (code, key) in done]
    for consent in state.consents:
        if any(state.address(name) in addresses for name in consent.names):
            stamp = {SEND_MAIL: consent.asked, AWAIT_CONSENT: consent.closed}.get(code)
            stamps += [stamp] if stamp else []
    return max(stamps, key=lambda stamp: stamp.at, default=None)


def _owner(state: CustomerState, result: Result) -> str:
    """The name that has a change's subscription now; else the one that the change was made under."""
    owners = {identity: name for name, bound in state.subscriptions.items() for identity in bound.chain}
    ids = filter(None, (result.target_subscription_id, result.subscription_id))
    return next(filter(None, map(owners.get, ids)), result.address.name)


def _consents(state: CustomerState) -> Iterator[Task]:
    for consent in state.consents:
        if consent.task:
            address, *others = map(state.address, consent.names)
            stamp = consent.asked or consent.found
            yield Task(
                address=address,
                customer=state.customer,
                code=consent.task,
                description=sentence(consent.task, **_consent_data(state, consent)),
                since=stamp.at,
                run=stamp.run.id,
                started_at=consent.found.at,
                consent=consent.code,
                others=tuple(others),
            )


def _consent_data(state: CustomerState, consent: Consent) -> dict[str, str]:
    """Returns what a sentence about a consent says of it: whose, for what, and which addresses wait for it."""
    names = tuple(map(state.address, consent.names))
    return {
        "customer": state.customer.display_name or state.customer.name,
        "consent": row(consent.code).consent or consent.code,
        "waiting": f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} blocked",
    }


def _left(state: CustomerState) -> Iterator[Task]:
    done = {item.task for item in state.tasks_done}
    results = {result.key: result for result in state.results if result.outcome.performed}
    for result in results.values():
        for left in left_by(result):
            if (left.code, result.key) not in done:
                yield Task(
                    address=state.address(_owner(state, result)),
                    customer=state.customer,
                    code=left.code,
                    description=sentence(left.code, **left.data),
                    since=result.finished_at,
                    run=result.run.id,
                    request_id=result.request_id,
                    started_at=result.started_at,
                )
