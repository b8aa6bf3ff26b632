"""Tokens that are renewed: in time, once for all threads, and again where the service stops accepting one."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.model.errors import AuthenticationFailed
from reconciler.system.clock import Clock

RENEW_BEFORE = 300.0
"""Seconds before its end at which a token is renewed; for a token of less than ten minutes, at half its life."""

PAUSE = 30.0
"""Seconds for which a renewal that failed, or that brought a token nobody accepts, is not tried again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A token, and for how many seconds it is good."""

    token: str = field(repr=False)
    seconds: float


class SignIn(Protocol):
    """One way to get a token."""

    @property
    def kind(self) -> str:
        """`app` or `app+user`."""
        ...

    def grant(self, *, anew: bool) -> Grant:
        """A token. `anew`: not one that was handed out before. Raises AuthenticationFailed where it is refused."""
        ...


@dataclass(slots=True)
class _Held:
    grant: Grant
    since: float

    @property
    def ends(self) -> float:
        return self.since + self.grant.seconds

    @property
    def due(self) -> float:
        return self.ends - min(RENEW_BEFORE, self.grant.seconds / 2)


class RenewedTokens:
    """The tokens of a sign-in, as a TokenSource.

    One thread asks for a token while the others wait for it. A renewal that fails while the old token is still good
    does no harm: it is tried again after a pause. A sign-in that is refused is not repeated by every thread: for the
    length of a pause each of them is told the same.
    """

    def __init__(self, sign_in: SignIn, clock: Clock | None = None) -> None:
        self._sign_in = sign_in
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._refusal: AuthenticationFailed | None = None
        self._not_before = float("-inf")
        self._last_replacement = float("-inf")

    @property
    def kind(self) -> str:
        return self._sign_in.kind

    def token(self) -> str:
        with self._lock:
            now = self._clock.elapsed()
            held = self._held
            if held is not None and now < held.due:
                return held.grant.token
            if now < self._not_before:
                return self._while_waiting(now)
            return self._renewed(now)

    def instead_of(self, rejected: str) -> str | None:
        with self._lock:
            now = self._clock.elapsed()
            if self._held is not None and self._held.grant.token != rejected:
                return self._held.grant.token
            if now < self._last_replacement + PAUSE:
                return None
            self._last_replacement = now
            token = self._requested(now)
            return token if token != rejected else None

    def _renewed(self, now: float) -> str:
        try:
            return self._requested(now)
        except AuthenticationFailed as refusal:
            self._not_before = now + PAUSE
            self._refusal = refusal
            if self._held is None or now >= self._held.ends:
                raise
            log.warning("the token could not be renewed, and is good for %.0f s more", self._held.ends - now)
            return self._held.grant.token

    def _while_waiting(self, now: float) -> str:
        if self._held is not None and now < self._held.ends:
            return self._held.grant.token
        refusal = self._refusal
        if refusal is None:
            return self._renewed(now)
        raise AuthenticationFailed(*refusal.problems, status=refusal.status, code=refusal.code, support=refusal.support)

    def _requested(self, now: float) -> str:
        grant = self._sign_in.grant(anew=self._held is not None)
        self._held = _Held(grant, now)
        self._refusal = None
        return grant.token
