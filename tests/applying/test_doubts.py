"""A change that was given up as not done stays in doubt, until the late word of its own run ends that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reconciler.model.address import Address
from reconciler.model.change import Before
from reconciler.model.customer import Customer
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome, Result, ended, given_up
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from tests.requested import an_upgrade

ADDRESS = Address("contoso/office")
SENT = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = SENT + timedelta(hours=1)
FIRST = Pending(
    request=an_upgrade("e3", 10, name="Office 365 E3"),
    run=Run(id="first", actor="pipeline"),
    request_id="request-1",
    correlation_id="correlation-1",
    started_at=SENT,
    subscription_id="source",
    before=Before(offer_id="e1", offer_name="Office 365 E1", quantity=10, status="active", etag="1"),
)
REPEATED = replace(FIRST, started_at=LATER, run=Run(id="second", actor="pipeline"))


def abandoned(pending: Pending) -> Result:
    return given_up(pending, ADDRESS, LATER, Run(id="another", actor="pipeline"))


def refused(pending: Pending) -> Result:
    return ended(pending, ADDRESS, Outcome.FAILED, LATER, None, pending.run)


def after(*results: Result) -> CustomerState:
    return CustomerState(lineage="lineage", customer=Customer(name="contoso", tenant="tenant"), results=results)


def test_its_own_run_s_late_word_that_it_was_not_done_ends_the_doubt() -> None:
    state = after(abandoned(FIRST), refused(FIRST))
    assert state.doubts() == ()
    assert state.doubt_of(FIRST) is None


def test_the_refusal_of_a_repeated_request_says_nothing_of_the_first() -> None:
    state = after(abandoned(FIRST), refused(REPEATED))
    assert state.doubts() == (FIRST,)


def test_a_run_that_sent_nothing_says_nothing_of_what_another_sent_under_the_same_id() -> None:
    never_left = ended(FIRST, ADDRESS, Outcome.NOT_DONE, LATER, None, FIRST.run)
    assert after(abandoned(FIRST), abandoned(REPEATED), never_left).doubts() == (REPEATED,)


def test_a_person_s_second_word_ends_every_doubt_of_a_request_id() -> None:
    certain = replace(ended(REPEATED, ADDRESS, Outcome.NOT_DONE, LATER, None, FIRST.run), by_hand=True)
    assert after(abandoned(FIRST), abandoned(REPEATED), certain).doubts() == ()


def test_a_repeated_request_that_was_refused_late_leaves_the_first_in_doubt() -> None:
    assert after(abandoned(FIRST), abandoned(REPEATED), refused(REPEATED)).doubts() == (FIRST,)
