"""Stories of new commerce in which money or users were lost, each from the merge to the end of the term and beyond."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.result import Licenses
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Renew, Term
from reconciler.sandbox import Behaviour
from reconciler.sandbox.sold import Batch
from tests.applying.scenes import NOON, Request, Stop, codes, only, types_of
from tests.histories.book import (
    AT_ONCE,
    COMMIT,
    END,
    ENDS,
    LATER,
    MONTHLY,
    OFFICE,
    THREE_YEARS,
    Book,
    actions,
    calm,
    reasons,
    warned,
)
from tests.sandbox.modern import PREMIUM, STANDARD, TRIAL

HOUR = timedelta(hours=1).total_seconds()
PROMOTED: dict[str, Any] = {"offer": PREMIUM, "quantity": 90, "promotion": "39NFJQT1PFPJ:000H:39NFJQT1Q5DK"}
A_TRIAL: dict[str, Any] = {"offer": TRIAL, "trial": True, "term": "P1M", "billing_cycle": "none", "created": NOON}
BY_THE_MONTH: dict[str, Any] = {"term": "P1M", "created": datetime(2026, 2, 20, 8, tzinfo=UTC)}
TEN_REFUNDABLE: dict[str, Any] = {"batches": [Batch(quantity=10, until=NOON + timedelta(days=5))]}
Open = Callable[..., Book]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Contoso's office, a year of 25 seats unless told otherwise."""

    def book(behaviour: Behaviour | None = None, **office: Any) -> Book:
        return Book(tmp_path, behaviour, **office)

    return book


@pytest.fixture
def book(opened: Open) -> Book:
    return opened()


