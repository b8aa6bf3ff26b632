"""The meaning of an object store's refusals and errors, and who must do what about them.

obstore gives no status, no code and no cause of an error but in its text, so that is looked through here. It holds
addresses, headers and the server's words: only what is recognised in them is passed on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from reconciler.state.permanent import CODE, permanent
from reconciler.state.providers import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of the store: the code of a problem, and its data. `unanswered`: the server may have done it all the
    same.
    """

    code: str
    data: Mapping[str, str] = field(default_factory=dict)
    unanswered: bool = False


_MISSING = re.compile(r"NoSuchBucket|ContainerNotFound|ContainerBeingDeleted|The specified bucket does not exist")
_SKEW = re.compile(r"RequestTimeTooSkewed|RequestExpired|(?i:date header (is )?too old|in a reasonable timeframe)")
_MALFORMED = re.compile(r"InvalidAccessKey\b|Decode\w*(Credentials|Key)|Invalid (Access )?Key\b")
_NO_CREDENTIALS = re.compile(  # nothing is ever posted to a store: every POST asks for credentials
    r"Missing(Account|AccessKeyId|SecretAccessKey|Token)\b|OpenCredentials|TokenRequest|FederatedTokenFile|WebIdentity"
    r"|AssumeRole|InstanceRequest|AzureCli|http://(169\.254\.|metadata\.google)|/latest/(api/token|meta-data)"
    r"|Failed to read token file|Error performing POST"
)
_CERTIFICATE = re.compile(r"invalid peer certificate|UnknownIssuer|InvalidCertificate|(?i:self.signed certificate)")
_PLAIN_HTTP = re.compile(r"BadScheme|URL scheme is not allowed")
_UNREACHABLE = re.compile(r"kind: Connect\b|dns error|Connection refused")
_SLOW = re.compile(r"kind: Timeout\b|TimedOut|operation timed out")
_STATUS = re.compile(r"status code: (\d{3})")
_NOT_ACCEPTED = re.compile(r"ExpiredToken|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|AuthenticationFailed")
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_DEFINITE = {HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED}
_OPEN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
_PASSING = {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.LOCKED, HTTPStatus.TOO_EARLY}


def misses_container(error: Exception) -> bool:
    """Returns True if an object was not found because its container or bucket does not exist."""
    return bool(_MISSING.search(str(error)))


def is_permanent(error: Exception) -> bool:
    """Returns True if the answer is a refusal that no waiting lifts, whatever its status."""
    return permanent(str(error), status_of(error)) is not None


def status_of(error: Exception) -> int:
    """The status of the answer; 0 where there was none."""
    found = _STATUS.search(str(error))
    return int(found[1]) if found else 0


def code_of(error: Exception) -> str:
    """The server's own code in parentheses, after a blank; empty where it gave none."""
    return _code(str(error))


def refusal(error: Exception, provider: Provider, container: str, no_token: str = "") -> Refusal:
    """Returns the meaning of an error of obstore. `no_token`: why az gave none when it was asked."""
    text, status = str(error), status_of(error)
    code = (
        ("store_no_container" if _MISSING.search(text) else None)
        or permanent(text, status)
        or _about_identity(text, status, no_token)
        or _about_the_way(text)
        or _about_the_answer(text, status)
    )
    data = {
        "store": provider.title,
        "container": provider.container,
        "name": container,
        "status": str(status),
        "reply": _code(text),
        "why": no_token,
        provider.sign_in: "true",
        "variables": " or ".join(provider.endpoints),
    }
    unanswered = code in _UNANSWERED or (code == "store_unwell" and _is_open(status))
    return Refusal(code=code, data=data, unanswered=unanswered)


_UNANSWERED = {"store_unreachable", "store_slow", "store_no_answer"}


def _about_identity(text: str, status: int, no_token: str) -> str | None:
    if _SKEW.search(text):
        return "store_clock"
    if no_token:
        return "store_azure_cli"
    if _MALFORMED.search(text) and not status:
        return "store_credentials_malformed"
    if _NO_CREDENTIALS.search(text):
        return "store_no_credentials"
    if status and _NOT_ACCEPTED.search(text):
        return "store_credentials_refused"
    return "store_access_refused" if status in _REFUSED else None


def _about_the_way(text: str) -> str | None:
    if _PLAIN_HTTP.search(text):
        return "store_plain_http"
    if _CERTIFICATE.search(text):
        return "store_certificate"
    return "store_unreachable" if _UNREACHABLE.search(text) else None


def _about_the_answer(text: str, status: int) -> str:
    if _SLOW.search(text):
        return "store_slow"
    if not status:
        return "store_no_answer"
    return "store_unwell" if _is_open(status) or status in _PASSING else "store_refused"


def _is_open(status: int) -> bool:
    """Returns True if a write that was answered so may have been done."""
    return status in _OPEN or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _DEFINITE)


def _code(text: str) -> str:
    found = CODE.search(text)
    return f" ({found[1] or found[2]})" if found else ""
