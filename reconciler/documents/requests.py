"""Upgrades documents of older formats: what a change asks is one tagged value, a subscription has its platform.

The first format is read for ever. Members that have their default may be missing, as snapshots leave them out.
"""

from collections.abc import Mapping
from typing import Any

from reconciler.model.offer import product_and_sku
from reconciler.model.term import Platform


def requests_of_plan(members: dict[str, Any]) -> dict[str, Any]:
    """A plan's members. A resize had no `upgrade`, and its quantity in `after` alone."""
    return {**members, "changes": [_change(change) for change in members["changes"]]}


def requests_of_state(members: dict[str, Any]) -> dict[str, Any]:
    """A state's members. What is pending stands by name and action now. A member that is missing stays missing."""
    upgraded = dict(members)
    if "pending" in members:
        upgraded["pending"] = {
            name: {change["action"]: _pending(change)} for name, change in members["pending"].items()
        }
    if "results" in members:
        upgraded["results"] = [_result(result) for result in members["results"]]
    return upgraded


def requests_of_snapshot(members: dict[str, Any]) -> dict[str, Any]:
    """A snapshot's members, for the states in it."""
    return {**members, "states": [requests_of_state(state) for state in members.get("states", ())]}


def platforms_of_snapshot(members: dict[str, Any]) -> dict[str, Any]:
    """A snapshot's members in the third format: each subscription has its platform in place of a flag, and the offer of
    a new-commerce one is product:sku.
    """
    customers = [
        {**customer, "subscriptions": [_live(live) for live in customer.get("subscriptions", ())]}
        for customer in members.get("customers", ())
    ]
    return {**members, "customers": customers}


def _live(live: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(live)
    members["billing"] = members.pop("billing_cycle", "")
    if not members.pop("new_commerce", False):
        return members
    offer_id, availability_id = product_and_sku(members["offer"]["id"])
    offer = {**members["offer"], "id": offer_id}
    return {**members, "offer": offer, "availability_id": availability_id, "platform": Platform.NEW_COMMERCE.value}


def _change(change: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(change)
    upgrade, after = members.pop("upgrade"), members["after"]
    if upgrade is None:
        return {**members, "request": {"kind": "resize", "quantity": after["quantity"]}}
    return {**members, "request": {"kind": "upgrade", "target_offer_name": after["offer_name"], **upgrade}}


def _pending(change: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(change)
    offer = {name: members.pop(name) for name in ("target_offer_id", "target_offer_name")}
    return {"request": _request(members, offer), **members}


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Format 1 recorded only the target offer; for a resize it equals the offer before."""
    members = dict(result)
    offer_id, offer_name = members.pop("offer_id", None), members.pop("offer_name", None)
    offer = {"target_offer_id": offer_id or "", "target_offer_name": offer_name or ""}
    if members["action"] == "resize" and not members.get("before_offer_id"):
        members |= {"before_offer_id": offer_id, "before_offer_name": offer_name}
    if members.get("unanswered"):
        members["unanswered"] = _pending(members["unanswered"])
    return {"request": _request(members, offer), **members}


def _request(members: dict[str, Any], offer: Mapping[str, str]) -> dict[str, Any]:
    """Takes the members of the request out of those of the change."""
    action, quantity, way = members.pop("action"), members.pop("quantity"), members.pop("upgrade_type", None)
    return {
        "upgrade": {"kind": "upgrade", "type": way or "", **offer, "quantity": quantity},
        "resize": {"kind": "resize", "quantity": quantity},
    }[action]
