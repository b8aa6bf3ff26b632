"""Makes the error that an answer other than 2xx means, or an exchange without an answer."""

from dataclasses import replace
from datetime import datetime

import httpx

from reconciler import advice
from reconciler.model.errors import (
    Conflict,
    Inconclusive,
    NoAnswer,
    NotSent,
    Problem,
    RunStopped,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    Throttled,
)
from reconciler.model.remedy import Remedy
from reconciler.model.support import Support
from reconciler.model.withheld import scrubbed
from reconciler.partner_center.clock import http_date, retry_after
from reconciler.partner_center.http.circuit_breaker import ServiceDown
from reconciler.partner_center.http.endpoint import resource_path
from reconciler.partner_center.http.precheck import TooLate
from reconciler.partner_center.http.rate_limit import Stopped, TurnedAway, is_about_customer
from reconciler.partner_center.http.retry import BodyTooLarge
from reconciler.partner_center.wire import json_text
from reconciler.partner_center.wire.faults import Fault, fault
from reconciler.partner_center.wire.values import YEARS

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_SECOND_COPY = {httpx.codes.REQUEST_TIMEOUT, httpx.codes.CONFLICT, httpx.codes.TOO_EARLY, 499}
"""Statuses that the second copy of a request is answered with, whoever sent it twice."""

_MFA_NAMED_IN_REASON = "MFA"
_MFA_MISSING = "900421"


def refused(response: httpx.Response) -> ServiceError:
    """Returns the error that an answer other than 2xx means."""
    fault = _fault_of(response)
    status, code = response.status_code, _code(response, fault)
    if not (response.is_client_error or response.is_server_error):
        what = advice.sentence("redirected", status=status)
        return answer_error(NoAnswer, response, what, lost(response.request).remedy())
    what = advice.sentence("answered", status=status, code=fault.code, words=fault.words)
    kind, remedy = advice.error_class(status, code), advice.service_row(status, code).remedy()
    if writes(response.request) and _leaves_doubt(response, fault, kind):
        remedy = _doubtful_remedy(response, kind, remedy)
        kind = _doubtful(response, fault, kind)
    elif issubclass(kind, Inconclusive):
        kind = ServiceRefused
    return answer_error(kind, response, what, _with_rest(remedy, retry_after(response)), fault.code, own=fault.own)


def _leaves_doubt(response: httpx.Response, fault: Fault, kind: type[ServiceError]) -> bool:
    """Returns whether a change that was answered so may have been made.

    A gateway may send a request twice: then the second copy meets what the first one did, and its answer says nothing
    of the first. Only a 429, and the service's own error under another 4xx, are a definite no.
    """
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return False
    return not (response.is_client_error and fault.own) or status in _SECOND_COPY or issubclass(kind, Inconclusive)


def _doubtful(response: httpx.Response, fault: Fault, kind: type[ServiceError]) -> type[ServiceError]:
    """Returns the class of the error for a write that may have been performed."""
    if response.is_server_error:
        return NoAnswer
    if response.status_code == httpx.codes.CONFLICT and fault.own:
        return kind if issubclass(kind, Conflict) else Conflict
    return Inconclusive


def _doubtful_remedy(response: httpx.Response, kind: type[ServiceError], remedy: Remedy) -> Remedy:
    """Returns what to do about a change that may have been made, and then about what the service answered."""
    if kind is Inconclusive:
        return remedy
    doubt = lost(response.request).remedy()
    return doubt if response.is_server_error else replace(remedy, steps=(*doubt.steps, *remedy.steps))


def lost(request: httpx.Request) -> advice.Row:
    """Returns the row of an answer that never came or can't be read: after a write nobody knows what was done."""
    return advice.row("outcome_lost" if writes(request) else "no_answer")


def writes(request: httpx.Request) -> bool:
    """Returns whether the request may change something."""
    return request.method != "GET"


def _with_rest(remedy: Remedy, seconds: float) -> Remedy:
    """Returns the remedy with how long the service asks to be left alone, where it does."""
    if not seconds:
        return remedy
    rest = advice.row("rest_asked").steps_for({"seconds": f"{seconds:.0f}"})
    return replace(remedy, steps=(*rest, *remedy.steps))


def _code(response: httpx.Response, fault: Fault) -> str:
    """Returns the code; an older form says in the reason phrase alone that multi-factor authentication is missing."""
    unauthorised = response.status_code == httpx.codes.UNAUTHORIZED
    return _MFA_MISSING if unauthorised and _MFA_NAMED_IN_REASON in response.reason_phrase.upper() else fault.code


