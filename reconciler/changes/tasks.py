"""Tasks that changes left for people to do."""

from collections.abc import Iterable, Iterator

from reconciler.advice import sentence
from reconciler.changes.registry import of
from reconciler.model.result import Result
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

    Each is of the name that has the change's subscription now; else of the one that the change was made under.
    """
    return tuple(sorted(_open(state), key=lambda task: (task.since, task.address, task.code)))


def _open(state: CustomerState) -> Iterator[Task]:
    owners = {identity: name for name, bound in state.subscriptions.items() for identity in bound.chain}
    done = {item.task for item in state.tasks_done}
    results = {result.key: result for result in state.results if result.outcome.performed}
    for result in results.values():
        ids = filter(None, (result.target_subscription_id, result.subscription_id))
        name = next(filter(None, map(owners.get, ids)), result.address.name)
        for left in left_by(result):
            if (left.code, result.key) not in done:
                yield Task(
                    address=state.address(name),
                    customer=state.customer,
                    code=left.code,
                    description=sentence(left.code, **left.data),
                    since=result.finished_at,
                    run=result.run.id,
                    request_id=result.request_id,
                    started_at=result.started_at,
                )
