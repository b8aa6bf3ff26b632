"""Code -> what it means, who acts, whether waiting helps, next steps: one table, `remedies.toml`."""

import string
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from reconciler.model.change import Actor, Explanation, Remedy, Retry


class Step(BaseModel):
    """One thing to do, and `by` whom. It is shown where all its `{placeholders}`, and `when`, are known for the case
    at hand.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    say: str
    by: Actor = Actor.PARTNER
    when: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, step: Any) -> Any:
        return {"say": step} if isinstance(step, str) else step

    @property
    def needs(self) -> tuple[str, ...]:
        names = [name for _, name, _, _ in string.Formatter().parse(self.say) if name]
        return (*names, self.when) if self.when else tuple(names)


_LISTS = {"namesake", "add_ons", "held", "holding", "others", "reachable", "successor", "without_transfer"}
"""What a plan fills in with subscriptions or offers, each by its name and id."""


def _stand_in(name: str) -> str:
    """What stands where a case would fill in its own."""
    return "(named in the plan)" if name in _LISTS else f"<{name}>"


class Entry(BaseModel):
    """What a code means and what to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: Literal["service", "rule", "caution", "guard", "apply", "limit", "notice"]
    number: int | None = None
    description: str
    meaning: str
    actor: Actor
    retry: Retry
    steps: tuple[Step, ...]

    def remedy(self, known: Mapping[str, str]) -> Remedy:
        """The remedy for one case. A step that needs something unknown is left out."""
        steps = [step for step in self.steps if all(known.get(name) for name in step.needs)]
        return Remedy(
            actor=self.actor,
            retry=self.retry,
            steps=tuple(step.say.format_map(known) for step in steps),
            steps_by=tuple(step.by for step in steps),
            url=known.get("link") or None,
        )

    def general(self) -> Remedy:
        """The remedy for a reader without a case, with every step."""
        names = {name for step in self.steps for name in step.needs}
        return replace(self.remedy({name: _stand_in(name) for name in names}), url=None)


@cache
def explanations() -> Mapping[str, Entry]:
    """Every code the program knows, in the table's order."""
    text = files("reconciler.planning").joinpath("remedies.toml").read_text("utf-8")
    return TypeAdapter(dict[str, Entry]).validate_python(tomllib.loads(text), strict=False)


def explained() -> tuple[Explanation, ...]:
    """Every code as a reader without a case is told of it."""
    return tuple(
        Explanation(
            code=code,
            number=entry.number,
            origin=entry.origin,
            meaning=f"{entry.description} {entry.meaning}",
            remedy=entry.general(),
        )
        for code, entry in explanations().items()
    )


def explanation(code: str) -> Entry:
    """What is known of a code; of one that the service invented since, what holds for any."""
    return explanations().get(code) or explanations()["unknown"]
