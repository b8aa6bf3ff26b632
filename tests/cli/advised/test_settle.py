"""Every `apply` that is advised where an outcome is unknown, or a person is waited for, settles it."""

import pytest

from reconciler.model.result import Outcome
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E1
from tests.cli.advised import lost
from tests.cli.advised.orders import BASE, COPILOT, STANDARD, a_shop, bought, modern, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.advised.terms import entry
from tests.cli.estates import FRONTLINE, KIOSKS, OFFICE

YES = "--auto-approve"
SETTLE = "apply --settle"
NEW = "70000000-0000-4000-8000-000000000000"
AT_WORK = "The service is at work on it. This records it once it shows:"


def settled(elsewhere: Elsewhere, outcome: Outcome) -> bool:
    """Returns whether nothing is pending any more, and the last result is this one."""
    state = elsewhere.state()
    return (state.pending, state.results[-1].outcome) == ({}, outcome)


@advised("answer_lost", SETTLE)
def test_an_upgrade_that_shows_is_recorded(elsewhere: Elsewhere) -> None:
    applied = lost.an_upgrade(elsewhere, done=True)
    target = lost.made(elsewhere)
    assert elsewhere.follow(applied, "answer_lost", SETTLE).code == 0
    assert elsewhere.state().subscriptions["office"].id == target
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("answer_lost", SETTLE)
def test_an_upgrade_that_the_log_has_is_recorded(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E3", 25))
    elsewhere.estate.behave(visible_after=3600)
    elsewhere.estate.arm("performed_then_dropped", method="POST", times=2)
    applied = elsewhere.apply(code=9)
    lost.made(elsewhere)
    assert elsewhere.follow(applied, "answer_lost", SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("answer_lost", SETTLE)
def test_an_upgrade_that_was_not_done_is_settled_after_a_while(elsewhere: Elsewhere) -> None:
    applied = lost.an_upgrade(elsewhere, done=False)
    elsewhere.minutes_pass(5)
    elsewhere.follow(applied, "answer_lost", SETTLE)
    assert settled(elsewhere, Outcome.NOT_DONE)


@advised("answer_lost", SETTLE)
def test_an_order_that_was_placed_is_recorded(elsewhere: Elsewhere) -> None:
    applied = lost.an_order(elsewhere)
    elsewhere.estate.show_what_was_bought()
    assert elsewhere.follow(applied, "answer_lost", SETTLE).code == 0
    assert elsewhere.state().subscriptions["copilot"].id == bought(elsewhere)


def accepted(elsewhere: Elsewhere) -> None:
    """An upgrade of new commerce that the service is at work on."""
    elsewhere.only_sold(modern())
    elsewhere.write("contoso", entry(offer=STANDARD))
    elsewhere.estate.behave(transitioned_after=600)
    elsewhere.apply(code=9)


def logged(elsewhere: Elsewhere) -> None:
    """An upgrade that the service's log has as done, and that does not show."""
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.estate.behave(audited_after=0)
    elsewhere.apply("--settle", code=9)


def papers(elsewhere: Elsewhere) -> None:
    (order,) = elsewhere.estate.world.orders
    elsewhere.estate.colleague.send_papers(order)


@advised(AT_WORK, SETTLE)
def test_what_the_service_is_at_work_on_is_recorded_as_its_record_says(elsewhere: Elsewhere) -> None:
    accepted(elsewhere)
    shown = elsewhere.run("state", "show", "contoso/office", code=0)
    elsewhere.minutes_pass(11)
    assert elsewhere.follow(shown, AT_WORK, SETTLE).code == 0
    assert settled(elsewhere, Outcome.SUCCEEDED)


@advised("pending_remembered", SETTLE)
def test_what_is_pending_is_settled_as_its_record_says(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    shown = elsewhere.run("state", "show", "contoso/office", code=0)
    lost.made(elsewhere)
    assert elsewhere.follow(shown, "pending_remembered", SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("pending_unknown", SETTLE)
def test_what_the_service_is_at_work_on_is_recorded_as_a_plan_says(elsewhere: Elsewhere) -> None:
    accepted(elsewhere)
    planned = elsewhere.run("plan")
    elsewhere.minutes_pass(11)
    assert elsewhere.follow(planned, "pending_unknown", SETTLE).code == 0
    assert settled(elsewhere, Outcome.SUCCEEDED)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, SETTLE)) for code in ("pending_unknown", "outcome_unknown")]
)
def test_what_the_log_has_is_recorded_as_a_plan_says(elsewhere: Elsewhere, code: str) -> None:
    logged(elsewhere)
    planned = elsewhere.run("plan", code=3)
    lost.made(elsewhere)
    assert elsewhere.follow(planned, code, SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(code, words, marks=advised(code, SETTLE), id=code)
        for code, words in (
            ("change_pending", ("adopt", "contoso/office", NEW)),
            ("change_was_logged", ("state", "resolve", "contoso/office", "--not-done")),
            ("live_not_final", ("set", "contoso/office", "--from-live")),
        )
    ],
)
def test_a_repair_that_waits_for_what_the_log_has(elsewhere: Elsewhere, code: str, words: tuple[str, ...]) -> None:
    logged(elsewhere)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=3))
    refused = elsewhere.run(*words, code=1)
    lost.made(elsewhere)
    assert elsewhere.follow(refused, code, SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("change_pending", "apply")
def test_a_repair_that_waits_for_an_open_change(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=3))
    refused = elsewhere.run("adopt", "contoso/office", NEW, code=1)
    lost.made(elsewhere)
    assert elsewhere.follow(refused, "change_pending", "apply", YES).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("may_still_show", SETTLE)
