"""Puts the plan together: every address of a customer gets exactly one outcome, in address order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from reconciler import changes
from reconciler.changes.case import Case
from reconciler.changes.facts import (
    Circumstances,
    Facts,
    Question,
)
from reconciler.changes.rules.relationship import explaining
from reconciler.model.address import Address
from reconciler.model.alarm import RENEWED_OTHERWISE, RENEWS_OTHERWISE, Alarm
from reconciler.model.change import Blocked, Change
from reconciler.model.consent import ConsentNeed, without_over
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.observed import Observed
from reconciler.model.order import order_key
from reconciler.model.pending import Pending
from reconciler.model.plan import Drift, Plan, PlanItem
from reconciler.model.result import Outcome, ended
from reconciler.model.task import Task
from reconciler.model.timeline import Month
from reconciler.model.unsettled import Unsettled
from reconciler.planning import addressing, outside
from reconciler.planning.consents import consent_needs
from reconciler.planning.deciding import AddressDecision, decide
from reconciler.planning.drift import alarms, asks_otherwise, drift
from reconciler.planning.ordered import order_alarms
from reconciler.planning.pending import evidence, shows, unsettled, waiting
from reconciler.planning.permissions import permission_alarms
from reconciler.planning.term_ends import standing_schedules, standing_unread, term_alarms
from reconciler.planning.timeline import timeline
from reconciler.planning.writes import write_alarms


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPlan:
    """One customer's part of the plan. With `questions` it is provisional: answer them and plan again.

    `observed` are live values of its addresses, selected or not, that state does not have yet: for apply to record.
    `months` are those in which its terms end, where they were asked for.
    """

    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    drift: tuple[Drift, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    undeclared: tuple[Address, ...] = ()
    unbought: tuple[Address, ...] = ()
    asked_before: tuple[Address, ...] = ()
    asked_before_items: tuple[PlanItem, ...] = ()
    unchanged: int = 0
    errored: bool = False
    questions: frozenset[Question] = frozenset()
    observed: tuple[Observed, ...] = ()
    moves: tuple[StateMove, ...] = ()
    customer_moves: tuple[CustomerMove, ...] = ()
    tasks: tuple[Task, ...] = ()
    consents: tuple[ConsentNeed, ...] = ()
    months: tuple[Month, ...] = ()


_LISTS = (
    {member.name for member in fields(CustomerPlan) if member.default == ()} & Plan.__dataclass_fields__.keys()
) - {"months"}
"""The lists of a customer's part that a plan has too, but for those that are added up."""


def plan_customer(facts: Facts, circumstances: Circumstances) -> CustomerPlan:
    """Returns what one customer comes to. Pure: the same facts and circumstances give the same plan."""
    selected = (desired for desired in facts.desired if desired.address in facts.selected)
    cases = [Case(desired=desired, facts=facts, circumstances=circumstances) for desired in selected]
    decisions = [_decide(case) for case in cases]
    consents = tuple(
        consent_needs(facts, {case.name: decision for case, decision in zip(cases, decisions, strict=True)})
    )
    return CustomerPlan(
        changes=tuple(change for decision in decisions for change in decision.changes),
        blocked=tuple(item for decision in decisions for item in decision.blocked),
        pending=(*(item for decision in decisions for item in decision.pending), *_of_undeclared(facts, circumstances)),
        unchanged=sum(decision.nothing for decision in decisions),
        drift=tuple(drift(facts, circumstances)),
        warnings=(
            *alarms(facts, circumstances),
            *(alarm for pair in zip(cases, decisions, strict=True) for alarm in _of_terms(*pair)),
            *(
                alarm
                for case in cases
                for alarm in (*write_alarms(case), *permission_alarms(case), *order_alarms(case))
            ),
            *(alarm for decision in decisions for alarm in decision.warnings),
            *standing_schedules(facts),
        ),
        undeclared=facts.undeclared,
        errored=_errored(facts),
        questions=frozenset(question for decision in decisions for question in decision.questions)
        | standing_unread(facts),
        observed=tuple(outside.observed(facts, circumstances)),
        tasks=tuple(_tasks(facts, consents)),
        consents=consents,
    )


def _tasks(facts: Facts, consents: Iterable[ConsentNeed]) -> Iterator[Task]:
    """Yields what is open for people to do, of what is selected and of what is declared no more; of consents as far as
    they are needed still.
    """
    declared = {desired.address for desired in facts.desired}
    state = facts.state and replace(facts.state, consents=without_over(facts.state.consents, consents))
    for task in changes.open_tasks(state) if state else ():
        if any(address in facts.selected or address not in declared for address in task.addresses):
            yield task


def assemble(parts: Iterable[CustomerPlan], plan: Plan) -> Plan:
    """The whole plan: `plan` says for which estate and when, the parts what each customer comes to."""
    parts = tuple(parts)
    lists: dict[str, Any] = {name: tuple(item for part in parts for item in getattr(part, name)) for name in _LISTS}
    return replace(
        plan,
        **lists,
        months=timeline((month for part in parts for month in part.months), plan.created_at.date()),
        unchanged=sum(part.unchanged for part in parts),
        errored=plan.errored or any(part.errored for part in parts),
    )


