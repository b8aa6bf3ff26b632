"""The list of renewals: what becomes of each term, and what of that a person must look at."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from reconciler.changes.facts import SubscriptionWanted
from reconciler.model.binding import Bound
from reconciler.model.errors import ServiceError
from reconciler.model.offer import Offer
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm
from reconciler.model.renewals import TermEnd, TermEvent, TermValues
from reconciler.model.request import RenewalRequest
from reconciler.model.result import Outcome
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Platform, Renew, Term
from reconciler.planning import CustomerTerms, customer_terms, listed_within, months_of, term_warnings, timeline
from tests.planning.cases import (
    HIGHER,
    MODERN,
    NOW,
    OFFICE,
    circumstances,
    facts,
    pending,
    result,
    state,
    wants,
)
from tests.planning.modern import LATER, come_to, ending, office, ours, refundable, renews, scheduled

SOON = NOW + timedelta(days=20)
LAPSES = AtRenewal(outcome="lapses")
MONTHLY = AtRenewal(outcome="renews", quantity=25, term="monthly", billing="monthly")


def listed(
    *seen: Live, known: Bound | None = None, results: Any = (), pending: Any = None, read: bool = True, **asked: Any
) -> CustomerTerms:
    """The terms of contoso. Its entry asks for office as it is, unless said otherwise."""
    entries = () if asked.pop("declared", True) is False else (wants(**{"offer": MODERN, **asked}),)
    bound: dict[str, Any] = {"office": known} if known else {}
    remembered = state(pending, results, **bound) if known or results or pending else None
    more: dict[str, Any] = {} if read else {"details": {}}
    found = facts(*entries, lives=list(seen), state=remembered, **more)
    return customer_terms(found, circumstances(), 45)


def end(*seen: Live, **known: Any) -> TermEnd:
    (only,) = listed(*seen, **known).terms
    return only


def codes(of: TermEnd) -> list[str]:
    return [finding.code for finding in of.findings]


def soon(then: AtRenewal | None = None, **more: Any) -> Live:
    return office(then=then, ends_at=SOON, **more)


def renewed(seats: int = 25, days: int = 2, **more: Any) -> Live:
    """The subscription, whose second year began so many days ago."""
    began = NOW - timedelta(days=days)
    year: dict[str, Any] = {"starts_at": began, "ends_at": began + timedelta(days=364)}
    return office(seats, of={"created_at": began - timedelta(days=365)}, **year, **more)


def test_a_plain_renewal_needs_nobody_declared_or_not() -> None:
    declared, undeclared = end(soon()), end(soon(), declared=False)

    assert (declared.event, codes(declared), declared.declared) == (TermEvent.RENEWS, [], True)
    assert (undeclared.event, codes(undeclared), undeclared.address) == (TermEvent.RENEWS, [], None)
    assert declared.ends_on == SOON.date()
    assert declared.change_until == SOON


def test_renewed_seats_can_be_given_back_for_seven_days_after_the_last_one_of_the_term() -> None:
    undo = end(soon()).undo_until
    assert undo is not None
    assert undo.date() - SOON.date() == timedelta(days=8)


@pytest.mark.parametrize(
    ("live", "asked", "event", "code"),
    [
        (soon(), {"seats": 20}, "renews", "renews_otherwise"),
        (soon(), {"seats": 30}, "renews", "renews_with_fewer_seats"),
        (soon(), {"term": Term.TRIENNIAL}, "renews", "renews_otherwise"),
        (soon(), {"offer": HIGHER}, "renews", "renews_otherwise"),
        (soon(), {"renew": Renew.END}, "renews", "renews_otherwise"),
        (soon(then=renews(20)), {}, "renews_changed", "renews_with_fewer_seats"),
        (ending(ends_at=SOON), {}, "ends", "ends_undeclared"),
        (ending(ends_at=SOON), {"renew": Renew.AUTO}, "ends", "ends_undeclared"),
        (soon(then=LAPSES, auto_renew=False), {}, "lapses", "lapses_at_term_end"),
        (soon(then=LAPSES, auto_renew=False), {"renew": Renew.END}, "lapses", "lapses_at_term_end"),
        (soon(then=renews(25), of={"is_trial": True}), {}, "turns_paid", "trial_turns_paid"),
        (soon(then=AtRenewal(outcome="unclear")), {}, "unclear", "schedule_unclear"),
    ],
)
def test_what_comes_otherwise_than_declared_needs_a_look(
    live: Live, asked: dict[str, Any], event: str, code: str
) -> None:
    found = end(live, **asked)

    assert (found.event, codes(found)) == (event, [code])
    assert all(finding.remedy.steps for finding in found.findings)
    assert not [step for finding in found.findings for step in finding.remedy.steps if "{" in step.plain]


@pytest.mark.parametrize(
    ("live", "asked"),
    [
        (scheduled(20, ends_at=SOON), {"seats": 20, "fewer_seats": LATER}),
        (ending(ends_at=SOON), {"renew": Renew.END}),
        (soon(then=LAPSES, auto_renew=False, of={"is_trial": True}), {"renew": Renew.END}),
    ],
)
def test_what_comes_as_declared_needs_nobody(live: Live, asked: dict[str, Any]) -> None:
    assert not codes(end(live, **asked))


@pytest.mark.parametrize("live", [ending(ends_at=SOON), soon(then=LAPSES, auto_renew=False)])
def test_what_nobody_declares_and_does_not_renew_needs_a_look(live: Live) -> None:
    (finding,) = end(live, declared=False).findings
    assert "its entry" not in finding.description
    assert any("import" in step.run for step in finding.remedy.steps)


def test_a_schedule_of_ours_that_is_gone_is_told_with_what_comes_instead() -> None:
    found = end(soon(), known=ours(scheduled(20, ends_at=SOON)), seats=20, fewer_seats=LATER)
    assert codes(found) == ["schedule_lost", "renews_otherwise"]


def test_while_the_outcome_of_a_change_is_not_known_nothing_is_advised_that_would_undo_it() -> None:
    found = end(soon(), pending={"office": pending(HIGHER)}, offer=HIGHER)
    assert codes(found) == ["outcome_unknown"]
    assert not [step for step in found.findings[0].remedy.steps if "set" in step.run]


def test_a_schedule_that_was_accepted_and_does_not_show_is_told_as_that() -> None:
    request = RenewalRequest(kind="renewal", outcome="renews_changed", form=ScheduleForm.INSTRUCTIONS)
    own = replace(result(), request=request, outcome=Outcome.NOT_SECURED, subscription_id=OFFICE)
    found = end(soon(), results=(own,), seats=20, fewer_seats=LATER)
    assert codes(found) == ["not_secured"]


EXTENDED = replace(
    soon(then=LAPSES, auto_renew=False, term="monthly"),
    offer=Offer(id="CFQ7TTC0EST1:0001", name="Office - Extended Service Term"),
)


class TestExtendedTerm:
    """A subscription that went on after its term."""

    def test_it_needs_you_until_its_entry_declares_it_as_it_is(self) -> None:
        assert codes(end(EXTENDED)) == ["in_extended_service_term"]
        assert codes(end(EXTENDED, declared=False)) == ["in_extended_service_term"]
        assert codes(end(EXTENDED, offer=EXTENDED.offer)) == []
        assert codes(end(EXTENDED, offer=EXTENDED.offer, renew=Renew.END)) == ["in_extended_service_term"]

    def test_nothing_of_it_can_be_given_back(self) -> None:
        assert end(EXTENDED).undo_until is None
        over = replace(EXTENDED, commitment=renewed(term="monthly", **refundable(5)).commitment)
        assert all(term.undo_until is None for term in listed(over).terms)


def test_of_other_platforms_nothing_can_be_given_back() -> None:
    assert end(replace(soon(), platform=Platform.OTHER, product="software")).undo_until is None


@pytest.mark.parametrize(
    ("then", "asked", "expected"),
    [
        (renews(25, "triennial", "annual"), {}, ["renews_undeclared"]),
        (renews(25, "annual", "annual"), {}, ["renews_undeclared"]),
        (renews(25, "triennial", "annual"), {"term": Term.TRIENNIAL, "billing": Billing.ANNUAL}, []),
        (renews(25, "triennial", "annual"), {"term": Term.ANNUAL}, ["renews_otherwise"]),
    ],
)
def test_another_term_that_a_colleague_scheduled_needs_a_look_where_the_entry_leaves_it_out(
    then: AtRenewal, asked: dict[str, Any], expected: list[str]
) -> None:
    assert codes(end(soon(then=then), **asked)) == expected
    assert codes(end(soon(then=then), known=ours(soon(then=then)), **asked)) == [
        code for code in expected if code != "renews_undeclared"
    ]


def test_what_is_asked_is_never_a_term_with_a_billing_that_does_not_fit_it() -> None:
    (finding,) = end(soon(then=renews(25, "annual", "annual")), term=Term.MONTHLY).findings
    assert finding.description.startswith(
        "The manifest asks for 25 seats, monthly term, billed monthly, but the outcome"
    )


def test_a_common_end_date_is_the_end_of_the_next_term() -> None:
    following = NextTerm(
        offer_id=MODERN.id, quantity=25, term="annual", billing="monthly", custom_end=NOW + timedelta(days=90)
    )
    assert end(soon(then=renews(25), next_term=following)).ends_after == (NOW + timedelta(days=90)).date()


class TestLists:
    """A customer's list may leave out what is scheduled."""

    def test_where_a_schedule_is_missed_the_subscription_is_read_by_itself(self) -> None:
        for known in ({"known": ours(scheduled(20, ends_at=SOON))}, {"seats": 20, "fewer_seats": LATER}):
            assert listed(soon(), read=False, **known).questions == {SubscriptionWanted(OFFICE)}

    def test_each_term_that_ends_soon_is_read_by_itself_for_what_a_colleague_may_have_scheduled(self) -> None:
        for seen in (soon(), soon(then=LAPSES, auto_renew=False), soon(term="monthly", of={"is_trial": True})):
            assert listed(seen, read=False, declared=False).questions == {SubscriptionWanted(OFFICE)}

    def test_nothing_is_asked_of_a_term_that_ends_later_or_shows_a_schedule_or_is_plain_and_monthly(self) -> None:
        assert not listed(office(), read=False, seats=20, fewer_seats=LATER).questions
        assert not listed(scheduled(20, ends_at=SOON), read=False).questions
        assert not listed(soon(then=MONTHLY, term="monthly"), read=False).questions

    def test_a_subscription_that_can_not_be_read_by_itself_is_named_in_a_warning(self) -> None:
        found = facts(wants(offer=MODERN), lives=[soon()], details={OFFICE: ServiceError()})
        (warning,) = customer_terms(found, circumstances(), 45).warnings
        assert (warning.code, warning.address) == ("schedule_unread", "contoso/office")
        assert "not be read by itself" in warning.description

    def test_an_item_that_can_not_be_understood_is_named_in_a_warning(self) -> None:
        item = UnreadableItem(id=OFFICE, position=1, why="lacks its quantity")
        found = facts(wants(offer=MODERN), unreadable=(item,))
        (warning,) = customer_terms(found, circumstances(), 45).warnings
        assert (warning.code, warning.address) == ("subscription_unreadable", "contoso/office")

    def test_until_it_is_read_our_schedule_stands(self) -> None:
        known = ours(scheduled(20, ends_at=SOON))
        found = end(soon(), known=known, read=False, seats=20, fewer_seats=LATER)
        assert (found.event, found.after and found.after.quantity, codes(found)) == ("renews_changed", 20, [])


