"""Customers of an earlier snapshot are read again for reasons in the snapshot, the log, the state and the time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reconciler.model.audit import AUDIT_KEPT, AuditRecord
from reconciler.model.errors import NotInSnapshot, Problem
from reconciler.model.subscription import Listing, Live, UnreadableItem
from reconciler.model.term import Platform
from reconciler.planning import Facts, Named, named_by, something_to_do, uncovered, why_read
from reconciler.planning.planner import CustomerPlan
from tests.planning.cases import (
    BOUGHT,
    CONTOSO,
    E3,
    MODERN,
    NOW,
    OFFICE,
    OTHER,
    bound,
    committed,
    live,
    pending,
    result,
    state,
    wants,
)

BEGUN = NOW - timedelta(hours=9)
LONG_AGO = NOW - timedelta(days=30)
SEEN = replace(bound(), observed_at=LONG_AGO)
RESIZED = AuditRecord(
    operation="update_subscription", status="succeeded", at=NOW, tenant=CONTOSO.tenant, resource="subscription"
)


def facts(*lives: Live, **members: Any) -> Facts:
    remembered = state(office=SEEN)
    desired = (wants(),)
    found = {"state": remembered, "subscriptions": Listing(lives=lives or (live(E3),)), **members}
    return Facts(customer=CONTOSO, desired=desired, selected=frozenset({desired[0].address}), **found)


def why(found: Facts, named: Named | None = None) -> tuple[str, ...]:
    return why_read(found, named or Named(), BEGUN, NOW)


def ending(**members: Any) -> Live:
    return replace(live(MODERN), commitment=replace(committed(25), **members))


def test_a_customer_that_nothing_touched_is_not_read() -> None:
    assert why(facts(live(E3), ending(ends_at=NOW + timedelta(days=2)))) == ()


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (facts(subscriptions=NotInSnapshot(Problem(where="", what="It is not there."))), "not_in_snapshot"),
        (
            facts(subscriptions=Listing(unreadable=(UnreadableItem(id=OTHER, position=1, why="is odd"),))),
            "not_in_snapshot",
        ),
        (facts(state=state(office=replace(SEEN, observed_at=BEGUN))), "applied_since"),
        (facts(state=state({}, (replace(result(), finished_at=BEGUN - timedelta(hours=23)),))), "applied_since"),
        (facts(state=state({"office": pending()})), "unsettled"),
        (facts(state=state(office=replace(SEEN, visible=False))), "unsettled"),
        (
            facts(
                live(E3, of=BOUGHT),
                live(),
                state=state(office=replace(SEEN, id=BOUGHT, previous_ids=(OFFICE,))),
            ),
            "unsettled",
        ),
        (facts(ending(ends_at=NOW + timedelta(hours=23))), "term_over"),
        (facts(ending(ends_at=NOW - timedelta(days=9))), "term_over"),
        (facts(ending(ends_at=None)), "term_over"),
        (facts(live(is_trial=True)), "term_over"),
        (facts(live(E3, status="suspended")), "status_moves_on"),
        (facts(live(E3), live(of=OTHER, status="pending")), "status_moves_on"),
    ],
)
def test_it_is_read_where_the_snapshot_the_state_or_time_says_that_it_may_be_otherwise(
    found: Facts, reason: str
) -> None:
    assert reason in why(found)


@pytest.mark.parametrize(
    "lives",
    [
        (live(E3), live(of=OTHER, status="suspended")),
        (live(E3), live(of=OTHER, status="deleted", is_trial=True)),
        (live(E3), replace(ending(ends_at=NOW - timedelta(days=9)), status="expired")),
        (live(E3), replace(live(of=OTHER), platform=Platform.OTHER)),
    ],
)
def test_what_is_over_or_no_address_means_is_no_reason(lives: tuple[Live, ...]) -> None:
    assert why(facts(*lives)) == ()


@pytest.mark.parametrize("status", ["succeeded", "failed", "decline", "progress", "unknown(odd)"])
def test_every_record_of_a_customer_counts_whatever_became_of_the_operation(status: str) -> None:
    assert named_by([replace(RESIZED, status=status)], {}).tenants == {CONTOSO.tenant}
    assert why(facts(), named_by([replace(RESIZED, status=status)], {})) == ("in_log",)


def test_a_record_without_a_customer_is_placed_by_the_subscriptions_that_it_names() -> None:
    listings = {CONTOSO.tenant: Listing(lives=(live(),))}
    placed = named_by([replace(RESIZED, tenant="", subscription_ids=(OFFICE,))], listings)
    assert placed == Named(tenants=frozenset({CONTOSO.tenant}))


@pytest.mark.parametrize(
    ("operation", "resource", "unplaced"),
    [
        ("update_subscription", "subscription", True),
        ("create_order", "order", True),
        ("update_customer_user_licenses", "license", True),
        ("odd", "unknown(77)", True),
        ("odd", "", True),
        ("update_referral", "referral", False),
        ("ready_invoice", "invoice", False),
    ],
)
def test_a_record_that_names_nobody_may_be_about_anybody_unless_it_is_about_the_partner(
    operation: str, resource: str, unplaced: bool
) -> None:
    record = replace(RESIZED, tenant="", operation=operation, resource=resource)
    assert named_by([record], {}).unplaced == (record if unplaced else None)


@pytest.mark.parametrize(
    ("age", "why"),
    [
        (AUDIT_KEPT - timedelta(days=1), ""),
        (AUDIT_KEPT, "older than"),
        (-timedelta(minutes=4), ""),
        (-timedelta(minutes=6), "not reached"),
    ],
)
def test_the_log_must_reach_back_to_a_day_before_the_snapshot(age: timedelta, why: str) -> None:
    assert why in uncovered(NOW - age, NOW)
    assert bool(why) is bool(uncovered(NOW - age, NOW))


def test_a_customer_without_anything_to_do_may_stay_as_it_was() -> None:
    assert not something_to_do(CustomerPlan(unchanged=3))
