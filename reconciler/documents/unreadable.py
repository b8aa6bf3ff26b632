"""The error of a text that is not the document it should be: a code with data, for the document to word."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A member that is not what its format says: its dotted place, and what is wrong. `unknown`: nobody knows it."""

    place: str
    message: str
    unknown: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class Unreadable(Exception):
    """A text that is not the document that it should be: a code, and the data of that code.

    | code | data |
    |---|---|
    | `not_json` | `error`, `line`, `column` |
    | `nested_too_deeply`, `not_an_object` | |
    | `ambiguous` | `error` |
    | `no_version`, `bad_version` | |
    | `newer_version` | `version`, `reads`, `writer` |
    | `altered` | |
    | `incomplete` (of an older format, and it lacks what that has) | |
    | `invalid` | `faults` |
    | `contradictory` | `what` |

    Each document makes the error of its own room of it.
    """

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The members at fault, in the document's order; empty for every code but `invalid`."""
        return tuple(self.data.get("faults", ()))