class TestTheRenewal:
    @pytest.mark.parametrize("asked", [{"quantity": 20, **LATER}, MONTHLY, END], ids=["seats", "term", "end"])
    def test_what_a_renewal_did_is_not_undone_by_the_next_plan(self, book: Book, asked: dict[str, Any]) -> None:
        book.merge(**asked)
        book.renew()
        plan = book.plan()
        assert (calm(plan), plan.drift) == (True, ())
        book.apply()
        book.later(days=40)
        assert calm(book.plan())

    @pytest.mark.parametrize(("quantity", "item"), [(30, "resize"), (25, "renewal")])
    def test_a_reduction_that_is_no_longer_asked_for_does_not_happen(
        self, book: Book, quantity: int, item: str
    ) -> None:
        book.merge(quantity=20, **LATER)
        assert actions(book.ask(quantity=quantity)) == [item]
        book.apply()
        book.renew()
        assert book.sold.quantity == quantity
        assert calm(book.plan())

    def test_a_colleagues_schedule_is_neither_deleted_nor_replaced_unless_the_manifest_is_to_win(
        self, book: Book
    ) -> None:
        book.colleague.schedule(book.office, 20)
        assert calm(book.plan())
        assert reasons(book.ask(quantity=30)) == ["schedule_undeclared"]
        assert "quantity: 20\nfewer_seats: at_renewal" in book.plan().blocked[0].reasons[0].remedy.steps[0].text
        assert actions(book.accepting()) == ["resize"]
        assert reasons(book.ask(quantity=15, **LATER)) == ["schedule_undeclared"]

    def test_a_colleagues_schedule_that_the_manifest_asks_for_is_withdrawn_once_it_does_not(self, book: Book) -> None:
        book.apply()
        book.colleague.schedule(book.office, 20)
        assert [difference.path for drift in book.plan().drift for difference in drift.differences] == [
            "renewal.billing",
            "renewal.outcome",
            "renewal.quantity",
            "renewal.term",
        ]
        book.merge(quantity=20, **LATER)
        assert actions(book.ask(quantity=25)) == ["renewal"]
        book.apply()
        book.renew()
        assert book.sold.quantity == 25

    @pytest.mark.parametrize("seats", [25, 30])
    def test_a_schedule_of_ours_that_was_withdrawn_and_accepted_makes_no_later_one_ours(
        self, book: Book, seats: int
    ) -> None:
        book.merge(quantity=20, **LATER)
        book.colleague.unschedule(book.office)
        assert "schedule_lost" in warned(book.plan())
        book.merge(quantity=seats)
        assert (calm(book.plan()), book.plan().drift) == (True, ())
        assert book.state().subscriptions["office"].scheduled_by is None
        book.colleague.schedule(book.office, 20)
        assert book.plan().drift
        book.apply()
        assert book.sold.next_term

    def test_another_offer_that_a_colleague_schedules_in_place_of_our_schedule_is_not_replaced(
        self, book: Book
    ) -> None:
        book.merge(quantity=20, **LATER)
        book.colleague.schedule(book.office, 20, item_id=STANDARD)
        plan = book.plan()
        assert (actions(plan), reasons(plan)) == ([], ["schedule_undeclared"])
        moved = [(difference.path, difference.after) for drift in plan.drift for difference in drift.differences]
        assert moved == [("renewal.offer_id", "CFQ7TTC0LDPB:0001")]

    def test_seats_that_others_added_stay_theirs_though_an_upgrade_moves_them_along(self, book: Book) -> None:
        book.merge(quantity=20, **LATER)
        book.colleague.add_seats(book.office, 10)
        book.merge(offer=STANDARD)
        assert (book.sold.quantity, reasons(book.plan())) == (35, ["seats_added_outside"])

    def test_no_change_deletes_a_schedule_that_may_not_be_scheduled_again(self, book: Book) -> None:
        book.merge(quantity=20, **LATER)
        book.colleague.add_seats(book.office, 10)
        book.colleague.schedule(book.office, 20)
        plan = book.ask(offer=STANDARD)
        assert (actions(plan), reasons(plan)) == ([], ["seats_added_outside"])

    def test_what_a_change_at_once_deletes_is_scheduled_again_by_the_same_run_as_an_action(self, opened: Open) -> None:
        book = opened(Behaviour(transitioned_after=0, schedule_shown="actions"))
        book.merge(quantity=20, **LATER)
        book.merge(offer=STANDARD)
        assert (book.outcome(), calm(book.plan())) == ("renews_changed", True)

    @pytest.mark.parametrize(
        "edit", [{"quantity": 30}, {"offer": STANDARD}, {"offer": STANDARD, "quantity": 20, **LATER}]
    )
    def test_an_end_that_is_withdrawn_together_with_another_change_does_not_leave_it_to_lapse(
        self, opened: Open, edit: dict[str, Any]
    ) -> None:
        book = opened(Behaviour(transitioned_after=0))
        book.merge(**END)
        book.merge(renew=None, **edit)
        assert book.outcome() in {"renews", "renews_changed"}
        assert calm(book.plan())

    def test_defaults_of_trials_and_of_the_extended_term_are_no_schedule(self, book: Book) -> None:
        book.colleague.extend_at_term(book.office)
        assert actions(book.ask(quantity=30)) == ["resize"]

    def test_the_schedule_follows_an_upgrade_though_the_seats_between_them_were_refused(self, book: Book) -> None:
        def promoted(request: Request) -> bytes | None:
            seats = json.loads(request.body)["quantity"] if request.method == "PATCH" else 0
            return b'{"code": "800067", "description": "The promotion is for 25 seats."}' if seats > 25 else None

        book.counter.refusal, book.counter.forbid = "400 Bad Request", promoted
        assert actions(book.ask(offer=STANDARD, quantity=30, **MONTHLY)) == ["upgrade", "resize", "renewal"]
        assert codes(book.apply()) == ["800067"]
        assert book.outcome() == "renews_changed"

    def test_an_upgrade_that_takes_longer_than_the_run_ends_unknown_and_is_secured_by_a_later_one(
        self, opened: Open
    ) -> None:
        book = opened(Behaviour(transitioned_after=HOUR))
        book.merge(quantity=20, **LATER)
        book.before_the_end(days=4)
        assert types_of(book.merge(offer=STANDARD)) == ["started", "unknown", "skipped", "summary"]
        book.later(hours=2)
        plan = book.plan()
        assert ([item.outcome for item in plan.pending], actions(plan)) == (["recovered"], ["renewal"])
        assert types_of(book.apply(plan)) == ["succeeded", "started", "succeeded", "summary"]
        book.renew()
        assert book.sold.quantity == 20
        assert calm(book.plan())

    def test_near_the_end_nothing_at_once_deletes_a_declared_schedule(self, book: Book) -> None:
        book.merge(quantity=20, **LATER)
        book.before_the_end(hours=71)
        assert reasons(book.ask(offer=STANDARD)) == ["too_close_to_renewal"]
        assert reasons(book.ask(quantity=30)) == []

    def test_a_run_that_is_stopped_between_the_upgrade_and_the_schedule_leaves_it_to_the_next(
        self, opened: Open
    ) -> None:
        book = opened(Behaviour(transitioned_after=0))
        book.merge(quantity=20, **LATER)
        stop = Stop(book.clock)
        book.on("POST", "/transitions", lambda _: stop.set())
        book.want(OFFICE, offer=STANDARD)
        assert only(book.apply(stop=stop), "skipped").code == "interrupted"
        book.later(hours=1)
        book.apply()
        assert (book.outcome(), calm(book.plan())) == ("renews_changed", True)

    def test_an_end_that_a_colleague_withdrew_is_not_asked_for_again_once_the_manifest_does_not(
        self, book: Book
    ) -> None:
        book.merge(**END)
        book.colleague.set_auto_renew(book.office, on=True)
        assert calm(book.ask(renew=None))

    def test_fewer_seats_are_scheduled_even_in_the_last_day_and_nothing_else_is_begun(self, book: Book) -> None:
        book.before_the_end(hours=15)
        plan = book.ask(quantity=30)
        assert (actions(plan), plan.pending[0].outcome) == ([], "waiting")
        book.merge(quantity=20, **LATER)
        book.renew()
        assert book.sold.quantity == 20

    def test_auto_renew_that_somebody_switched_off_is_told_until_the_manifest_says_what_is_to_come(
        self, book: Book
    ) -> None:
        book.merge()
        book.colleague.set_auto_renew(book.office, on=False)
        book.apply()
        book.apply()
        assert [difference.after for drift in book.plan().drift for difference in drift.differences] == ["lapses"]
        book.merge(renew=Renew.AUTO)
        assert (book.outcome(), book.plan().drift) == ("renews", ())

    def test_a_renewal_that_was_missed_is_made_good_while_seats_can_be_given_back(self, book: Book) -> None:
        book.apply()
        book.renew()
        plan = book.ask(quantity=20, **LATER)
        assert (actions(plan), "missed_renewal" in warned(plan)) == (["resize"], True)
        book.apply()
        assert (book.sold.quantity, calm(book.plan())) == (20, True)

    def test_a_renewal_that_was_missed_for_longer_than_that_waits_for_the_next(self, book: Book) -> None:
        book.renew()
        book.later(days=8)
        assert actions(book.ask(quantity=20, **LATER)) == ["renewal"]

    def test_a_saved_plan_does_not_cross_a_renewal(self, book: Book) -> None:
        book.before_the_end(days=20)
        saved = book.ask(quantity=35)
        book.renew()
        book.later(days=6)
        assert only(book.apply(saved), "stale").description == "The end of the term changed since it was planned."

    def test_to_declare_that_it_renews_leaves_a_colleagues_schedule(self, book: Book) -> None:
        book.colleague.schedule(book.office, 20)
        assert calm(book.ask(renew=Renew.AUTO))

    def test_a_common_end_date_is_sent_back_with_another_number_of_seats(self, book: Book) -> None:
        book.colleague.schedule(book.office, 20)
        with book.changed() as world:
            scheduled = world.find(book.office).next_term
            assert scheduled
            scheduled["customTermEndDate"] = "2027-03-31T00:00:00Z"
        assert calm(book.ask(quantity=20, **LATER))
        book.apply()
        book.merge(quantity=15)
        after = book.sold.next_term
        assert after
        assert (after["quantity"], after["customTermEndDate"][:10]) == (15, "2027-03-31")

    def test_monthly_terms_come_and_go_without_a_word(self, opened: Open) -> None:
        book = opened(**BY_THE_MONTH)
        book.apply()
        for _ in range(3):
            book.later(days=31)
            plan = book.plan()
            assert calm(plan)
            assert not plan.drift
            assert not plan.warnings

    def test_a_term_that_would_lapse_is_told_in_time(self, book: Book) -> None:
        book.colleague.suspend(book.office)
        book.colleague.reactivate(book.office)
        book.before_the_end(days=40)
        assert warned(book.plan()) == ["lapses_at_term_end"]
        book.merge(renew=Renew.AUTO)
        assert book.outcome() == "renews"


