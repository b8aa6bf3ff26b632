"""Many customers at once: each in a thread of its own, their events as one stream."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from reconciler.applying.context import ApplyContext, Breaker
from reconciler.applying.customer import carry_out
from reconciler.applying.items import not_carried_out
from reconciler.applying.work import Work
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import (
    DONE_ALREADY,
    REVIEWED_ELSEWHERE,
    Event,
    Finished,
    Recovered,
    Succeeded,
    counted,
    tallied,
)
from reconciler.model.result import Outcome
from reconciler.system.threads import Ended, interleaved


def apply_works(
    works: Sequence[Work],
    context: ApplyContext,
    parallelism: int,
    left: Sequence[Event] = (),
    beside: Sequence[Event] = (),
) -> Iterator[Event]:
    """Carries out all work, `parallelism` customers at a time, and ends with a summary. What is `left` is told first,
    and what stands `beside` the work after it.

    Of the customers that have changes the first `context.canaries`, in address order, are carried out first. The others
    follow once all is done there, and only if every change was: one that failed, became stale, was skipped, has an
    unknown outcome or left users to assign holds all others back, for they may well end the same way.

    An error that is not one change's own is raised after every customer has come to its end; where several customers
    have one, it carries the problems of all.
    """
    breaker = Breaker(context.stop_after_failures, context.stop)
    yield from left
    counts = tallied((*left, *beside))
    errors: list[BaseException] = []
    canaries, others = _canaries_first(works, context.canaries)
    for group in (canaries, others):
        well = True
        for event in interleaved(
            partial(carry_out, context=context, breaker=breaker), group, parallelism, context.stop.set
        ):
            well = well and _came_out_well(event)
            if isinstance(event, Ended):
                errors.extend([event.error] if event.error else [])
                continue
            counts[counted(event)] += 1
            yield event
        if group is canaries and not well:
            breaker.canary_failed()  # not before: the canaries' own changes are finished either way
    yield from beside
    errors.extend([breaker.clocks] if breaker.clocks else [])
    yield _finished(counts, context.commerce.now(), interrupted=context.stop.is_set())
    if errors:
        raise _joined(errors)


def nothing_done(left: Sequence[Event], at: datetime) -> Iterator[Event]:
    """The events of a run that has no work at all."""
    yield from left
    yield _finished(tallied(left), at, interrupted=False)


def _canaries_first(works: Sequence[Work], canaries: int) -> tuple[Sequence[Work], Sequence[Work]]:
    chosen = {work.customer.name for work in [work for work in works if work.changes][:canaries]}
    return (
        [work for work in works if work.customer.name in chosen],
        [work for work in works if work.customer.name not in chosen],
    )


def _came_out_well(event: Event | Ended) -> bool:
    match event:
        case Ended():
            return event.error is None
        case Succeeded() | Recovered():
            otherwise = isinstance(event, Succeeded) and event.otherwise
            return event.result.outcome is not Outcome.SUCCEEDED_WITH_LICENSE_ERRORS and not otherwise
        case _:
            return not not_carried_out(event)


def _joined(errors: Sequence[BaseException]) -> BaseException:
    known = [error for error in errors if isinstance(error, ReconcilerError)]
    if len(known) < len(errors):
        return next(error for error in errors if error not in known)
    return type(known[0])(*(problem for error in known for problem in error.problems))


def _finished(counts: Counter[str], at: datetime, *, interrupted: bool) -> Finished:
    return Finished(
        at=at,
        succeeded=counts["succeeded"],
        with_license_errors=counts["with_license_errors"],
        recovered=counts["recovered"],
        failed=counts["failed"],
        skipped=counts["skipped"],
        done_already=counts[DONE_ALREADY],
        reviewed_elsewhere=counts[REVIEWED_ELSEWHERE],
        stale=counts["stale"],
        unknown=counts["unknown"],
        held=counts["held"],
        not_done=counts["not_done"],
        given_up=counts["given_up"],
        moved=counts["moved"],
        forgotten=counts["forgotten"],
        still_tracked=counts["still_tracked"],
        state_not_written=counts["state_not_written"],
        interrupted=interrupted,
    )
