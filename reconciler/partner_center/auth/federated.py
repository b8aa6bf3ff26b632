"""Federated credentials: a token that somebody else issued, here a pipeline, proves the application's identity.

Nothing is stored: the pipeline's token is asked for or read again whenever a new proof is needed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

import httpx

from reconciler.advice import problem
from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth.http_client import Web
from reconciler.partner_center.auth.secret_files import Unfit, token_in
from reconciler.partner_center.http.rate_limit import Stopped

Issuer = Literal["GitHub", "Azure Pipelines"]
"""The pipelines that issue tokens to their jobs."""

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
            raise self._unfit("federated_token_file_unfit", str(error)) from None
        if not found:
            raise self._unfit("federated_token_file_empty")
        return found

    def _unfit(self, code: str, why: str | None = None) -> AuthenticationFailed:
        return AuthenticationFailed(problem(code, self.variable, variable=self.variable, why=why))


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
        return _token(lambda: self.web.get(address, headers=_headers(self.bearer)), "value", "GitHub")


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
        return _token(lambda: self.web.post(address, headers=headers), "oidcToken", "Azure Pipelines")


def _headers(bearer: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}


def _token(ask: Callable[[], httpx.Response], member: str, issuer: Issuer) -> str:
    """The token in the issuer's answer; only its status is told where there is none."""
    try:
        response = ask()
    except Stopped:
        raise
    except httpx.HTTPStatusError as error:
        raise _refused("job_token_not_now", issuer, status=error.response.status_code) from None
    except httpx.HTTPError as error:
        raise _refused("job_token_unreachable", issuer, why=type(error).__name__) from None
    try:
        token = response.json()[member] if response.is_success else None
    except (ValueError, LookupError, TypeError):
        token = None
    if not isinstance(token, str) or not token:
        raise _refused("job_token_missing", issuer, status=response.status_code)
    return token


def _refused(code: str, issuer: Issuer, **data: object) -> AuthenticationFailed:
    marks = {"GitHub": "github", "Azure Pipelines": "azure_pipelines"}
    return AuthenticationFailed(problem(code, issuer, issuer=issuer, **{marks[issuer]: "true"}, **data))
