"""The protocol of token sources, and the simplest source: a token that is ready."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from reconciler.advice import problem
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.utc import utc_minute
from reconciler.partner_center.auth.claims import claims_of, expiry, kind_of
from reconciler.system.clock import utc_now

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_VARIABLE = "RECONCILER_ACCESS_TOKEN"
_CLOCKS_DIFFER = timedelta(minutes=5)


class TokenSource(Protocol):
    """A source of tokens. Asked at every request, by several threads at once."""

    @property
    def kind(self) -> str:
        """`app`, `app+user` or `unknown`: what the tokens speak for."""
        ...

    def token(self) -> str:
        """A token that is valid now. Raises AuthenticationFailed where there is none to be had."""
        ...

    def instead_of(self, rejected: str) -> str | None:
        """Another token, after the service did not accept this one; None where no other is to be had."""
        ...


class StaticToken:
    """A ready token, such as RECONCILER_ACCESS_TOKEN holds; it is never renewed.

    Its kind is told from its claims, unless given. Raises AuthenticationFailed for a text that can't be a token, and,
    when asked for it, once the token has expired by its own claims.
    """

    def __init__(self, text: str, kind: str | None = None, now: Callable[[], datetime] = utc_now) -> None:
        self._text = checked(text)
        self._ends = expiry(claims_of(text) or {})
        self._now = now
        self.kind = kind or kind_of(text)

    def token(self) -> str:
        if self._ends is not None and self._now() > self._ends + _CLOCKS_DIFFER:
            raise AuthenticationFailed(problem("access_token_expired", _VARIABLE, ended=utc_minute(self._ends)))
        return self._text

    def instead_of(self, rejected: str) -> str | None:  # noqa: ARG002 - there is only one
        return None

    def __repr__(self) -> str:
        return f"StaticToken(kind={self.kind!r})"


def checked(text: str) -> str:
    """The token as given. Raises AuthenticationFailed, without repeating it, where it can't stand in a header."""
    if not text:
        raise AuthenticationFailed(problem("no_access_token", _VARIABLE))
    if not _VISIBLE.fullmatch(text):
        raise AuthenticationFailed(problem("access_token_unfit", _VARIABLE))
    return text
