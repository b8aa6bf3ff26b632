"""An answer to what it means: its JSON object, or the error. The status is looked at first, then the body."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Never, TypeVar

import httpx
from pydantic import ValidationError

from reconciler.model.change import Remedy, Step
from reconciler.model.errors import (
    AuthenticationFailed,
    NoAnswer,
    NotSent,
    Problem,
    ReconcilerError,
    RunStopped,
    ServiceError,
    ServiceRefused,
    ServiceUnreachable,
    Throttled,
)
from reconciler.model.subscription import UnreadableItem
from reconciler.model.support import Support
from reconciler.partner_center import refusals
from reconciler.partner_center.clock import http_date, retry_after
from reconciler.partner_center.http.circuit_breaker import ServiceDown
from reconciler.partner_center.http.precheck import TooLate
from reconciler.partner_center.http.rate_limit import Stopped, TurnedAway, is_about_customer
from reconciler.partner_center.http.retry import BodyTooLarge
from reconciler.partner_center.scrub import scrubbed
from reconciler.partner_center.wire import json_text
from reconciler.partner_center.wire.faults import Fault, fault
from reconciler.partner_center.wire.values import identifier

_Value = TypeVar("_Value")

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

_LONGEST_ID = 100
_SECOND_COPY = {httpx.codes.REQUEST_TIMEOUT, httpx.codes.CONFLICT, httpx.codes.TOO_EARLY, 499}
"""What the second copy of a request is answered, whoever made it two."""

_MFA_NAMED_IN_REASON = "MFA"
_MFA_MISSING = "900421"


def understood(response: httpx.Response, read: Callable[[Any], _Value]) -> _Value:
    """What `read` makes of the answer's JSON object. Where it can't: NoAnswer for a write, ServiceError for a read."""
    return made_of(response, document(response), read)


def made_of(response: httpx.Response, raw: Any, read: Callable[[Any], _Value], number: int | None = None) -> _Value:
    """What `read` makes of a part of the answer, an item of so many; errors as in `understood`, naming the item."""
    with read_of(response):
        try:
            return read(raw)
        except ValueError as error:
            _check_for_error_inside(response, raw)
            misread(response, _why(error) if number is None else f"{_why(error)} ({_item(raw, number)})")


def each_of(response: httpx.Response, items: list[Any], read: Callable[[Any], _Value], first: int) -> list[_Value]:
    """What `read` makes of each item, counted from `first`; errors as in `made_of`.

    All are read at once: only where one can't be is it told which, which costs as much again.
    """
    try:
        return [read(item) for item in items]
    except Exception:  # noqa: BLE001 - `made_of` meets it again, and says what it means
        return [made_of(response, item, read, number) for number, item in enumerate(items, first)]


def readable_of(
    response: httpx.Response, items: list[Any], read: Callable[[Any], _Value], first: int
) -> list[_Value | UnreadableItem]:
    """The value that `read` makes of each item, counted from `first`; what can't be understood stands as that."""
    try:
        return [read(item) for item in items]
    except Exception:  # noqa: BLE001 - `_readable` meets it again, and says what it means
        return [_readable(response, item, read, position) for position, item in enumerate(items, first)]


def _readable(
    response: httpx.Response, raw: Any, read: Callable[[Any], _Value], position: int
) -> _Value | UnreadableItem:
    try:
        return read(raw)
    except ValueError as error:
        why = _error_inside(response, raw) or _why(error)
    except RecursionError:
        why = "is nested too deeply"
    except Exception as error:  # noqa: BLE001 - whatever one item trips over hides no other
        why = f"can't be understood: {type(error).__name__}"
    return UnreadableItem(id=_item_id(raw), position=position, why=why)


@contextmanager
def read_of(response: httpx.Response) -> Iterator[None]:
    """Whatever else reading the answer trips over is a misread answer too: what a write did must get recorded."""
    try:
        yield
    except ReconcilerError:
        raise
    except RecursionError:
        misread(response, "is nested too deeply")
    except Exception as error:  # noqa: BLE001 - any fault in reading here would lose the outcome of a write
        misread(response, f"can't be understood: {type(error).__name__}")


def _check_for_error_inside(response: httpx.Response, raw: Any) -> None:
    """The service has sent an error's body under a 200; what it says is worth more than what is missing."""
    what = _error_inside(response, raw)
    if what:
        misread(response, what, _clean(response, fault(raw).code))