def test_a_repair_that_waits_for_what_may_still_show(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=0)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=3))
    refused = elsewhere.run("adopt", "contoso/office", NEW, code=1)
    target = lost.made(elsewhere)
    assert elsewhere.follow(refused, "may_still_show", SETTLE).code == 0
    assert elsewhere.state().subscriptions["office"].id == target


@advised("shows_as_before", SETTLE)
def test_a_resize_that_may_show_yet(elsewhere: Elsewhere) -> None:
    lost.a_resize(elsewhere)
    refused = elsewhere.run("state", "resolve", "contoso/frontline", "--succeeded", FRONTLINE, code=1)
    lost.somebody_resizes(elsewhere)
    assert elsewhere.follow(refused, "shows_as_before", SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("order_was_placed", SETTLE)
def test_an_order_that_is_not_to_be_called_not_done(elsewhere: Elsewhere) -> None:
    lost.an_order(elsewhere)
    refused = elsewhere.run("state", "resolve", "contoso/copilot", "--not-done", code=1)
    elsewhere.estate.show_what_was_bought()
    assert elsewhere.follow(refused, "order_was_placed", SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@advised("earlier_order_unsettled", SETTLE)
def test_a_second_order_that_waits_for_the_first(elsewhere: Elsewhere) -> None:
    lost.an_order(elsewhere)
    elsewhere.write("contoso", "\n".join((BASE, ordering(), ordering("more", "2026-12-more"))))
    blocked = elsewhere.run("plan", code=3)
    elsewhere.estate.show_what_was_bought()
    assert elsewhere.follow(blocked, "earlier_order_unsettled", SETTLE).code in {0, 3}
    assert "earlier_order_unsettled" not in elsewhere.run("plan").text


@pytest.mark.parametrize("shown_by", ["apply", "plan", "state show contoso/copilot"])
@advised("order_held", SETTLE)
def test_an_order_that_waits_for_papers(elsewhere: Elsewhere, shown_by: str) -> None:
    a_shop(elsewhere)
    elsewhere.estate.arm("order_held")
    applied = elsewhere.run("apply", YES)
    shown = applied if shown_by == "apply" else elsewhere.run(*shown_by.split())
    papers(elsewhere)
    assert elsewhere.follow(shown, "order_held", SETTLE).code == 0
    assert elsewhere.state().subscriptions["copilot"].id == bought(elsewhere)


@advised("change_pending", SETTLE)
def test_a_repair_of_an_order_that_waits_for_papers(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.estate.arm("order_held")
    elsewhere.run("apply", YES)
    elsewhere.sell(modern(COPILOT, 10, id=NEW))
    refused = elsewhere.run("adopt", "contoso/copilot", NEW, code=1)
    papers(elsewhere)
    assert elsewhere.follow(refused, "change_pending", SETTLE).code == 0
    assert settled(elsewhere, Outcome.SUCCEEDED)


@advised("bought_though_removed", "import --all --new-only")
@advised("removal_waits", SETTLE)
def test_a_removal_that_waits_for_an_open_change(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.write("contoso", "{}")
    file = elsewhere.root / "contoso.yaml"
    file.write_text(f"{file.read_text()}removed: [office]\n")
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    told = elsewhere.run("plan")
    lost.made(elsewhere)
    settled = elsewhere.follow(told, "removal_waits", SETTLE)
    assert settled.code == 4
    assert "removal_waits" not in elsewhere.run("plan").text
    taken_in = elsewhere.follow(settled, "bought_though_removed", "import --all --new-only")
    assert (taken_in.code, elsewhere.estate.ledger[-1].target in file.read_text()) == (0, True)


@advised("removal_not_seen", SETTLE)
def test_a_removal_that_waits_for_what_was_bought_to_show(elsewhere: Elsewhere) -> None:
    elsewhere.estate.behave(visible_after=7 * 86_400, audited_after=7 * 86_400)
    elsewhere.declare("contoso", office=(OFFICE, "E3", 25))
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    elsewhere.apply()
    (elsewhere.root / "contoso.yaml").unlink()
    (elsewhere.root / "moves.yaml").write_text("removed: [contoso]\n")
    told = elsewhere.run("plan")
    assert "still tracked. contoso/office" in elsewhere.follow(told, "removal_not_seen", SETTLE).text
    elsewhere.run("sandbox", "clock", "+2d", code=0)
    assert "is not tracked any more" in elsewhere.follow(told, "removal_not_seen", SETTLE).text


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, SETTLE)) for code in ("removal_in_doubt", "undeclared_in_doubt")]
)
def test_an_address_without_an_entry_of_which_a_change_may_still_show(elsewhere: Elsewhere, code: str) -> None:
    lost.an_upgrade(elsewhere, done=True)
    elsewhere.run("state", "resolve", "contoso/office", "--not-done", code=0)
    elsewhere.write("contoso", "{}")
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    if code == "removal_in_doubt":
        file = elsewhere.root / "contoso.yaml"
        file.write_text(f"{file.read_text()}removed: [office]\n")
    told = elsewhere.run("plan")
    lost.made(elsewhere)
    assert elsewhere.follow(told, code, SETTLE).code == (4 if code == "removal_in_doubt" else 0)
    assert code not in elsewhere.run("plan").text


