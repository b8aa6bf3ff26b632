"""Changes of a subscription: the whole document as it was read, with only the intended members changed.

What is missing from the document counts as cleared, so nothing that was read is left out, whatever it is
(update-a-subscription-by-id). Of the two forms that state a schedule only one is sent.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.model.renewal import RENEWING, EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, ResizeRequest, TermRequest, UpdateRequest
from reconciler.model.subscription import Live
from reconciler.partner_center.wire.subscriptions import single
from reconciler.partner_center.wire.terms import billing_to_send, term_to_send
from reconciler.partner_center.wire.values import MaybeCount, Text, Wire, folded, moment, plain, with_members

_INSTRUCTIONS = "scheduledNextTermInstructions"
_ACTIONS = "scheduledActions"
_Members = Mapping[str, Any]


def body(seen: Live, request: UpdateRequest) -> dict[str, Any]:
    """Returns the document to send. Raises ValueError for a subscription of a list, which has no body, and for an
    outcome that is never asked for.
    """
    if seen.body is None:
        message = f"the subscription {seen.id} was not read by itself: it has no body to send back"
        raise ValueError(message)
    changed = _changed(seen.body, request)
    removed = {folded(name) for name, value in changed.items() if value is _REMOVED}
    left = {key: value for key, value in seen.body.items() if folded(key) not in removed}
    return with_members(left, {name: value for name, value in changed.items() if value is not _REMOVED})


def answered(raw: Any, *, seen: Live, request: UpdateRequest) -> Live | None:
    """Reads the answer to a PATCH; None where it holds the changed members alone, as has been seen.

    Raises ValueError for an answer about another subscription.
    """
    answer = _Partial.model_validate(raw)
    if not answer.id and _says(raw, request):
        return None
    live = single(raw)
    if live.id != seen.id:
        raise ValueError("is about another subscription than the one that was changed")
    return live


class _Partial(Wire):
    """The answer to a change may be the changed member alone."""

    id: Text = ""
    quantity: MaybeCount = None


class _Removed:
    """Stands for a member that is left out."""


_REMOVED = _Removed()


def _says(raw: Any, request: UpdateRequest) -> bool:
    """Returns whether a document holds what was asked for."""
    wanted = {folded(name): value for name, value in _changed({}, request).items() if value is not _REMOVED}
    found = {folded(key): value for key, value in raw.items()}
    return all(name in found and _same(found[name], value) for name, value in wanted.items())


def _same(found: Any, asked: Any) -> bool:
    return found == asked if isinstance(asked, dict | list) else plain(found).lower() == plain(asked).lower()


def _changed(body: _Members, request: UpdateRequest) -> dict[str, Any]:
    """Returns the members that the request changes, by the names under which they are sent."""
    match request:
        case ResizeRequest():
            return {"quantity": request.quantity}
        case TermRequest():
            return {
                "termDuration": term_to_send(request.term),
                "billingCycle": billing_to_send(request.billing),
            }
        case RenewalRequest():
            return _renewal(body, request)


def _renewal(body: _Members, request: RenewalRequest) -> dict[str, Any]:
    """The members that state what happens at the end of the term. An empty list of actions withdraws what is there."""
    if request.outcome == EndOfTerm.EXTENDED_TERM:
        raise ValueError("the extended service term is never asked for")
    by_action = request.form is ScheduleForm.ACTIONS
    then = _instructions(body, request.next_term) if request.next_term else None
    return {
        "autoRenewEnabled": request.outcome in RENEWING,
        _INSTRUCTIONS: _REMOVED if by_action or then is None else then,
        _ACTIONS: _actions(body, request, then) if by_action else _REMOVED,
    }


def _actions(body: _Members, request: RenewalRequest, then: _Members | None) -> Any:
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


def _instructions(body: _Members, then: NextTerm) -> dict[str, Any]:
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


def _optional(body: _Members, name: str, value: Any) -> dict[str, Any]:
    """The document with this member, or without it where it has no value."""
    if value is None:
        return {key: found for key, found in body.items() if folded(key) != folded(name)}
    return with_members(body, {name: value})


def _date(body: _Members, carried: _Members, end: datetime | None) -> str | None:
    """A date as the service spelt it, where it is the same."""
    if end is None:
        return None
    spelt = (_member(document, "customTermEndDate") for document in (carried, body))
    return next((found for found in spelt if moment(found) == end), None) or f"{end.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _carried(body: _Members) -> tuple[Any, ...]:
    """The instructions that the subscription carries, wherever they stand."""
    actions = _member(body, _ACTIONS)
    listed = actions if isinstance(actions, list) else [actions]
    return (_member(body, _INSTRUCTIONS), *(_member(_mapping(action), "instructions") for action in listed))


def _own_availability(body: _Members, offer_id: str) -> str:
    """The availability under which the subscription itself was bought, where it is of this offer."""
    own = plain(_member(body, "offerId")).upper()
    return own.removeprefix(f"{offer_id}:") if own.startswith(f"{offer_id}:") else ""


def _member(document: _Members, name: str) -> Any:
    return next((value for key, value in document.items() if folded(key) == folded(name)), None)


def _mapping(raw: Any) -> _Members:
    return raw if isinstance(raw, dict) else {}
