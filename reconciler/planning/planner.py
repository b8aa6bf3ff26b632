"""Puts the plan together: every address of a customer gets exactly one outcome, in address order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from reconciler import advice, changes
from reconciler.model.address import Address
from reconciler.model.change import (
    Before,
    Binding,
    Blocked,
    Change,
    Reason,
)
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.evidence import SHOWS_WITHIN
from reconciler.model.plan import ASKS_OTHERWISE, SUBSCRIPTION_UNREADABLE, Alarm, Drift, Observed, Plan, Unsettled
from reconciler.model.request import Request, ResizeRequest, UpgradeRequest
from reconciler.model.state import Bound, Pending
from reconciler.model.subscription import Desired, Live, Offer
from reconciler.model.upgrade import UpgradeErrorCode
from reconciler.planning import diff, outside, rules
from reconciler.planning.case import Case, distinguished, listed
from reconciler.planning.choice import cautions, choose
from reconciler.planning.facts import (
    Circumstances,
    Facts,
    Question,
    RelationshipLinkWanted,
    RelationshipWanted,
    UpgradesWanted,
)
from reconciler.planning.pending import shows, still_active, unsettled, waiting, wanted
from reconciler.planning.reverting import upgrade_cannot_be_undone


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPlan:
    """One customer's part of the plan. With `questions` it is provisional: answer them and plan again.

    `observed` are live values of its addresses, selected or not, that state does not have yet: for apply to record.
    """

    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    drift: tuple[Drift, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    undeclared: tuple[Address, ...] = ()
    unchanged: int = 0
    errored: bool = False
    questions: frozenset[Question] = frozenset()
    observed: tuple[Observed, ...] = ()


_Outcome = Change | Blocked | Unsettled | Alarm | None
"""What one address comes to; None: it is as the manifest wants it."""


def plan_customer(facts: Facts, circumstances: Circumstances) -> CustomerPlan:
    """What one customer comes to. Pure: the same facts and circumstances give the same plan."""
    outcomes: list[_Outcome] = []
    questions: set[Question] = set()
    for desired in facts.desired:
        if desired.address in facts.selected:
            outcome, asked = _outcome(Case(desired=desired, facts=facts, circumstances=circumstances))
            outcomes.extend(outcome)
            questions |= asked
    return CustomerPlan(
        changes=tuple(one for one in outcomes if isinstance(one, Change)),
        blocked=tuple(one for one in outcomes if isinstance(one, Blocked)),
        pending=(*(one for one in outcomes if isinstance(one, Unsettled)), *_of_undeclared(facts, circumstances)),
        unchanged=sum(one is None for one in outcomes),
        drift=tuple(_drift(facts, circumstances)),
        warnings=(*_alarms(facts, circumstances), *(one for one in outcomes if isinstance(one, Alarm))),
        undeclared=tuple(_undeclared(facts)),
        errored=_errored(facts),
        questions=frozenset(questions),
        observed=tuple(outside.observed(facts, circumstances.mpn_id, circumstances.earliest)),
    )


def assemble(parts: Iterable[CustomerPlan], plan: Plan) -> Plan:
    """The whole plan: `plan` says for which estate and when, the parts what each customer comes to."""
    parts = tuple(parts)

    def joined(name: str) -> tuple[Any, ...]:
        return tuple(one for part in parts for one in getattr(part, name))

    return replace(
        plan,
        changes=joined("changes"),
        blocked=joined("blocked"),
        pending=joined("pending"),
        drift=joined("drift"),
        warnings=joined("warnings"),
        undeclared=joined("undeclared"),
        observed=joined("observed"),
        unchanged=sum(part.unchanged for part in parts),
        errored=plan.errored or any(part.errored for part in parts),
    )


def _outcome(case: Case) -> tuple[list[_Outcome], set[Question]]:
    facts = case.facts
    pending = next(iter(facts.state.pending_of(case.name)), None) if facts.state else None
    earlier = _of_earlier_runs(case, pending)
    item = unsettled(case.name, earlier, facts.state, facts, case.circumstances) if earlier and facts.state else None
    if isinstance(facts.subscriptions, ServiceError):
        return _unreadable(case, facts.subscriptions, item)
    if earlier and item and item.outcome == "recovered":
        return [item, *_asks_otherwise(case, earlier.offer, earlier.quantity)], set()
    if item and pending:
        return [item, case.blocked([rules.outcome_unknown(case, pending)])], set()
    if case.live is None and facts.state and case.bound and not case.unreadable:
        late = waiting(case.name, case.bound, facts.state, facts, case.circumstances)
        if late and case.desired.subscription_id in case.bound.chain:
            return [late, *_asks_otherwise(case, case.bound.offer, case.bound.quantity)], set()
    reasons = _one(rule(case) for rule in rules.IDENTITY)
    if reasons or case.live is None:
        return [case.blocked(reasons)], set()
    return _against_live(case, case.live)


def _of_earlier_runs(case: Case, pending: Pending | None) -> Pending | None:
    """What is pending for the address; or what was given up for it, where it shows after all."""
    state = case.facts.state
    if state is None or pending:
        return pending
    return next((doubt for doubt in case.doubts if shows(doubt, state, case.facts, case.circumstances)), None)


def _asks_otherwise(case: Case, made: Offer, quantity: int) -> Iterable[Alarm]:
    """Warns that the manifest asks for something else than what was bought and can't be compared with it yet."""
    desired = case.desired
    if (made.id, quantity) == (desired.offer.id, desired.quantity):
        return
    names = distinguished(made, case.target) if made.id != desired.offer.id else ("", "")
    description = advice.sentence(
        ASKS_OTHERWISE, made=names[0], wanted=names[1], made_seats=quantity, wanted_seats=desired.quantity
    )
    yield Alarm(address=desired.address, code=ASKS_OTHERWISE, description=description)


