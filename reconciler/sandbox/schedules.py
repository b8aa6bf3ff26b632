"""Schedules of new commerce: what is arranged for the end of a term, by the older member or by `scheduledActions`.

`scheduledNextTermInstructions` holds what the next term is to be. `scheduledActions` can hold the same, and also that
the subscription is to end or to go into the extended service term. In a body with both only the latter counts.
"""

from datetime import UTC, datetime
from typing import Any

from reconciler.sandbox import items
from reconciler.sandbox.at_end import RENEW, STOPS, instructions_of
from reconciler.sandbox.calendar import DAY, MONTHS, is_month_end, midnight, months_later
from reconciler.sandbox.items import Item
from reconciler.sandbox.messages import Refused, Request
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant

_MEMBERS = ("productId", "skuId", "availabilityId", "billingCycle", "termDuration", "promotionId")


def written(sold: Sold, request: Request) -> dict[str, Any]:
    """The members of a subscription's document that tell what is arranged, in the spelling that is in force."""
    behaviour, found = request.behaviour, instructions_of(sold, request.period)
    actions = sold.actions
    if behaviour.schedule_shown == "actions" and found and not actions:
        actions = [renewing(found)]
        found = None
    if behaviour.schedule_shown == "both" and actions and not found:
        found = actions[0].get("instructions")
    shown: Any = [_spelt(action, behaviour.schedule_type_member) for action in actions] if actions else None
    if shown and behaviour.actions_as_object:
        shown = shown[0]
    return {
        "scheduledNextTermInstructions": found,
        "scheduledActions": shown if behaviour.actions_shown else None,
        "nextChargeInstructions": sold.next_charge,
    }


def renewing(instructions: dict[str, Any]) -> dict[str, Any]:
    """The action that says the same as these instructions for the next term."""
    return {"scheduleType": "TermEnd", "actionType": RENEW, "instructions": instructions}


def _spelt(action: dict[str, Any], member: str) -> dict[str, Any]:
    return {member if key == "scheduleType" else key: value for key, value in action.items()}


def read_next_term(request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any]) -> dict[str, Any] | None:
    """The instructions that a body asks for, as the service writes them. Raises Refused for what makes no sense."""
    instructions = body.get("schedulednextterminstructions")
    return None if instructions is None else _instructions(request, tenant, sold, instructions)


