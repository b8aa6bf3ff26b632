"""Blocks all entries of a customer whose state can't be told: it is under another name, or is another tenant's."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import Problem
from reconciler.model.reason import Reason
from reconciler.model.subscription import Listing
from reconciler.planning.planner import CustomerPlan


def renamed_customer(
    customer: Customer,
    desired: Iterable[Desired],
    selected: Collection[Address],
    circumstances: Circumstances,
    before: str,
) -> CustomerPlan:
    """Returns the plan of a customer that state knows as `before`, while no manifest says that it moved."""
    cases = _cases(customer, desired, selected, circumstances)
    return _blocked((case, case.because("customer_name_changed", known={"before": before})) for case in cases)


def contradicted_customer(
    customer: Customer,
    desired: Iterable[Desired],
    selected: Collection[Address],
    circumstances: Circumstances,
    problem: Problem,
) -> CustomerPlan:
    """Returns the plan of a customer whose state contradicts the manifests, or what is stored under an earlier name."""
    cases = _cases(customer, desired, selected, circumstances)
    return _blocked((case, _contradicted(case, problem)) for case in cases)


def _contradicted(case: Case, problem: Problem) -> Reason:
    reason = case.because("customer_contradicts_state", description=problem.what)
    return replace(reason, remedy=replace(reason.remedy, steps=problem.steps or reason.remedy.steps), data=())


def _cases(
    customer: Customer, desired: Iterable[Desired], selected: Collection[Address], circumstances: Circumstances
) -> list[Case]:
    declared = tuple(desired)
    facts = Facts(
        customer=customer,
        desired=declared,
        selected=frozenset(selected),
        state=None,
        subscriptions=Listing(),
    )
    return [
        Case(desired=entry, facts=facts, circumstances=circumstances) for entry in declared if entry.address in selected
    ]


def _blocked(reasons: Iterable[tuple[Case, Reason]]) -> CustomerPlan:
    return CustomerPlan(blocked=tuple(case.blocked([reason]) for case, reason in reasons))
