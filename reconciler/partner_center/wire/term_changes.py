"""Another term or billing at once, as it is sent (subscription-resources, `termDuration`, `billingCycle`)."""

from typing import Any

from reconciler.changes.term import TermRequest
from reconciler.partner_center.wire.terms import billing_to_send, term_to_send
from reconciler.partner_center.wire.values import Members


def changed(_: Members, request: TermRequest) -> dict[str, Any]:
    """Returns the members that state the term."""
    return {"termDuration": term_to_send(request.term), "billingCycle": billing_to_send(request.billing)}
