"""A schedule names an availability of its offer, which Microsoft replaces from time to time (product-resources)."""

from dataclasses import replace
from hashlib import sha256

from reconciler.changes.sending import Sending
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.errors import NotOnSale, ServiceError, ServiceRefused
from reconciler.model.request import RenewalRequest


def current_availability(
    commerce: Commerce, sending: Sending, error: ServiceRefused
) -> tuple[RenewalRequest, Ticket] | None:
    """Returns the same request with an availability that is sold now with its term and billing, and its ticket.

    None where the refusal is about something else, or where nothing else is sold. The ticket is another one: the
    service remembers its answer to the first. It follows from the first, so that the same run sends the same.
    """
    request = sending.pending.request
    then = request.next_term if isinstance(request, RenewalRequest) else None
    if not isinstance(error, NotOnSale) or not isinstance(request, RenewalRequest) or then is None:
        return None
    source = sending.source
    sent = then.availability_id or (source.availability_id if source.offer.id == then.offer_id else "")
    try:
        sold = commerce.availabilities(sending.tenant, then.offer_id)
    except ServiceError:
        return None
    found = next((item.id for item in sold if item.sells(then.term, then.billing) and item.id != sent), None)
    if found is None:
        return None
    ticket = replace(sending.ticket, request_id=_following(sending.ticket.request_id, found))
    return replace(request, next_term=replace(then, availability_id=found)), ticket


def _following(request_id: str, availability_id: str) -> str:
    """Returns a request id that follows from another one and what differs, spelt as a GUID."""
    digits = sha256(f"{request_id} {availability_id}".encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