def read_actions(request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The actions that a body asks for, as the service writes them. Raises Refused for what makes no sense."""
    actions = body.get("scheduledactions")
    if not actions:
        return None
    found = [_action(request, tenant, sold, entry) for entry in (actions if isinstance(actions, list) else [actions])]
    if len(found) > 1:
        raise _nonsense("scheduledActions", "can hold one action for the end of the term")
    return found


def _action(request: Request, tenant: Tenant, sold: Sold, document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _nonsense("scheduledActions", "must hold objects")
    when = str(document.get("scheduletype", document.get("scheduledtype", ""))).lower()
    kinds = {kind.lower(): kind for kind in (RENEW, *STOPS)}
    kind = kinds.get(str(document.get("actiontype", "")).lower())
    if when != "termend" or kind is None:
        raise _nonsense("scheduledActions", f"needs scheduleType TermEnd and actionType {', '.join(kinds.values())}")
    action: dict[str, Any] = {"scheduleType": "TermEnd", "actionType": kind}
    if kind == RENEW:
        action["instructions"] = _instructions(request, tenant, sold, document.get("instructions"))
    return action


def check(sold: Sold, next_term: Any, actions: list[dict[str, Any]] | None, *, auto_renew: bool) -> None:
    """Raises Refused where auto-renewal does not go with what is to be arranged, or nothing can be arranged at all."""
    if next_term is None and actions is None:
        return
    if sold.status != "active":
        raise Refused(400, "800091", "Nothing can be arranged for a subscription that is not active.")
    if sold.product_type not in {"OnlineServicesNCE", "Software"}:
        raise _nonsense("scheduledNextTermInstructions", "is for licences and software only")
    kind = actions[0]["actionType"] if actions else RENEW
    if (kind == RENEW) is not auto_renew:
        raise _nonsense("autoRenewEnabled", f"must be {'true' if kind == RENEW else 'false'} with {kind}")
    if sold.trial and kind == "RenewToExtendedServiceTerm":
        raise _nonsense("scheduledActions", "of a trial can't be the extended service term")


def _instructions(request: Request, tenant: Tenant, sold: Sold, document: Any) -> dict[str, Any]:
    """The instructions that are asked for. Those that stand already are not judged again."""
    product = document.get("product") if isinstance(document, dict) else None
    if not isinstance(product, dict) or not sold.new_commerce:
        raise _nonsense("scheduledNextTermInstructions", "needs product and quantity")
    members = {key: product[key.lower()] for key in _MEMBERS if product.get(key.lower()) is not None}
    end, quantity = document.get("customtermenddate"), document.get("quantity")
    found = {"product": members, "quantity": quantity} | ({"customTermEndDate": end} if end else {})
    standing = [instructions_of(sold, request.period), *(entry.get("instructions") for entry in sold.actions or ())]
    if found in standing:
        return found
    target = _target(request, sold, members)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise _nonsense("scheduledNextTermInstructions", "needs quantity, as a whole number")
    if not target.minimum <= quantity <= target.maximum:
        raise Refused(400, "900275", f"The quantity must be between {target.minimum} and {target.maximum}.")
    _check_product(target, members, quantity)
    if end:
        _check_custom_end(tenant, sold, members, end)
    return found


def _target(request: Request, sold: Sold, members: dict[str, Any]) -> Item:
    wanted = ":".join(str(members.get(key, "")) for key in _MEMBERS[:3]).upper()
    item = items.item(wanted)
    if item is None or wanted.count(":") != len(_MEMBERS[:3]) - 1:
        raise _nonsense("scheduledNextTermInstructions", "names a product that is not in the catalogue")
    own = items.item(sold.offer)
    if item.product_sku not in {sold.product_sku, *(own.paths if own else ()), *_extends(own)}:
        raise _nonsense("scheduledNextTermInstructions", "names a product that the subscription can't become")
    mine = wanted == sold.offer.upper() and request.behaviour.own_availability_stays
    if wanted != item.current(request.period) and not mine:
        raise Refused(400, "800020", f"The availability {wanted.rpartition(':')[2]} can't be purchased any more.")
    return item


def _extends(own: Item | None) -> tuple[str, ...]:
    return (own.extends,) if own and own.extends else ()


def _check_product(target: Item, members: dict[str, Any], quantity: int) -> None:
    """Raises Refused for a pair of term and cycle that is not sold, or no promotion; adds the automatic promotion."""
    term, cycle = str(members.get("termDuration", "")).upper(), str(members.get("billingCycle", "")).lower()
    if not target.offers(term, cycle):
        raise Refused(400, "800121", f"{target.name} is not sold for the term {term}, charged {cycle}.")
    if "promotionId" in members and items.promotion(str(members["promotionId"])) is None:
        raise _nonsense("promotionId", "is not in the catalogue")
    added = items.automatic_promotion(target.id, term, cycle, quantity)
    if added and "promotionId" not in members:
        members["promotionId"] = added


def _check_custom_end(tenant: Tenant, sold: Sold, product: dict[str, Any], end: Any) -> None:
    if not sold.licensed:
        raise Refused(400, "900244", "Only licences of new commerce can have an end of term of their own.")
    try:
        day = midnight(datetime.fromisoformat(str(end)).replace(tzinfo=UTC))
    except ValueError:
        raise _nonsense("customTermEndDate", "must be a date") from None
    start = sold.commitment_end + DAY
    term = str(product["termDuration"]).upper()
    late = day.day in {28, 29, 30} and not is_month_end(day)
    if not start <= day < months_later(start, MONTHS[term]) or (term == "P1M" and late):
        raise Refused(400, "900245", "The end must be a day of the first renewed term, and of a month's first 27.")
    others = (entry for entry in tenant.subscriptions if entry.licensed and entry.status == "active")
    aligned = {entry.commitment_end for entry in others if not entry.trial and entry.id != sold.id}
    if day not in aligned and not is_month_end(day):
        raise Refused(400, "900246", "The end is neither that of another subscription nor the end of a month.")


def _nonsense(member: str, why: str) -> Refused:
    return Refused(400, "3000", f"The property {member} {why}.")