class TestOver:
    """A term that has ended is told for seven days."""

    def test_a_renewal_that_did_what_was_scheduled_is_told_as_renewed(self) -> None:
        before = ours(scheduled(20, ends_at=NOW - timedelta(days=2)))
        over = listed(renewed(20), known=before, seats=20).terms[0]
        assert (over.event, over.before and over.before.quantity, over.after and over.after.quantity) == (
            "renewed",
            25,
            20,
        )
        assert not codes(over)

    def test_it_is_told_as_long_as_it_can_be_undone(self) -> None:
        late = renewed(30, days=7, **refundable(30))
        assert codes(listed(late, seats=25).terms[0]) == ["renewed_otherwise"]

    def test_after_a_week_it_is_not_told_any_more(self) -> None:
        assert "renewed" in [term.event for term in listed(renewed(days=6)).terms]
        assert "renewed" not in [term.event for term in listed(renewed(days=7)).terms]

    def test_a_term_that_renewed_with_too_many_seats_says_until_when_they_can_be_given_back(self) -> None:
        over = listed(renewed(30, **refundable(30)), seats=25).terms[0]
        assert codes(over) == ["renewed_otherwise"]
        assert over.findings[0].description == (
            "It renewed with 30 seats; the manifest asks for 25 seats. Seats can be given back, or the new term "
            "cancelled, until 2026-03-04 12:00 UTC."
        )
        fewer = listed(renewed(20, **refundable(20)), seats=25).terms[0]
        assert fewer.findings[0].description.endswith("the manifest asks for 25 seats: 5 too few.")

    def test_a_term_that_renewed_though_its_end_is_asked_for_says_until_when_it_can_be_cancelled(self) -> None:
        over = listed(renewed(**refundable(25)), renew=Renew.END).terms[0]
        assert codes(over) == ["renewed_not_ended"]
        assert "the manifest asks for its end. The new term can be cancelled until 2026-03-04 12:00 UTC." in (
            over.findings[0].description
        )
        month = AtRenewal(outcome="renews", quantity=25, term="monthly", billing="monthly")
        assert not any(term.routine for term in listed(renewed(then=month, term="monthly"), renew=Renew.END).terms)

    def test_a_plan_and_drift_tell_it_too_while_it_can_be_cancelled(self) -> None:
        def warned_of(**window: Any) -> list[str]:
            found = facts(wants(offer=MODERN, renew=Renew.END), lives=[renewed(**window)])
            return [alarm.code for alarm in term_warnings(found, circumstances()).alarms]

        assert warned_of(**refundable(25)) == ["renewed_not_ended"]
        assert warned_of() == []

    def test_a_renewed_term_whose_end_is_scheduled_by_now_needs_nobody(self) -> None:
        over = listed(renewed(then=AtRenewal(outcome="ends")), renew=Renew.END).terms[0]
        assert (over.event, codes(over)) == ("renewed", [])

    @pytest.mark.parametrize(("asked", "expected"), [({"renew": Renew.END}, []), ({}, ["ended_undeclared"])])
    def test_a_subscription_that_ended_is_told(self, asked: dict[str, Any], expected: list[str]) -> None:
        ended = office(ends_at=NOW - timedelta(days=1), of={"status": "deleted"})
        assert (end(ended, **asked).event, codes(end(ended, **asked))) == ("ended", expected)


