"""Upgrades of a subscription: listed as (target, type) pairs, and bought."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox import catalogue, eligibility
from reconciler.sandbox.behaviour import SourceFate
from reconciler.sandbox.catalogue import Offer
from reconciler.sandbox.eligibility import Code, Judge, Kind, Objection
from reconciler.sandbox.endpoints.audit import remember
from reconciler.sandbox.endpoints.subscriptions import locate
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.messages import Answer, Refused, Request, collection, invalid
from reconciler.sandbox.routes import SUBSCRIPTION, Route
from reconciler.sandbox.sold import Sold, Upcoming, User
from reconciler.sandbox.tenants import Tenant, derived_id

_OPERATION = "upgrade_subscription"
"""Name of an upgrade in the audit log. Its record holds the source as it was and what was bought."""


def list_all(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/upgrades: every pair of target and type, refused ones included with their reasons."""
    tenant, sold, judge = _judge(request, customer, subscription)
    items = [
        _item(request, tenant, sold, target, kind, judge.objections(target, kind))
        for target in eligibility.paths(sold)
        for kind in judge.kinds
    ]
    own = catalogue.offer(sold.offer)
    if not items and own is not None and request.behaviour.no_path_as_item:
        why = Objection(code=Code.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS)
        items = [_item(request, tenant, sold, own, Kind.NONE, (why,))]
    return Answer(document=collection(items))


def perform(request: Request, customer: str, subscription: str) -> Answer:
    """POST …/upgrades on the source: buys the target. 200 in every case that is decided; refusals stand inside."""
    tenant, sold, judge = _judge(request, customer, subscription)
    target_id, kind, quantity = _requested(request.document(), sold)
    target = next((path for path in eligibility.paths(sold) if path.id == target_id), None)
    objections = _objections(judge, target, kind)
    if target is None or objections:
        remember(request, tenant, _OPERATION, replace(sold), replace(sold), succeeded=False)
        return Answer(document=_result(sold, None, kind, why=objections))
    if not target.minimum <= quantity <= target.maximum:
        raise Refused(400, "2002", f"The quantity must be between {target.minimum} and {target.maximum}.")
    bought = _buy(request, tenant, sold, target, quantity)
    stuck = sold.stuck_users if kind is Kind.WITH_LICENSE_TRANSFER else ()
    return Answer(document=_result(sold, bought, kind, stuck=stuck))


def _judge(request: Request, customer: str, subscription: str) -> tuple[Tenant, Sold, Judge]:
    tenant, sold = locate(request, customer, subscription)
    if sold.new_commerce:
        raise Refused(400, "2100", "A new-commerce subscription has no upgrades; use its transitions instead.")
    judge = Judge(tenant=tenant, sold=sold, caller=request.caller, behaviour=request.behaviour, now=request.now)
    return tenant, sold, judge


def _objections(judge: Judge, target: Offer | None, kind: Kind) -> tuple[Objection, ...]:
    if target is not None and kind in judge.kinds:
        return judge.objections(target, kind)
    if eligibility.paths(judge.sold):
        return (Objection(code=Code.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND),)
    return (Objection(code=Code.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS),)


def _requested(body: dict[str, Any], sold: Sold) -> tuple[str, Kind, int]:
    offer = body.get("targetoffer")
    target = offer.get("id") if isinstance(offer, dict) else None
    if not isinstance(target, str):
        raise invalid("The body needs targetOffer with its id.")
    quantity = body.get("quantity", sold.quantity)
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise invalid("The quantity must be a whole number.")
    return target.upper(), _kind(body.get("upgradetype")), quantity


def _kind(value: Any) -> Kind:
    for kind in (Kind.UPGRADE_ONLY, Kind.WITH_LICENSE_TRANSFER):
        word = value.lower().replace("_", "") if isinstance(value, str) else ""
        if word == kind.replace("_", "") or (type(value) is int and value == kind.number):
            return kind
    raise invalid("The body needs upgradeType: upgrade_only or upgrade_with_license_transfer.")


