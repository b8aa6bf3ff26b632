"""Many customers at once: each in a thread of its own, their events as one stream."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from reconciler.applying.customer import Work, carry_out
from reconciler.applying.run import Breaker, Doors
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import Event, Finished, Succeeded
from reconciler.model.state import Outcome


class _Done:
    """The end of one customer's events, with what went wrong beyond any single change."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def apply(works: Sequence[Work], doors: Doors, parallelism: int) -> Iterator[Event]:
    """Carries out all work, `parallelism` customers at a time, and ends with a summary.

    An error that is not one change's own is raised after every customer has come to its end; where several customers
    have one, it carries the problems of all.
    """
    breaker = Breaker(doors.stop_after_failures, doors.stop)
    counts: Counter[str] = Counter()
    errors: list[BaseException] = []
    for event in _side_by_side(works, doors, breaker, parallelism):
        if isinstance(event, _Done):
            errors.extend([event.error] if event.error else [])
            continue
        counts[_counted(event)] += 1
        yield event
    yield _finished(counts, doors)
    if errors:
        raise _joined(errors)


def _side_by_side(works: Sequence[Work], doors: Doors, breaker: Breaker, parallelism: int) -> Iterator[Event | _Done]:
    happenings: SimpleQueue[Event | _Done] = SimpleQueue()

    def run(work: Work) -> None:
        error: BaseException | None = None
        try:
            for event in carry_out(work, doors, breaker):
                happenings.put(event)
        except BaseException as found:  # noqa: BLE001 - it is raised again, where the run ends
            error = found
        happenings.put(_Done(error))

    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        for work in works:
            pool.submit(run, work)
        open_works = len(works)
        try:
            while open_works:
                event = happenings.get()
                open_works -= isinstance(event, _Done)
                yield event
        finally:
            if open_works:
                doors.stop.set()


def _joined(errors: Sequence[BaseException]) -> BaseException:
    known = [error for error in errors if isinstance(error, ReconcilerError)]
    if len(known) < len(errors):
        return next(error for error in errors if error not in known)
    return type(known[0])(*(problem for error in known for problem in error.problems))


def _counted(event: Event) -> str:
    if isinstance(event, Succeeded) and event.result.outcome is Outcome.SUCCEEDED_WITH_LICENSE_ERRORS:
        return "with_license_errors"
    return event.type


def _finished(counts: Counter[str], doors: Doors) -> Finished:
    return Finished(
        at=doors.commerce.now(),
        succeeded=counts["succeeded"],
        with_license_errors=counts["with_license_errors"],
        recovered=counts["recovered"],
        failed=counts["failed"],
        skipped=counts["skipped"],
        stale=counts["stale"],
        unknown=counts["unknown"],
        not_done=counts["not_done"],
        interrupted=doors.stop.is_set(),
    )