def test_between_the_end_of_a_term_and_its_renewal_no_past_day_is_a_deadline() -> None:
    ended = end(office(ends_at=NOW - timedelta(hours=6)), seats=20)
    assert (codes(ended), ended.change_until) == (["renews_otherwise"], None)
    assert "its renewal is under way" in ended.findings[0].remedy.steps[0].text
    assert not any("no later than" in step.text for step in ended.findings[0].remedy.steps)


@pytest.mark.parametrize(
    ("named", "offer_id", "name"),
    [(HIGHER.id, HIGHER.id, HIGHER.id), (None, "", "its paid offer, which the service does not name")],
)
def test_a_trial_turns_into_what_the_service_names_and_never_into_itself(
    named: str | None, offer_id: str, name: str
) -> None:
    after = end(soon(then=replace(renews(25), offer_id=named), of={"is_trial": True})).after
    assert after is not None
    assert (after.offer_id, after.offer_name, after.quantity) == (offer_id, name, 25)


IN_NINE_DAYS = NOW + timedelta(days=9)


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        ({"seats": 20, "fewer_seats": LATER}, "2026-03-11"),
        ({"seats": 20, "fewer_seats": FewerSeats.REFUSE}, "2026-03-11"),
        ({"term": Term.TRIENNIAL}, "2026-03-11"),
        ({"term": Term.TRIENNIAL, "change_term": ChangeTerm.NOW}, "2026-03-10 12:00 UTC"),
        ({"billing": Billing.ANNUAL, "change_term": ChangeTerm.NOW}, "2026-03-10 12:00 UTC"),
        ({"offer": HIGHER}, "2026-03-10 12:00 UTC"),
        ({"seats": 30}, "2026-03-10 12:00 UTC"),
        ({"seats": 20, "fewer_seats": FewerSeats.NOW}, "2026-03-04 12:00 UTC"),
        ({"seats": 19, "fewer_seats": FewerSeats.NOW}, "2026-03-11"),
    ],
)
def test_the_deadline_is_the_last_moment_at_which_the_change_is_begun(asked: dict[str, Any], last: str) -> None:
    """Five seats can be given back for two days; the term ends in nine."""
    (finding,) = end(office(ends_at=IN_NINE_DAYS, **refundable(5)), **asked).findings
    assert f"no later than {last}:" in f"{finding.remedy.steps[0].text}:".replace("::", ":")