def _decide(case: Case) -> AddressDecision:
    """Returns what an address comes to: which subscription it means is asked first, then what differs."""
    facts = case.facts
    pending = next(iter(facts.state.pending_of(case.name)), None) if facts.state else None
    earlier = _of_earlier_runs(case, pending)
    item = unsettled(case.name, earlier, facts.state, facts, case.circumstances) if earlier and facts.state else None
    if isinstance(facts.subscriptions, ServiceError):
        return _unreadable(case, facts.subscriptions, item)
    if earlier and item and item.outcome == "recovered":
        recovered = _recovered(case, earlier)
        following = decide(recovered) if recovered.live else AddressDecision()
        return replace(following, pending=(item, *following.pending))
    if item and pending and item.held:
        return AddressDecision(pending=(item,), warnings=tuple(asks_otherwise(case, pending.offer, pending.quantity)))
    if item and pending:
        return AddressDecision(pending=(item,), blocked=(case.blocked([addressing.outcome_unknown(case, pending)]),))
    if case.live is None and facts.state and case.bound and not case.unreadable:
        late = waiting(case.name, case.bound, facts.state, facts, case.circumstances)
        if late and case.desired.subscription_id in case.bound.chain:
            warnings = tuple(asks_otherwise(case, case.bound.offer, case.bound.quantity))
            return AddressDecision(pending=(late,), warnings=warnings)
    against = next((reason for rule in addressing.RULES if (reason := rule(case))), None)
    return AddressDecision(blocked=(addressing.blocked(case, against),)) if against else decide(case)


def _of_terms(case: Case, decision: AddressDecision) -> Iterator[Alarm]:
    """Yields the warnings of the end of the term that no item of the address gives."""
    given = {caution.code for change in decision.changes for caution in change.warnings}
    reasons = {reason.code for blocked in decision.blocked for reason in blocked.reasons}
    given |= RENEWS_OTHERWISE if "schedule_undeclared" in reasons else set()
    given |= {RENEWED_OTHERWISE} if decision.changes else set()
    return (alarm for alarm in term_alarms(case) if alarm.code not in given)


def _recovered(case: Case, earlier: Pending) -> Case:
    """The case once apply has recorded what shows of the earlier change: what the manifest asks by now follows in the
    same run. What is scheduled must not wait for another.
    """
    state, now = case.facts.state, case.circumstances.now
    live = evidence(earlier, state, case.facts, case.circumstances).subscription if state else None
    if state is None or live is None:
        return case
    address, name = case.desired.address, case.name
    result = ended(earlier, address, Outcome.RECOVERED, now, live.id, earlier.run)
    followed = changes.binding_after(state, name, earlier, live.id, now, visible=True)
    bound = followed.observe(followed.without_added(live), now)
    facts = replace(case.facts, state=state.finish(name, result, bound))
    return Case(desired=case.desired, facts=facts, circumstances=case.circumstances)


def _of_earlier_runs(case: Case, pending: Pending | None) -> Pending | None:
    """Returns what is pending for the address; or what was given up for it, where it shows after all."""
    state = case.facts.state
    if state is None or pending:
        return pending
    return next((doubt for doubt in case.doubts if shows(doubt, state, case.facts, case.circumstances)), None)


def _unreadable(case: Case, error: ServiceError, pending: Unsettled | None) -> AddressDecision:
    """Nothing can be said of the address, but what is pending is shown all the same."""
    reason = addressing.customer_refused(case, error)
    return AddressDecision(
        pending=(pending,) if pending else (),
        blocked=(case.blocked([reason]),),
        questions=frozenset(explaining(case, [reason])),
    )


def _of_undeclared(facts: Facts, circumstances: Circumstances) -> list[Unsettled]:
    """Pendings whose manifest entry is gone. They are settled all the same: settled, not bought.

    So is what was given up for them, where it shows after all.
    """
    state = facts.state
    if state is None:
        return []
    declared = {desired.address.name for desired in facts.desired}
    meant = {desired.subscription_id for desired in facts.desired}
    late = ((state.claimed_by(doubt.subscription_id), doubt) for doubt in state.doubts())
    shown = {name: doubt for name, doubt in late if name and shows(doubt, state, facts, circumstances)}
    left = [*((name, pending) for name, pending in shown.items() if name not in state.pending), *state.all_pending()]
    return [
        unsettled(name, pending, state, facts, circumstances, asked=pending.subscription_id in meant)
        for name, pending in sorted(left, key=lambda named: named[0])
        if name not in declared
    ]


def _errored(facts: Facts) -> bool:
    declared = (subscription_id for subscription_id in facts.meant_by if order_key(subscription_id) is None)
    declared_unread = any(map(facts.listing.perhaps, declared))
    of_orders = (*facts.skus.values(), facts.orders, facts.agreement)
    answers = (*facts.upgrades.values(), *facts.transitions.values(), *facts.details.values(), *of_orders)
    return facts.unread is not None or declared_unread or any(_unanswered(answer) for answer in answers)


def _unanswered(answer: object) -> bool:
    """Returns True if the service failed to say; what a snapshot never held is nobody's failure."""
    return isinstance(answer, ServiceError) and not isinstance(answer, NotInSnapshot)
