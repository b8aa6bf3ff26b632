"""The network itself: connections, the proxy, and limits that no drip of bytes outlasts."""

import importlib
import ssl
import time
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from reconciler.model.errors import InvalidInput
from reconciler.partner_center.http.endpoint import Endpoint, is_loopback
from reconciler.partner_center.http.framing import is_one_answer
from reconciler.partner_center.http.precheck import precheck_of
from reconciler.partner_center.http.retry import BodyTooLarge, maximum_of

_MAXIMUM_HEAD = 1024 * 1024
_KEPT = 5.0
"""For how many seconds an idle connection is kept: less than gateways keep it, so none is closed under a request."""

_FAULTS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)


class BoundedTransport(httpx.BaseTransport):
    """HTTP/1.1 to one endpoint, whose `read` time-out holds for a whole attempt: connecting, sending, interim answers,
    headers and body.

    httpx counts it anew with every byte that arrives. What arrives is counted as well, before it is unpacked. Answers
    are whole. Each attempt has a connection to itself, and the next read takes it over: that saves a third of a
    millisecond for each request beside httpx's own transport, whose pool has locks for what can't happen here.

    Raises ValueError, ImportError or httpx.InvalidURL for a proxy, and OSError for trusted certificates, that can't be
    used.
    """

    def __init__(self, endpoint: Endpoint, proxy: str | None = None) -> None:
        self._origin = httpcore.Origin(endpoint.scheme.encode(), endpoint.raw_host, endpoint.port)
        self._proxy = None if proxy is None else _proxy_of(proxy)
        self._tls = httpx.create_ssl_context() if endpoint.scheme == "https" else None
        self._idle: list[_Connection] = []
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        writes = request.method != "GET"
        connection = self._connection(fresh=writes)
        try:
            answer = connection.ask(request)
        except _FAULTS as error:
            connection.close()
            raise _spoken(error, request) from error
        except BaseException:
            connection.close()
            raise
        if writes or not connection.clean:
            connection.close()
            return answer
        self._idle.append(connection)
        if self._closed:
            self.close()
        return answer

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _connection(self, *, fresh: bool) -> "_Connection":
        """The one that was used last, as long as it is fit to carry another request.

        A `fresh` one is for a write, and for that alone: the other end can't be about to close it, nor is anything left
        over on it that could be taken for the answer.
        """
        while not fresh:
            try:
                connection = self._idle.pop()
            except IndexError:
                break
            if connection.fit():
                return connection
            connection.close()
        return _Connection(self._origin, self._tls, self._proxy)


class _Connection:
    """One connection at most, used by one thread at a time.

    `clean`: nothing has arrived on it but the answers that were asked for.
    """

    clean = True

    def __init__(self, origin: httpcore.Origin, tls: ssl.SSLContext | None, proxy: httpx.Proxy | None) -> None:
        self._limits = _Limits()
        backend = _Backend(self._limits)
        self._http: httpcore.HTTPConnection | httpcore.ConnectionPool = (
            _tunnel(proxy, tls, backend)
            if proxy
            else httpcore.HTTPConnection(origin, ssl_context=tls, keepalive_expiry=_KEPT, network_backend=backend)
        )

    def fit(self) -> bool:
        """Whether another request may go out on it: it was not idle for long, and the other end has not closed it."""
        direct = self._http if isinstance(self._http, httpcore.HTTPConnection) else None
        return direct is None or not (direct.is_closed() or direct.has_expired())

    def ask(self, request: httpx.Request) -> httpx.Response:
        """The whole answer. Raises what httpcore does, and BodyTooLarge."""
        self._limits.begin(request.extensions.get("timeout", {}).get("read"), maximum_of(request))
        answer = self._http.handle_request(
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
        finally:
            answer.close()
        received = self._limits.received
        self.clean = is_one_answer(received, request.method, answer.headers, _MAXIMUM_HEAD)
        packed = any(name.lower() == b"content-encoding" for name, _ in answer.headers)
        body = {"stream": _Received(pieces)} if packed else {"content": b"".join(pieces)}
        return httpx.Response(answer.status, headers=answer.headers, extensions=dict(answer.extensions), **body)

    def close(self) -> None:
        self._http.close()


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


def _tunnel(
    proxy: httpx.Proxy, tls: ssl.SSLContext | None, backend: httpcore.NetworkBackend
) -> httpcore.ConnectionPool:
    """One connection by way of a proxy. It sees to it by itself that it is fit."""
    address = _address(proxy.url)
    if proxy.url.scheme.startswith("socks"):
        return httpcore.SOCKSProxy(
            address, proxy.raw_auth, ssl_context=tls, max_connections=1, network_backend=backend, keepalive_expiry=_KEPT
        )
    return httpcore.HTTPProxy(
        address,
        proxy.raw_auth,
        ssl_context=tls,
        proxy_ssl_context=proxy.ssl_context,
        max_connections=1,
        keepalive_expiry=_KEPT,
        network_backend=backend,
    )


def _address(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _spoken(error: Exception, request: httpx.Request) -> httpx.TransportError:
    """The same error in httpx's words, which names them alike. What it has no name for means no answer: nobody knows
    whether anything was sent. On a connection that was no more to be had nothing was.
    """
    if isinstance(error, httpcore.ConnectionNotAvailable):
        return httpx.ConnectError(str(error), request=request)
    names = (kind.__name__ for kind in type(error).__mro__)
    found = next((getattr(httpx, name) for name in names if hasattr(httpx, name)), httpx.ReadError)
    spoken: httpx.TransportError = found(str(error), request=request)
    return spoken


class _Limits:
    """What is left of an attempt, in time and in bytes."""

    def __init__(self) -> None:
        self._end: float | None = None
        self._room = 0
        self._received: list[bytes] = []

    def begin(self, seconds: float | None, maximum_body: int) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._room = maximum_body + _MAXIMUM_HEAD
        self._received.clear()

    def forget_received(self) -> None:
        """What came before encryption, from a proxy, is no part of an answer."""
        self._received.clear()

    @property
    def received(self) -> bytes:
        """All that arrived since the attempt began."""
        return b"".join(self._received)

    def clip(self, seconds: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """The time-out, within what is left. Raises `late` where nothing is."""
        if self._end is None:
            return seconds
        left = self._end - time.monotonic()
        if left <= 0:
            raise late("the time was up")
        return left if seconds is None else min(seconds, left)

    def take(self, data: bytes) -> bytes:
        self._room -= len(data)
        if self._room < 0:
            raise BodyTooLarge("the answer is too long")
        self._received.append(data)
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
        encrypted = self._inner.start_tls(ssl_context, server_hostname, within)
        self._limits.forget_received()
        return _Stream(encrypted, self._limits)

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


def _proxy_of(address: str) -> httpx.Proxy:
    proxy = httpx.Proxy(address)
    if proxy.url.scheme.startswith("socks"):
        importlib.import_module("socksio")
    return proxy


def direct_transport(endpoint: Endpoint) -> httpx.BaseTransport:
    """Over the network, with TLS verified, by the proxy that the environment names, if any.

    This machine's own servers are never asked by way of a proxy. Raises InvalidInput for a proxy or a file of trusted
    certificates that can't be used.
    """
    try:
        return BoundedTransport(endpoint, _proxy(endpoint))
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
