"""Checks immediately before a write leaves whether it still may."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import httpx

from reconciler.model.commerce import LOOKED_WITHIN, Look

PRECHECK = "reconciler.precheck"
"""The extension of a write's request that holds its `Precheck`."""

AHEAD = "reconciler.ahead"
"""The extension of a read that a write waits for, which has its turn already: it waits for none of its own."""

_CONNECTED = "http11.send_request_headers.started"
"""httpcore's event between the connection, made, and the first byte."""


class TooLate(httpx.TransportError):
    """It could not leave in time: the request did not leave."""


class Precheck:
    """Looks again at what a write is about where the last look is older than `LOOKED_WITHIN`, or where an earlier
    attempt at the write was refused.

    Asked once the write has its turn, and again once it has its connection: nothing holds it back then. What the look
    raises ends the write, and so does a look that lasts until it is `late`. `looking` surrounds each look.
    """

    def __init__(
        self,
        look: Look | None,
        late: Callable[[], bool],
        looking: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._look = look
        self._late = late
        self._looking = looking
        self._refused = False

    def refused(self) -> None:
        """An attempt at the write was definitely refused: the next one is after another look."""
        self._refused = True

    def __call__(self) -> None:
        look = self._look
        if look is not None and (self._refused or look.age > LOOKED_WITHIN):
            with self._looking():
                look()
            self._refused = False
        if self._late():
            raise TooLate("it could not leave in time")

    def trace(self, event: str, _details: Mapping[str, Any]) -> None:
        """Runs the check once the connection is made: httpcore calls this at each of its steps."""
        if event == _CONNECTED:
            self()


def precheck_of(request: httpx.Request) -> Precheck | None:
    """Returns the request's precheck; None for a read."""
    found: Precheck | None = request.extensions.get(PRECHECK)
    return found