def _fault_of(response: httpx.Response) -> Fault:
    try:
        found = fault(json_text.parsed(response.content))
    except json_text.Unreadable as error:
        return Fault() if not response.content.strip() else Fault(words=f"the answer {error}")
    return replace(found, code=clean(response, found.code), words=clean(response, found.words))


def clean(response: httpx.Response, text: str) -> str:
    """Returns a text of the answer without what must not be repeated, the request's own token among it."""
    return scrubbed(text, response.request.headers.get("Authorization", "").removeprefix("Bearer "))


def unanswered(request: httpx.Request, error: httpx.HTTPError) -> ServiceError:
    """Returns the error that a failed exchange means: never sent, or sent without an answer."""
    host = request.url.host
    if isinstance(error, Stopped):
        return _not_sent(RunStopped, request, "stopped")
    if isinstance(error, TooLate):
        return _not_sent(NotSent, request, "too_late")
    if isinstance(error, TurnedAway):
        seconds = "customer_seconds" if is_about_customer(request.url.path) else "seconds"
        rested = {seconds: f"{error.seconds:.0f}"}
        return _not_sent(Throttled, request, "throttled", rest=error.seconds, **rested)
    if isinstance(error, ServiceDown):
        return _not_sent(ServiceUnreachable, request, "down", host=host, why=str(error))
    if isinstance(error, _NEVER_SENT):
        return _not_sent(ServiceUnreachable, request, "service_unreachable", host=host, why=_cause(error))
    row = lost(request)
    problem = _problem(request, row.sentence({"why": _cause(error)}), row.remedy())
    return NoAnswer(problem, support=_support(request), remedy=row.remedy())


def _not_sent(
    kind: type[ServiceError], request: httpx.Request, code: str, *, rest: float = 0, **data: str
) -> ServiceError:
    """Returns the error of a request that never left: Microsoft has nothing to look it up by."""
    row = advice.row(code)
    remedy = _with_rest(row.remedy(), rest)
    return kind(_problem(request, row.sentence(data), remedy), code=code, remedy=remedy)


def _problem(request: httpx.Request, what: str, remedy: Remedy) -> Problem:
    return Problem(where=f"{request.method} {resource_path(request.url)}", what=what, steps=remedy.steps)


def _cause(error: httpx.HTTPError) -> str:
    """Returns why there was no answer.

    In our own words, except for connection errors, whose texts name no header and no body.
    """
    if isinstance(error, httpx.ConnectError) and str(error):
        return str(error).rstrip(".")
    return advice.sentence(next(code for kind, code in _CAUSES if isinstance(error, kind)))


_CAUSES: tuple[tuple[type[httpx.HTTPError], str], ...] = (
    (httpx.TimeoutException, "answer_too_late"),
    (httpx.ConnectError, "no_connection"),
    (httpx.ProxyError, "proxy_refused"),
    (BodyTooLarge, "answer_too_long"),
    (httpx.DecodingError, "answer_not_unpacked"),
    (httpx.HTTPError, "connection_dropped"),
)
"""The code of why there was no answer, by the first class that the error is of."""


def answer_error(
    kind: type[ServiceError],
    response: httpx.Response,
    what: str,
    remedy: Remedy,
    code: str = "",
    *,
    own: bool = False,
) -> ServiceError:
    """Returns an error about an answer, with all that support asks for."""
    request = response.request
    return kind(
        _problem(request, what, remedy),
        status=response.status_code,
        code=code,
        support=_support(request, response),
        remedy=remedy,
        own=own,
    )


def _support(request: httpx.Request, response: httpx.Response | None = None) -> Support:
    answered = response.headers if response is not None else httpx.Headers()
    sent = request.headers.get("MS-RequestId")
    found = answered.get("MS-RequestId") or sent
    return Support(
        method=request.method,
        path=resource_path(request.url),
        status=response.status_code if response is not None else None,
        request_id=found,
        sent_request_id=sent if sent and found != sent else None,
        correlation_id=answered.get("MS-CorrelationId") or request.headers.get("MS-CorrelationId"),
        ms_cv=answered.get("MS-CV"),
        server_id=answered.get("MS-ServerId"),
        at=_plausible(http_date(answered.get("Date"))),
    )


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment and moment.year in YEARS else None
