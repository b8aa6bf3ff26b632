"""Changes outside, what a person should look at, and what apply is to record of what was seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.advice import row
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.change import Difference
from reconciler.model.observed import Observed
from reconciler.model.renewal import AtRenewal
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.term import Commitment
from reconciler.planning import CustomerPlan
from reconciler.planning.diff import drifted
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    MODERN,
    NOW,
    OFFICE,
    OTHER,
    abandoned,
    bound,
    change,
    facts,
    live,
    pending,
    planned,
    state,
    unanswered,
    unseen,
    wants,
)

KNOWN = state(office=bound())


def observed(plan: CustomerPlan) -> dict[str, tuple[str, int, str]]:
    return {item.address.name: (item.subscription_id, item.quantity, item.status) for item in plan.observed}


@pytest.mark.parametrize(
    ("found", "differs"),
    [
        (live(seats=30), [Difference(path="quantity", before=25, after=30)]),
        (
            live(E3),
            [
                Difference(path="offer_id", before=E1.id, after=E3.id),
                Difference(path="offer_name", before=E1.name, after=E3.name),
            ],
        ),
        (live(status="suspended"), [Difference(path="status", before="active", after="suspended")]),
        (live(etag="etag-2", friendly_name="Renamed"), []),
    ],
    ids=["quantity", "offer", "status", "nothing that matters"],
)
def test_drift_is_what_differs_from_what_state_last_saw(found: Live, differs: list[Difference]) -> None:
    plan = planned(facts(wants(offer=E1), lives=[found], state=KNOWN))
    assert [difference for item in plan.drift for difference in item.differences] == differs


def test_several_attributes_drift_in_one_item() -> None:
    plan = planned(facts(wants(), lives=[live(E3, 30, status="suspended")], state=KNOWN))
    assert [difference.path for difference in plan.drift[0].differences] == [
        "offer_id",
        "offer_name",
        "quantity",
        "status",
    ]


def test_a_subscription_that_is_gone_has_drifted() -> None:
    plan = planned(facts(wants(), state=KNOWN))
    assert plan.drift[0].differences == (Difference(path="status", before="active", after=None),)


def test_what_the_manifest_asks_for_is_no_drift() -> None:
    plan = planned(facts(wants(offer=E1, seats=30), lives=[live()], state=KNOWN))
    assert plan.drift == ()
    assert change(plan).seats == 5


def test_drift_and_change_are_told_apart_where_both_are() -> None:
    """State saw 25, somebody bought 3 more, the manifest asks for 40."""
    plan = planned(facts(wants(offer=E1, seats=40), lives=[live(seats=28)], state=KNOWN))
    assert plan.drift[0].differences == (Difference(path="quantity", before=25, after=28),)
    assert change(plan).differences == (Difference(path="quantity", before=28, after=40),)


def test_drift_towards_the_manifest_leaves_nothing_to_do() -> None:
    plan = planned(facts(wants(offer=E1, seats=28), lives=[live(seats=28)], state=KNOWN))
    assert (plan.unchanged, len(plan.drift)) == (1, 1)


def test_what_was_never_seen_can_not_drift() -> None:
    assert planned(facts(wants(offer=E1), lives=[live(seats=30)], state=state())).drift == ()
    assert planned(facts(wants(), lives=[live()], state=state(office=unseen()))).drift == ()


def test_a_pending_change_is_not_told_as_drift() -> None:
    known = state({"office": pending()}, office=bound())
    assert planned(facts(wants(), lives=[live(status="suspended")], state=known)).drift == ()


def test_a_customer_that_can_not_be_read_has_not_drifted() -> None:
    assert planned(facts(wants(), lives=unanswered(), state=KNOWN)).drift == ()


def test_what_was_not_selected_is_not_told() -> None:
    known = state(office=bound(), lab=bound(OTHER))
    desired = [wants(offer=E1), wants("lab", E1, of=OTHER)]
    plan = planned(facts(*desired, lives=[live(seats=1), live(seats=1, of=OTHER)], state=known, selected=["lab"]))
    assert [item.address for item in plan.drift] == ["contoso/lab"]


@pytest.mark.parametrize(("status", "alarms"), [("active", 1), ("suspended", 0), ("deleted", 0)])
def test_a_subscription_that_was_upgraded_and_is_active_is_billed_twice(status: str, alarms: int) -> None:
    known = state(office=bound(BOUGHT, OFFICE, offer=E3))
    plan = planned(facts(wants(), lives=[live(status=status), live(E3, of=BOUGHT)], state=known))
    assert [warning.code for warning in plan.warnings] == ["previous_subscription_active"] * alarms
    assert all(OFFICE in warning.description and "both are billed" in warning.description for warning in plan.warnings)


def test_every_earlier_subscription_is_looked_at() -> None:
    known = state(office=bound(BOUGHT, OTHER, OFFICE, offer=E3))
    plan = planned(facts(wants(), lives=[live(), live(of=OTHER), live(E3, of=BOUGHT)], state=known))
    assert len(plan.warnings) == 2


def test_a_subscription_that_is_as_wanted_but_not_active_is_unchanged_with_a_warning() -> None:
    plan = planned(facts(wants(offer=E1), lives=[live(status="suspended")]))
    assert (plan.unchanged, plan.blocked) == (1, ())
    assert [(warning.address, warning.code) for warning in plan.warnings] == [
        ("contoso/office", "subscription_not_active")
    ]


def advice_of(plan: CustomerPlan) -> str:
    """The steps of everything blocked and of every warning, as one text."""
    steps = [step for item in plan.blocked for reason in item.reasons for step in reason.remedy.steps]
    for alarm in plan.warnings:
        known = {datum.name: datum.value for datum in alarm.data}
        steps += row(alarm.code).steps_for({"address": alarm.address or "", "place": str(alarm.source), **known})
    return "\n".join(step.plain for step in steps)


@pytest.mark.parametrize(
    ("other", "named"),
    [
        (live(E3, of=OTHER), True),
        (live(E3, seats=30, of=OTHER, created_at=NOW), True),
        (live(MODERN, of=OTHER), True),
        (live(E1, of=OTHER), False),
        (live(E3, of=OTHER, status="suspended"), False),
        (live(E3, of=OTHER, created_at=NOW - timedelta(days=900)), False),
    ],
    ids=["upgraded", "with other seats", "migrated", "the same offer", "not in use", "older"],
)
@pytest.mark.parametrize("seats", [25, 30], ids=["as wanted", "more seats wanted"])
def test_what_may_have_been_upgraded_in_the_portal_is_not_to_be_reactivated_at_once(
    other: Live, seats: int, *, named: bool
) -> None:
    source = live(status="suspended", created_at=NOW - timedelta(days=400))
    plan = planned(facts(wants(offer=E1, seats=seats), lives=[source, other]))
    shown = advice_of(plan)
    adopt = f"reconciler adopt contoso/office {OTHER}"
    assert (adopt in shown, f"write id: {OTHER} in the entry" in shown) == (named, named)
    assert "reactivate" in shown.casefold()
    if named:
        assert shown.index(adopt) < shown.index("Only if it became no other subscription: reactivate it")


@pytest.mark.parametrize(
    ("known", "lives", "warned"),
    [
        (state({"office": pending()}), [live(E3, of=BOUGHT)], False),
        (state({"office": pending()}), [], False),
        (state(results=(abandoned(),)), [live(E3, of=BOUGHT)], False),
        (state(results=(abandoned(),)), [], True),
        (state({"office": pending(E1, 30, "resize")}), [], True),
    ],
    ids=["bought", "outcome unknown", "given up, and shown late", "given up, and not shown", "a resize"],
)
def test_the_source_of_a_purchase_that_waits_to_be_recorded_is_not_warned_about(
    known: CustomerState, lives: list[Live], *, warned: bool
) -> None:
    plan = planned(facts(wants(offer=E1), lives=[live(status="suspended"), *lives], state=known))

    assert any(alarm.code == "subscription_not_active" for alarm in plan.warnings) is warned


def test_a_subscription_that_is_blocked_for_its_status_is_not_warned_about_again() -> None:
    plan = planned(facts(wants(), lives=[live(status="suspended")]))
    assert len(plan.blocked) == 1
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("known", "found", "recorded"),
    [
        (None, live(), True),
        (bound(), live(), False),
        (bound(), live(etag="etag-2"), False),
        (bound(seats=20), live(), True),
        (bound(), live(status="suspended"), True),
        (bound(), live(partner_id="6127349"), True),
    ],
    ids=["new to state", "as remembered", "only its etag moved", "other seats", "other status", "its partner"],
)
def test_what_state_does_not_have_yet_is_to_be_recorded(known: Bound | None, found: Live, recorded: bool) -> None:
    remembered = state() if known is None else state(office=known)
    plan = planned(facts(wants(offer=E1), lives=[found], state=remembered))
    assert observed(plan) == ({"office": (found.id, found.quantity, found.status)} if recorded else {})


def test_what_was_not_selected_is_recorded_too() -> None:
    desired = [wants(offer=E1), wants("lab", E1, of=OTHER)]
    plan = planned(facts(*desired, lives=[live(), live(of=OTHER)], selected=["lab"]))
    assert set(observed(plan)) == {"office", "lab"}


def test_what_the_manifest_contradicts_stays_as_it_was_seen_so_that_the_next_plan_still_knows_it() -> None:
    found = live(E3, seats=30, status="suspended", partner_id="2")
    known = state(office=bound(partner_id="1"))
    plan = planned(facts(wants(offer=E1), lives=[found], state=known))
    (seen,) = plan.observed
    assert (seen.offer_id, seen.quantity, seen.partner_id, seen.status) == (E1.id, 25, "1", "suspended")
    ours = planned(facts(wants(offer=E3, seats=30), lives=[found], state=known), mpn_id="2")
    assert (ours.observed[0].offer_id, ours.observed[0].quantity, ours.observed[0].partner_id) == (E3.id, 30, "2")


def test_another_partner_has_drifted_as_far_as_both_are_known() -> None:
    def drifted(was: str | None, now: str | None) -> list[Difference]:
        known = state(office=bound(partner_id=was))
        plan = planned(facts(wants(offer=E1), lives=[live(partner_id=now)], state=known))
        return [difference for item in plan.drift for difference in item.differences]

    assert drifted("1", "2") == [Difference(path="partner_id", before="1", after="2")]
    assert drifted("", "2") == [Difference(path="partner_id", before="", after="2")]
    assert drifted("1", "1") == drifted("1", None) == drifted(None, "2") == []


def test_a_pending_change_is_not_recorded_as_an_observation() -> None:
    known = state({"office": pending()}, office=bound())
    assert planned(facts(wants(), lives=[live(seats=30)], state=known)).observed == ()


def test_a_subscription_that_two_addresses_claim_is_recorded_for_neither() -> None:
    assert planned(facts(wants("a"), wants("b"), lives=[live()])).observed == ()


def test_a_subscription_that_another_address_has_is_not_recorded_for_a_new_one() -> None:
    assert planned(facts(wants("headquarters"), lives=[live()], state=KNOWN)).observed == ()


def committed(renewal: AtRenewal, ends: int = 2027, **more: Any) -> Live:
    commitment = Commitment(term="annual", ends_at=datetime(ends, 3, 4, tzinfo=UTC), renewal=renewal)
    return live(commitment=commitment, billing="monthly", **more)


RENEWS = AtRenewal(outcome="renews", quantity=25)
FEWER = AtRenewal(outcome="renews_changed", quantity=20, term="annual", billing="monthly")


def drift_of(was: Live, now: Live) -> list[str]:
    return [difference.path for difference in drifted(Bound.to(was, datetime(2026, 3, 4, tzinfo=UTC)), now)]


def test_what_somebody_else_scheduled_is_drift() -> None:
    assert drift_of(committed(RENEWS), committed(AtRenewal(outcome="ends"))) == ["renewal.outcome"]
    assert drift_of(committed(RENEWS), committed(FEWER)) == [
        "renewal.billing",
        "renewal.outcome",
        "renewal.quantity",
        "renewal.term",
    ]


def test_a_renewal_that_passed_is_no_drift_of_its_schedule_or_its_dates() -> None:
    assert drift_of(committed(FEWER), committed(RENEWS, ends=2028)) == []


def test_a_renewal_that_brought_what_was_scheduled_is_no_drift_and_one_that_did_not_is() -> None:
    fewer, other = AtRenewal(outcome="renews", quantity=20), AtRenewal(outcome="renews", quantity=22)
    assert drift_of(committed(FEWER), committed(fewer, ends=2028, seats=20)) == []
    assert drift_of(committed(FEWER), committed(other, ends=2028, seats=22)) == ["quantity"]


def test_the_seats_of_a_plain_renewal_are_told_once() -> None:
    more = committed(AtRenewal(outcome="renews", quantity=30), seats=30)

    assert drift_of(committed(RENEWS), more) == ["quantity"]


def test_a_list_that_leaves_out_what_is_scheduled_is_no_drift() -> None:
    ours = replace(Bound.to(committed(FEWER), datetime(2026, 3, 4, tzinfo=UTC)), scheduled_by="ours")

    assert drifted(ours, committed(RENEWS)) == ()


def test_what_is_scheduled_of_another_subscription_than_a_name_means_by_now_changes_nothing_of_it() -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    known = state(office=replace(Bound.to(committed(FEWER), now), scheduled_by="declared"))
    other = replace(committed(FEWER), id=OTHER)

    assert known.observe({"office": other}, now, {"office"}) is known
    lost = Observed.of(Address("contoso/office"), other, schedule_gone="declared")
    assert known.lose_schedule(lost, now) is known
    assert known.lose_schedule(replace(lost, subscription_id=OFFICE), now) is not known


def test_an_address_that_left_the_manifests_is_compared_and_billed_twice_all_the_same() -> None:
    known = state(office=bound(BOUGHT, OFFICE), mail=bound(OTHER))
    raised = live(E1, of=BOUGHT, seats=500)
    found = planned(facts(wants("mail", of=OTHER), lives=[live(), raised, live(of=OTHER)], state=known))

    assert [(item.address, item.differences[0].after) for item in found.drift] == [("contoso/office", 500)]
    assert [(item.address, item.code) for item in found.warnings] == [
        ("contoso/office", "previous_subscription_active")
    ]
