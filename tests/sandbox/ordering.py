"""Orders before the emulator: a customer with a base for add-ons, carts as a client sends them, and what was bought."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from reconciler.sandbox import Behaviour, Fault, FaultKind, Order
from tests.sandbox.emulated import Emulated, Reply, emulated
from tests.sandbox.modern import PREMIUM, licences

COPILOT = "CFQ7TTC0MM8R:0001:CFQ7TTC0SC01"


def a_shop(path: Path, *faults: FaultKind | Fault, behaviour: Behaviour | None = None, **tenant: Any) -> Emulated:
    """Contoso with 25 seats of Business Premium, which Copilot needs."""
    armed = tuple(fault if isinstance(fault, Fault) else Fault(kind=fault) for fault in faults)
    return emulated(path, licences(offer=PREMIUM, quantity=25), behaviour=behaviour, faults=armed, **tenant)


def line(item: str = COPILOT, quantity: int = 10, **members: Any) -> dict[str, Any]:
    return {"catalogItemId": item, "quantity": quantity, "termDuration": "P1Y", "billingCycle": "Monthly", **members}


def fill(service: Emulated, *lines: dict[str, Any], **members: Any) -> Reply:
    """Asks for a cart of these lines (Copilot, where none is given)."""
    body = {"PartnerOnRecordAttestationAccepted": True, "lineItems": list(lines) or [line()], **members}
    return service.send("POST", f"/customers/{service.tenant.tenant}/carts", body)


def a_cart(service: Emulated, *lines: dict[str, Any], **members: Any) -> str:
    """Its id."""
    made: str = fill(service, *lines, **members).body["id"]
    return made


def check_out(service: Emulated, cart: str, body: Any = None, *, request_id: str = "") -> Reply:
    path = f"/customers/{service.tenant.tenant}/carts/{cart}/checkout"
    return service.send("POST", path, body, headers={"MS-RequestId": request_id or str(uuid4())})


def bought(service: Emulated) -> list[tuple[str, int]]:
    """The purchases by checkouts: items and seats."""
    return [(entry.offer, entry.quantity) for entry in service.ledger if entry.kind == "order"]


def listed(service: Emulated) -> list[dict[str, Any]]:
    """The orders of the list."""
    items: list[dict[str, Any]] = service.send("GET", f"/customers/{service.tenant.tenant}/orders").body["items"]
    return items


def the_order(service: Emulated) -> Order:
    """The only order that a checkout made."""
    (found,) = service.world.orders.values()
    return found


def read_order(service: Emulated, order_id: str) -> dict[str, Any]:
    """An order by its id."""
    body: dict[str, Any] = service.send("GET", f"/customers/{service.tenant.tenant}/orders/{order_id}").body
    return body
