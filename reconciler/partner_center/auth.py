"""Tokens, and where they may go."""

import base64
import json
import re
from collections.abc import Generator
from typing import Any, Protocol

import httpx

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.endpoint import Endpoint

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class TokenSource(Protocol):
    """Where tokens come from. Asked at every request, by several threads at once."""

    @property
    def kind(self) -> str:
        """`app`, `app+user` or `unknown`: what the tokens speak for."""
        ...

    def token(self) -> str:
        """A token that is valid now. Raises AuthenticationFailed where there is none to be had."""
        ...


class StaticToken:
    """A ready token, such as RECONCILER_ACCESS_TOKEN holds; it is never renewed.

    Its kind is told from its claims, unless given. Raises AuthenticationFailed for a text that can't be a token.
    """

    def __init__(self, text: str, kind: str | None = None) -> None:
        self._text = checked(text)
        self.kind = kind or kind_of(text)

    def token(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"StaticToken(kind={self.kind!r})"


def checked(text: str) -> str:
    """The token as given. Raises AuthenticationFailed, without repeating it, where it can't stand in a header."""
    if not text:
        raise _unusable("There is no access token.")
    if not _VISIBLE.fullmatch(text):
        raise _unusable("The access token contains a blank, a line break or another character that no token has.")
    return text


def _unusable(what: str) -> AuthenticationFailed:
    remedy = "Set RECONCILER_ACCESS_TOKEN to the token alone: no quotes, no line break at its end, no word `Bearer`."
    return AuthenticationFailed.because(what, remedy, "RECONCILER_ACCESS_TOKEN")


def kind_of(token: str) -> str:
    """Whom a token speaks for: a JWT with `scp` was issued to an application with a user, one without to it alone.

    Any other token is opaque: `unknown`. The signature is not looked at; only the service trusts a token.
    """
    claims = _claims(token)
    if claims is None:
        return "unknown"
    return "app+user" if claims.get("scp") else "app"


def _claims(token: str) -> dict[str, Any] | None:
    header, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    if not header or not payload or "." in signature:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


class BearerAuth(httpx.Auth):
    """Puts the token on requests to the API, and on no other: elsewhere a request goes without."""

    def __init__(self, tokens: TokenSource, endpoint: Endpoint) -> None:
        self._tokens = tokens
        self._endpoint = endpoint

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._endpoint.owns(request.url):
            request.headers["Authorization"] = f"Bearer {checked(self._tokens.token())}"
        yield request
