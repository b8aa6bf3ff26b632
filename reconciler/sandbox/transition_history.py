"""Transitions as the service writes them: the move, and one event for each change of its state."""

from datetime import datetime
from typing import Any

from reconciler.sandbox.calendar import precise
from reconciler.sandbox.messages import Request
from reconciler.sandbox.sold import Sold, Transition

_USER_LICENSES = 12
_CONVERSION_FAILED = 0
_AS_IN_SAMPLES = {"fromCatalogItemId", "toCatalogItemId", "events"}


def document(request: Request, sold: Sold, move: Transition) -> dict[str, Any]:
    """A transition with what has happened so far, in the spelling that is in force."""
    behaviour = request.behaviour
    done = move.due <= request.now and not move.failed
    found: dict[str, Any] = {
        **({"operationId": move.operation} if behaviour.operation_ids else {}),
        "fromCatalogItemId": move.source_offer,
        "fromSubscriptionId": sold.id,
        "toCatalogItemId": move.offer,
        **({"toSubscriptionId": move.target} if done else {}),
        "quantity": move.quantity,
        "transitionType": move.kind,
        **({"promotionId": move.promotion} if move.promotion else {}),
        "events": [_event(*entry) for entry in _events(request, sold, move)],
        "attributes": {"objectType": "Transition"},
    }
    spelling = behaviour.transition_spelling
    if spelling == "plain":
        return found
    found["events"] = [_spelt(event, spelling) for event in found["events"]]
    if spelling == "samples":
        found = {key[:1].upper() + key[1:] if key in _AS_IN_SAMPLES else key: value for key, value in found.items()}
    return found


def _events(request: Request, sold: Sold, move: Transition) -> list[tuple[str, str, datetime, int | None]]:
    if move.failed and move.due == move.at:
        return [("Conversion", "Failed", move.at, _CONVERSION_FAILED)]
    found: list[tuple[str, str, datetime, int | None]] = [("Conversion", "Started", move.at, None)]
    if move.due > request.now:
        return found
    if move.failed:
        return [*found, ("Conversion", "Failed", move.due, _CONVERSION_FAILED)]
    found.append(("Conversion", "Completed", move.due, None))
    licensed = move.licensed or move.due
    if move.target != sold.id:
        return found
    if licensed > move.due:
        found.append(("LicenseReassignment", "Started", move.due, None))
    if licensed <= request.now:
        failed = ("LicenseReassignment", "Failed", licensed, _USER_LICENSES)
        found.append(failed if move.licenses_failed else ("LicenseReassignment", "Completed", licensed, None))
    return found


def _event(name: str, status: str, at: datetime, error: int | None) -> dict[str, Any]:
    why = {
        _USER_LICENSES: "Some licences could not be moved.",
        _CONVERSION_FAILED: "The conversion could not be completed.",
    }
    errors = {} if error is None else {"errors": [{"code": error, "description": why[error]}]}
    return {
        "name": name,
        "status": status,
        "timestamp": precise(at),
        **errors,
        "attributes": {"objectType": "TransitionEvent"},
    }


def _spelt(event: dict[str, Any], spelling: str) -> dict[str, Any]:
    """An event with a blank after what has started, as in the samples; or with the names of the SDK."""
    started = event["status"] == "Started"
    if spelling == "samples":
        return event | {"status": "Started "} if started else event
    name = "SeatReassignment" if event["name"] == "LicenseReassignment" else event["name"]
    return event | {"name": name, "status": "InProgress" if started else event["status"]}
