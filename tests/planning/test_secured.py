"""A schedule that the service took and does not show is tried twice, and then once a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.changes.rules.secured import try_due_at
from reconciler.model.address import Address
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request
from reconciler.model.result import Outcome, Result, ended
from reconciler.model.state import CustomerState
from reconciler.model.term import Renew
from tests.planning.cases import (
    BOUGHT,
    E1,
    MODERN,
    NOW,
    OFFICE,
    RUN,
    bound,
    codes,
    facts,
    live,
    pending,
    planned,
    reason,
    state,
    wants,
)
from tests.requested import a_resize

END = RenewalRequest(kind="renewal", outcome=EndOfTerm.ENDS, form=ScheduleForm.ACTIONS)


def renewing(seats: int = 20, availability: str = "") -> RenewalRequest:
    then = NextTerm(offer_id=E1.id, availability_id=availability, quantity=seats, term="annual", billing="monthly")
    outcome, form = EndOfTerm.RENEWS_CHANGED, ScheduleForm.INSTRUCTIONS
    return RenewalRequest(kind="renewal", outcome=outcome, next_term=then, form=form)


def result(
    request: Request = END, hours: float = 1, outcome: Outcome = Outcome.NOT_SECURED, of: str = OFFICE
) -> Result:
    """The result of a change of the office so many hours ago."""
    at = NOW - timedelta(hours=hours)
    done = ended(replace(pending(), request=request), Address("contoso/office"), outcome, at, None, RUN)
    return replace(done, subscription_id=of)


def remembered(*results: Result) -> CustomerState:
    return state(results=results)


def due(*results: Result, request: RenewalRequest = END) -> bool:
    again = try_due_at(remembered(*results), OFFICE, request)
    return again is None or again <= NOW


def test_the_first_two_tries_are_due_at_once_and_the_third_a_day_after_the_second() -> None:
    assert due()
    assert due(result())
    assert not due(result(hours=30), result(hours=23))
    assert due(result(hours=30), result(hours=24))


def test_after_a_try_of_a_further_day_the_next_is_due_a_day_later() -> None:
    tries = [result(hours=hours) for hours in (90, 80, 50, 10)]
    assert try_due_at(remembered(*tries), OFFICE, END) == NOW + timedelta(hours=14)


@pytest.mark.parametrize(
    "between",
    [
        result(outcome=Outcome.SUCCEEDED),
        result(renewing()),
        result(renewing(), outcome=Outcome.FAILED),
    ],
    ids=["secured", "another value", "another value failed"],
)
def test_what_comes_between_begins_the_count_anew(between: Result) -> None:
    assert due(result(hours=3), result(hours=2), between)


def test_other_changes_and_other_subscriptions_do_not_count() -> None:
    assert not due(result(hours=3), result(hours=2), result(a_resize(30), outcome=Outcome.SUCCEEDED))
    assert due(result(hours=3), result(hours=2, of=BOUGHT))


def test_the_same_value_is_the_same_whatever_its_availability() -> None:
    tried = [result(renewing(availability="CFQ7TTC0K971")), result(renewing(availability="CFQ7TTC0K972"))]
    assert not due(*tried, request=renewing())
    assert due(*tried, request=renewing(19))


@pytest.mark.parametrize(("writes", "warned"), [(799, False), (800, True), (1200, True)])
def test_a_subscription_that_was_changed_hundreds_of_times_is_warned_of(writes: int, warned: bool) -> None:
    plan = planned(
        facts(wants(offer=MODERN), lives=[live(MODERN)], state=state(office=bound(offer=MODERN, writes=writes)))
    )
    assert any(alarm.code == "many_writes" and str(writes) in alarm.description for alarm in plan.warnings) is warned


def test_a_schedule_that_was_written_twice_and_does_not_show_is_blocked_until_the_next_day() -> None:
    entry = wants(offer=MODERN, renew=Renew.END)
    tries = state(results=(result(hours=3), result(hours=2)), office=bound(offer=MODERN))
    plan = planned(facts(entry, lives=[live(MODERN)], state=tries))
    assert codes(plan) == ["not_secured"]
    assert "once a day, from 2026-03-03 10:00 UTC on" in reason(plan, "not_secured").description
