"""Transitions of new commerce: what a subscription may become, and the moves, which are done some time later.

All seats: the subscription keeps its id. Fewer: a new subscription with the same end. Either may go into a subscription
that the customer has already. The numbers of refusals (400/900258 to 900260) are those the service has for transitions;
which is for what is not documented.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.sandbox.catalogue import Item
from reconciler.sandbox.eligibility import Judge
from reconciler.sandbox.endpoints.audit import remember
from reconciler.sandbox.endpoints.subscriptions import instant, locate
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.messages import Answer, Refused, Request, collection, invalid
from reconciler.sandbox.routes import SUBSCRIPTION, Route
from reconciler.sandbox.tenants import Sold, Tenant, Transition, Upcoming, derived_id
from reconciler.sandbox.transition_rules import KINDS, eligibility, number, objections, paths, unfit
from reconciler.sandbox.world import Entry

_USER_LICENSES = 12


def eligibilities(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/transitioneligibilities?eligibilityType=immediate|scheduled: every item it may become, and why not."""
    _, sold, judge = _judge(request, customer, subscription)
    when = request.query.get("eligibilitytype", "immediate").lower()
    if when not in {"immediate", "scheduled"}:
        raise invalid("The eligibilityType must be immediate or scheduled.")
    items = [eligibility(sold, judge, item, immediate=when == "immediate") for item in paths(sold)]
    return Answer(document=collection(items))


