"""Transitions: what a subscription may become, how that is asked for, and what became of it (transition-resources)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from reconciler.model.offer import Offer, product_and_sku
from reconciler.model.request import TransitionRequest
from reconciler.model.transition import (
    EventStatus,
    TargetErrorCode,
    Transition,
    TransitionErrorCode,
    TransitionOption,
    TransitionTarget,
    TransitionType,
)
from reconciler.partner_center.wire.reasons import reason
from reconciler.partner_center.wire.terms import billing, billing_to_send, term, term_to_send
from reconciler.partner_center.wire.values import (
    Count,
    Flag,
    Identifier,
    Many,
    MaybeCount,
    Moment,
    Text,
    Wire,
    identifier,
    maybe_count,
    maybe_identifier,
    one_of,
)

_TYPES = tuple(kind.value for kind in TransitionType)
_CODES = {code.value: code.name.lower() for code in TransitionErrorCode}
_TARGET_CODES = {code.value: code.name.lower() for code in TargetErrorCode}
_STATUSES = {
    "completed": EventStatus.COMPLETED,
    "failed": EventStatus.FAILED,
}
_LICENSES = {"licensereassignment", "seatreassignment"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Eligibility(Wire):
    is_eligible: Flag = None
    transition_type: Any = None
    errors: Many = ()


class _Target(Wire):
    is_eligible: Flag = None
    subscription_id: Identifier
    subscription_friendly_name: Text = ""
    subscription_term_duration: Any = None
    subscription_billing_cycle: Any = None
    errors: Many = ()


class _Item(Wire):
    """One target of the eligibilities. A quantity that is there and can't be read makes it an error."""

    catalog_item_id: Text
    title: Text = ""
    quantity: Count | None = None
    eligibilities: Many = ()
    subscription_eligibilities: Many = ()


class _Event(Wire):
    name: Text = ""
    status: Text = ""
    timestamp: Moment = None
    errors: Many = ()


class _Transition(Wire):
    operation_id: Text = ""
    to_catalog_item_id: Text = ""
    to_subscription_id: Any = None
    quantity: Any = None
    events: Many = ()


class _History(Wire):
    total_count: MaybeCount = None
    transition: list[Any] | None = None
    items: list[Any] | None = None


def options(raw: Any) -> tuple[TransitionOption, ...]:
    """Reads one item of the eligibilities: one option for each of its types. It may list one type, or none."""
    item = _Item.model_validate(raw)
    target = Offer(id=product_and_sku(identifier(item.catalog_item_id))[0], name=item.title)
    into = tuple(_target(found) for found in item.subscription_eligibilities)
    return tuple(
        TransitionOption(
            target=target,
            catalog_item_id=item.catalog_item_id,
            type="" if found.transition_type is None else one_of(found.transition_type, _TYPES),
            quantity=item.quantity or 0,
            eligible=found.is_eligible is True and not found.errors,
            errors=tuple(reason(error, _CODES) for error in found.errors),
            into=into,
        )
        for found in [_Eligibility.model_validate(found) for found in item.eligibilities] or [_Eligibility()]
    )


def request(wanted: TransitionRequest) -> dict[str, Any]:
    """Returns the body of a transition. What is None stays as the source has it."""
    body: dict[str, Any] = {
        "toCatalogItemId": wanted.catalog_item_id,
        "quantity": wanted.quantity,
        "transitionType": wanted.type,
    }
    if wanted.term is not None:
        body["termDuration"] = term_to_send(wanted.term)
    if wanted.billing is not None:
        body["billingCycle"] = billing_to_send(wanted.billing)
    return body


def accepted(raw: Any, wanted: TransitionRequest) -> Transition:
    """Reads the answer to a transition. Raises ValueError for one that is about another, or about none at all."""
    found = _Transition.model_validate(raw)
    answer = _read(found)
    if not (answer.target_offer_id or found.operation_id or found.events):
        raise ValueError("is about no transition")
    if answer.target_offer_id not in {"", wanted.target_offer_id}:
        raise ValueError("is about a transition to another offer than the one that was asked for")
    return answer


def history(raw: Any) -> tuple[Transition, ...]:
    """Reads the transitions of a subscription, in an envelope of either name. One that can't be understood has no
    member: nobody can tell which it is.

    Raises ValueError where the list is not there, or holds less than it counts.
    """
    envelope = _History.model_validate(raw)
    listed = envelope.transition if envelope.items is None else envelope.items
    if listed is None:
        if envelope.total_count == 0:
            return ()
        raise ValueError("has no list of transitions")
    if (envelope.total_count or 0) > len(listed):
        message = f"is incomplete: it counts {envelope.total_count} transitions and holds {len(listed)}"
        raise ValueError(message)
    return tuple(map(_listed, listed))


def _listed(raw: Any) -> Transition:
    try:
        return _read(_Transition.model_validate(raw))
    except ValueError:
        return Transition()


def _read(found: _Transition) -> Transition:
    events = [_Event.model_validate(event) for event in found.events]
    conversion = _last(events, {"conversion"})
    licenses = _last(events, _LICENSES)
    times = [event.timestamp for event in events if event.timestamp]
    return Transition(
        operation=found.operation_id or None,
        target_offer_id=product_and_sku(identifier(found.to_catalog_item_id))[0] if found.to_catalog_item_id else "",
        quantity=maybe_count(found.quantity),
        target_subscription_id=maybe_identifier(found.to_subscription_id),
        started_at=min(times, default=None),
        conversion=_status(conversion),
        licenses=_status(licenses),
        errors=tuple(
            reason(error, _CODES)
            for event in (conversion, licenses)
            if event and _status(event) is EventStatus.FAILED
            for error in event.errors
        ),
    )


def _last(events: Iterable[_Event], names: set[str]) -> _Event | None:
    """The last event of a name by its time; of several at one time, the last that is listed."""
    own = [event for event in events if event.name.replace("_", "").replace(" ", "").lower() in names]
    return max(reversed(own), key=lambda event: event.timestamp or _LONG_AGO, default=None)


def _status(event: _Event | None) -> EventStatus | None:
    """A status that is neither completed nor failed is one on the way, whatever it is called."""
    return _STATUSES.get(event.status.lower(), EventStatus.STARTED) if event else None


def _target(raw: Any) -> TransitionTarget:
    found = _Target.model_validate(raw)
    return TransitionTarget(
        subscription_id=found.subscription_id,
        name=found.subscription_friendly_name,
        term=term(found.subscription_term_duration),
        billing=billing(found.subscription_billing_cycle),
        eligible=found.is_eligible is True and not found.errors,
        errors=tuple(reason(error, _TARGET_CODES) for error in found.errors),
    )
