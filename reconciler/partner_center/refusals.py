"""What the service refuses, as data: (status, code) -> what it means, who acts, whether waiting helps, what to do."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

from reconciler.model.change import Actor, Explanation, Remedy, Retry

UNREACHABLE = "service_unreachable"
DOWN = "down"
THROTTLED = "throttled"
STOPPED = "stopped"
TOO_LATE = "too_late"
NO_ANSWER = "no_answer"
MISREAD = "misread"
OUTCOME_LOST = "outcome_lost"
UNEXPECTED = "unexpected"
IDENTITY_REFUSED = "identity_refused"


class Refusal(BaseModel):
    """One line of the table `refusals.toml`, which says how its members are spelt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: tuple[str, ...]
    meaning: str
    actor: Actor
    retry: Retry
    steps: tuple[str, ...]
    steps_by: tuple[Actor, ...] = ()
    ends_run: bool = False
    about_partner: bool = False
    may_be_done: bool = False

    @property
    def remedy(self) -> Remedy:
        """As planning has them too."""
        return Remedy(actor=self.actor, retry=self.retry, steps=self.steps, steps_by=self.steps_by)

    def explanations(self) -> tuple[Explanation, ...]:
        """One for each pair, status or word that it holds for."""
        return tuple(
            Explanation(code=one, number=None, origin="api", meaning=self.meaning, remedy=self.remedy)
            for one in self.when
        )


def refusal(status: int | None, code: str) -> Refusal:
    """What is known of a status and a code together; of a pair that nobody has heard of, what holds for the status."""
    table = _table()
    found = table.get(code if status is None else f"{status}/{code}") or table.get(str(status))
    server_error = status is not None and status >= 500  # noqa: PLR2004 - where HTTP's server errors begin
    return found or table[NO_ANSWER if server_error else UNEXPECTED]


def service_errors() -> tuple[Explanation, ...]:
    """Every line of the table, as a reader without a case is told of it."""
    return tuple(told for line in _lines() for told in line.explanations())


@cache
def _lines() -> tuple[Refusal, ...]:
    document = tomllib.loads(files("reconciler.partner_center").joinpath("refusals.toml").read_text("utf-8"))
    return TypeAdapter(tuple[Refusal, ...]).validate_python(document["refusals"], strict=False)


@cache
def _table() -> Mapping[str, Refusal]:
    return {one: line for line in _lines() for one in line.when}
