"""The formats of a plan by the names that `--format` and `--report` take: one line each, all of the same value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.plan import Plan
from reconciler.rendering.document import plan_json
from reconciler.rendering.text import plan_text


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a plan is to be shown; each format heeds what concerns it.

    `width` is in cells. `now` is the time of showing it, None to leave ages out. `next_command` carries the plan out.
    """

    width: int = 80
    color: bool = False
    now: datetime | None = None
    next_command: str | None = None


Format = Callable[[Plan, View], str]

FORMATS: Mapping[str, Format] = {
    "text": lambda plan, view: plan_text(
        plan, width=view.width, color=view.color, now=view.now, next_command=view.next_command
    ),
    "json": lambda plan, _: plan_json(plan),
}
"""Every format, in the order in which help lists them."""
