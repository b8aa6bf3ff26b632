"""Subscriptions of new commerce for tests of the emulator, and what is arranged for their next term."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox import Behaviour, Fault, Sold
from tests.sandbox.emulated import Emulated, Reply, emulated

BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
STANDARD = "CFQ7TTC0LDPB:0001:CFQ7TTC0SBX2"
PREMIUM = "CFQ7TTC0LCHC:0002:CFQ7TTC0SBX3"
TRIAL = "CFQ7TTC0LCHC:0003:CFQ7TTC0SBX9"
SEPTEMBER = datetime(2025, 9, 10, 8, 15, tzinfo=UTC)
"""A purchase, whose year ends on 9 September 2026."""


def licences(**values: Any) -> Sold:
    return Sold(**{"offer": BASIC, "quantity": 10, "created": SEPTEMBER, **values})


def a_trial(**values: Any) -> Sold:
    return licences(**{"offer": TRIAL, "quantity": 25, "trial": True, "term": "P1M", "billing_cycle": "none", **values})


def bought(path: Path, behaviour: Behaviour | None = None, faults: tuple[Fault, ...] = (), **values: Any) -> Emulated:
    return emulated(path, licences(**values), behaviour=behaviour, faults=faults)


def shown(service: Emulated) -> dict[str, Any]:
    body: dict[str, Any] = service.get(f"/{service.first.id}").body
    return body


def next_term(
    quantity: int, offer: str = BASIC, term: str = "P1Y", cycle: str = "monthly", **more: Any
) -> dict[str, Any]:
    ids = dict(zip(("productId", "skuId", "availabilityId"), offer.split(":"), strict=True))
    return {"product": ids | {"billingCycle": cycle, "termDuration": term}, "quantity": quantity, **more}


def action(kind: str, **more: Any) -> list[dict[str, Any]]:
    return [{"scheduleType": "TermEnd", "actionType": kind, **more}]


def move(service: Emulated, target: str, quantity: int, kind: str = "transition_only", **members: Any) -> Reply:
    body = {"toCatalogItemId": target, "quantity": quantity, "transitionType": kind, **members}
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/transitions"
    return service.send("POST", path, body)
