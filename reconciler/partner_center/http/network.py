"""The network: httpcore's connection pool, the proxy, TLS, and limits for an attempt as a whole.

httpcore counts a time-out anew with every byte that arrives, and bounds no answer's size. So every stream of its pools
holds the deadline and the size limit of the attempt that uses it.
"""

import importlib
import ssl
import urllib.request
from collections.abc import Iterator
from threading import Event
from typing import Any

import httpcore
import httpx

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.partner_center.http.bounded import LIMITS, MAXIMUM_HEAD, BoundedBackend, Limits
from reconciler.partner_center.http.endpoint import Endpoint, is_loopback
from reconciler.partner_center.http.framing import is_one_answer
from reconciler.partner_center.http.precheck import precheck_of
from reconciler.partner_center.http.retry import maximum_of

_KEPT = 5.0
"""For how many seconds an idle connection is kept: less than gateways keep it, so none is closed under a request."""


_FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


class BoundedTransport(httpx.BaseTransport):
    """HTTP/1.1 whose `read` time-out holds for a whole attempt: connecting, sending, interim answers, headers, body.

    Answers are whole, and what arrives is counted before it is unpacked. A read takes over an idle connection, unless
    anything but the answer arrived on it: that would be taken for the next one. A write has a connection of its own:
    the other end can't be about to close it, and nothing is left over on it. A read raises Stopped once `stop` is set,
    whatever it waits for. A write does not: its answer must be recorded.

    Raises ValueError, ImportError or httpx.InvalidURL for a proxy, and OSError for trusted certificates, that can't be
    used.
    """

    def __init__(self, endpoint: Endpoint, proxy: str | None = None, stop: Event | None = None) -> None:
        self._stop = stop
        via = None if proxy is None else _proxy_of(proxy)
        tls = httpx.create_ssl_context() if endpoint.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._for_reads = _pool(via, tls, kept=None)
        self._for_writes = _pool(via, tls, kept=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reads = request.method == "GET"
        pool = self._for_reads if reads else self._for_writes
        seconds = request.extensions.get("timeout", {}).get("read")
        limits = Limits(seconds, maximum_of(request), self._stop if reads else None)
        outer = LIMITS.set(limits)
        try:
            return _exchange(pool, request, limits)
        except _FAULTS as error:
            raise _translated(error, request) from error
        finally:
            LIMITS.reset(outer)

    def close(self) -> None:
        self._for_reads.close()
        self._for_writes.close()


def _exchange(pool: httpcore.ConnectionPool, request: httpx.Request, limits: "Limits") -> httpx.Response:
    answer = pool.handle_request(
        httpcore.Request(
            request.method,
            _address(request.url),
            headers=request.headers.raw,
            content=request.read(),
            extensions=_traced(request),
        )
    )
    try:
        pieces = tuple(answer.iter_stream())
        if not is_one_answer(limits.received, request.method, answer.headers, MAXIMUM_HEAD):
            answer.extensions["network_stream"].spoil()
    finally:
        answer.close()
    packed = any(name.lower() == b"content-encoding" for name, _ in answer.headers)
    body = {"stream": _Received(pieces)} if packed else {"content": b"".join(pieces)}
    return httpx.Response(answer.status, headers=answer.headers, extensions=dict(answer.extensions), **body)


def _pool(proxy: httpx.Proxy | None, tls: ssl.SSLContext, *, kept: int | None) -> httpcore.ConnectionPool:
    """Returns a pool that opens a connection for every request under way, and keeps so many idle ones."""
    common: dict[str, Any] = {
        "ssl_context": tls,
        "max_connections": None,
        "max_keepalive_connections": kept,
        "keepalive_expiry": _KEPT,
        "network_backend": BoundedBackend(),
    }
    if proxy is None:
        return httpcore.ConnectionPool(**common)
    address = _address(proxy.url)
    if proxy.url.scheme.startswith("socks"):
        return httpcore.SOCKSProxy(address, proxy.raw_auth, **common)
    return httpcore.HTTPProxy(address, proxy.raw_auth, proxy_ssl_context=proxy.ssl_context, **common)


class _Received(httpx.SyncByteStream):
    """A packed body in the pieces in which it came: unpacked one by one, none can grow beyond all bounds."""

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._pieces)


def _traced(request: httpx.Request) -> dict[str, Any]:
    """The request's extensions; a write is asked once more, when it has its connection, whether it may leave."""
    precheck = precheck_of(request)
    return request.extensions if precheck is None else {**request.extensions, "trace": precheck.trace}


def _address(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _translated(error: Exception, request: httpx.Request) -> httpx.TransportError:
    """Returns the same error of httpx, which names them alike. What it has no name for means that there was no answer:
    nobody knows whether anything was sent.
    """
    names = (kind.__name__ for kind in type(error).__mro__)
    kind = next((getattr(httpx, name) for name in names if hasattr(httpx, name)), httpx.ReadError)
    translated: httpx.TransportError = kind(str(error), request=request)
    return translated


def _proxy_of(address: str) -> httpx.Proxy:
    proxy = httpx.Proxy(address)
    if proxy.url.scheme.startswith("socks"):
        importlib.import_module("socksio")
    return proxy


def direct_transport(endpoint: Endpoint, stop: Event | None = None) -> httpx.BaseTransport:
    """Over the network, with TLS verified, by the proxy that the environment names, if any.

    This machine's own servers are never asked by way of a proxy. Raises InvalidInput for a proxy or a file of trusted
    certificates that can't be used.
    """
    try:
        return BoundedTransport(endpoint, _proxy(endpoint), stop)
    except (ValueError, ImportError, httpx.InvalidURL):
        raise InvalidInput(problem("proxy_unfit", "environment")) from None
    except OSError as error:
        why = error.strerror or "they are none"
        raise InvalidInput(problem("certificates_unfit", "environment", why=why)) from None


def _proxy(endpoint: Endpoint) -> str | None:
    if is_loopback(endpoint.host) or urllib.request.proxy_bypass(endpoint.host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(endpoint.scheme) or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
