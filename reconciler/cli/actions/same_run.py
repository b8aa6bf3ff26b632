"""Gives advice to apply again the command of the run that gives it: without its selection it would apply more."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from reconciler.model.event import CustomerSkipped, Event, Failed, HeldByService, NotDone, Skipped, Unknown
from reconciler.model.remedy import Step

_APPLY = ("apply",)


def of_same_run(events: Iterable[Event], run: tuple[str, ...]) -> Iterator[Event]:
    """Yields the events, with `run` where a step says `apply` and nothing more."""
    for event in events:
        match event:
            case Failed() | Skipped() | CustomerSkipped():
                yield replace(event, remedy=_steps(event.remedy, run))
            case NotDone() | Unknown() | HeldByService():
                yield replace(event, next=_steps(event.next, run))
            case _:
                yield event


def _steps(steps: Iterable[Step], run: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(replace(step, run=run) if step.run == _APPLY else step for step in steps)
