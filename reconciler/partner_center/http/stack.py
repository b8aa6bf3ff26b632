"""The stack of transports that requests go through, and the HTTP client on top of it."""

from collections.abc import Callable
from typing import Any

import httpx

from reconciler.partner_center.http.decompression import ENCODINGS
from reconciler.partner_center.http.rate_limit import RateLimit, RateLimitTransport
from reconciler.partner_center.http.retry import Retries, RetryTransport
from reconciler.partner_center.http.tracing import TracingTransport

Transport = httpx.BaseTransport
"""Carries a request, and returns its answer."""


class _NoCookies(httpx.Cookies):
    """Takes no cookie from an answer: looking for one costs a tenth of an exchange."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leaves the answer alone."""


class _Client(httpx.Client):
    """httpx's client, without cookies."""

    cookies = _NoCookies()  # type: ignore[override]


def stack(inner: Transport, retries: Retries, requests_per_minute: int | None) -> Transport:
    """Returns the transports on each other: retries, the rate limit for each attempt, and the log."""
    rate_limit = RateLimit(
        requests_per_minute=requests_per_minute,
        patience_seconds=retries.pause_seconds,
        clock=retries.clock,
        sleep=retries.paced or retries.sleep,
        sent=retries.sent,
    )
    return RetryTransport(RateLimitTransport(TracingTransport(inner), rate_limit), retries)


def in_process(application: Callable[..., Any]) -> Transport:
    """Returns the transport to a WSGI application of this process, in place of the network."""
    return httpx.WSGITransport(app=application)


def http_client(transport: Transport, auth: httpx.Auth, user_agent: str) -> httpx.Client:
    """Returns the client of one API. It follows no redirect, and takes nothing from the environment."""
    headers = _identification(user_agent)
    return _Client(transport=transport, auth=auth, headers=headers, follow_redirects=False, trust_env=False)


def _identification(user_agent: str) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Accept-Encoding": ", ".join(ENCODINGS),
        "User-Agent": user_agent,
        "MS-Contract-Version": "v1",
        "MS-PartnerCenter-Application": "reconciler",
        "X-Locale": "en-US",
    }
