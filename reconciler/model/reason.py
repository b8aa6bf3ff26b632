"""Reasons for a block, and explanations of codes."""

from dataclasses import dataclass
from typing import Literal

from reconciler.model.remedy import Remedy
from reconciler.model.support import Support


@dataclass(frozen=True, slots=True)
class Datum:
    """A value that a sentence or a step holds in one case, by its name in the table of advice."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason for a block. `number` is the service's integer where it has one; `details` its own words. `data` are
    what its description and its steps say of this case.

    `support` is there where a question got no answer: what Microsoft is to be told of it.
    """

    code: str
    number: int | None = None
    origin: Literal["service", "rule"]
    description: str
    details: str = ""
    remedy: Remedy
    support: Support | None = None
    data: tuple[Datum, ...] = ()


Origin = Literal[
    "service",
    "rule",
    "caution",
    "renewal",
    "guard",
    "apply",
    "task",
    "topic",
    "limit",
    "notice",
    "api",
    "sign_in",
    "state",
    "document",
    "usage",
    "manifest",
    "git",
]
"""The groups in which `explain` lists the codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The meaning and the remedy of a code, for a reader without a case: `<address>` stands where an address would.

    `number` is the service's integer, `number_in` whose it is where it is not that of an upgrade,
    `number_in_transitions` that of transitions where it is another one.
    """

    code: str
    number: int | None
    number_in: str = ""
    number_in_transitions: int | None = None
    origin: Origin
    meaning: str
    remedy: Remedy
