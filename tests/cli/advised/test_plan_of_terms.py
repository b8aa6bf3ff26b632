"""Every `plan` that is advised about the end of a term, or about what somebody arranged for it, shows what it says."""

import pytest

from tests.cli.advised import terms
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import OFFICE

TARGET = "plan --target ADDRESS"


def renewal(elsewhere: Elsewhere, seats: int, quantity: int, more: str = "") -> None:
    """A term that ends soon: somebody scheduled so many seats, and the manifest asks for others."""
    terms.known(elsewhere, terms.ending_in(20))
    if seats:
        elsewhere.estate.colleague.schedule(OFFICE, seats)
    elsewhere.write("contoso", terms.entry(more, quantity=quantity))


@advised("renews_otherwise", TARGET)
def test_a_renewal_that_no_apply_has_arranged(elsewhere: Elsewhere) -> None:
    renewal(elsewhere, 0, 20, "fewer_seats: at_renewal")
    planned = elsewhere.follow(terms.due(elsewhere), "renews_otherwise", TARGET)
    assert "1 change can go ahead" in planned.text
    elsewhere.apply()
    assert "renews_otherwise" not in terms.due(elsewhere).text


@advised("renews_with_fewer_seats", TARGET)
def test_seats_that_no_apply_has_added(elsewhere: Elsewhere) -> None:
    renewal(elsewhere, 0, 30)
    planned = elsewhere.follow(terms.due(elsewhere), "renews_with_fewer_seats", TARGET)
    assert "1 change can go ahead" in planned.text
    elsewhere.apply()
    assert "renews_with_fewer_seats" not in terms.due(elsewhere).text


BOTH = "plan --target ADDRESS --accept-drift ADDRESS"


@pytest.mark.parametrize(
    ("code", "seats"),
    [
        pytest.param(code, seats, marks=advised(code, BOTH), id=code)
        for code, seats in (("renews_otherwise", 30), ("renews_with_fewer_seats", 20))
    ],
)
def test_a_renewal_that_somebody_arranged_otherwise(elsewhere: Elsewhere, code: str, seats: int) -> None:
    renewal(elsewhere, seats, 25)
    planned = elsewhere.follow(terms.due(elsewhere), code, BOTH, "--out", "plan.json")
    assert "1 change can go ahead" in planned.text
    elsewhere.run("apply", "plan.json", code=0)
    assert code not in terms.due(elsewhere).text


@advised("renewed_otherwise", TARGET)
def test_a_term_that_renewed_otherwise(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.estate.colleague.schedule(OFFICE, 30)
    elsewhere.days_pass(5)
    elsewhere.write("contoso", terms.entry("fewer_seats: now"))
    planned = elsewhere.follow(terms.due(elsewhere), "renewed_otherwise", TARGET)
    assert "contoso/office" in planned.text
    elsewhere.apply("--override-limit", "max_seats_removed", "--accept-drift", "contoso/office")
    assert "renewed_otherwise" not in terms.due(elsewhere).text


@advised("renewed_not_ended", TARGET)
def test_a_term_that_renewed_and_was_to_end(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.days_pass(5)
    elsewhere.write("contoso", terms.entry("renew: end"))
    planned = elsewhere.follow(terms.due(elsewhere), "renewed_not_ended", TARGET)
    assert "1 renewal" in planned.text
    elsewhere.apply("--override-limit", "max_ended")


@advised("lapses_at_term_end", TARGET)
def test_a_term_that_lapses_and_is_to_renew(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20, auto_renew=False))
    elsewhere.write("contoso", terms.entry("renew: auto"))
    planned = elsewhere.follow(terms.due(elsewhere), "lapses_at_term_end", TARGET)
    assert "1 change can go ahead" in planned.text
    elsewhere.apply()
    assert "lapses_at_term_end" not in terms.due(elsewhere).text


@advised("trial_turns_paid", TARGET)
def test_a_trial_that_is_to_end(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(terms.a_trial())
    elsewhere.write("contoso", terms.entry("renew: end", offer=terms.TRIAL))
    planned = elsewhere.follow(terms.due(elsewhere), "trial_turns_paid", TARGET)
    assert "1 renewal" in planned.text
    elsewhere.apply("--override-limit", "max_ended")
    assert "trial_turns_paid" not in terms.due(elsewhere).text


@advised("not_live", TARGET)
def test_an_entry_whose_subscription_does_not_show(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold()
    refused = elsewhere.run("set", "contoso/office", "--from-live", code=1)
    planned = elsewhere.follow(refused, "not_live", TARGET)
    assert "[subscription_missing]" in planned.text


@advised("not_secured", TARGET)
def test_an_end_that_does_not_show(elsewhere: Elsewhere) -> None:
    renewal(elsewhere, 0, 25, "renew: end")
    elsewhere.estate.behave(actions_shown=False)
    failed = elsewhere.apply("--override-limit", "max_ended", code=4)
    elsewhere.estate.behave(actions_shown=True)
    planned = elsewhere.follow(failed, "not_secured", TARGET)
    assert "Nothing to do" in planned.text


ACCEPT = "plan --accept-drift ADDRESS"


@advised("seats_added_outside", ACCEPT)
def test_seats_that_somebody_added_and_that_are_to_go(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.colleague.add_seats(OFFICE, 3)
    elsewhere.write("contoso", terms.entry("fewer_seats: now"))
    blocked = elsewhere.run("plan", code=3)
    planned = elsewhere.follow(blocked, "seats_added_outside", ACCEPT, "--out", "plan.json")
    assert "28 -> 25" in planned.out
    elsewhere.run("apply", "plan.json", "--override-limit", "max_seats_removed", code=0)
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("seats_added_outside", "accept ADDRESS")
def test_seats_that_somebody_added_and_that_stay(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.colleague.add_seats(OFFICE, 3)
    elsewhere.write("contoso", terms.entry("fewer_seats: now"))
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "seats_added_outside", "accept ADDRESS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("schedule_undeclared", ACCEPT)
def test_a_schedule_that_is_to_be_replaced(elsewhere: Elsewhere) -> None:
    renewal(elsewhere, 20, 30)
    blocked = elsewhere.run("plan", code=3)
    planned = elsewhere.follow(blocked, "schedule_undeclared", ACCEPT, "--out", "plan.json")
    assert planned.code == 0
    elsewhere.run("apply", "plan.json", code=0)
    assert elsewhere.state().subscriptions["office"].quantity == 30
