"""The network itself: connections, the proxy, and limits that no drip of bytes outlasts."""

import ssl
import threading
import time
import urllib.request
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from reconciler.model.errors import InvalidInput
from reconciler.partner_center.endpoint import Endpoint, is_loopback
from reconciler.partner_center.transport import MAXIMUM_BODY, BodyTooLarge

_MAXIMUM_HEAD = 1024 * 1024


class BoundedTransport(httpx.HTTPTransport):
    """HTTP whose `read` time-out holds for a whole attempt: connecting, sending, interim answers, headers and body.

    httpx counts it anew with every byte that arrives. What arrives is counted as well, before it is unpacked. The
    answer is to be read in the thread that asked for it.
    """

    def __init__(self, proxy: str | None = None) -> None:
        super().__init__(proxy=proxy)
        self._limits = _Limits()
        self._pool._network_backend = _Backend(self._limits)  # noqa: SLF001 - httpx has no way to hand one over

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._limits.begin(request.extensions.get("timeout", {}).get("read"))
        return super().handle_request(request)


class _Limits(threading.local):
    """What is left of this thread's attempt, in time and in bytes."""

    end: float | None = None
    room = 0

    def begin(self, seconds: float | None) -> None:
        self.end = None if seconds is None else time.monotonic() + seconds
        self.room = MAXIMUM_BODY + _MAXIMUM_HEAD

    def clip(self, seconds: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """The time-out, within what is left. Raises `late` where nothing is."""
        if self.end is None:
            return seconds
        left = self.end - time.monotonic()
        if left <= 0:
            raise late("the time was up")
        return left if seconds is None else min(seconds, left)

    def take(self, data: bytes) -> bytes:
        self.room -= len(data)
        if self.room < 0:
            raise BodyTooLarge("the answer is too long")
        return data


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, limits: _Limits) -> None:
        self._inner = inner
        self._limits = limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        within = self._limits.clip(timeout, httpcore.ReadTimeout)
        return self._limits.take(self._inner.read(max_bytes, within))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._limits.clip(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = self._limits.clip(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, within), self._limits)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def __init__(self, limits: _Limits) -> None:
        self._limits = limits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        within = self._limits.clip(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, within, local_address, socket_options), self._limits)


def direct_transport(endpoint: Endpoint) -> httpx.BaseTransport:
    """Over the network, with TLS verified, by the proxy that the environment names, if any.

    This machine's own servers are never asked by way of a proxy. Raises InvalidInput for a proxy or a file of trusted
    certificates that can't be used.
    """
    try:
        return BoundedTransport(_proxy(endpoint))
    except (ValueError, ImportError, httpx.InvalidURL):
        what = "The proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names can't be used."
        remedy = "Set it to http://HOST:PORT, or take it away."
        raise InvalidInput.because(what, remedy, "environment") from None
    except OSError as error:
        what = f"The trusted certificates that SSL_CERT_FILE names can't be used: {error.strerror or 'they are none'}."
        remedy = "Set it to a PEM file of certificate authorities, or take it away."
        raise InvalidInput.because(what, remedy, "environment") from None


def _proxy(endpoint: Endpoint) -> str | None:
    if is_loopback(endpoint.host) or urllib.request.proxy_bypass(endpoint.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(endpoint.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
