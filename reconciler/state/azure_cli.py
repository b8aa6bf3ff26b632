"""The sign-in of `az login`, for state in Azure: a token that the az program gives, started without our secrets.

obstore can start it too, but with everything that this process has in its environment.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypedDict

from reconciler.advice import problem, sentence
from reconciler.model.errors import StateUnavailable
from reconciler.system import programs

_VARIABLE = "AZURE_USE_AZURE_CLI"
_COMMAND = ("az", "account", "get-access-token", "--output", "json", "--scope", "https://storage.azure.com/.default")
_NEEDS = (
    *("AZURE_CONFIG_DIR", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
    *("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"),
)
_SECONDS = 60


class Token(TypedDict):
    """A bearer token as obstore takes it."""

    token: str
    expires_at: datetime | None


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Returns True if the environment asks for this sign-in."""
    return environment.get(_VARIABLE, "").strip().lower() in {"1", "true", "on", "yes", "y"}


def token() -> Token:
    """A token for Azure Storage. Raises StateUnavailable where az gives none."""
    try:
        done = programs.run(_COMMAND, needs=_NEEDS, seconds=_SECONDS)
    except OSError as error:
        raise _refused(error.strerror or sentence("program_not_started")) from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _refused(lines[-1] if lines else sentence("says_no_reason"))
    try:
        answer = json.loads(done.stdout)
        return Token(token=str(answer["accessToken"]), expires_at=_expiry(answer))
    except (KeyError, TypeError, ValueError):
        raise _refused(sentence("answer_not_understood")) from None


class SignIn:
    """A credential provider for obstore, which turns errors of a provider into text. So the last one is kept in `why`:
    the reason of az for giving no token; empty where it gave one.
    """

    why = ""

    def __call__(self) -> Token:
        """Returns a token. Raises StateUnavailable where az gives none."""
        try:
            found = token()
        except StateUnavailable as error:
            self.why = str(error.problems[0].data["why"])
            raise
        self.why = ""
        return found


def _expiry(answer: Mapping[str, object]) -> datetime | None:
    """Returns when the token ends: az says it in seconds since 1970, an older az in local time."""
    if "expires_on" in answer:
        return datetime.fromtimestamp(int(str(answer["expires_on"])), UTC)
    return datetime.fromisoformat(str(answer["expiresOn"])).astimezone() if "expiresOn" in answer else None


def _refused(why: str) -> StateUnavailable:
    return StateUnavailable(problem("azure_cli_no_token", why=why))