def test_before_the_last_day_nothing_at_once_is_begun_that_deletes_a_declared_schedule() -> None:
    (finding,) = end(scheduled(25, ends_at=NOW + timedelta(days=2)), offer=HIGHER).findings
    assert finding.remedy.steps[0].text.startswith("In the last 72 hours of this term nothing is started")


def test_a_renewal_that_does_not_show_for_days_needs_a_look() -> None:
    assert codes(end(office(ends_at=NOW - timedelta(days=3)))) == ["renewal_overdue"]


class TestSuspended:
    """A suspended subscription is disabled when its term ends."""

    SEEN = soon(then=LAPSES, auto_renew=False, of={"status": "suspended"})

    @pytest.mark.parametrize(("asked", "expected"), [({}, ["suspended_at_term_end"]), ({"renew": Renew.END}, [])])
    def test_it_needs_you_unless_its_end_is_asked_for(self, asked: dict[str, Any], expected: list[str]) -> None:
        found = end(self.SEEN, **asked)
        alarms = term_warnings(facts(wants(offer=MODERN, **asked), lives=[self.SEEN]), circumstances()).alarms
        assert (found.event, found.after, codes(found)) == ("stops", None, expected)
        assert [alarm.code for alarm in alarms] == expected
        assert all(alarm.source for alarm in alarms)

    def test_it_needs_you_where_no_manifest_declares_it_but_a_trial_just_stops(self) -> None:
        trial = replace(self.SEEN, is_trial=True)
        assert codes(end(self.SEEN, declared=False)) == ["suspended_at_term_end"]
        assert codes(end(trial, declared=False)) == []

    def test_nothing_has_to_be_scheduled_for_one_that_is_to_end(self) -> None:
        plan = come_to(self.SEEN, renew=Renew.END)
        assert (plan.changes, plan.blocked) == ((), ())


