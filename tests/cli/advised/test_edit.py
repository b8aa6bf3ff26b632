"""Every `set` and `accept` that is advised writes what it says into the manifest, and ends why it was advised."""

import pytest

from tests.cli.advised import terms
from tests.cli.advised.orders import a_shop, bought
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import MAIL, OFFICE

LIVE = "set ADDRESS --from-live"
AUTO = "set ADDRESS --renew auto"
END = "set ADDRESS --renew end"


def manifest(elsewhere: Elsewhere) -> str:
    return (elsewhere.root / "contoso.yaml").read_text()


@advised("renews_otherwise", LIVE)
def test_a_renewal_with_the_seats_that_are_live(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.write("contoso", terms.entry(quantity=20))
    assert elsewhere.follow(terms.due(elsewhere), "renews_otherwise", LIVE).code == 0
    assert "renews_otherwise" not in terms.due(elsewhere).text


def test_more_seats_that_somebody_scheduled_can_be_asked_for_by_no_entry(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.estate.colleague.schedule(OFFICE, 30)
    found = terms.due(elsewhere).text
    assert "no entry can ask for more seats from the next term on" in found
    assert "--from-live" not in found
    refused = elsewhere.run("set", "contoso/office", "--from-live", code=1)
    assert "30 seats, more than it has now, are scheduled for its next term" in refused.text


@advised("renews_with_fewer_seats", LIVE)
def test_fewer_seats_that_somebody_scheduled(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.estate.colleague.schedule(OFFICE, 20)
    assert elsewhere.follow(terms.due(elsewhere), "renews_with_fewer_seats", LIVE).code == 0
    assert "renews_with_fewer_seats" not in terms.due(elsewhere).text


@advised("renews_undeclared", LIVE)
def test_another_term_that_somebody_scheduled(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.estate.colleague.schedule(OFFICE, 25, term="P3Y", cycle="annual")
    assert elsewhere.follow(terms.due(elsewhere), "renews_undeclared", LIVE).code == 0
    assert "renews_undeclared" not in terms.due(elsewhere).text


@advised("renewed_otherwise", LIVE)
def test_other_seats_with_which_the_term_renewed(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.estate.colleague.schedule(OFFICE, 30)
    elsewhere.days_pass(5)
    assert elsewhere.follow(terms.due(elsewhere), "renewed_otherwise", LIVE).code == 0
    assert "quantity: 30" in manifest(elsewhere)
    assert "renewed_otherwise" not in terms.due(elsewhere).text


@advised("in_extended_service_term", LIVE)
def test_a_subscription_that_goes_on_after_its_term(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.estate.colleague.extend_at_term(OFFICE)
    elsewhere.days_pass(8)
    assert elsewhere.follow(terms.due(elsewhere), "in_extended_service_term", LIVE).code == 0
    assert "in_extended_service_term" not in terms.due(elsewhere).text


@pytest.mark.parametrize("run", [pytest.param(run, marks=advised("lapses_at_term_end", run)) for run in (AUTO, END)])
def test_a_term_that_neither_renews_nor_ends_by_anybody_s_word(elsewhere: Elsewhere, run: str) -> None:
    terms.known(elsewhere, terms.ending_in(20, auto_renew=False))
    assert elsewhere.follow(terms.due(elsewhere), "lapses_at_term_end", run).code == 0
    assert run.removeprefix("set ADDRESS --").replace(" ", ": ") in manifest(elsewhere)
    elsewhere.apply("--override-limit", "max_ended")
    assert "lapses_at_term_end" not in terms.due(elsewhere).text


@pytest.mark.parametrize("run", [pytest.param(run, marks=advised("ends_undeclared", run)) for run in (AUTO, END)])
def test_an_end_that_somebody_scheduled(elsewhere: Elsewhere, run: str) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.estate.colleague.end_at_term(OFFICE)
    assert elsewhere.follow(terms.due(elsewhere), "ends_undeclared", run).code == 0
    elsewhere.apply("--accept-drift", "contoso/office")
    assert "ends_undeclared" not in terms.due(elsewhere).text


@advised("trial_turns_paid", END)
def test_a_trial_that_turns_into_a_paid_subscription(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(terms.a_trial())
    elsewhere.write("contoso", terms.entry(offer=terms.TRIAL))
    elsewhere.apply()
    assert elsewhere.follow(terms.due(elsewhere), "trial_turns_paid", END).code == 0
    elsewhere.apply("--override-limit", "max_ended")
    assert "trial_turns_paid" not in terms.due(elsewhere).text


@advised("suspended_at_term_end", END)
@pytest.mark.parametrize("more", ["", "renew: auto"], ids=["silent", "asked"])
def test_a_suspended_subscription_whose_term_ends(elsewhere: Elsewhere, more: str) -> None:
    terms.known(elsewhere, terms.ending_in(20), more=more)
    elsewhere.estate.colleague.suspend(OFFICE)
    assert elsewhere.follow(terms.due(elsewhere), "suspended_at_term_end", END).code == 0
    assert "suspended_at_term_end" not in terms.due(elsewhere).text


@advised("quantity_would_be", END)
def test_no_seat_that_is_to_be_left(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    refused = elsewhere.run("set", "contoso/office", "--quantity", "-25", code=1)
    assert elsewhere.follow(refused, "quantity_would_be", END).code == 0
    assert "renew: end" in manifest(elsewhere)


@advised("seat_permission_not_needed", "set ADDRESS --fewer-seats refuse")
def test_a_permission_that_nothing_needs(elsewhere: Elsewhere) -> None:
    elsewhere.write("contoso", f"mail: {{id: {MAIL}, offer: Exchange, quantity: 40, fewer_seats: {{to: 40}}}}")
    elsewhere.apply()
    told = elsewhere.run("plan")
    assert elsewhere.follow(told, "seat_permission_not_needed", "set ADDRESS --fewer-seats refuse").code == 0
    assert "seat_permission_not_needed" not in elsewhere.run("plan", code=0).text


@advised("order_id_to_write", "accept ADDRESS")
def test_what_was_ordered_and_has_no_id_in_its_entry(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    told = elsewhere.run("plan")
    assert elsewhere.follow(told, "order_id_to_write", "accept ADDRESS").code == 0
    assert bought(elsewhere) in manifest(elsewhere)
    assert "order_id_to_write" not in elsewhere.run("plan", code=0).text


def changed_outside(elsewhere: Elsewhere) -> None:
    """Somebody adds three seats to contoso/office."""
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).quantity = 28


@advised("drift", "accept ADDRESS")
def test_what_somebody_changed_and_explain_tells_of(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    explained = elsewhere.run("explain", "drift", code=0)
    assert elsewhere.follow(explained, "drift", "accept ADDRESS", ADDRESS="contoso/office").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("To keep it, write it into the manifest:", "accept ADDRESS")
def test_what_somebody_changed_and_a_plan_tells_of(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    told = elsewhere.run("plan")
    assert elsewhere.follow(told, "To keep it, write it into the manifest:", "accept ADDRESS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


def test_a_change_that_the_manifest_asks_for_by_now_is_not_to_be_accepted_again(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    assert elsewhere.run("accept").code == 0
    for page in ("plan", "drift"):
        text = elsewhere.run(page).text
        assert "seats 25 -> 28" in text
        assert "as its manifest asks; the next apply records it" in text
        assert "reconciler accept" not in text
    elsewhere.declare(office=(OFFICE, "E3", 28))
    assert "reconciler accept" not in elsewhere.run("plan").text


@advised("To keep what was changed, write it into the manifests:", "accept")
def test_what_somebody_changed_and_the_drift_tells_of(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    told = elsewhere.run("drift")
    assert elsewhere.follow(told, "To keep what was changed, write it into the manifests:", "accept").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


def test_a_status_that_somebody_changed_can_be_kept_by_no_command(elsewhere: Elsewhere) -> None:
    elsewhere.declare(mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.find(MAIL).status = "suspended"
    told = elsewhere.run("plan").text
    assert "status active -> suspended" in told
    assert "reconciler accept" not in told


@advised("*", "explain in_extended_service_term")
def test_what_it_means_to_declare_what_goes_on_after_its_term_is_explained(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.estate.colleague.extend_at_term(OFFICE)
    elsewhere.days_pass(8)
    edited = elsewhere.run("set", "contoso/office", "--from-live", code=0)
    assert "extended service term" in elsewhere.follow(edited, "*", "explain in_extended_service_term").text


@advised("Look at the edits, then plan:", "plan --target ADDRESS")
def test_what_was_edited_is_planned(elsewhere: Elsewhere) -> None:
    edited = elsewhere.run("set", "contoso/mail", "--quantity", "41", code=0)
    planned = elsewhere.follow(edited, "Look at the edits, then plan:", "plan --target ADDRESS")
    assert "40 -> 41" in planned.out


@advised("*", "set ADDRESS --from-live")
def test_what_is_live_is_written_where_nothing_drifted(elsewhere: Elsewhere) -> None:
    left = elsewhere.run("accept", "contoso/frontline", code=0)
    assert elsewhere.follow(left, "*", "set ADDRESS --from-live").code == 0
    assert "quantity: 10" in manifest(elsewhere)


@advised("What follows from it, and who must act:", "plan --target ADDRESS")
def test_what_no_entry_can_say_is_planned(elsewhere: Elsewhere) -> None:
    elsewhere.declare(mail=(MAIL, "Exchange", 41))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.find(MAIL).status = "suspended"
    left = elsewhere.run("accept")
    planned = elsewhere.follow(left, "What follows from it, and who must act:", "plan --target ADDRESS")
    assert "suspended" in planned.text


SWITCHED_OFF = "Auto-renew was switched off, and no entry can ask for that alone. To let it renew, say so:"
ENDING = "To let it end, which schedules the end too:"


@pytest.mark.parametrize(
    ("text", "run"),
    [pytest.param(text, run, marks=advised(text, run)) for text, run in ((SWITCHED_OFF, AUTO), (ENDING, END))],
)
@pytest.mark.parametrize("page", ["plan", "drift"])
def test_auto_renew_that_somebody_switched_off(elsewhere: Elsewhere, text: str, run: str, page: str) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.colleague.set_auto_renew(OFFICE, on=False)
    assert elsewhere.follow(elsewhere.run(page), text, run).code == 0
    elsewhere.apply("--override-limit", "max_ended", "--accept-drift", "contoso/office")
    assert "Auto-renew was switched off" not in elsewhere.run(page).text


@pytest.mark.parametrize("page", ["plan", "drift"])
def test_auto_renew_that_an_entry_decides_is_not_to_be_decided_again(elsewhere: Elsewhere, page: str) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.colleague.set_auto_renew(OFFICE, on=False)
    assert elsewhere.run("set", "contoso/office", "--renew", "auto").code == 0
    assert "Auto-renew was switched off" not in elsewhere.run(page).text
