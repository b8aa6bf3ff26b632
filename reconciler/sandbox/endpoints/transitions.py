"""Transitions of new commerce: what a subscription may become, and the moves, which are done some time later.

All seats: the subscription keeps its id. Fewer: a new subscription with the same end. Either may go into a subscription
that the customer has already. Nothing is done of what is refused.
"""

from dataclasses import replace
from datetime import timedelta

from reconciler.sandbox import batches
from reconciler.sandbox.eligibility import Judge
from reconciler.sandbox.endpoints.audit import remember
from reconciler.sandbox.endpoints.modern_changes import schedule_entry, shut_out
from reconciler.sandbox.endpoints.subscriptions import locate
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.messages import Answer, Refused, Request, collection, invalid
from reconciler.sandbox.routes import SUBSCRIPTION, Route
from reconciler.sandbox.sold import Sold, Transition, Upcoming
from reconciler.sandbox.tenants import Tenant, derived_id
from reconciler.sandbox.transition_history import document
from reconciler.sandbox.transition_requests import Move, requested
from reconciler.sandbox.transition_rules import KINDS, eligibility, number, objections, paths


def eligibilities(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/transitioneligibilities?eligibilityType=immediate|scheduled: every item it may become, and why not."""
    _, sold, judge = _judge(request, customer, subscription)
    when = request.query.get("eligibilitytype", "immediate").lower()
    if when not in {"immediate", "scheduled"}:
        raise invalid("The eligibilityType must be immediate or scheduled.")
    found = [eligibility(request, judge, item, immediate=when == "immediate") for item in paths(sold)]
    return Answer(document=collection(found))


def list_all(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/transitions[?operationId=…]: the moves that began here, each with what has happened so far."""
    _, sold, _ = _judge(request, customer, subscription)
    wanted = request.query.get("operationid", "").lower()
    found = [document(request, sold, move) for move in sold.transitions if wanted in {"", move.operation}]
    if request.behaviour.history_member == "items":
        return Answer(document=collection(found))
    return Answer(document={"transition": found, "attributes": {"objectType": "Collection"}})


def perform(request: Request, customer: str, subscription: str) -> Answer:
    """POST …/transitions on the source: accepted at once, done when the world says so. Raises Refused for the rest."""
    tenant, sold, judge = _judge(request, customer, subscription)
    shut_out(request, sold)
    move = requested(request, tenant, sold)
    if move.into is not None and move.into.upcoming:
        raise Refused(400, "900261", "The target subscription is not ready; try again later.")
    if why := objections(judge, move.item, KINDS[move.kind]):
        codes = ", ".join(str(number(entry)) for entry in why)
        raise Refused(400, "900258", f"The subscription can't become {move.item.name}.", codes)
    if request.habit(FaultKind.TRANSITION_FAILS_AT_ONCE):
        transition = _transition_of(request, sold, move, failed=True, after=0)
    else:
        failed = request.habit(FaultKind.TRANSITION_FAILS) is not None
        transition = _transition_of(request, sold, move, failed=failed, after=request.behaviour.transitioned_after)
    _accept(request, tenant, sold, move, transition)
    return Answer(document=document(request, sold, transition))


def _accept(request: Request, tenant: Tenant, sold: Sold, move: Move, transition: Transition) -> None:
    before, changed = replace(sold), [sold]
    if transition.failed:
        sold.upcoming = Upcoming(due=transition.due)
    else:
        changed += _arranged(request, tenant, sold, move, transition)
        request.world.ledger.append(_entry(request, tenant, before, move, transition))
        sold.updates += 1
        if sold.next_term or sold.actions:
            sold.next_term = sold.actions = None
            request.world.ledger.append(schedule_entry(request, tenant, before, sold))
    sold.transitions = [*sold.transitions, transition]
    after = replace(before, offer=transition.offer)
    remember(request, tenant, "update_subscription", before, after, succeeded=not transition.failed)
    request.world.touch(tenant, *changed)


def _judge(request: Request, customer: str, subscription: str) -> tuple[Tenant, Sold, Judge]:
    tenant, sold = locate(request, customer, subscription)
    if not sold.new_commerce:
        raise Refused(403, "900263", "Transitions are not supported for a traditional subscription; see its upgrades.")
    judge = Judge(tenant=tenant, sold=sold, caller=request.caller, behaviour=request.behaviour, now=request.now)
    return tenant, sold, judge


def _transition_of(request: Request, sold: Sold, move: Move, *, failed: bool, after: float) -> Transition:
    operation = derived_id("transition", sold.id, len(sold.transitions), request.request_id)
    whole = move.quantity >= sold.quantity
    due = request.now + timedelta(seconds=after)
    return Transition(
        operation=operation,
        kind=move.kind,
        source_offer=sold.offer.upper(),
        offer=move.item.current(request.period),
        quantity=move.quantity,
        target=move.into.id if move.into else sold.id if whole else derived_id("part", operation),
        at=request.now,
        due=due,
        licensed=due + timedelta(seconds=request.behaviour.licensed_after),
        failed=failed,
        licenses_failed=bool(sold.stuck_users) or (not failed and request.habit(FaultKind.LICENSES_FAIL) is not None),
        promotion=move.promotion,
    )


def _arranged(request: Request, tenant: Tenant, sold: Sold, move: Move, transition: Transition) -> list[Sold]:
    """Arranges what will have changed when the move is due; the other subscription it changes, if any."""
    left = sold.quantity - move.quantity
    if transition.target == sold.id:
        sold.upcoming = _converted(request, sold, move, transition)
        return []
    sold.upcoming = (
        Upcoming(due=transition.due, quantity=left) if left else Upcoming(due=transition.due, status="deleted")
    )
    if move.into is not None:
        move.into.upcoming = Upcoming(due=transition.due, quantity=move.into.quantity + move.quantity)
        return [move.into]
    part = _part(request, sold, move, transition)
    tenant.subscriptions.append(part)
    return [part]


def _converted(request: Request, sold: Sold, move: Move, transition: Transition) -> Upcoming:
    """Returns how the subscription itself becomes another item, with all its seats."""
    longer = (move.term, move.cycle) != (sold.term, sold.billing_cycle) or sold.trial or sold.extended
    return Upcoming(
        due=transition.due,
        offer=transition.offer,
        quantity=move.quantity,
        term=move.term,
        billing_cycle=move.cycle,
        begins_term=longer or request.behaviour.transition_begins_term,
        ends_windows=True,
        promotion=move.promotion,
    )


def _part(request: Request, sold: Sold, move: Move, transition: Transition) -> Sold:
    """Returns the new subscription of some of the seats: it ends with the source, and so do its windows."""
    windows = batches.keep_at_most(batches.open_batches(sold, request.now), move.quantity)
    left = sold.quantity - move.quantity
    sold.batches = batches.keep_at_most(batches.open_batches(sold, request.now), left)
    same_term = move.term == sold.term
    return Sold(
        id=transition.target,
        order=derived_id("order", transition.operation),
        offer=transition.offer,
        quantity=move.quantity,
        billing_cycle=move.cycle,
        auto_renew=sold.auto_renew,
        partner_id=sold.partner_id,
        term=move.term,
        created=transition.due,
        window_from=sold.window_from or sold.created,
        batches=windows,
        term_start=sold.started if same_term else transition.due,
        custom_end=sold.custom_end if same_term else None,
        promotion=move.promotion,
        visible_from=transition.due,
    )


def _entry(request: Request, tenant: Tenant, before: Sold, move: Move, transition: Transition) -> Entry:
    return Entry(
        at=request.now,
        kind="transition",
        customer=tenant.tenant,
        source=before.id,
        target=transition.target,
        offer=transition.offer,
        quantity=move.quantity,
        before=before.quantity,
        request_id=request.request_id,
        term=move.term,
        billing=move.cycle,
    )


ROUTES = (
    Route("GET", f"{SUBSCRIPTION}/transitioneligibilities", eligibilities),
    Route("GET", f"{SUBSCRIPTION}/transitions", list_all),
    Route("POST", f"{SUBSCRIPTION}/transitions", perform),
)