def test_plain_renewals_of_monthly_terms_are_routine() -> None:
    assert end(soon(then=MONTHLY, term="monthly")).routine
    assert not end(soon(then=MONTHLY, term="monthly"), seats=20).routine
    assert not end(soon()).routine


def test_a_list_has_what_ends_within_its_days_and_the_timeline_a_year() -> None:
    terms = (*listed(soon()).terms, *listed(office()).terms)
    months = timeline(months_of(terms), NOW.date())

    assert [term.ends_on for term in listed_within(terms, NOW.date(), 45)] == [SOON.date()]
    assert [month.month for month in months][:2] == ["2026-03", "2026-04"]
    assert {month.month: (month.terms, month.seats, month.seats_after) for month in months if month.terms} == {
        "2026-03": (1, 25, 25),
        "2026-09": (1, 25, 25),
    }


def test_the_timeline_has_the_same_month_next_year_where_terms_end_there() -> None:
    month = office(ends_at=NOW.replace(year=NOW.year + 1))
    months = timeline(months_of(listed(month).terms), NOW.date())
    assert (len(months), months[-1].month, months[-1].terms) == (13, f"{NOW.year + 1}-{NOW.month:02}", 1)


def test_plan_and_drift_warn_of_what_the_list_finds_until_the_renewal_shows() -> None:
    """A term has ended, and its renewal may take a day to show."""
    for days, ends in ((20, []), (-0.5, []), (-3, ["renewal_overdue"])):
        over = office(then=LAPSES, auto_renew=False, ends_at=NOW + timedelta(days=days))
        found = {alarm.code for alarm in come_to(over).warnings}
        assert found == set(ends or ["lapses_at_term_end"]) == {*codes(end(over))}
    assert [alarm.code for alarm in come_to(ending(ends_at=SOON)).warnings] == ["ends_undeclared"]