def _buy(request: Request, tenant: Tenant, source: Sold, target: Offer, quantity: int) -> Sold:
    world, behaviour, now = request.world, request.behaviour, request.now
    visible = _delay(request, FaultKind.SLOW_VISIBILITY, behaviour.visible_after)
    provisioned = _delay(request, FaultKind.SLOW_PROVISIONING, behaviour.provisioned_after)
    before = replace(source)
    bought = Sold(
        id=derived_id("bought", source.id, len(world.ledger)),
        order=derived_id("order", source.id, len(world.ledger)),
        offer=target.id,
        quantity=quantity,
        billing_cycle=source.billing_cycle if source.billing_cycle in target.cycles else target.cycles[-1],
        partner_id=source.partner_id,
        created=now,
        visible_from=visible,
        hidden_reads=behaviour.visible_after_reads,
        provisioned_from=provisioned,
    )
    world.ledger.append(_entry(request, tenant, source, bought))
    tenant.subscriptions.append(bought)
    _retire(request, source)
    remember(request, tenant, _OPERATION, before, replace(bought))
    world.touch(tenant, source, bought)
    return bought


def _delay(request: Request, habit: FaultKind, usual: float) -> datetime | None:
    slow = request.habit(habit)
    seconds = slow.seconds if slow else usual
    return request.now + timedelta(seconds=seconds) if seconds else None


def _entry(request: Request, tenant: Tenant, source: Sold, bought: Sold) -> Entry:
    return Entry(
        at=request.now,
        kind="upgrade",
        customer=tenant.tenant,
        source=source.id,
        target=bought.id,
        offer=bought.offer,
        quantity=bought.quantity,
        before=source.quantity,
        request_id=request.request_id,
    )


def _retire(request: Request, source: Sold) -> None:
    behaviour = request.behaviour
    match behaviour.source_fate:
        case SourceFate.STAYS_ACTIVE:
            return
        case SourceFate.SUSPENDED_LATER:
            due = request.now + timedelta(seconds=behaviour.source_suspended_after)
            source.upcoming = Upcoming(due=due, status="suspended")
        case SourceFate.SUSPENDED_NOW | SourceFate.DELETED as fate:
            source.status = "suspended" if fate is SourceFate.SUSPENDED_NOW else "deleted"
            source.version += 1


def _item(
    request: Request, tenant: Tenant, sold: Sold, target: Offer, kind: Kind, why: Iterable[Objection]
) -> dict[str, Any]:
    offer = catalogue.document(target, tenant.country, request.locale)
    offer["product"]["id"] = target.product.lower()
    errors = [_error(item) for item in why]
    return {
        "targetOffer": offer,
        "upgradeType": kind.value,
        "isEligible": not errors,
        "quantity": sold.quantity,
        "upgradeErrors": errors,
        "attributes": {"objectType": "Upgrade"},
    }


def _result(
    source: Sold, target: Sold | None, kind: Kind, *, why: Iterable[Objection] = (), stuck: Iterable[User] = ()
) -> dict[str, Any]:
    return {
        "sourceSubscriptionId": source.id,
        **({"targetSubscriptionId": target.id} if target else {}),
        "upgradeType": kind.value,
        "upgradeErrors": [_error(item) for item in why],
        "licenseErrors": [_license_error(entry) for entry in stuck],
        "attributes": {"objectType": "UpgradeResult"},
    }


def _error(objection: Objection) -> dict[str, Any]:
    return {
        "code": objection.code.value,
        "description": eligibility.DESCRIPTIONS[objection.code],
        **({"additionalDetails": objection.details} if objection.details else {}),
        "attributes": {"objectType": "UpgradeError"},
    }


def _license_error(user: User) -> dict[str, Any]:
    why = {"code": "60000", "description": "The licence could not be moved.", "data": []}
    return {
        "userObjectId": user.object_id,
        "name": user.name,
        "email": user.email,
        "errors": [why],
        "attributes": {"objectType": "UserLicenseError"},
    }


ROUTES = (
    Route("GET", f"{SUBSCRIPTION}/upgrades", list_all),
    Route("POST", f"{SUBSCRIPTION}/upgrades", perform),
)
