"""What a fault does to an answer, or puts in its place."""

import json
from dataclasses import replace

from reconciler.sandbox.faults import Fault, FaultKind
from reconciler.sandbox.messages import Answer

_PAGE = "<!DOCTYPE html><html><head><title>Service</title></head><body>Please wait.</body></html>"


def instead(fault: Fault) -> Answer:
    """The answer to a request that is not even looked at. Raises ConnectionResetError where there is none."""
    match fault.kind:
        case FaultKind.THROTTLE_429:
            return _throttled(int(fault.seconds))
        case FaultKind.UNAUTHORIZED:
            return Answer(status=401)
        case FaultKind.HTTP_500_BEFORE:
            return _broken()
        case _:
            raise ConnectionResetError(f"fault {fault.kind}: the connection was dropped")


def mangled(fault: Fault, answer: Answer) -> Answer:
    """What is left of an answer to a request that was carried out. Raises ConnectionResetError where nothing is."""
    match fault.kind:
        case FaultKind.HTML_BODY:
            return Answer(headers={"Content-Type": "text/html; charset=utf-8"}, text=_PAGE)
        case FaultKind.HALF_BODY:
            return replace(answer, text=answer.text[: max(1, len(answer.text) // 2)])
        case FaultKind.EMPTY_BODY:
            return replace(answer, text="")
        case FaultKind.HTTP_500_AFTER:
            return _broken()
        case _:
            raise ConnectionResetError(f"fault {fault.kind}: the connection was dropped")


def _throttled(seconds: int) -> Answer:
    text = json.dumps({"statusCode": 429, "message": f"Rate limit is exceeded. Try again in {seconds} seconds."})
    return Answer(status=429, headers={"Retry-After": str(seconds)}, text=text, gateway=True)


def _broken() -> Answer:
    text = json.dumps({"code": "800003", "description": "Internal error.", "data": [], "source": "PartnerSandbox"})
    return Answer(status=500, text=text)
