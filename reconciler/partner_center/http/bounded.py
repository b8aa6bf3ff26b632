"""Streams that hold the deadline and the size limit of the attempt that uses them.

httpcore counts a time-out anew with every byte that arrives, and bounds no answer's size.
"""

import ssl
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from contextvars import ContextVar
from functools import partial
from threading import Event, Thread
from typing import Any, TypeVar

import httpcore

from reconciler.partner_center.http.rate_limit import Stopped
from reconciler.partner_center.http.retry import BodyTooLarge
from reconciler.system.clock import elapsed_seconds

MAXIMUM_HEAD = 1024 * 1024

_GLANCE = 0.1
"""Seconds between two looks, while an answer is waited for, whether the run is to stop."""

_Value = TypeVar("_Value")


class Limits:
    """The time and the bytes that are left of an attempt, what arrived in it, and the `stop` that ends it."""

    def __init__(self, seconds: float | None, maximum_body: int, stop: Event | None) -> None:
        self.stop = stop
        self._end = None if seconds is None else elapsed_seconds() + seconds
        self._room = maximum_body + MAXIMUM_HEAD
        self._received: list[bytes] = []

    def forget_received(self) -> None:
        """Leaves out what came before encryption, from a proxy: it is no part of an answer."""
        self._received.clear()

    @property
    def received(self) -> bytes:
        """Returns all that arrived since the attempt began."""
        return b"".join(self._received)

    def clip(self, seconds: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """Returns the time-out, within what is left. Raises `late` where nothing is."""
        if self._end is None:
            return seconds
        left = self._end - elapsed_seconds()
        if left <= 0:
            raise late("the time was up")
        return left if seconds is None else min(seconds, left)

    def take(self, data: bytes) -> bytes:
        """Counts what arrived. Raises BodyTooLarge."""
        self._room -= len(data)
        if self._room < 0:
            raise BodyTooLarge("the answer is too long")
        self._received.append(data)
        return data

    def check_stop(self) -> None:
        """Raises Stopped where the attempt is given up."""
        if self.stop is not None and self.stop.is_set():
            raise Stopped("the run is to stop")

    def promptly(self, connect: Callable[[], _Value]) -> _Value:
        """Returns what `connect` does. A resolver and a handshake can't be interrupted: they are left to a thread."""
        if self.stop is None:
            return connect()
        outcome: Future[_Value] = Future()
        Thread(target=_into, args=(outcome, connect), daemon=True).start()
        while not wait([outcome], timeout=_GLANCE).done:
            self.check_stop()
        return outcome.result()


def _into(outcome: "Future[_Value]", connect: Callable[[], _Value]) -> None:
    try:
        outcome.set_result(connect())
    except Exception as error:  # noqa: BLE001 - raised in the thread that waits
        outcome.set_exception(error)


LIMITS: ContextVar[Limits] = ContextVar("limits")
"""The limits of the attempt that is under way: httpcore does all of one attempt's input and output in one thread."""


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._spoilt = False

    def spoil(self) -> None:
        """Lets the pool close the connection: what is left over on it would be taken for the next answer."""
        self._spoilt = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        limits = LIMITS.get()
        left = limits.clip(timeout, httpcore.ReadTimeout)
        while limits.stop is not None and (left is None or left > _GLANCE):
            try:
                return limits.take(self._inner.read(max_bytes, _GLANCE))
            except httpcore.ReadTimeout:
                limits.check_stop()
                left = limits.clip(timeout, httpcore.ReadTimeout)
        return limits.take(self._inner.read(max_bytes, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, LIMITS.get().clip(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        limits = LIMITS.get()
        within = limits.clip(timeout, httpcore.ConnectTimeout)
        encrypted = limits.promptly(lambda: self._inner.start_tls(ssl_context, server_hostname, within))
        limits.forget_received()
        return _Stream(encrypted)

    def get_extra_info(self, info: str) -> Any:
        return (info == "is_readable" and self._spoilt) or self._inner.get_extra_info(info)


class BoundedBackend(httpcore.SyncBackend):
    """Opens connections within the limits of the attempt that is under way."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        limits = LIMITS.get()
        within = limits.clip(timeout, httpcore.ConnectTimeout)
        connect = partial(super().connect_tcp, host, port, within, local_address, socket_options)
        return _Stream(limits.promptly(connect))
