"""Another number of licences, as it is sent (subscription-resources, `quantity`)."""

from typing import Any

from reconciler.changes.resize import ResizeRequest
from reconciler.partner_center.wire.values import Members


def changed(_: Members, request: ResizeRequest) -> dict[str, Any]:
    """Returns the member that states the quantity."""
    return {"quantity": request.quantity}