def test_a_term_that_renewed_otherwise_is_told_by_a_plan_that_does_not_mend_it() -> None:
    seen = renewed(30, **refundable(5))
    blocked = come_to(seen, seats=25)
    assert "renewed_otherwise" in [alarm.code for alarm in blocked.warnings]
    assert "renewed_otherwise" not in [alarm.code for alarm in come_to(seen, seats=31).warnings]


def priced_terms(ends_at: datetime, promotion: str = "", **more: Any) -> tuple[TermValues | None, TermValues | None]:
    """The present and the next term of a year, by a sheet of this month alone: 120 a year."""
    key = PriceKey(MODERN.id, "annual", "monthly", "commercial")
    rows = {key: (PriceRow(Decimal(120), date.min, date.max),)}
    month = NOW.date().replace(day=1)
    prices = Prices(sheets=(Sheet(file="us.csv", market="US", currency="USD", month=month, rows=rows),))
    following = NextTerm(offer_id=MODERN.id, quantity=20, term="annual", billing="monthly", promotion_id=promotion)
    seen = office(then=renews(20), next_term=following, form=ScheduleForm.INSTRUCTIONS, ends_at=ends_at, **more)
    known = facts(wants(offer=MODERN, market="US"), lives=[seen])
    (only,) = customer_terms(known, circumstances(prices=prices), 45).terms
    return only.before, only.after


def test_a_promotion_of_the_next_term_leaves_it_without_a_price() -> None:
    (_, plain), (_, promoted) = priced_terms(SOON), priced_terms(SOON, "39NFJQT1PFPJ:000H")
    assert plain
    assert plain.price == "10.00 USD"
    assert promoted
    assert (promoted.price, promoted.price_estimate) == (None, None)
    assert promoted.no_price
    assert promoted.no_price.code == "price_of_promotion"


def test_a_price_from_the_sheet_of_another_month_is_an_estimate() -> None:
    this_month = NOW + timedelta(days=5)
    before, after = priced_terms(this_month)
    assert before
    assert after
    assert this_month.month == NOW.month
    assert (before.price_estimate, after.price_estimate) == (True, False)
