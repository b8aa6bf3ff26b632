"""Retries with exponential back-off, and whole answers within limits of time and size."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import cast

import httpx
from tenacity import RetryCallState, Retrying, wait_exponential, wait_random

from reconciler.partner_center.clock import retry_after
from reconciler.partner_center.http.circuit_breaker import Outage
from reconciler.partner_center.http.decompression import ENCODINGS, unpacked
from reconciler.partner_center.http.endpoint import resource_path
from reconciler.partner_center.http.precheck import precheck_of
from reconciler.partner_center.http.rate_limit import Sleep, Stopped, TurnedAway, too_late
from reconciler.partner_center.wire.json_text import Unreadable, object_of
from reconciler.system.clock import Clock, elapsed_seconds

MAXIMUM_BODY = 16 * 1024 * 1024
"""The longest answer that is read, in bytes, unless its request says otherwise (`MAXIMUM`)."""

MAXIMUM = "reconciler.maximum_body"
"""The name under which a request's extensions say how long its answer may be, in bytes, packed and unpacked."""

_ENVELOPE = {b"content-encoding", b"content-length", b"transfer-encoding"}

log = logging.getLogger(__name__)


class BodyTooLarge(httpx.TransportError):
    """The answer is longer than its request allows; the rest was not read."""


def maximum_of(request: httpx.Request) -> int:
    """Returns the longest answer that the request allows, in bytes."""
    return int(request.extensions.get(MAXIMUM, MAXIMUM_BODY))


_FINAL = (BodyTooLarge, Stopped, TurnedAway)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """The most attempts at a request, and the longest that all pauses between may be together, in seconds.

    `sleep` makes the pauses before an attempt is made again, `paced` (`sleep` too, without it) those that keep to the
    rate; `clock` measures them. A program that is told to stop passes a `sleep` that wakes up, and the `stop` that
    tells it: then the network waits for no answer to a read any more. `sent` is called for each request that leaves.
    """

    attempts: int = 5
    pause_seconds: float = 300
    sleep: Sleep = time.sleep
    paced: Sleep | None = None
    clock: Clock = field(default_factory=Clock)
    stop: threading.Event | None = None
    sent: Callable[[], object] = lambda: None


class RetryTransport(httpx.BaseTransport):
    """Repeats reads after anything that may pass, and writes only where the service definitely did not act.

    Reads: no connection, a time-out, a reset, a 408, a 429, a 5xx, a 200 that can't be read. Writes: a refused
    connection or a 429, with the same headers and after another look at what they are about. Pauses grow and are
    jittered; `Retry-After` is honoured, and where it asks for more patience than there is, or than the request has
    (`LEAVE_BY`), its answer is final. What the last attempt gave is the result. Raises Stopped where a pause ends
    because the run is to stop, and ServiceDown where the first requests all met no answer.
    """

    def __init__(self, inner: httpx.BaseTransport, retries: Retries) -> None:
        self._inner = inner
        self._retries = retries
        self._outage = Outage()
        self._backoff = wait_exponential(multiplier=0.5, max=8) + wait_random(0, 0.5)
        self._retrying = Retrying(
            sleep=self._rest,
            retry=_worth_repeating,
            wait=self._pause,
            stop=self._enough,
            before_sleep=_before_pause,
            retry_error_callback=_last_outcome,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._outage.refuse(request)
        try:
            response = self._retrying(self._attempt, request)
        except httpx.TransportError as error:
            if not isinstance(error, Stopped | TurnedAway):
                self._outage.unanswered()
            raise
        if _failed_for_now(response):
            self._outage.unanswered()
        else:
            self._outage.answered()
        return response

    def close(self) -> None:
        self._inner.close()

    def _attempt(self, request: httpx.Request) -> httpx.Response:
        try:
            return _whole(self._inner.handle_request(request), request)
        except ConnectionRefusedError as error:
            raise httpx.ConnectError("the connection was refused", request=request) from error
        except OSError as error:
            raise httpx.ReadError("the connection was dropped", request=request) from error

    def _rest(self, seconds: float) -> None:
        if self._retries.sleep(seconds):
            raise Stopped("the run is to stop")

    def _pause(self, state: RetryCallState) -> float:
        return retry_after(_response(state)) + self._backoff(state)

    def _enough(self, state: RetryCallState) -> bool:
        pauses = state.idle_for + state.upcoming_sleep
        late = too_late(state.args[0], self._retries.clock.elapsed() + state.upcoming_sleep)
        return (
            late
            or self._outage.certain
            or state.attempt_number >= self._retries.attempts
            or pauses > self._retries.pause_seconds
        )


def _whole(response: httpx.Response, request: httpx.Request) -> httpx.Response:
    """Returns the answer with its body read and decoded, within the limits of size and of time."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    packed = encoding in ENCODINGS
    if not packed and encoding not in {"", "identity"}:
        response.close()
        raise httpx.DecodingError("the answer is compressed as nobody asked for", request=request)
    if response.is_closed:
        return _short(response, request)
    seconds = request.extensions.get("timeout", {}).get("read")
    end = None if seconds is None else elapsed_seconds() + seconds
    content = bytearray()
    with closing(response):
        pieces = iter(cast(httpx.SyncByteStream, response.stream))
        for piece in unpacked(pieces, encoding) if packed else pieces:
            content += piece
            if len(content) > maximum_of(request):
                raise BodyTooLarge("the answer is too long", request=request)
            if end is not None and elapsed_seconds() > end:
                raise httpx.ReadTimeout("the answer did not end", request=request)
    headers = [pair for pair in response.headers.raw if pair[0].lower() not in _ENVELOPE]
    return httpx.Response(
        response.status_code,
        headers=headers if packed else response.headers,
        content=bytes(content),
        extensions=response.extensions,
    )


def _short(response: httpx.Response, request: httpx.Request) -> httpx.Response:
    """Returns an answer that is whole already as it is, which saves building it a second time."""
    if len(response.content) > maximum_of(request):
        raise BodyTooLarge("the answer is too long", request=request)
    return response


def _worth_repeating(state: RetryCallState) -> bool:
    request: httpx.Request = state.args[0]
    reading = request.method == "GET"
    response = _response(state)
    if response is None:
        error = state.outcome.exception() if state.outcome else None
        passing = isinstance(error, httpx.RequestError) and not isinstance(error, _FINAL)
        return isinstance(error, httpx.ConnectError) or (reading and passing)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return True
    return reading and _failed_for_now(response)


def _failed_for_now(response: httpx.Response) -> bool:
    if response.is_success:
        return not _readable(response)
    return response.is_server_error or response.status_code == httpx.codes.REQUEST_TIMEOUT


def _readable(response: httpx.Response) -> bool:
    try:
        object_of(response)
    except Unreadable:
        return False
    return True


def _response(state: RetryCallState) -> httpx.Response | None:
    if state.outcome is None or state.outcome.failed:
        return None
    response: httpx.Response = state.outcome.result()
    return response


def _before_pause(state: RetryCallState) -> None:
    """A write that was definitely refused is sent again after another look only."""
    request: httpx.Request = state.args[0]
    precheck = precheck_of(request)
    if precheck is not None:
        precheck.refused()
    response = _response(state)
    error = state.outcome.exception() if state.outcome else None
    cause = type(error).__name__ if response is None else str(response.status_code)
    log.info("%s %s: %s; again in %.1f s", request.method, resource_path(request.url), cause, state.upcoming_sleep)


def _last_outcome(state: RetryCallState) -> httpx.Response:
    if state.outcome is None:
        raise httpx.ReadError("there was no answer", request=state.args[0])
    response: httpx.Response = state.outcome.result()
    return response
