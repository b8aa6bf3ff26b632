"""The ledger: what was really bought or really changed, in order, whoever or whatever did it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant

Kind = Literal[
    "upgrade",
    "order",
    "resize",
    "transition",
    "term",
    "billing",
    "schedule",
    "status",
    "renewal",
    "conversion",
    "extension",
    "end",
]
"""Subject of an entry. New commerce only: `order`, and from `transition` on. `order`: a subscription was bought
by a checkout. `conversion`: a trial has become a paid subscription.

`billing` is another billing cycle from a charge on, `schedule` what is arranged for the end of the term, `extension` a
month of the extended service term, `end` a step of a subscription that ends.
"""

SERVICE = "service"
"""As `actor`: a job of the service, which nobody asked for."""


@dataclass(kw_only=True, slots=True)
class Entry:
    """One line of the ledger: something that was really bought or really changed. `customer` is the tenant.

    `term`, `billing`, `status` and `then` (the outcome at the end of the term) are those of new commerce, afterwards;
    of a schedule, `quantity`, `term` and `billing` are what the next term is to have. `actor`: who did it, where that
    was not the maker of the request. Of an order, `source` is empty, and `cart` and `order` are the ids of what it was
    bought by.
    """

    at: datetime
    kind: Kind
    customer: str
    source: str
    target: str
    offer: str
    quantity: int
    before: int
    request_id: str
    term: str = ""
    billing: str = ""
    status: str = ""
    then: str = ""
    actor: str = ""
    cart: str = ""
    order: str = ""


def purchase_of(
    tenant: Tenant, bought: Sold, at: datetime, request_id: str, order: str, cart: str = "", actor: str = ""
) -> Entry:
    """Returns the entry of a subscription that an order bought."""
    return Entry(
        at=at,
        kind="order",
        customer=tenant.tenant,
        source="",
        target=bought.id,
        offer=bought.offer,
        quantity=bought.quantity,
        before=0,
        request_id=request_id,
        term=bought.term,
        billing=bought.billing_cycle,
        status=bought.status,
        actor=actor,
        cart=cart,
        order=order,
    )


def entry_of(tenant: Tenant, before: Sold, after: Sold, kind: Kind, at: datetime, request_id: str = "") -> Entry:
    """Returns the entry of a change of one subscription of new commerce."""
    return Entry(
        at=at,
        kind=kind,
        customer=tenant.tenant,
        source=after.id,
        target=after.id,
        offer=after.offer,
        quantity=after.quantity,
        before=before.quantity,
        request_id=request_id,
        term=after.term,
        billing=after.billing_cycle,
        status=after.status,
    )