def _unreadable(case: Case, error: ServiceError, pending: Unsettled | None) -> tuple[list[_Outcome], set[Question]]:
    """Nothing can be said of the address, but what is pending is shown all the same."""
    reason = rules.customer_refused(case, error)
    asked = _link_wanted(case) if reason.code == "not_our_customer" else set()
    blocked = case.blocked([reason])
    return ([pending, blocked] if pending else [blocked]), asked


def _against_live(case: Case, live: Live) -> tuple[list[_Outcome], set[Question]]:
    """The address means a live subscription: is it as wanted, can it be made so, or what is against it?"""
    differences = diff.wanted(live, case.desired)
    if not differences:
        return [None], set()
    reasons = [reason for rule in rules.REFUSALS if (reason := rule(case))]
    if reasons:
        undone = upgrade_cannot_be_undone(case)
        return [case.blocked([undone, *reasons] if undone else reasons)], set()
    if not case.offer_changes:
        request = ResizeRequest(kind="resize", quantity=case.desired.quantity)
        return [_undoubted(case, _change(case, live, request))], set()
    return _upgrade(case, live)


def _undoubted(case: Case, change: Change) -> Change | Blocked:
    """The change, unless a purchase that was given up as not done may still show: then only the same may be asked.

    The same request is never performed twice; anything else would buy a second subscription. Once the service has
    refused the repeated request, asking the same needs a new id, and that is another request: the refusal of the second
    says nothing of the first.
    """
    doubt = changes.open_doubt(case.doubts, case.circumstances.earliest)
    if doubt is None or (_repeats(case, doubt, change) and not _refused_since(case, doubt)):
        return change
    until = doubt.sent_at + SHOWS_WITHIN + case.circumstances.lag
    known = {
        "request_id": doubt.request_id,
        "since": f"{doubt.sent_at:%Y-%m-%d %H:%M}Z",
        "doubted": wanted(doubt),
        "until": f"{until:%Y-%m-%d %H:%M}Z",
    }
    return case.blocked([case.because("outcome_unknown", known=known)])


def _refused_since(case: Case, doubt: Pending) -> bool:
    return case.facts.state is not None and case.facts.state.was_refused(doubt.request_id)


def _repeats(case: Case, doubt: Pending, change: Change) -> bool:
    """Whether the change asks the service for the very same, as the next thing after it was given up."""
    asked = replace(doubt, request=change.request, subscription_id=change.subscription_id)
    return case.facts.state is not None and case.facts.state.doubt_of(asked) is not None


def _upgrade(case: Case, live: Live) -> tuple[list[_Outcome], set[Question]]:
    options = case.facts.upgrades.get(live.id)
    if options is None:
        return [], {UpgradesWanted(live.id)}
    if isinstance(options, NotInSnapshot):
        return [case.blocked([upgrade_cannot_be_undone(case) or case.because("eligibility_not_in_snapshot")])], set()
    if isinstance(options, ServiceError):
        return [case.blocked([case.unanswered(options)])], set()
    chosen = choose(case, options)
    if isinstance(chosen, UpgradeRequest):
        return [_undoubted(case, _change(case, live, chosen))], set()
    return [case.blocked(chosen)], _explaining(case, chosen)


def _explaining(case: Case, reasons: tuple[Reason, ...]) -> set[Question]:
    """What more must be read before a block for missing delegated administration can be explained."""
    if not any(one.number == UpgradeErrorCode.DELEGATED_ADMIN_PERMISSIONS_DISABLED for one in reasons):
        return set()
    known = case.facts.relationship is not None
    relationship: set[Question] = set() if known else {RelationshipWanted()}
    return relationship | _link_wanted(case)


def _link_wanted(case: Case) -> set[Question]:
    known = case.facts.relationship_link is not None
    link = case.circumstances.capabilities.relationship_link
    return set() if known or not link.available else {RelationshipLinkWanted()}


