"""Leftovers of earlier runs: targets that are not visible yet, lost answers, and addresses that nobody declares."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.model.desired import Desired
from reconciler.model.errors import ServiceError
from reconciler.model.offer import Offer
from reconciler.model.pending import Pending, Reply
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.utc import utc_minute
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    NOT_OURS,
    OFFICE,
    OTHER,
    REQUEST,
    abandoned,
    blocked,
    bound,
    codes,
    facts,
    live,
    pending,
    planned,
    reason,
    state,
    steps_text,
    unanswered,
    unseen,
    wants,
)

LOST = state({"office": pending()}, office=bound())
RESIZE = pending(E1, 30, "resize")
TARGET = live(E3, of=BOUGHT)


def test_a_target_that_is_not_visible_yet_is_waited_for() -> None:
    plan = planned(facts(wants(), lives=[live(status="suspended")], state=state(office=unseen())))
    (item,) = plan.pending
    assert (item.address, item.outcome) == ("contoso/office", "waiting")
    assert item.what == f"bought Office 365 Enterprise E3, 25 seats, as {BOUGHT}"
    assert (plan.changes, plan.blocked, plan.unchanged) == ((), (), 0)


def test_it_is_waited_for_even_if_the_manifest_asks_for_something_else_by_now() -> None:
    plan = planned(facts(wants(offer=E1, seats=99), lives=[live()], state=state(office=unseen())))
    assert [change.outcome for change in plan.pending] == ["waiting"]


@pytest.mark.parametrize(("hours", "still"), [(0, True), (24, True), (24.1, False), (-1, True)])
def test_a_target_is_waited_for_for_a_day(hours: float, still: bool) -> None:
    plan = planned(facts(wants(), state=state(office=unseen(hours))))
    assert (bool(plan.pending), bool(plan.blocked)) == (still, not still)


def test_after_a_day_the_address_is_blocked_until_somebody_asks_microsoft() -> None:
    plan = planned(facts(wants(), lives=[live()], state=state(office=unseen(25))))
    found = reason(plan, "subscription_missing")
    assert found.description == f"{BOUGHT} was bought at 2026-03-01 11:00 UTC and has not become visible."
    assert "Open a ticket" in "\n".join(step.plain for step in found.remedy.steps)
    assert BOUGHT in "\n".join(step.plain for step in found.remedy.steps)


def test_a_target_that_became_visible_is_planned_and_to_be_recorded() -> None:
    plan = planned(facts(wants(), lives=[live(status="suspended"), TARGET], state=state(office=unseen())))
    assert (plan.unchanged, plan.pending) == (1, ())
    assert [item.subscription_id for item in plan.observed] == [TARGET.id]


def test_a_wrong_id_in_the_manifest_is_told_even_while_a_target_is_waited_for() -> None:
    plan = planned(facts(wants(of=OTHER), lives=[live()], state=state(office=unseen())))
    assert codes(plan) == ["id_conflicts_with_state"]


def test_a_lost_answer_blocks_the_address_until_it_is_settled() -> None:
    plan = planned(facts(wants(), lives=[live()], state=LOST))
    (item,) = plan.pending
    assert (item.outcome, item.address) == ("unknown", "contoso/office")
    assert REQUEST in item.what
    assert "2026-03-02 10:00 UTC" in reason(plan, "outcome_unknown").description
    steps = steps_text(plan, "outcome_unknown")
    assert "\nreconciler state resolve contoso/office --succeeded SUBSCRIPTION_ID" in steps
    assert "\nreconciler state resolve contoso/office --not-done" in steps


UPGRADED = (live(status="suspended"), TARGET)


@pytest.mark.parametrize(
    ("sent", "offer", "seats", "found"),
    [(pending(), E3, 25, UPGRADED), (RESIZE, E1, 30, (live(seats=30),))],
    ids=["upgrade", "resize"],
)
def test_a_lost_answer_that_was_yes_is_recovered_and_not_asked_again(
    sent: Pending, offer: Offer, seats: int, found: tuple[Live, ...]
) -> None:
    lost = state({"office": sent}, office=bound())
    plan = planned(facts(wants(offer=offer, seats=seats), lives=found, state=lost))
    assert [change.outcome for change in plan.pending] == ["recovered"]
    assert (plan.changes, plan.blocked, plan.unchanged) == ((), (), 0)


@pytest.mark.parametrize(
    ("sent", "offer", "found", "of"),
    [(pending(), E3, UPGRADED, BOUGHT), (RESIZE, E1, (live(seats=30),), OFFICE)],
    ids=["upgrade", "resize"],
)
def test_what_the_manifest_asks_by_now_beyond_a_recovered_change_follows_in_the_same_plan(
    sent: Pending, offer: Offer, found: tuple[Live, ...], of: str
) -> None:
    lost = state({"office": sent}, office=bound())
    plan = planned(facts(wants(offer=offer, seats=40), lives=found, state=lost))
    (change,) = plan.changes
    assert (change.action, change.subscription_id, change.after.quantity) == ("resize", of, 40)
    assert change.before
    assert change.before.quantity == sent.quantity
    assert [item.outcome for item in plan.pending] == ["recovered"]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (None, "A request was recorded without an answer"),
        (Reply.LOST, "its answer was lost"),
        (Reply.ACCEPTED, "The service accepted a request"),
        (Reply.HELD, "another operation"),
        (Reply.OPEN, "answered with an error that leaves it open"),
    ],
)
def test_why_the_outcome_is_not_known_is_said_as_it_was(reply: Reply | None, says: str) -> None:
    plan = planned(facts(wants(), lives=[live()], state=state({"office": replace(RESIZE, reply=reply)})))
    found = reason(plan, "outcome_unknown")
    assert says in found.description
    assert ("lost" in found.description) is (reply is Reply.LOST)


def test_a_request_that_was_sent_twice_is_dated_by_both_times() -> None:
    sent = replace(RESIZE, resent_at=RESIZE.started_at + timedelta(minutes=2), attempts=2)
    plan = planned(facts(wants(), lives=[live()], state=state({"office": sent})))
    dated = f"first sent at {utc_minute(sent.started_at)}, and last at {utc_minute(sent.sent_at)}"
    assert dated in reason(plan, "outcome_unknown").description
    assert plan.pending[0].since == sent.started_at


def test_a_change_in_place_names_its_own_subscription_since_it_makes_none() -> None:
    plan = planned(facts(wants(), lives=[live()], state=state({"office": RESIZE})))
    steps = steps_text(plan, "outcome_unknown")
    assert f"state resolve contoso/office --succeeded {OFFICE}" in steps
    assert "that it made" not in steps


def test_two_subscriptions_that_might_be_the_result_leave_it_unknown() -> None:
    plan = planned(facts(wants(), lives=[live(), TARGET, live(E3, of=OTHER)], state=LOST))
    assert [change.outcome for change in plan.pending] == ["unknown"]


def test_what_somebody_else_owns_is_not_taken_for_the_result() -> None:
    known = state({"office": pending()}, office=bound(), lab=bound(BOUGHT, offer=E3))
    plan = planned(facts(wants(), lives=[live(), TARGET], state=known))
    assert [change.outcome for change in plan.pending] == ["unknown"]


def test_a_pending_change_is_settled_before_the_manifest_is_looked_at() -> None:
    plan = planned(facts(wants(of=OTHER, seats=1), lives=[live()], state=LOST))
    assert codes(plan) == ["outcome_unknown"]


def test_what_an_open_request_may_have_bought_is_no_other_addresses() -> None:
    """Another entry names it, whatever its quantity is by now: bound there, the purchase would be recorded nowhere."""
    lost = state({"office": pending()}, office=bound())
    plan = planned(facts(wants("new", of=BOUGHT, seats=30), lives=[live(), live(E3, 30, of=BOUGHT)], state=lost))
    assert codes(plan) == ["outcome_unknown"]
    assert "contoso/office" in plan.blocked[0].reasons[0].remedy.steps[-1].run
    assert not plan.observed


@pytest.mark.parametrize("item_id", [BOUGHT, None])
def test_a_new_item_that_can_not_be_understood_may_be_what_was_bought(item_id: str | None) -> None:
    item = UnreadableItem(id=item_id, position=2, why="has no number of seats")
    new = planned(facts(wants(), lives=[live(), live(E3, of=OTHER)], unreadable=(item,), state=LOST))
    assert [change.outcome for change in new.pending] == ["unknown"]


def test_nobody_is_told_to_wait_for_an_apply_that_can_not_settle_it() -> None:
    item = UnreadableItem(id=None, position=2, why="has no id")
    hidden = planned(facts(wants(), lives=[live()], unreadable=(item,), state=LOST)).pending[0]
    assert "may be what it bought" in hidden.remedy.steps[0].text
    rivals = planned(facts(wants(), lives=[live(), TARGET, live(E3, of=OTHER)], state=LOST)).pending[0]
    assert "leave it open" in rivals.remedy.steps[0].text


def test_an_item_without_an_id_may_be_the_target_that_is_waited_for() -> None:
    item = UnreadableItem(id=None, position=2, why="has no id")
    (late,) = planned(facts(wants(), lives=[live()], unreadable=(item,), state=state(office=unseen()))).pending
    (step,) = late.remedy.steps
    assert step.text.startswith("Item 2 of the customer's subscriptions has no id. That may be this one.")


@pytest.mark.parametrize(
    ("asked", "known", "says"),
    [
        (wants(offer=E1), state(office=unseen()), "An earlier run upgraded this address to Office 365 Enterprise E3"),
        (wants(seats=30), state(office=unseen()), "An earlier run set 25."),
        (wants(), LOST, ""),
    ],
    ids=["reverted while it waits", "other seats", "as bought"],
)
def test_a_manifest_that_asks_otherwise_than_bought_is_told(asked: Desired, known: CustomerState, says: str) -> None:
    found = [live(status="suspended"), *([TARGET] if known is LOST else [])]
    warnings = planned(facts(asked, lives=found, state=known)).warnings
    assert says in "".join(warning.description for warning in warnings)
    assert bool(warnings) is bool(says)


def test_a_manifest_that_was_reverted_before_the_upgrade_is_recorded_is_told_that_it_can_not_be_undone() -> None:
    lives = [live(status="suspended"), TARGET]
    plan = planned(facts(wants(offer=E1), lives=lives, state=LOST, upgrades={BOUGHT: ()}))
    assert codes(plan)[0] == "upgrade_cannot_be_undone"
    assert [item.outcome for item in plan.pending] == ["recovered"]


def test_an_item_that_was_there_before_is_nothing_that_was_bought() -> None:
    item = UnreadableItem(id=OTHER, position=2, why="has no number of seats")
    lost = state({"office": replace(pending(), known_subscription_ids=(OFFICE, OTHER))}, office=bound())
    plan = planned(facts(wants(), lives=[live(), TARGET], unreadable=(item,), state=lost))
    assert [change.outcome for change in plan.pending] == ["recovered"]


@pytest.mark.parametrize("error", [unanswered(), NOT_OURS], ids=["unreadable", "not ours"])
def test_a_pending_change_of_a_customer_that_can_not_be_read_is_still_shown(error: ServiceError) -> None:
    lost = state({"office": pending(), "old": pending()}, office=bound())
    plan = planned(facts(wants(), lives=error, state=lost))
    assert [(change.address, change.outcome) for change in plan.pending] == [
        ("contoso/office", "unknown"),
        ("contoso/old", "unknown"),
    ]
    assert len(plan.blocked) == 1


def test_a_pending_change_is_settled_though_its_manifest_entry_is_gone() -> None:
    plan = planned(facts(wants("lab", E1, of=OTHER), lives=[live(), TARGET, live(of=OTHER)], state=LOST))
    assert [(change.address, change.outcome) for change in plan.pending] == [("contoso/office", "recovered")]
    assert plan.unchanged == 1


def test_an_address_that_nobody_declares_any_more_is_reported_and_nothing_is_done_to_it() -> None:
    known = state(office=bound(), old=bound(OTHER))
    plan = planned(facts(wants(offer=E1), lives=[live(), live(of=OTHER)], state=known))
    assert plan.undeclared == ("contoso/old",)
    assert (plan.changes, plan.blocked, plan.unchanged) == ((), (), 1)


def test_the_blocked_address_shows_the_subscription_that_was_to_be_changed() -> None:
    assert blocked(planned(facts(wants(), lives=[live()], state=LOST))).subscription_id == OFFICE


def test_what_is_pending_under_another_address_is_told_to_be_moved() -> None:
    plan = planned(facts(wants(), lives=[live()], state=state({"old": pending()})))
    assert codes(plan) == ["id_conflicts_with_state"]
    assert "state mv contoso/old contoso/office" in steps_text(plan, "id_conflicts_with_state")


def test_nothing_is_sent_for_what_is_pending_under_another_address_even_where_this_one_is_bound_to_it() -> None:
    plan = planned(facts(wants(), lives=[live()], state=state({"old": pending()}, office=bound())))
    assert codes(plan) == ["outcome_unknown"]
    assert "state resolve contoso/old --not-done" in steps_text(plan, "outcome_unknown")


def test_what_is_in_doubt_under_another_address_is_told_to_be_moved() -> None:
    plan = planned(facts(wants("desk"), lives=[live()], state=state(results=(abandoned(),))))
    assert codes(plan) == ["id_conflicts_with_state"]
    assert "state mv contoso/office contoso/desk" in steps_text(plan, "id_conflicts_with_state")
