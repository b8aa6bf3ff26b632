"""Schedules for the end of the term, as they are sent (subscription-resources, `scheduledNextTermInstructions` and
`scheduledActions`). Of the two forms only one is sent.
"""

from datetime import UTC, datetime
from typing import Any

from reconciler.model.renewal import RENEWING, EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest
from reconciler.partner_center.wire.terms import billing_to_send, term_to_send
from reconciler.partner_center.wire.values import REMOVED, Members, folded, moment, plain, with_members

_INSTRUCTIONS = "scheduledNextTermInstructions"
_ACTIONS = "scheduledActions"


def changed(body: Members, request: RenewalRequest) -> dict[str, Any]:
    """Returns the members that state the end of the term. An empty list of actions withdraws what is there."""
    if request.outcome == EndOfTerm.EXTENDED_TERM:
        raise ValueError("the extended service term is never asked for")
    by_action = request.form is ScheduleForm.ACTIONS
    then = _instructions(body, request.next_term) if request.next_term else None
    return {
        "autoRenewEnabled": request.outcome in RENEWING,
        _INSTRUCTIONS: REMOVED if by_action or then is None else then,
        _ACTIONS: _actions(body, request, then) if by_action else REMOVED,
    }


def _actions(body: Members, request: RenewalRequest, then: Members | None) -> Any:
    """The list of actions, spelt as the subscription spells them: a single object where it has one."""
    carried = _member(body, _ACTIONS)
    ends = request.outcome == EndOfTerm.ENDS
    if not ends and then is None:
        return []
    spelling = carried if isinstance(carried, dict) else carried[0] if isinstance(carried, list) and carried else {}
    when = next((key for key in spelling if folded(key) in {"scheduletype", "scheduledtype"}), "scheduleType")
    action: dict[str, Any] = {when: "TermEnd", "actionType": "Cancel" if ends else "RenewToNewTerm"}
    if then is not None:
        action["instructions"] = then
    return action if isinstance(carried, dict) else [action]


def _instructions(body: Members, then: NextTerm) -> dict[str, Any]:
    """The instructions for the next term. Those that the subscription carries for the same product are sent back, with
    what is asked for changed.
    """
    carried = next(filter(None, map(_mapping, _carried(body))), {})
    product = _mapping(_member(carried, "product"))
    product_id, _, sku_id = then.offer_id.partition(":")
    if (plain(_member(product, "productId")).upper(), plain(_member(product, "skuId")).upper()) != (product_id, sku_id):
        carried, product = {}, {}
    availability = then.availability_id or _own_availability(body, then.offer_id)
    wanted = {"productId": product_id, "skuId": sku_id, "availabilityId": availability}
    wanted |= {"billingCycle": billing_to_send(then.billing), "termDuration": term_to_send(then.term)}
    return _optional(
        with_members(
            carried,
            {
                "product": _optional(with_members(product, wanted), "promotionId", then.promotion_id or None),
                "quantity": then.quantity,
            },
        ),
        "customTermEndDate",
        _date(body, carried, then.custom_end),
    )


def _optional(body: Members, name: str, value: Any) -> dict[str, Any]:
    """The document with this member, or without it where it has no value."""
    return with_members(body, {name: REMOVED if value is None else value})


def _date(body: Members, carried: Members, end: datetime | None) -> str | None:
    """A date as the service spelt it, where it is the same."""
    if end is None:
        return None
    spelt = (_member(document, "customTermEndDate") for document in (carried, body))
    return next((found for found in spelt if moment(found) == end), None) or f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _carried(body: Members) -> tuple[Any, ...]:
    """The instructions that the subscription carries, wherever they stand."""
    actions = _member(body, _ACTIONS)
    listed = actions if isinstance(actions, list) else [actions]
    return (_member(body, _INSTRUCTIONS), *(_member(_mapping(action), "instructions") for action in listed))


def _own_availability(body: Members, offer_id: str) -> str:
    """The availability under which the subscription itself was bought, where it is of this offer."""
    own = plain(_member(body, "offerId")).upper()
    return own.removeprefix(f"{offer_id}:") if own.startswith(f"{offer_id}:") else ""


def _member(document: Members, name: str) -> Any:
    return next((value for key, value in document.items() if folded(key) == folded(name)), None)


def _mapping(raw: Any) -> Members:
    return raw if isinstance(raw, dict) else {}