def _change(case: Case, live: Live, request: Request) -> Change:
    desired = case.desired
    return Change(
        address=desired.address,
        customer=desired.customer,
        subscription_id=live.id,
        action=request.action,
        before=Before.of(live),
        after=case.after,
        differences=diff.wanted(live, desired),
        request=request,
        binding=_binding(case),
        warnings=(*outside.undoing(case), *cautions(case, request, listed(rules.duplicates(case)))),
        source=desired.source,
    )


def _binding(case: Case) -> Binding:
    state = case.facts.state
    return Binding(
        lineage=state.lineage if state and case.bound else None,
        id=case.subscription_id,
        last_request_id=state.last_request_id(case.desired.address) if state else None,
    )


def _of_undeclared(facts: Facts, circumstances: Circumstances) -> list[Unsettled]:
    """Pendings whose manifest entry is gone. They are settled all the same: settled, not bought.

    So is what was given up for them, where it shows after all.
    """
    state = facts.state
    if state is None:
        return []
    declared = {one.address.name for one in facts.desired}
    late = ((state.claimed_by(one.subscription_id), one) for one in state.doubts())
    shown = {name: one for name, one in late if name and shows(one, state, facts, circumstances)}
    left = [*((name, one) for name, one in shown.items() if name not in state.pending), *state.all_pending()]
    return [
        unsettled(name, one, state, facts, circumstances)
        for name, one in sorted(left, key=lambda named: named[0])
        if name not in declared
    ]


def _drift(facts: Facts, circumstances: Circumstances) -> Iterable[Drift]:
    if isinstance(facts.subscriptions, ServiceError) or facts.state is None:
        return
    for address in sorted(facts.selected):
        bound = facts.bound(address.name)
        if bound is None or not bound.visible or address.name in facts.state.pending:
            continue
        if facts.listing.unreadable_as(bound.id) or _made_by_us(facts, bound.id, circumstances):
            continue
        differences = diff.drifted(bound, facts.lives.get(bound.id))
        if differences:
            yield Drift(address=address, differences=differences)


def _made_by_us(facts: Facts, subscription_id: str, circumstances: Circumstances) -> bool:
    """Returns True if a change of the subscription that was given up as not done shows after all."""
    state = facts.state
    doubts = (doubt for doubt in state.doubts() if doubt.subscription_id == subscription_id) if state else ()
    return state is not None and any(shows(doubt, state, facts, circumstances) for doubt in doubts)


def _alarms(facts: Facts, circumstances: Circumstances) -> Iterable[Alarm]:
    for desired in facts.desired:
        address = desired.address
        if address not in facts.selected:
            continue
        bound = facts.bound(address.name)
        for live in still_active(bound, dict(facts.lives)) if bound else ():
            yield Alarm(
                address=address,
                code="previous_subscription_active",
                description=advice.sentence("previous_subscription_active", previous=listed([live])),
            )
        yield from _inactive(facts, desired, bound, circumstances)
    for item in facts.listing.unreadable if facts.selected else ():
        addresses = facts.meant_by.get(item.id, ()) if item.id else ()
        yield Alarm(
            address=addresses[0] if addresses else None,
            customer=facts.customer.name,
            code=SUBSCRIPTION_UNREADABLE,
            description=advice.sentence(SUBSCRIPTION_UNREADABLE, item=item),
        )


def _inactive(facts: Facts, desired: Desired, bound: Bound | None, circumstances: Circumstances) -> Iterable[Alarm]:
    live = facts.lives.get(bound.id if bound else desired.subscription_id)
    if live is None or _may_be_upgraded(facts, live, circumstances):
        return
    if not live.active and not diff.wanted(live, desired):
        yield Alarm(
            address=desired.address,
            code="subscription_not_active",
            description=advice.sentence("subscription_not_active", status=live.status),
        )


def _may_be_upgraded(facts: Facts, live: Live, circumstances: Circumstances) -> bool:
    """Whether an upgrade of it waits to be recorded, or may have been done: its status is then no fault of its own."""
    state = facts.state
    if state is None:
        return False
    late = (doubt for doubt in state.doubts() if shows(doubt, state, facts, circumstances))
    asked = (*(pending for _, pending in state.all_pending()), *late)
    return any(changes.buys(change) and change.subscription_id == live.id for change in asked)


def _undeclared(facts: Facts) -> Iterable[Address]:
    if facts.state is None:
        return []
    declared = {one.address.name for one in facts.desired}
    return (facts.state.address(name) for name in facts.state.subscriptions if name not in declared)


def _errored(facts: Facts) -> bool:
    declared_unread = any(item.id in facts.meant_by for item in facts.listing.unreadable)
    return facts.unread is not None or declared_unread or any(_unanswered(answer) for answer in facts.upgrades.values())


def _unanswered(answer: object) -> bool:
    """Whether the service failed to say; what a snapshot never held is nobody's failure."""
    return isinstance(answer, ServiceError) and not isinstance(answer, NotInSnapshot)


def _one(found: Iterable[Reason | None]) -> list[Reason]:
    first = next((one for one in found if one is not None), None)
    return [first] if first else []
