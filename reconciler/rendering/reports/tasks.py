"""The section of what is left for people to do, the same in every report that has one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.consent import AWAIT_CONSENT
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.model.task import Task
from reconciler.rendering.phrases import since
from reconciler.rendering.report import Field, Item, Level, Section, Span, Tone

_NO_PLACES: Mapping[Address, Place] = {}


def left_to_do(
    tasks: Iterable[Task], now: datetime | None, places: Mapping[Address, Place] = _NO_PLACES
) -> Iterator[Section]:
    """Yields the section; nothing where nothing is left."""
    tasks = tuple(tasks)
    if tasks:
        yield Section(
            id="tasks",
            heading="Left to do by hand",
            nouns=("task", "tasks"),
            items=tuple(_item(task, now, places.get(task.address)) for task in tasks),
            closing=(_closing(tasks),),
            dense=True,
        )


def _closing(tasks: tuple[Task, ...]) -> Step:
    """Returns how a task is closed; a consent that is awaited ends by itself."""
    only = (tasks[0].address, tasks[0].code) if len(tasks) == 1 else ("ADDRESS", "TASK")
    if all(task.code == AWAIT_CONSENT for task in tasks):
        return Step("The apply that finds a consent given ends its task. To wait for it no more:", ("done", *only))
    return Step("Once one is done, say so by its address and code:", ("done", *only))


def _item(task: Task, now: datetime | None, place: Place | None) -> Item:
    return Item(
        subject=task.address,
        address=task.address,
        sign=Span("-", Tone.WARN),
        kind="task",
        state="left to do by hand",
        level=Level.WARNING,
        code=task.code,
        says=task.description,
        place=place,
        fields=(Field("since", f"{since(task.since, now)}, run {task.run}"),),
    )