def _error_inside(response: httpx.Response, raw: Any) -> str:
    """The error that stands where a value belongs, as the end of a sentence; empty where there is none."""
    inside = fault(raw) if isinstance(raw, dict) else Fault()
    if not (inside.code and inside.words):
        return ""
    code, words = _clean(response, inside.code), _clean(response, inside.words)
    return f"is an error inside a {response.status_code}, code {code}: {words}"


def _item(raw: Any, number: int) -> str:
    """An item by its id, or by its position alone where it has none that can be shown."""
    found = _item_id(raw)
    return f"item {number}, id {found}" if found else f"item {number}"


def _item_id(raw: Any) -> str | None:
    """The item's id in canonical spelling; None where it has none that can be read."""
    found = next((raw[key] for key in raw if key.lower() == "id"), "") if isinstance(raw, dict) else ""
    try:
        item_id = identifier(found)
    except ValueError:
        return None
    return item_id if len(item_id) <= _LONGEST_ID else None


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(one) for one in first["loc"])
    return f"can't be understood: {place or 'an item'}: {first['msg'].removeprefix('Value error, ')}"


def document(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object. Raises NoAnswer where there is none."""
    try:
        return json_text.object_of(response)
    except json_text.Unreadable as error:
        raise _error(NoAnswer, response, f"Partner Center's answer {error}", _lost(response.request)) from None


def misread(response: httpx.Response, what: str, code: str = "") -> Never:
    """Raises the error for an answer that can't be trusted: after a write it may have been performed all the same."""
    told = f"Partner Center's answer {what}"
    if _writes(response.request):
        raise _error(NoAnswer, response, told, _lost(response.request), code)
    known = refusals.refusal(None, refusals.NO_ANSWER if code else refusals.MISREAD)
    raise _error(ServiceError, response, told, known.remedy(), code)


def _writes(request: httpx.Request) -> bool:
    return request.method != "GET"


def _lost(request: httpx.Request) -> Remedy:
    """What holds for an answer that never came or can't be read: after a write nobody knows what was done."""
    return refusals.refusal(None, refusals.OUTCOME_LOST if _writes(request) else refusals.NO_ANSWER).remedy()


def refusal(response: httpx.Response) -> ServiceError:
    """The error that an answer other than 2xx means."""
    said = _fault(response)
    status, writes = response.status_code, _writes(response.request)
    known = refusals.refusal(status, _code(response, said))
    doubtful = writes and _leaves_doubt(response, said, known)
    advice = _with_rest(_doubt_of(response, known) if doubtful else known.remedy(), retry_after(response))
    what = f"Partner Center answered {status}{f', code {said.code}' if said.code else ''}"
    what += f": {said.words}" if said.words else ""
    if not (response.is_client_error or response.is_server_error):
        return _error(NoAnswer, response, f"{what}, a redirect, which is never followed", _lost(response.request))
    if doubtful:
        return _error(NoAnswer, response, what, advice, said.code, own=said.own)
    if known.ends_run:
        return _error(AuthenticationFailed, response, what, advice, said.code)
    if response.is_server_error or status == httpx.codes.REQUEST_TIMEOUT:
        return _error(NoAnswer, response, what, advice, said.code)
    return _error(ServiceRefused, response, what, advice, said.code, about_partner=known.about_partner, own=said.own)


def _leaves_doubt(response: httpx.Response, said: Fault, known: refusals.Refusal) -> bool:
    """Whether a change that was answered so may have been made.

    A gateway may send a request twice: then the second copy meets what the first one did, and its answer says nothing
    of the first. Only a 429, and the service's own error under another 4xx, are a definite no.
    """
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return False
    return not response.is_client_error or status in _SECOND_COPY or known.may_be_done or not said.own


def _doubt_of(response: httpx.Response, known: refusals.Refusal) -> Remedy:
    """What to do about a change that may have been made, and then about what the service said of it."""
    if known.may_be_done:
        return known.remedy()
    lost = refusals.refusal(None, refusals.OUTCOME_LOST).remedy()
    if response.is_server_error:
        return lost
    told = known.remedy()
    return replace(told, steps=(*lost.steps, *told.steps))


def _with_rest(remedy: Remedy, seconds: float) -> Remedy:
    """The remedy, with how long the service asks to be left alone, where it does."""
    if not seconds:
        return remedy
    return replace(remedy, steps=(Step(f"Wait {seconds:.0f} seconds."), *remedy.steps))


def _code(response: httpx.Response, said: Fault) -> str:
    """The code; an older form says in the reason phrase alone that multi-factor authentication is missing."""
    unauthorised = response.status_code == httpx.codes.UNAUTHORIZED
    return _MFA_MISSING if unauthorised and _MFA_NAMED_IN_REASON in response.reason_phrase.upper() else said.code


def _fault(response: httpx.Response) -> Fault:
    try:
        said = fault(json_text.parsed(response.content))
    except json_text.Unreadable as error:
        return Fault() if not response.content.strip() else Fault(words=f"the answer {error}")
    return replace(said, code=_clean(response, said.code), words=_clean(response, said.words))


def _clean(response: httpx.Response, text: str) -> str:
    return scrubbed(text, response.request.headers.get("Authorization", "").removeprefix("Bearer "))


def unanswered(request: httpx.Request, error: httpx.HTTPError) -> ServiceError:
    """The error that a failed exchange means: never sent, or sent without an answer."""
    if isinstance(error, Stopped):
        return _not_sent(RunStopped, request, "The run was told to stop", refusals.STOPPED)
    if isinstance(error, TooLate):
        return _not_sent(NotSent, request, "The request could not leave in time", refusals.TOO_LATE)
    if isinstance(error, TurnedAway):
        return _turned_away(request, error.seconds)
    if isinstance(error, ServiceDown):
        what = f"Partner Center at {request.url.host} is down: {error}"
        return _not_sent(ServiceUnreachable, request, what, refusals.DOWN)
    if isinstance(error, _NEVER_SENT):
        what = f"Partner Center at {request.url.host} can't be reached: {_cause(error)}"
        return _not_sent(ServiceUnreachable, request, what, refusals.UNREACHABLE)
    return _unanswered(NoAnswer, request, f"Partner Center gave no answer: {_cause(error)}.", _lost(request))


def _turned_away(request: httpx.Request, seconds: float) -> ServiceError:
    about = " about this customer" if is_about_customer(request.url.path) else ""
    what = f"Partner Center may not be called{about} for another {seconds:.0f} seconds"
    return _not_sent(Throttled, request, what, refusals.THROTTLED, seconds)


def _not_sent(kind: type[ServiceError], request: httpx.Request, what: str, code: str, rest: float = 0) -> ServiceError:
    remedy = _with_rest(refusals.refusal(None, code).remedy(), rest)
    return _unanswered(kind, request, f"{what}. Nothing was sent.", remedy, code)


def _unanswered(
    kind: type[ServiceError], request: httpx.Request, what: str, remedy: Remedy, code: str = ""
) -> ServiceError:
    return kind(_problem(request, what, remedy), code=code, support=_support(request), remedy=remedy)


def _problem(request: httpx.Request, what: str, remedy: Remedy) -> Problem:
    return Problem(where=f"{request.method} {request.url.path}", what=what, steps=remedy.steps)


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


def _error(
    kind: type[ServiceError],
    response: httpx.Response,
    what: str,
    remedy: Remedy,
    code: str = "",
    *,
    about_partner: bool = False,
    own: bool = False,
) -> ServiceError:
    request = response.request
    return kind(
        _problem(request, what, remedy),
        status=response.status_code,
        code=code,
        support=_support(request, response),
        remedy=remedy,
        about_partner=about_partner,
        own=own,
    )


def _support(request: httpx.Request, response: httpx.Response | None = None) -> Support:
    answered = response.headers if response is not None else httpx.Headers()
    sent = request.headers.get("MS-RequestId")
    found = answered.get("MS-RequestId") or sent
    return Support(
        method=request.method,
        path=request.url.path,
        status=response.status_code if response is not None else None,
        request_id=found,
        sent_request_id=sent if sent and found != sent else None,
        correlation_id=answered.get("MS-CorrelationId") or request.headers.get("MS-CorrelationId"),
        ms_cv=answered.get("MS-CV"),
        server_id=answered.get("MS-ServerId"),
        at=http_date(answered.get("Date")),
    )
