"""A circuit breaker for an outage that began before the run: nothing has been answered yet, so nothing will be."""

import threading

import httpx

_REQUESTS = 5
"""Requests, each tried as often as requests are, that must have failed before the rest are not sent any more."""


class ServiceDown(httpx.TransportError):
    """No request of the run has been answered so far. This one was not sent."""


class Outage:
    """Counts requests that met no answer, until one is answered. Safe between threads.

    Without it a run over two thousand customers would ask each of them five times, and wait a minute each time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._unanswered = 0
        self._answered = False

    @property
    def certain(self) -> bool:
        """Returns whether the first requests all met no answer, and none has been answered."""
        return not self._answered and self._unanswered >= _REQUESTS

    def answered(self) -> None:
        """A request was answered: from now on no answer is a fact about the request that meets it."""
        self._answered = True

    def unanswered(self) -> None:
        """A request was tried as often as requests are, and met no answer."""
        with self._lock:
            self._unanswered += 1

    def refuse(self, request: httpx.Request) -> None:
        """Raises ServiceDown where the outage is certain."""
        if self.certain:
            message = f"the first {_REQUESTS} requests of this run met no answer, and none has been answered"
            raise ServiceDown(message, request=request)
