"""Federated credentials: a token that somebody else issued, here a pipeline, proves the application's identity.

Nothing is stored: the pipeline's token is asked for or read again whenever a new proof is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.secret_files import Unfit, token_in
from reconciler.partner_center.http.rate_limit import Stopped

_LONGEST = 64 * 1024
_AZURE_PIPELINES_VERSION = "7.1"


@dataclass(frozen=True, slots=True)
class Federated:
    """Proves an application's identity by what `assertion` gives."""

    assertion: Callable[[], str]

    def for_msal(self) -> dict[str, Any]:
        return {"client_assertion": self.assertion}

    def secrets(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A file that its writer keeps fresh, such as Kubernetes' projected service account token."""

    path: str = field(repr=False)
    variable: str = "RECONCILER_FEDERATED_TOKEN_FILE"

    def __call__(self) -> str:
        """The token. Raises AuthenticationFailed, which does not repeat the path, where the file holds none."""
        try:
            found = token_in(self.path, longest=_LONGEST)
        except Unfit as error:
            raise self._unusable(f"The file with the federated token can't be used: {error}.") from None
        if not found:
            raise self._unusable("The file with the federated token is empty.")
        return found

    def _unusable(self, what: str) -> AuthenticationFailed:
        remedy = f"Set {self.variable} to the path of the file that the platform keeps the token in."
        return AuthenticationFailed.because(what, remedy, self.variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubActions:
    """The token of a GitHub Actions job that has the permission `id-token: write`."""

    url: str
    bearer: str = field(repr=False)
    audience: str
    web: Web = field(repr=False)

    def __call__(self) -> str:
        """The token. Raises AuthenticationFailed where the job gets none."""
        separator = "&" if "?" in self.url else "?"
        address = f"{self.url}{separator}audience={quote(self.audience, safe='')}"
        remedy = "Give the job `permissions: {id-token: write, contents: read}`."
        return _token(lambda: self.web.get(address, headers=_headers(self.bearer)), "value", "GitHub", remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class AzurePipelines:
    """The token of an Azure Pipelines job, issued for a service connection with workload identity federation."""

    url: str
    bearer: str = field(repr=False)
    service_connection: str
    web: Web = field(repr=False)

    def __call__(self) -> str:
        """The token. Raises AuthenticationFailed where the job gets none."""
        connection = quote(self.service_connection, safe="")
        address = f"{self.url.rstrip('/')}?api-version={_AZURE_PIPELINES_VERSION}&serviceConnectionId={connection}"
        headers = {
            **_headers(self.bearer),
            "Content-Type": "application/json",
            "X-TFS-FedAuthRedirect": "Suppress",  # a refusal shall be one, and not a page to sign in on
        }
        remedy = (
            "Give the step `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`, allow the pipeline to use the service"
            " connection, and check RECONCILER_SERVICE_CONNECTION_ID."
        )
        return _token(lambda: self.web.post(address, headers=headers), "oidcToken", "Azure Pipelines", remedy)


def _headers(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}


def _token(ask: Callable[[], httpx.Response], member: str, issuer: str, remedy: str) -> str:
    """The token in the issuer's answer; only its status is told where there is none."""
    try:
        response = ask()
    except Stopped:
        raise
    except httpx.HTTPStatusError as error:
        what = f"{issuer} gives the job no token just now: it answered {error.response.status_code}."
        raise AuthenticationFailed.because(what, "Wait some minutes, then run again.", issuer) from None
    except httpx.HTTPError as error:
        why = f"{issuer} can't be asked for the job's token: {type(error).__name__}."
        raise AuthenticationFailed.because(why, remedy, issuer) from None
    try:
        token = response.json()[member] if response.is_success else None
    except (ValueError, LookupError, TypeError):
        token = None
    if not isinstance(token, str) or not token:
        what = f"{issuer} gave the job no token: it answered {response.status_code}."
        raise AuthenticationFailed.because(what, remedy, issuer)
    return token
