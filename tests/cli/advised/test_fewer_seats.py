"""Seats that a limit keeps from being removed are removed by the `apply` that is advised."""

from tests.cli.advised import terms
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import MAIL, Answer

RUN = "apply --target ADDRESS --override-limit max_seats_removed=REMOVED"


def removed(elsewhere: Elsewhere, page: Answer, code: str, **filled: str) -> bool:
    """Returns whether the limit holds the removal back, and the command of the code carries it out, and leaves none."""
    elsewhere.settings("limits: {max_seats_removed: 0}\n")
    elsewhere.apply(code=5)
    followed = elsewhere.follow(page, code, RUN, "--auto-approve", **filled)
    return (followed.code, elsewhere.run("plan", "--detailed-exitcode").code) == (0, 0)


@advised("new_commerce_only", RUN)
def test_of_an_entry_that_asks_for_what_only_new_commerce_has(elsewhere: Elsewhere) -> None:
    entry = f"mail: {{id: {MAIL}, offer: Exchange, quantity: 30"
    elsewhere.write("contoso", f"{entry}, fewer_seats: at_renewal}}")
    blocked = elsewhere.run("plan", code=3)
    elsewhere.write("contoso", f"{entry}, fewer_seats: {{to: 30}}}}")
    assert removed(elsewhere, blocked, "new_commerce_only")


@advised("seats_removed_once", RUN)
def test_of_which_is_read_how_it_is_permitted(elsewhere: Elsewhere) -> None:
    elsewhere.write("contoso", f"mail: {{id: {MAIL}, offer: Exchange, quantity: 30, fewer_seats: {{to: 30}}}}")
    assert removed(
        elsewhere,
        elsewhere.run("explain", "seats_removed_once", code=0),
        "seats_removed_once",
        ADDRESS="contoso/mail",
        REMOVED="10",
    )


@advised("renewed_otherwise", RUN)
def test_of_a_term_that_renewed_otherwise(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.days_pass(5)
    elsewhere.write("contoso", terms.entry("fewer_seats: at_renewal", quantity=20))
    assert removed(elsewhere, terms.due(elsewhere), "renewed_otherwise")
    assert "renewed_otherwise" not in terms.due(elsewhere).text


@advised("missed_renewal", RUN)
def test_of_a_renewal_that_was_to_have_fewer_seats(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(3))
    elsewhere.days_pass(5)
    elsewhere.write("contoso", terms.entry("fewer_seats: at_renewal", quantity=20))
    assert "[missed_renewal]" in elsewhere.run("plan").text
    assert removed(
        elsewhere,
        elsewhere.run("explain", "missed_renewal", code=0),
        "missed_renewal",
        ADDRESS="contoso/office",
        REMOVED="5",
    )
