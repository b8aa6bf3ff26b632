"""What the service refuses, as data: (status, code) -> what it means, who acts, whether waiting helps, what to do."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

from reconciler.model.change import Actor, Explanation, Remedy, Retry

UNREACHABLE = "service_unreachable"
THROTTLED = "throttled"
STOPPED = "stopped"
NO_ANSWER = "no_answer"
OUTCOME_LOST = "outcome_lost"
UNEXPECTED = "unexpected"


class Refusal(BaseModel):
    """One line of the table `refusals.toml`. Without a code it holds for every other code of its statuses."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    statuses: tuple[int, ...]
    code: str
    meaning: str
    actor: Actor
    retry: Retry
    steps: tuple[str, ...]

    @property
    def remedy(self) -> Remedy:
        """As planning has them too."""
        return Remedy(actor=self.actor, retry=self.retry, steps=self.steps)

    @property
    def advice(self) -> str:
        """The steps, one below the other."""
        return "\n".join(self.steps)

    def explanations(self) -> tuple[Explanation, ...]:
        """One for a code; one for each status that has none."""
        if not self.code:
            return tuple(self._explained(f"http_{status}", f"HTTP {status}. ") for status in self.statuses)
        under = " or ".join(map(str, self.statuses))
        return (self._explained(self.code, f"HTTP {under}. " if under else ""),)

    def _explained(self, name: str, under: str) -> Explanation:
        return Explanation(code=name, number=None, origin="api", meaning=under + self.meaning, remedy=self.remedy)


def refusal(status: int | None, code: str) -> Refusal:
    """What is known of a status and a code together; of a pair that nobody has heard of, what holds for the status."""
    table = _table()
    found = table.get((status, code)) or table.get((status, ""))
    server_error = status is not None and status >= 500  # noqa: PLR2004 - where HTTP's server errors begin
    return found or table[(None, NO_ANSWER if server_error else UNEXPECTED)]


def service_errors() -> tuple[Explanation, ...]:
    """Every line of the table, as a reader without a case is told of it."""
    return tuple(told for line in _lines() for told in line.explanations())


@cache
def _lines() -> tuple[Refusal, ...]:
    document = tomllib.loads(files("reconciler.partner_center").joinpath("refusals.toml").read_text("utf-8"))
    return TypeAdapter(tuple[Refusal, ...]).validate_python(document["refusals"], strict=False)


@cache
def _table() -> Mapping[tuple[int | None, str], Refusal]:
    return {(status, line.code): line for line in _lines() for status in line.statuses or (None,)}