class TestNow:
    def test_seats_are_given_back_before_a_year_is_committed(self, opened: Open) -> None:
        book = opened(**BY_THE_MONTH, **TEN_REFUNDABLE)
        assert actions(book.ask(quantity=15, **AT_ONCE, **THREE_YEARS, **COMMIT)) == ["resize", "term"]
        book.apply()
        assert (book.sold.quantity, book.sold.term) == (15, "P3Y")

    def test_seats_are_given_back_before_an_upgrade(self, opened: Open) -> None:
        book = opened(**TEN_REFUNDABLE)
        assert actions(book.ask(offer=STANDARD, quantity=15, **AT_ONCE)) == ["resize", "upgrade"]

    def test_a_trial_is_not_converted_into_a_commitment_that_nobody_declared(self, opened: Open) -> None:
        book = opened(**A_TRIAL)
        plan = book.ask(offer=PREMIUM)
        assert (reasons(plan), warned(plan)) == (["trial_needs_terms"], ["trial_turns_paid"])
        book.merge(term=Term.ANNUAL, billing=Billing.MONTHLY, quantity=30)
        book.later(minutes=5)
        assert calm(book.plan())
        assert (book.live().quantity, book.live().is_trial) == (30, False)

    def test_a_trial_that_is_to_end_does_not_turn_into_a_paid_subscription(self, opened: Open) -> None:
        book = opened(**A_TRIAL)
        assert types_of(book.merge(**END)) == ["started", "succeeded", "summary"]
        plan = book.plan()
        assert (calm(plan), warned(plan)) == (True, [])
        book.later(days=31)
        assert (book.live().status, calm(book.plan())) == ("expired", True)

    def test_what_cannot_be_undone_counts_against_a_limit_of_its_own(self, book: Book) -> None:
        book.settings = replace(book.settings, limits=replace(book.settings.limits, max_ended=0))
        assert codes(book.merge(quantity=30, **END)) == ["held_by_limit"]
        assert (book.outcome(), book.sold.quantity) == ("renews", 30)

    def test_all_items_of_one_address_are_carried_out_as_planned(self, book: Book) -> None:
        saved = book.ask(offer=STANDARD, quantity=30, **MONTHLY)
        assert types_of(book.apply(saved)) == ["started", "succeeded"] * 3 + ["summary"]
        assert calm(book.plan())

    def test_what_a_colleague_schedules_after_the_review_is_not_deleted(self, book: Book) -> None:
        saved = book.ask(quantity=30)
        book.colleague.schedule(book.office, 20)
        assert types_of(book.apply(saved)) == ["stale", "summary"]
        assert book.sold.next_term

    def test_a_conversion_is_done_though_nothing_is_ever_said_of_licences(self, opened: Open) -> None:
        book = opened(Behaviour(transitioned_after=10, licensed_after=1000 * HOUR))
        assert types_of(book.merge(offer=STANDARD)) == ["started", "succeeded", "summary"]
        assert (book.state().results[-1].licenses, book.state().pending) == (Licenses.UNKNOWN, {})

    def test_the_same_seats_are_bought_again_under_another_request_id(self, book: Book) -> None:
        book.merge(quantity=30)
        book.colleague.remove_seats(book.office, 5)
        plan = book.plan()
        assert "undoes_outside_change" in warned(plan)
        book.apply()
        assert book.sold.quantity == 30

    def test_an_answer_that_the_service_repeats_is_not_believed_where_state_was_lost(self, book: Book) -> None:
        book.merge(quantity=30)
        book.colleague.remove_seats(book.office, 5)
        (book.state_directory / "contoso.json").unlink()
        assert types_of(book.apply()) == ["started", "unknown", "summary"]
        book.later(days=2)
        book.apply()
        book.apply()
        assert book.sold.quantity == 30

    def test_a_schedule_that_lists_leave_out_is_seen_before_anything_is_planned(self, opened: Open) -> None:
        book = opened(Behaviour(schedules_in_lists=False))
        book.colleague.schedule(book.office, 20)
        assert reasons(book.ask(quantity=30)) == ["schedule_undeclared"]

    def test_our_schedule_stays_ours_though_lists_leave_it_out(self, opened: Open) -> None:
        book = opened(Behaviour(schedules_in_lists=False))
        book.merge(quantity=20, **LATER)
        assert calm(book.plan())
        book.apply()
        book.merge(quantity=25)
        assert book.outcome() == "renews"

    @pytest.mark.parametrize("fewer", [FewerSeats.AT_RENEWAL, FewerSeats.NOW])
    def test_seats_that_a_colleague_added_are_not_taken_away(self, book: Book, fewer: FewerSeats) -> None:
        book.merge(fewer_seats=fewer)
        book.colleague.add_seats(book.office, 15)
        assert reasons(book.plan()) == ["seats_added_outside"]
        assert actions(book.accepting()) == ["renewal" if fewer is FewerSeats.AT_RENEWAL else "resize"]
        assert calm(book.ask(quantity=40))

    def test_a_promotion_that_is_lost_or_limits_the_seats_is_told(self, opened: Open) -> None:
        book = opened(**PROMOTED)
        assert "promotion_limits_seats" in warned(book.ask(quantity=120))
        assert reasons(book.ask(market="US")) == ["promotion_seat_limit"]
        book.ask(market=None)
        assert "promotion_lost" in warned(book.ask(quantity=90, **THREE_YEARS, **COMMIT))

    def test_a_billing_cycle_alone_waits_for_the_renewal(self, opened: Open) -> None:
        book = opened(term="P3Y", billing_cycle="annual")
        assert reasons(book.ask(billing=Billing.MONTHLY, **COMMIT)) == ["term_only_at_renewal"]
        assert actions(book.ask(change_term=ChangeTerm.AT_RENEWAL)) == ["renewal"]
        book.apply()
        assert calm(book.plan())


def test_the_year_of_the_book_ends_when_these_stories_say(book: Book) -> None:
    found = book.live().commitment
    assert found
    assert found.ends_at
    assert timedelta(0) < ENDS - found.ends_at <= timedelta(seconds=1)
