"""A route: a method and a path template, and the handler that answers there."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from reconciler.sandbox.messages import Answer

Handler = Callable[..., Answer]
"""Takes the request, and by name what the path holds at each placeholder; raises Refused where the service refuses."""

SUBSCRIPTION = "/customers/{customer}/subscriptions/{subscription}"


@dataclass(frozen=True, slots=True)
class Route:
    """`path` comes after the version, with placeholders such as `{customer}`; it is compared without case."""

    method: str
    path: str
    handler: Handler

    def parts_of(self, path: str) -> dict[str, str] | None:
        """Returns what the path holds at each placeholder; None where it is another path."""
        match = _pattern(self.path).fullmatch(path)
        return match.groupdict() if match else None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", f"/v1{path}"), re.IGNORECASE)
