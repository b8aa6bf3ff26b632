"""Every `state resolve` that is advised settles the change as it says, so that the next plan is clear about it."""

import pytest

from reconciler.model.result import Outcome
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E1, E3
from tests.cli.advised import lost
from tests.cli.advised.orders import bought
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE

MADE = "state resolve ADDRESS --succeeded SUBSCRIPTION_ID"
SAME = "state resolve ADDRESS --succeeded SAME_ID"
NOT_DONE = "state resolve ADDRESS --not-done"
NOT_OURS = "state resolve ADDRESS --not-done --not-ours ID"
OURS = "state resolve ADDRESS --succeeded ID"
NEW = "70000000-0000-4000-8000-000000000000"


def settled(elsewhere: Elsewhere, outcome: Outcome) -> None:
    """Nothing is pending any more, and the last result is this one."""
    state = elsewhere.state()
    assert (state.pending, state.results[-1].outcome) == ({}, outcome)
    assert "outcome_unknown" not in elsewhere.run("plan").text


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, MADE)) for code in ("answer_lost", "outcome_unknown")]
)
def test_an_upgrade_that_was_done_is_recorded_by_what_it_made(elsewhere: Elsewhere, code: str) -> None:
    applied = lost.an_upgrade(elsewhere, done=True)
    told = applied if code == "answer_lost" else elsewhere.run("plan", code=3)
    target = lost.made(elsewhere)
    assert elsewhere.follow(told, code, MADE, SUBSCRIPTION_ID=target).code == 0
    assert elsewhere.state().subscriptions["office"].id == target
    settled(elsewhere, Outcome.RECOVERED)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, SAME)) for code in ("answer_lost", "outcome_unknown")]
)
def test_a_resize_that_was_done_is_recorded_by_its_own_subscription(elsewhere: Elsewhere, code: str) -> None:
    applied = lost.a_resize(elsewhere)
    told = applied if code == "answer_lost" else elsewhere.run("plan", code=3)
    lost.somebody_resizes(elsewhere)
    assert elsewhere.follow(told, code, SAME).code == 0
    settled(elsewhere, Outcome.RECOVERED)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, NOT_DONE)) for code in ("answer_lost", "outcome_unknown")]
)
def test_what_was_not_done_is_planned_again(elsewhere: Elsewhere, code: str) -> None:
    applied = lost.an_upgrade(elsewhere, done=False)
    told = applied if code == "answer_lost" else elsewhere.run("plan", code=3)
    assert elsewhere.follow(told, code, NOT_DONE).code == 0
    settled(elsewhere, Outcome.NOT_DONE)
    elsewhere.apply()


@advised("pending_remembered", MADE)
def test_the_record_of_an_upgrade_names_how_it_is_settled_as_done(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    shown = elsewhere.run("state", "show", "contoso/office", code=0)
    target = lost.made(elsewhere)
    assert elsewhere.follow(shown, "pending_remembered", MADE, SUBSCRIPTION_ID=target).code == 0
    settled(elsewhere, Outcome.RECOVERED)


@advised("pending_remembered", SAME)
def test_the_record_of_a_resize_names_how_it_is_settled_as_done(elsewhere: Elsewhere) -> None:
    lost.a_resize(elsewhere)
    shown = elsewhere.run("state", "show", "contoso/frontline", code=0)
    lost.somebody_resizes(elsewhere)
    assert elsewhere.follow(shown, "pending_remembered", SAME).code == 0
    settled(elsewhere, Outcome.RECOVERED)


@advised("pending_remembered", NOT_DONE)
def test_the_record_of_an_upgrade_names_how_it_is_settled_as_not_done(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    shown = elsewhere.run("state", "show", "contoso/office", code=0)
    assert elsewhere.follow(shown, "pending_remembered", NOT_DONE).code == 0
    settled(elsewhere, Outcome.NOT_DONE)


@advised("change_pending", NOT_DONE)
def test_a_pending_change_that_keeps_an_address_from_being_bound(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    elsewhere.sell(Sold(id=NEW, offer=E3, quantity=3))
    refused = elsewhere.run("adopt", "contoso/office", OFFICE, code=1)
    assert elsewhere.follow(refused, "change_pending", NOT_DONE).code == 0
    settled(elsewhere, Outcome.NOT_DONE)


@advised("may_still_show", NOT_DONE)
def test_a_change_that_may_still_show_though_a_person_has_said_that_it_was_not_done(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=0)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=3))
    refused = elsewhere.run("adopt", "contoso/office", NEW, code=1)
    assert elsewhere.follow(refused, "may_still_show", NOT_DONE).code == 0
    elsewhere.run("adopt", "contoso/office", NEW, code=0)


@advised("may_still_show", NOT_DONE)
def test_a_change_that_may_still_show_since_a_run_has_given_it_up(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    elsewhere.minutes_pass(5)
    elsewhere.run("apply", "--settle")
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=3))
    refused = elsewhere.run("adopt", "contoso/office", NEW, code=1)
    assert elsewhere.follow(refused, "may_still_show", NOT_DONE).code == 0
    assert elsewhere.follow(refused, "may_still_show", NOT_DONE).code == 0
    elsewhere.run("adopt", "contoso/office", NEW, code=0)


