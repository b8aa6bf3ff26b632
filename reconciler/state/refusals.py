"""The meaning of an object store's refusals and errors, and who must do what about them.

obstore's own messages hold addresses, headers and the server's words: only what is recognised in them is passed on.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus

from reconciler.state.permanent import CODE, permanent, wording
from reconciler.state.providers import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error of the store: what happened and what to do. `unanswered`: the server may have done it all the same."""

    what: str
    remedy: str
    unanswered: bool = False


_MISSING = re.compile(r"NoSuchBucket|ContainerNotFound|ContainerBeingDeleted|The specified bucket does not exist")
_SKEW = re.compile(r"RequestTimeTooSkewed|RequestExpired|(?i:date header (is )?too old|in a reasonable timeframe)")
_MALFORMED = re.compile(r"InvalidAccessKey\b|Decode\w*(Credentials|Key)|Invalid (Access )?Key\b")
_NO_CREDENTIALS = re.compile(  # nothing is ever posted to a store: every POST asks for credentials
    r"Missing(Account|AccessKeyId|SecretAccessKey|Token)\b|OpenCredentials|TokenRequest|FederatedTokenFile|WebIdentity"
    r"|AssumeRole|InstanceRequest|AzureCli|http://(169\.254\.|metadata\.google)|/latest/(api/token|meta-data)"
    r"|Failed to read token file|Error performing POST"
)
_BY_CLI = re.compile(r"StateUnavailable: AZURE_USE_AZURE_CLI is set, and (az gives no token [^\n]*?)\.?$", re.MULTILINE)
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
_NOT_BY_ITSELF = (
    "Such a refusal does not pass by itself: look the code up in the store's documentation, with whoever administers"
    " the store. What was written before is unharmed."
)


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


def refusal(error: Exception, provider: Provider, container: str) -> Refusal:
    """Returns the meaning of an error of obstore."""
    text = str(error)
    named = f"the {provider.container} {container}"
    number = status_of(error)
    if _MISSING.search(text):
        return Refusal(
            what=f"{provider.title} has no {provider.container} {container}",
            remedy="Create it, or name another with --state. It is never created by itself: a mistyped name would pass"
            " for a new estate.",
        )
    if row := permanent(text, number):
        what, remedy = wording(row, provider.title, _code(text))
        return Refusal(what=what, remedy=remedy)
    return (
        _about_identity(text, number, provider, named)
        or _about_the_way(text, provider)
        or _about_the_answer(text, number, provider)
    )


def _about_identity(text: str, status: int, provider: Provider, named: str) -> Refusal | None:
    if _SKEW.search(text):
        return Refusal(
            what=f"{provider.title} refuses the request because the clock of this machine is wrong",
            remedy="Set the clock (switch on time synchronisation), and run it again.",
        )
    if by_cli := _BY_CLI.search(text):
        return Refusal(what=by_cli[1], remedy=f"Sign in with `az login`, or otherwise. {provider.credentials}")
    if _MALFORMED.search(text) and not status:
        return Refusal(what=f"the credentials for {provider.title} are malformed", remedy=provider.credentials)
    if _NO_CREDENTIALS.search(text):
        return Refusal(what=f"there are no working credentials for {provider.title}", remedy=provider.credentials)
    if status and _NOT_ACCEPTED.search(text):
        return Refusal(
            what=f"{provider.title} does not accept the credentials{_code(text)}",
            remedy=f"They are wrong, expired, or another account's. {provider.credentials}",
        )
    if status in _REFUSED:
        return Refusal(
            what=f"access to {named} is refused{_code(text)}",
            remedy=f"Give the identity that runs reconciler {provider.rights}. If its credentials are not those that"
            f" you meant: {provider.credentials}",
        )
    return None


def _about_the_way(text: str, provider: Provider) -> Refusal | None:
    variables = " or ".join(provider.endpoints)
    if _PLAIN_HTTP.search(text):
        return Refusal(what="the server's address is not https", remedy=f"Correct it: {variables}.")
    if _CERTIFICATE.search(text):
        return Refusal(
            what=f"the server that answers for {provider.title} has no certificate that this machine trusts",
            remedy="Install the authority's certificate in the system's store; certificates are always verified.",
        )
    if _UNREACHABLE.search(text):
        return Refusal(
            what=f"{provider.title} can't be reached",
            remedy=f"Check the network, its proxy, and the names that make the address (the account or region, or"
            f" {variables}).",
            unanswered=True,
        )
    return None


def _about_the_answer(text: str, status: int, provider: Provider) -> Refusal:
    later = "Run it again in a minute; what was written before is unharmed."
    if _SLOW.search(text):
        return Refusal(what=f"{provider.title} did not answer in time", remedy=later, unanswered=True)
    if status:
        open_ = status in _OPEN or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in _DEFINITE)
        what = f"{provider.title} answered with status {status}{_code(text)}"
        remedy = later if open_ or status in _PASSING else _NOT_BY_ITSELF
        return Refusal(what=what, remedy=remedy, unanswered=open_)
    return Refusal(what=f"{provider.title} gave no answer that can be read", remedy=later, unanswered=True)


def _code(text: str) -> str:
    found = CODE.search(text)
    return f" ({found[1] or found[2]})" if found else ""