def list_all(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/transitions[?operationId=…]: the moves that began here, each with what has happened so far."""
    _, sold, _ = _judge(request, customer, subscription)
    wanted = request.query.get("operationid", "").lower()
    found = [
        _document(request, sold, transition) for transition in sold.transitions if wanted in {"", transition.operation}
    ]
    if request.behaviour.history_member == "items":
        return Answer(document=collection(found))
    return Answer(
        document={"transition": [_as_in_samples(item) for item in found], "attributes": _object("Collection")}
    )


def perform(request: Request, customer: str, subscription: str) -> Answer:
    """POST …/transitions on the source: accepted at once, done when the world says so. Raises Refused for the rest."""
    tenant, sold, judge = _judge(request, customer, subscription)
    item, kind, quantity, into = _requested(request, tenant, sold)
    if sold.upcoming or (into and into.upcoming):
        raise Refused(409, "900278", "Another operation on the subscription is pending; try again later.")
    if why := objections(judge, item, KINDS[kind]):
        codes = ", ".join(str(number(entry)) for entry in why)
        raise Refused(400, "900258", f"The subscription can't become {item.name}.", codes)
    failed = request.habit(FaultKind.TRANSITION_FAILS) is not None
    move = _begun(request, sold, item, kind, quantity, into, failed=failed)
    before, changed = replace(sold), [sold]
    if failed:
        sold.upcoming = Upcoming(due=move.due)
    else:
        changed += _arranged(tenant, sold, move, into)
        sold.next_term = None
        request.world.ledger.append(_entry(request, tenant, before, move))
    sold.transitions = [*sold.transitions, move]
    remember(request, tenant, "update_subscription", before, replace(before, offer=move.offer), succeeded=not failed)
    request.world.touch(tenant, *changed)
    return Answer(document=_document(request, sold, move))


def _judge(request: Request, customer: str, subscription: str) -> tuple[Tenant, Sold, Judge]:
    tenant, sold = locate(request, customer, subscription)
    if not sold.new_commerce:
        raise Refused(403, "900263", "Transitions are not supported for a traditional subscription; see its upgrades.")
    judge = Judge(tenant=tenant, sold=sold, caller=request.caller, behaviour=request.behaviour, now=request.now)
    return tenant, sold, judge


def _requested(request: Request, tenant: Tenant, sold: Sold) -> tuple[Item, str, int, Sold | None]:
    body = request.document()
    kind = str(body.get("transitiontype", "")).lower()
    if kind not in KINDS:
        raise invalid(f"The body needs transitionType: {' or '.join(KINDS)}.")
    quantity = body.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise invalid("The body needs quantity, as a whole number.")
    if not 1 <= quantity <= sold.quantity:
        raise Refused(400, "900259", f"The quantity must be between 1 and {sold.quantity}.")
    wanted = str(body.get("tocatalogitemid", "")).upper()
    item = next((path for path in paths(sold) if path.id == wanted), None)
    given = {"fromcatalogitemid": sold.offer, "fromsubscriptionid": sold.id}
    if item is None or any(str(body.get(key, now)).lower() != now.lower() for key, now in given.items()):
        raise Refused(400, "900258", "The subscription can't become that item.")
    return item, kind, quantity, _existing(tenant, sold, item, body.get("tosubscriptionid"))


def _existing(tenant: Tenant, sold: Sold, item: Item, wanted: Any) -> Sold | None:
    if wanted is None:
        return None
    found = tenant.find(str(wanted))
    if found is None or found is sold or found.offer.upper() != item.id or unfit(sold, found):
        raise Refused(400, "900260", "The seats can't be moved into that subscription.")
    return found


def _begun(
    request: Request, sold: Sold, item: Item, kind: str, quantity: int, into: Sold | None, *, failed: bool
) -> Transition:
    operation = derived_id("transition", sold.id, len(sold.transitions), request.request_id)
    target = into.id if into else sold.id if quantity == sold.quantity else derived_id("part", operation)
    return Transition(
        operation=operation,
        kind=kind,
        source_offer=sold.offer.upper(),
        offer=item.id,
        quantity=quantity,
        target=target,
        at=request.now,
        due=request.now + timedelta(seconds=request.behaviour.transitioned_after),
        failed=failed,
    )


def _arranged(tenant: Tenant, sold: Sold, move: Transition, into: Sold | None) -> list[Sold]:
    """Arranges what will have changed when the move is due; the other subscription it changes, if any."""
    left = sold.quantity - move.quantity
    if move.target == sold.id:
        sold.upcoming = Upcoming(due=move.due, offer=move.offer)
        return []
    sold.upcoming = Upcoming(due=move.due, quantity=left) if left else Upcoming(due=move.due, status="deleted")
    if into is not None:
        into.upcoming = Upcoming(due=move.due, quantity=into.quantity + move.quantity)
        return [into]
    part = Sold(
        id=move.target,
        order=sold.order,
        offer=move.offer,
        quantity=move.quantity,
        billing_cycle=sold.billing_cycle,
        auto_renew=sold.auto_renew,
        partner_id=sold.partner_id,
        term=sold.term,
        created=move.due,
        term_start=sold.started,
        visible_from=move.due,
    )
    tenant.subscriptions.append(part)
    return [part]


def _entry(request: Request, tenant: Tenant, before: Sold, move: Transition) -> Entry:
    return Entry(
        at=request.now,
        kind="transition",
        customer=tenant.tenant,
        source=before.id,
        target=move.target,
        offer=move.offer,
        quantity=move.quantity,
        before=before.quantity,
        request_id=request.request_id,
    )


def _document(request: Request, sold: Sold, move: Transition) -> dict[str, Any]:
    done = move.due <= request.now and not move.failed
    target = {"toSubscriptionId": move.target} if done else {}
    return {
        "operationId": move.operation,
        "fromCatalogItemId": move.source_offer,
        "fromSubscriptionId": sold.id,
        "toCatalogItemId": move.offer,
        **target,
        "quantity": move.quantity,
        "transitionType": move.kind,
        "events": _events(request, sold, move),
        "attributes": _object("Transition"),
    }


def _events(request: Request, sold: Sold, move: Transition) -> list[dict[str, Any]]:
    found = [("Conversion", "Started", move.at, False)]
    if move.due <= request.now:
        found.append(("Conversion", "Failed" if move.failed else "Completed", move.due, False))
        if not move.failed and move.target == sold.id:
            stuck = bool(sold.stuck_users)
            found.append(("LicenseReassignment", "Failed" if stuck else "Completed", move.due, stuck))
    return [
        {
            "name": name,
            "status": status,
            "timestamp": instant(at),
            **(
                {"errors": [{"code": _USER_LICENSES, "description": "Some licences could not be moved."}]}
                if stuck
                else {}
            ),
            "attributes": _object("TransitionEvent"),
        }
        for name, status, at, stuck in found
    ]


def _as_in_samples(document: dict[str, Any]) -> dict[str, Any]:
    """A transition in the mixed casing of the documentation's samples."""
    odd = {"fromCatalogItemId", "toCatalogItemId", "events"}
    return {key[:1].upper() + key[1:] if key in odd else key: value for key, value in document.items()}


def _object(kind: str) -> dict[str, str]:
    return {"objectType": kind}


ROUTES = (
    Route("GET", f"{SUBSCRIPTION}/transitioneligibilities", eligibilities),
    Route("GET", f"{SUBSCRIPTION}/transitions", list_all),
    Route("POST", f"{SUBSCRIPTION}/transitions", perform),
)
