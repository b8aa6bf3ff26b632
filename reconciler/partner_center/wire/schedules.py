"""Schedules for the end of a term: read from both of the service's members, and written as either.

The service states it as `scheduledNextTermInstructions`, as `scheduledActions`, or as both (subscription-resources;
create-scheduled-changes). The second is an array or a single object, and its `scheduleType` has been spelt
`scheduledType` too. What can't be understood, and what contradicts itself, is UNCLEAR: it never fails the list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.offer import product_and_sku
from reconciler.model.renewal import AtRenewal, EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.term import Billing, Term
from reconciler.partner_center.wire.terms import billing, term
from reconciler.partner_center.wire.values import Many, Moment, Text, Wire, identifier, maybe_count, plain

_ENDING: Mapping[str, EndOfTerm] = {
    "cancel": EndOfTerm.ENDS,
    "renewtoextendedserviceterm": EndOfTerm.EXTENDED_TERM,
}
_RENEWING = {"renewtonewterm", "transition"}
_AT_THE_END = {"", "termend"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The values of the present term. `auto_renew` is None where the service does not say."""

    offer_id: str
    quantity: int
    term: str
    billing: str
    auto_renew: bool | None
    is_trial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The end of the term, as far as all members tell."""

    renewal: AtRenewal
    next_term: NextTerm | None = None
    form: ScheduleForm = ScheduleForm.NONE


class _Product(Wire):
    product_id: Text = ""
    sku_id: Text = ""
    availability_id: Text = ""
    billing_cycle: Any = None
    term_duration: Any = None
    promotion_id: Text = ""


class _Instructions(Wire):
    product: _Product
    quantity: Any = None
    custom_term_end_date: Moment = None


class _Action(Wire):
    schedule_type: Text = ""
    scheduled_type: Text = ""
    action_type: Text = ""
    instructions: Any = None


class _Actions(Wire):
    actions: Many = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """The statement of one member. A trial's default is no schedule: `next_term` is then what comes by itself."""

    outcome: EndOfTerm
    next_term: NextTerm | None = None
    scheduled: bool = True

    def agrees_with(self, other: "_Statement") -> bool:
        same = other.next_term is None if self.next_term is None else self.next_term.same_as(other.next_term)
        return self.outcome is other.outcome and same


_UNCLEAR = _Statement(outcome=EndOfTerm.UNCLEAR)


def schedule(running: Running, instructions: Any, actions: Any) -> Schedule:
    """Returns what happens at the end of the term. `instructions` and `actions` are the two members as they came."""
    form = ScheduleForm.NONE
    if instructions:
        form = ScheduleForm.INSTRUCTIONS
    if actions is not None:
        form = ScheduleForm.ACTIONS
    statements = list(_statements(running, instructions, actions)) or [_by_itself(running)]
    agreed = statements[0] if all(statements[0].agrees_with(other) for other in statements) else _UNCLEAR
    outcome = agreed.outcome if _fits(agreed.outcome, running.auto_renew) else EndOfTerm.UNCLEAR
    if outcome is EndOfTerm.UNCLEAR:
        return Schedule(renewal=AtRenewal(outcome=outcome.value), form=form)
    return Schedule(
        renewal=_at_renewal(outcome, running, agreed.next_term),
        next_term=agreed.next_term if agreed.scheduled else None,
        form=form,
    )


def _statements(running: Running, instructions: Any, actions: Any) -> Iterator[_Statement]:
    if instructions:
        yield _by_instructions(running, instructions)
    for action in () if actions is None else _Actions(actions=actions).actions:
        yield _by_action(running, action)


def _by_itself(running: Running) -> _Statement:
    outcomes = {True: EndOfTerm.RENEWS, False: EndOfTerm.LAPSES, None: EndOfTerm.UNCLEAR}
    return _Statement(outcome=outcomes[running.auto_renew])


def _by_action(running: Running, raw: Any) -> _Statement:
    try:
        action = _Action.model_validate(raw)
    except ValueError:
        return _UNCLEAR
    when, what = (action.schedule_type or action.scheduled_type).lower(), action.action_type.lower()
    if when not in _AT_THE_END:
        return _UNCLEAR
    if what in _RENEWING:
        return _by_instructions(running, action.instructions) if action.instructions else _renewing(what)
    return _Statement(outcome=_ENDING.get(what, EndOfTerm.UNCLEAR))


def _renewing(what: str) -> _Statement:
    """Without instructions a renewal changes nothing, and a transition leads nobody knows where."""
    return _UNCLEAR if what == "transition" else _Statement(outcome=EndOfTerm.RENEWS)


def _by_instructions(running: Running, raw: Any) -> _Statement:
    found = next_term(raw, running)
    if found is None:
        return _UNCLEAR
    if running.is_trial and _is_default(found, running):
        lapses = running.auto_renew is False
        outcome = EndOfTerm.LAPSES if lapses else EndOfTerm.RENEWS
        return _Statement(outcome=outcome, next_term=None if lapses else found, scheduled=False)
    same = (running.offer_id, running.quantity, running.term, running.billing) == (
        found.offer_id,
        found.quantity,
        found.term,
        found.billing,
    )
    unchanged = same and found.custom_end is None
    return _Statement(outcome=EndOfTerm.RENEWS if unchanged else EndOfTerm.RENEWS_CHANGED, next_term=found)


def next_term(raw: Any, running: Running) -> NextTerm | None:
    """Reads instructions; a term or billing cycle that they leave out is the present one. None for what is none."""
    try:
        read = _Instructions.model_validate(raw)
        offer_id = f"{identifier(read.product.product_id)}:{identifier(read.product.sku_id)}"
    except ValueError:
        return None
    quantity = maybe_count(read.quantity)
    if quantity is None:
        return None
    return NextTerm(
        offer_id=product_and_sku(offer_id)[0],
        availability_id=read.product.availability_id.upper(),
        quantity=quantity,
        term=term(read.product.term_duration) or running.term,
        billing=billing(read.product.billing_cycle) or running.billing,
        custom_end=read.custom_term_end_date,
        promotion_id=plain(read.product.promotion_id),
    )


def _is_default(found: NextTerm, running: Running) -> bool:
    """Returns whether a trial's instructions are those that the service gives to each: it turns into an annual
    subscription of as many seats, billed monthly (create-a-new-subscription).
    """
    return (found.term, found.billing, found.quantity) == (Term.ANNUAL, Billing.MONTHLY, running.quantity)


def _fits(outcome: EndOfTerm, auto_renew: bool | None) -> bool:
    """Returns whether an outcome goes with auto-renew: what renews needs it, what ends has it switched off."""
    needed = {EndOfTerm.RENEWS: True, EndOfTerm.RENEWS_CHANGED: True, EndOfTerm.UNCLEAR: None}.get(outcome, False)
    return auto_renew is None or needed is None or auto_renew is needed


def _at_renewal(outcome: EndOfTerm, running: Running, then: NextTerm | None) -> AtRenewal:
    if outcome not in {EndOfTerm.RENEWS, EndOfTerm.RENEWS_CHANGED}:
        return AtRenewal(outcome=outcome.value)
    values = then or running
    return AtRenewal(
        outcome=outcome.value,
        quantity=values.quantity,
        term=values.term,
        billing=values.billing,
        offer_id=values.offer_id if values.offer_id != running.offer_id else None,
    )
