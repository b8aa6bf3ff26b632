"""An answer to what it means: its JSON object, or the error. The status is looked at first, then the body."""

from collections.abc import Callable
from typing import Any, Never, TypeVar

import httpx
from pydantic import ValidationError

from reconciler.model.errors import (
    AuthenticationFailed,
    NoAnswer,
    Problem,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    Support,
)
from reconciler.partner_center import documents
from reconciler.partner_center.clock import http_date
from reconciler.partner_center.scrub import scrubbed
from reconciler.partner_center.transport import BodyTooLarge, retry_after
from reconciler.partner_center.wire.faults import Fault, fault

_Value = TypeVar("_Value")

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_UNAUTHORIZED = {
    "900421": "Sign in again with multi-factor authentication: the token was issued without it.",
    "900420": "Ask for a token whose audience is the Partner Center API of this cloud.",
    "800001": "Set RECONCILER_ACCESS_TOKEN to a token for the Partner Center API: none arrived.",
}
_MFA_NAMED_IN_REASON = "MFA"

_REFUSED = {
    "20002": "Check that the customer is still yours: it may have left, or never accepted the reseller relationship.",
    "900329": "Use a token of an application together with a user: an application alone is not accepted here.",
    "900150": "Give the identity a role that permits this call, or use a token with a user.",
    "2055": "Plan again: the subscription was changed since it was read.",
    "800082": "Wait some minutes, then try again: the subscription is not ready yet.",
}


def understood(response: httpx.Response, read: Callable[[Any], _Value]) -> _Value:
    """What `read` makes of the answer's JSON object. Where it can't: NoAnswer for a write, ServiceError for a read."""
    return made_of(response, document(response), read)


def made_of(response: httpx.Response, raw: Any, read: Callable[[Any], _Value]) -> _Value:
    """What `read` makes of a part of the answer; errors as in `understood`."""
    try:
        return read(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(one) for one in first["loc"])
        why = first["msg"].removeprefix("Value error, ")
        misread(response, f"can't be understood: {place or 'an item'}: {why}")
    except RecursionError:
        misread(response, "is nested too deeply")
    except ValueError as error:
        misread(response, str(error))


def document(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object. Raises NoAnswer where there is none."""
    try:
        return documents.json_object(response.content)
    except documents.Unreadable as error:
        raise _error(NoAnswer, response, f"Partner Center's answer {error}", _look_again(response)) from None


def misread(response: httpx.Response, what: str) -> Never:
    """Raises the error for an answer that can't be trusted: after a write it may have been performed all the same."""
    kind = ServiceError if response.request.method == "GET" else NoAnswer
    raise _error(kind, response, f"Partner Center's answer {what}", _look_again(response))


def _look_again(response: httpx.Response) -> str:
    if response.request.method == "GET":
        return "Try again later. If it stays so, give Microsoft's support the ids of this request."
    return "The change may have been made: wait until it shows, or look at the subscription, before it is tried again."


def refusal(response: httpx.Response) -> ServiceError:
    """The error that an answer other than 2xx means."""
    said = _fault(response)
    status = response.status_code
    what = f"Partner Center answered {status}{f', code {said.code}' if said.code else ''}"
    what += f": {said.words}" if said.words else ""
    if status == httpx.codes.UNAUTHORIZED:
        return _error(AuthenticationFailed, response, what, _sign_in(response, said), said.code)
    if response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        return _error(NoAnswer, response, what, _look_again(response), said.code)
    if not response.is_client_error:
        return _error(NoAnswer, response, f"{what}, a redirect, which is never followed", _look_again(response))
    return _error(ServiceRefused, response, what, _REFUSED.get(said.code) or _next_step(response), said.code)


def _fault(response: httpx.Response) -> Fault:
    try:
        said = fault(documents.parsed(response.content))
    except documents.Unreadable as error:
        return Fault() if not response.content.strip() else Fault(words=f"the answer {error}")
    return Fault(code=_clean(response, said.code), words=_clean(response, said.words))


def _clean(response: httpx.Response, text: str) -> str:
    return scrubbed(text, response.request.headers.get("Authorization", "").removeprefix("Bearer "))


def _sign_in(response: httpx.Response, said: Fault) -> str:
    code = "900421" if _MFA_NAMED_IN_REASON in response.reason_phrase.upper() else said.code
    otherwise = "Get a new access token for the Partner Center API of this cloud: this one is expired or not accepted."
    return _UNAUTHORIZED.get(code, otherwise)


def _next_step(response: httpx.Response) -> str:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        seconds = retry_after(response)
        return f"Wait {seconds:.0f} seconds, then run again with less parallelism." if seconds else "Run again later."
    if status == httpx.codes.FORBIDDEN:
        return "Check that the customer is still yours, and that the identity's roles permit this call."
    if status == httpx.codes.NOT_FOUND:
        return "Check the customer's tenant and the subscription's id."
    if status == httpx.codes.PRECONDITION_FAILED:
        return "Plan again: it was changed since it was read."
    return "Read what the service says; `reconciler explain CODE` tells more about a code."


def unanswered(request: httpx.Request, error: httpx.HTTPError) -> ServiceError:
    """The error that a failed exchange means: never sent, or sent without an answer."""
    support = _support(request)
    where = f"{request.method} {request.url.path}"
    if isinstance(error, _NEVER_SENT):
        what = f"Partner Center at {request.url.host} can't be reached: {_cause(error)}. Nothing was sent."
        remedy = (
            "Check the network, the proxy settings (HTTPS_PROXY, NO_PROXY) and trusted certificates (SSL_CERT_FILE)."
        )
        return ServiceUnreachable(Problem(where=where, what=what, remedy=remedy), support=support)
    if request.method == "GET":
        remedy = "Try again later."
    else:
        remedy = "The change may have been made: wait until it shows, or look at the subscription."
    what = f"Partner Center gave no answer: {_cause(error)}."
    return NoAnswer(Problem(where=where, what=what, remedy=remedy), support=support)


def _cause(error: httpx.HTTPError) -> str:
    """In our own words, except for connection errors, whose texts name no header and no body."""
    if isinstance(error, httpx.TimeoutException):
        return "the time was up"
    if isinstance(error, httpx.ConnectError):
        return str(error).rstrip(".") or "no connection"
    if isinstance(error, httpx.ProxyError):
        return "the proxy refused"
    if isinstance(error, BodyTooLarge):
        return "the answer is too long to be one"
    if isinstance(error, httpx.DecodingError):
        return "the answer is compressed and can't be unpacked"
    return "the connection was dropped"


def _error(kind: type[ServiceError], response: httpx.Response, what: str, remedy: str, code: str = "") -> ServiceError:
    request = response.request
    where = f"{request.method} {request.url.path}"
    problem = Problem(where=where, what=what, remedy=remedy)
    return kind(problem, status=response.status_code, code=code, support=_support(request, response))


def _support(request: httpx.Request, response: httpx.Response | None = None) -> Support:
    answered = response.headers if response is not None else httpx.Headers()
    return Support(
        method=request.method,
        path=request.url.path,
        status=response.status_code if response is not None else None,
        request_id=answered.get("MS-RequestId") or request.headers.get("MS-RequestId"),
        correlation_id=answered.get("MS-CorrelationId") or request.headers.get("MS-CorrelationId"),
        ms_cv=answered.get("MS-CV"),
        server_id=answered.get("MS-ServerId"),
        at=http_date(answered.get("Date")),
    )
