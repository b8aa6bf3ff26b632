"""The requests of a sign-in: over the same transport as Partner Center's, so proxies, TLS and retries are the same."""

from collections.abc import Mapping
from typing import Any

import httpx
from tenacity import RetryCallState, retry_any

from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.network import direct_transport
from reconciler.partner_center.http.rate_limit import Sleep, Stopped, TurnedAway
from reconciler.partner_center.http.retry import BodyTooLarge, Retries, RetryTransport

_TIMEOUT = httpx.Timeout(30, connect=10)
_ATTEMPTS = 3
_PATIENCE_SECONDS = 20
_NOT_NOW = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)


class RepeatingTransport(RetryTransport):
    """Repeats a sign-in's forms as reads are repeated: asking twice for a token harms nobody."""

    def __init__(self, inner: httpx.BaseTransport, retries: Retries) -> None:
        super().__init__(inner, retries)
        self._retrying = self._retrying.copy(retry=retry_any(self._retrying.retry, _may_pass))


class Web:
    """An HTTP client as msal takes one, which also asks a pipeline for its OIDC token.

    Only https is spoken. What may pass is asked again, some times; `sleep` makes the pauses between. A token is asked
    for once an hour, so each request has a connection of its own, and none is left open. Safe to use from several
    threads.
    """

    def __init__(self, sleep: Sleep) -> None:
        self.requests = 0
        """The number of those that were started: an error before the first one is no answer of anybody."""
        self._retries = Retries(attempts=_ATTEMPTS, pause_seconds=_PATIENCE_SECONDS, sleep=sleep)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: Any,
    ) -> httpx.Response:
        """The answer to a GET. Raises httpx.HTTPError where there is none, or none but "not now"."""
        with self._client(url) as client:
            return _given(client.get(url, params=params or None, headers=headers))

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: Any,
    ) -> httpx.Response:
        """The answer to a form. Raises httpx.HTTPError where there is none, or none but "not now"."""
        form = {name: _text(value) for name, value in (data or {}).items()}
        with self._client(url) as client:
            return _given(client.post(url, params=params or None, data=form, headers=headers))

    def close(self) -> None:
        """Nothing is open between two requests; msal's clients have this method."""

    def _client(self, url: str) -> httpx.Client:
        self.requests += 1
        return httpx.Client(
            transport=RepeatingTransport(direct_transport(Endpoint(_origin(url))), self._retries),
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )


def _may_pass(state: RetryCallState) -> bool:
    if state.outcome is None:
        return False
    error = state.outcome.exception()
    if error is not None:
        final = isinstance(error, BodyTooLarge | Stopped | TurnedAway)
        return isinstance(error, httpx.RequestError) and not final
    return _means_not_now(state.outcome.result())


def _means_not_now(response: httpx.Response) -> bool:
    return response.is_server_error or response.status_code in _NOT_NOW


def _given(response: httpx.Response) -> httpx.Response:
    return response.raise_for_status() if _means_not_now(response) else response


def _text(value: Any) -> str:
    """A form's value; msal's assertions are bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)


def _origin(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise httpx.UnsupportedProtocol("this is no web address") from error
    if parsed.scheme != "https" or not parsed.host:
        raise httpx.UnsupportedProtocol("only https is spoken when signing in")
    return f"https://{parsed.netloc.decode('ascii')}"