@advised("resolved_in_doubt", NOT_DONE)
def test_what_may_still_show_can_be_said_again_to_be_not_done(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=False)
    resolved = elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=0)
    assert elsewhere.follow(resolved, "resolved_in_doubt", NOT_DONE).code == 0
    assert not elsewhere.state().doubts()


@advised("shows_as_before", NOT_DONE)
def test_a_resize_that_shows_as_before_was_not_done(elsewhere: Elsewhere) -> None:
    lost.a_resize(elsewhere)
    refused = elsewhere.run("state", "resolve", "contoso/frontline", "--succeeded", FRONTLINE, code=1)
    assert elsewhere.follow(refused, "shows_as_before", NOT_DONE).code == 0
    settled(elsewhere, Outcome.NOT_DONE)


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=advised("maybe_bought", run), id=run) for run in (OURS, NOT_OURS)]
)
def test_what_is_to_be_bound_may_be_what_a_lost_request_bought(elsewhere: Elsewhere, run: str) -> None:
    lost.an_upgrade(elsewhere, done=run == OURS)
    elsewhere.sell(*([] if run == OURS else [Sold(id=NEW, offer=E3, quantity=25)]))
    target = lost.made(elsewhere) if run == OURS else NEW
    refused = elsewhere.run("adopt", "contoso/other", target, code=1)
    assert elsewhere.follow(refused, "maybe_bought", run).code == 0
    settled(elsewhere, Outcome.RECOVERED if run == OURS else Outcome.NOT_DONE)


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=advised("change_was_done", run), id=run) for run in (OURS, NOT_OURS)]
)
def test_what_is_to_be_called_not_done_may_be_done(elsewhere: Elsewhere, run: str) -> None:
    lost.an_upgrade(elsewhere, done=run == OURS)
    elsewhere.sell(*([] if run == OURS else [Sold(id=NEW, offer=E3, quantity=25)]))
    elsewhere.estate.show_what_was_bought()
    refused = elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=1)
    assert elsewhere.follow(refused, "change_was_done", run).code == 0
    settled(elsewhere, Outcome.RECOVERED if run == OURS else Outcome.NOT_DONE)


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=advised("change_contested", run), id=run) for run in (OURS, NOT_OURS)]
)
def test_two_lost_upgrades_may_have_bought_the_same(elsewhere: Elsewhere, run: str) -> None:
    lost.two_upgrades(elsewhere)
    elsewhere.sell(Sold(id=NEW, offer=E3, quantity=25))
    refused = elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=1)
    assert elsewhere.follow(refused, "change_contested", run).code == 0
    assert ("office" in elsewhere.state().pending, len(elsewhere.state().results)) == (False, 1)


@advised("order_was_placed", MADE)
def test_an_order_that_was_placed_is_recorded_by_what_it_made(elsewhere: Elsewhere) -> None:
    lost.an_order(elsewhere)
    refused = elsewhere.run("state", "resolve", "contoso/copilot", "--not-done", code=1)
    elsewhere.estate.show_what_was_bought()
    assert elsewhere.follow(refused, "order_was_placed", MADE, SUBSCRIPTION_ID=bought(elsewhere)).code == 0
    settled(elsewhere, Outcome.RECOVERED)


@advised("change_was_logged", MADE)
def test_a_change_that_the_log_has_is_recorded_by_what_it_made(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.estate.behave(audited_after=0)
    refused = elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=1)
    target = lost.made(elsewhere)
    assert elsewhere.follow(refused, "change_was_logged", MADE, SUBSCRIPTION_ID=target).code == 0
    settled(elsewhere, Outcome.RECOVERED)


@pytest.mark.parametrize(
    "run", [pytest.param(run, marks=advised("settled_by_hand", run)) for run in (MADE, SAME, NOT_DONE)]
)
def test_a_lost_answer_of_which_is_read_how_it_is_settled_by_hand(elsewhere: Elsewhere, run: str) -> None:
    filled = {"ADDRESS": "contoso/frontline" if run == SAME else "contoso/office"}
    if run == SAME:
        lost.a_resize(elsewhere)
        filled |= {"SAME_ID": lost.somebody_resizes(elsewhere)}
    else:
        lost.an_upgrade(elsewhere, done=run == MADE)
        filled |= {"SUBSCRIPTION_ID": lost.made(elsewhere)} if run == MADE else {}
    explained = elsewhere.run("explain", "settled_by_hand", code=0)
    assert elsewhere.follow(explained, "settled_by_hand", run, **filled).code == 0
    settled(elsewhere, Outcome.NOT_DONE if run == NOT_DONE else Outcome.RECOVERED)
