"""The requests of a sign-in: over the same transport as Partner Center's, so proxies, TLS and retries are the same."""

from collections.abc import Mapping
from typing import Any

import httpx

from reconciler.partner_center.endpoint import Endpoint
from reconciler.partner_center.network import direct_transport
from reconciler.partner_center.pacing import Sleep
from reconciler.partner_center.transport import Retries, RetryingTransport

_TIMEOUT = httpx.Timeout(30, connect=10)
_ATTEMPTS = 3
_PATIENCE_SECONDS = 20


class Web:
    """What msal calls an http client, and what asks a pipeline for its OIDC token.

    Only https is spoken. A token is asked for once an hour, so each request has a connection of its own, and none is
    left open. `sleep` makes the pauses between two attempts. Safe to use from several threads.
    """

    def __init__(self, sleep: Sleep) -> None:
        self._retries = Retries(attempts=_ATTEMPTS, pause_seconds=_PATIENCE_SECONDS, sleep=sleep)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: Any,
    ) -> httpx.Response:
        """The answer to a GET. Raises httpx.HTTPError where there is none."""
        with self._client(url) as client:
            return client.get(url, params=params or None, headers=headers)

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **_options: Any,
    ) -> httpx.Response:
        """The answer to a form. Raises httpx.HTTPError where there is none."""
        form = {name: _text(value) for name, value in (data or {}).items()}
        with self._client(url) as client:
            return client.post(url, params=params or None, data=form, headers=headers)

    def close(self) -> None:
        """Nothing is open between two requests; msal's clients have this method."""

    def _client(self, url: str) -> httpx.Client:
        return httpx.Client(
            transport=RetryingTransport(direct_transport(Endpoint(_origin(url))), self._retries),
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )


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
