"""Effects of a fault on an answer, and answers in its place."""

import json
from dataclasses import replace
from datetime import datetime

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.faults import Fault, FaultKind
from reconciler.sandbox.gateway import throttled
from reconciler.sandbox.messages import NO_USER, Answer

_HTML = "text/html; charset=utf-8"
_PAGE = "<!DOCTYPE html><html><head><title>Service</title></head><body>Please wait.</body></html>"


_REFUSALS = {
    FaultKind.PRECONDITION_412: (412, "2055", "The etag is not the present one; read the subscription again."),
    FaultKind.APP_ONLY_REFUSED: (403, "900329", NO_USER),
    FaultKind.HTTP_500_BEFORE: (500, "800003", "Internal error."),
    FaultKind.HTTP_500_AFTER: (500, "800003", "Internal error."),
    FaultKind.CART_BUSY_BEFORE: (409, "800064", "Another request is processing the cart."),
    FaultKind.CART_BUSY_AFTER: (409, "800064", "Another request is processing the cart."),
    FaultKind.ORDER_IN_PROGRESS_BEFORE: (409, "800060", "The order is in progress; see the order history."),
    FaultKind.ORDER_IN_PROGRESS_AFTER: (409, "800060", "The order is in progress; see the order history."),
    FaultKind.ALREADY_SUBMITTED_BEFORE: (400, "800065", "The cart has already been submitted."),
    FaultKind.ALREADY_SUBMITTED_AFTER: (400, "800065", "The cart has already been submitted."),
}


def instead(fault: Fault, behaviour: Behaviour, now: datetime) -> Answer:
    """The answer to a request that is not even looked at. Raises ConnectionResetError where there is none."""
    match fault.kind:
        case FaultKind.THROTTLE_429:
            return throttled(behaviour, fault.seconds, now)
        case FaultKind.UNAVAILABLE_503:
            headers = {"Content-Type": _HTML, "Retry-After": str(int(fault.seconds))}
            return Answer(status=503, headers=headers, text=_PAGE, gateway=True)
        case FaultKind.UNAUTHORIZED:
            return Answer(status=401)
        case kind if kind in _REFUSALS:
            return _refusal(*_REFUSALS[kind])
        case _:
            raise ConnectionResetError(f"fault {fault.kind}: the connection was dropped")


def mangled(fault: Fault, answer: Answer) -> Answer:
    """Returns the rest of an answer to a request that was carried out. Raises ConnectionResetError where nothing is."""
    match fault.kind:
        case FaultKind.HTML_BODY:
            return Answer(headers={"Content-Type": _HTML}, text=_PAGE)
        case FaultKind.HALF_BODY:
            return replace(answer, text=answer.text[: max(1, len(answer.text) // 2)])
        case FaultKind.EMPTY_BODY:
            return replace(answer, text="")
        case FaultKind.WRONG_CONTENT_TYPE:
            return replace(answer, headers={**answer.headers, "Content-Type": _HTML})
        case FaultKind.NO_CONTENT_TYPE:
            return replace(answer, headers={**answer.headers, "Content-Type": ""})
        case FaultKind.SLOW_ANSWER:
            return replace(answer, delay=fault.seconds)
        case kind if kind in _REFUSALS:
            return _refusal(*_REFUSALS[kind])
        case _:
            raise ConnectionResetError(f"fault {fault.kind}: the connection was dropped")


def _refusal(status: int, code: str, description: str) -> Answer:
    text = json.dumps({"code": code, "description": description, "data": [], "source": "PartnerSandbox"})
    return Answer(status=status, text=text)
