"""A new-commerce item tells its reader what happens when, what it commits to, and what can be undone."""

from dataclasses import replace
from datetime import UTC, datetime

from reconciler.changes.resize import ResizeRequest
from reconciler.changes.term import TermRequest
from reconciler.model.change import Before, Change
from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request, TransitionRequest
from reconciler.rendering.reports.commitment import commitment, standing
from tests.rendering import plans

ENDS = datetime(2027, 3, 4, 23, 59, 59, tzinfo=UTC)
RENEWS = AtRenewal(outcome="renews", quantity=25, term="annual", billing="monthly")
STANDARD = "CFQ7TTC0LDPB:0001"


def before(renewal: AtRenewal = RENEWS, term: str | None = "annual") -> Before:
    return replace(plans.before(), term=term, billing="monthly", term_ends=ENDS, renewal=renewal)


def shown(request: Request, was: Before | None = None, seats: int = 25) -> dict[str, str]:
    change: Change = replace(
        plans.resize(seats=(25, seats)), request=request, before=was or before(), after=plans.after(seats=seats)
    )
    return {field.label: str(field.value) for field in commitment(change, plans.NOON)}


def next_term(quantity: int = 20, term: str = "annual") -> NextTerm:
    return NextTerm(offer_id=STANDARD, quantity=quantity, term=term, billing="monthly")


def renewal(outcome: str, following: NextTerm | None = None) -> RenewalRequest:
    return RenewalRequest(kind="renewal", outcome=outcome, next_term=following, form=ScheduleForm.ACTIONS)


def test_a_renewal_says_that_nothing_changes_now_and_what_does_at_which_date() -> None:
    assert shown(renewal("renews_changed", next_term())) == {
        "term": "annual, billed monthly, until 2027-03-04",
        "now": "nothing changes",
        "at end": "2027-03-04: renews as it is -> renews with 20 seats (-5)",
        "binds": "20 seats for 1 year from 2027-03-05",
        "undo": "until 2027-03-04",
    }


def test_another_term_from_the_renewal_on_is_named() -> None:
    found = shown(renewal("renews_changed", next_term(25, "triennial")))

    assert found["at end"] == "2027-03-04: renews as it is -> renews as triennial, billed monthly"
    assert found["binds"] == "25 seats for 3 years from 2027-03-05"


def test_an_end_commits_to_nothing() -> None:
    found = shown(renewal("ends"))

    assert found["at end"].endswith("-> ends")
    assert "binds" not in found


def test_an_upgrade_says_the_worst_case_of_its_commitment_and_that_it_is_final() -> None:
    request = TransitionRequest(
        kind="transition", type="transition_only", target_offer_id=STANDARD, catalog_item_id="", quantity=25
    )

    found = shown(request)
    assert found["binds"] == "25 seats, at worst for a new term of 1 year from the day of the upgrade"
    assert found["undo"] == "no: an upgrade opens no refund window"
    longer = replace(request, term="triennial", billing="annual")
    assert shown(longer)["term"] == "annual, billed monthly -> triennial, billed annually"


def test_another_term_is_a_new_commitment() -> None:
    found = shown(TermRequest(kind="term", term="triennial", billing="monthly"))

    assert found["binds"] == "25 seats for 3 years from the day of the change"
    assert found["undo"] == "no: a new commitment begins"


def test_added_seats_are_bound_until_the_term_ends_and_can_be_given_back_for_a_week() -> None:
    found = shown(ResizeRequest(kind="resize", quantity=30), seats=30)

    assert (found["binds"], found["undo"]) == ("5 more seats until 2027-03-04", "for 7 days after the change")


def test_an_immediate_change_shows_an_outcome_that_is_more_than_a_plain_renewal() -> None:
    lapsing = before(AtRenewal(outcome="lapses"))

    found = shown(ResizeRequest(kind="resize", quantity=30), lapsing, seats=30)
    assert found["at end"] == "lapses: auto-renew is off and nothing else is scheduled"
    assert [field.label for field in standing(lapsing)] == ["term", "at end"]


def test_a_traditional_subscription_has_nothing_of_it() -> None:
    assert shown(ResizeRequest(kind="resize", quantity=30), plans.before(), seats=30) == {}