@advised("settle_and_plan", SETTLE)
def test_settling_takes_no_plan(elsewhere: Elsewhere) -> None:
    elsewhere.run("plan", "--out", "plan.json")
    lost.an_upgrade(elsewhere, done=True)
    refused = elsewhere.run("apply", "plan.json", "--settle", code=64)
    lost.made(elsewhere)
    assert elsewhere.follow(refused, "settle_and_plan", SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


NEXT = {
    "reply": ("none", "lost", "accepted", "held", "open"),
    "unknown": (
        "unread",
        "accepted",
        "held",
        "not_confirmed",
        "left_open",
        "answer_lost",
        "not_sent_again",
        "performed_by_log",
        "log_unread",
        "not_known",
        "unclear",
        "nothing_shows",
    ),
}
"""Codes of an open change, each of which is settled by the next apply."""


@pytest.mark.parametrize(
    "code",
    [pytest.param(f"{kind}_{name}", marks=advised(f"{kind}_{name}", "apply")) for kind in NEXT for name in NEXT[kind]],
)
def test_a_lost_answer_of_which_is_read_what_settles_it(elsewhere: Elsewhere, code: str) -> None:
    lost.an_upgrade(elsewhere, done=True)
    explained = elsewhere.run("explain", code, code=0)
    lost.made(elsewhere)
    assert elsewhere.follow(explained, code, "apply", YES).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, marks=advised(code, SETTLE)) for code in ("settling", "reply_logged", "reply_person_needed")],
)
def test_what_starts_nothing_new_and_is_read_of(elsewhere: Elsewhere, code: str) -> None:
    lost.an_upgrade(elsewhere, done=True)
    explained = elsewhere.run("explain", code, code=0)
    lost.made(elsewhere)
    assert elsewhere.follow(explained, code, SETTLE).code == 0
    assert settled(elsewhere, Outcome.RECOVERED)
