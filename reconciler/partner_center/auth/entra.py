"""Microsoft's directory, by msal: the one place that knows its library.

Instance discovery is off: whether an authority is Microsoft's own is decided by the table of clouds, and asking
another cloud's host about it fails in national clouds and in closed networks.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import msal  # type: ignore[import-untyped] # it has no type information
from msal.exceptions import MsalError  # type: ignore[import-untyped] # as above

from reconciler.partner_center.auth.failures import refused, unanswered, unreachable, unwell
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.renewal import Grant
from reconciler.partner_center.http.rate_limit import Stopped

for _library in ("msal", "msal_extensions"):
    # Their logs hold assertions, device codes and answers that can't be read, at levels that are shown by default.
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An app registration, in the directory where it signs in.

    `host` may end with a port. `shown_as` stands for it in messages, where it may be a secret that somebody put in the
    wrong variable.
    """

    host: str
    tenant: str
    client_id: str
    audience: str
    aliases: tuple[str, ...] = ()
    shown_as: str = ""

    @property
    def named(self) -> str:
        """The host as messages show it."""
        return self.shown_as or self.host

    @property
    def authority(self) -> str:
        return f"https://{self.host}/{self.tenant}"

    @property
    def for_application(self) -> list[str]:
        """The scope of an application alone: all that was consented for it."""
        return [f"{self.audience}/.default"]

    @property
    def for_user(self) -> list[str]:
        """The scope of an application together with a user: to act as that user."""
        return [f"{self.audience}/user_impersonation"]


class Credential(Protocol):
    """Proof of an application's identity."""

    def for_msal(self) -> Any:
        """The proof as msal takes it."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Returns what no message may show."""
        ...


class _KeepsNothing(msal.TokenCache):  # type: ignore[misc] # msal has no type information
    """Tokens are kept by `RenewedTokens`, so each question is asked anew."""

    def add(self, event: Any, now: Any = None) -> None:
        """Forgets it."""


def confidential(where: Registration, credential: Credential, web: Web) -> Any:
    """The client of an application that proves its identity. It reads the directory's discovery document."""
    return msal.ConfidentialClientApplication(
        where.client_id,
        authority=where.authority,
        client_credential=credential.for_msal(),
        instance_discovery=False,
        http_client=web,
        token_cache=_KeepsNothing(),
    )


def public(where: Registration, web: Web, cache: Any = None) -> Any:
    """The client of an application that can't keep a secret. It reads the directory's discovery document."""
    return msal.PublicClientApplication(
        where.client_id,
        authority=where.authority,
        instance_discovery=False,
        http_client=web,
        token_cache=cache or _KeepsNothing(),
    )


@contextmanager
def answers(where: Registration) -> Iterator[None]:
    """Raises AuthenticationFailed for whatever keeps the directory from answering; a run that stops just stops."""
    try:
        yield
    except Stopped:
        raise
    except httpx.HTTPStatusError as error:
        raise unwell(where, error.response.status_code) from None
    except httpx.HTTPError as error:
        raise unreachable(where, error) from None
    except (MsalError, ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
        raise unanswered(where, error) from None


def granted(result: Any, where: Registration, again: str, *secrets: str) -> Grant:
    """The token that msal's answer holds. Raises AuthenticationFailed for a refusal; `again` is how to sign in anew."""
    answer: Mapping[str, Any] = result if isinstance(result, Mapping) else {}
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise refused(answer, where, again, *secrets)
    return Grant(token=token, seconds=_seconds(answer.get("expires_in")))


def _seconds(value: Any) -> float:
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 0.0


class ApplicationSignIn:
    """An application alone, by its own proof: the client credentials grant."""

    kind = "app"

    def __init__(self, where: Registration, credential: Credential, web: Web) -> None:
        self._where = where
        self._credential = credential
        self._web = web
        self._client: Any = None

    def grant(self, *, anew: bool) -> Grant:  # noqa: ARG002 - nothing is kept, so each one is new
        with answers(self._where):
            self._client = self._client or confidential(self._where, self._credential, self._web)
            result = self._client.acquire_token_for_client(self._where.for_application)
        return granted(result, self._where, "", *self._credential.secrets())
