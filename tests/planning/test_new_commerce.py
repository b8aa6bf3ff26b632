"""New commerce: one destination in the manifest, and what is asked now and for the end of the term."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reconciler.changes.term import TermRequest
from reconciler.documents.coherence import coherent
from reconciler.model.address import Address
from reconciler.model.alarm import UNDOES
from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.change import Change
from reconciler.model.promotion import Promotion
from reconciler.model.remedy import Step
from reconciler.model.renewal import AtRenewal, ScheduleForm
from reconciler.model.request import RenewalRequest, TransitionRequest
from reconciler.model.subscription import Live
from reconciler.model.term import (
    Billing,
    ChangeTerm,
    FewerSeats,
    Platform,
    Renew,
    Term,
)
from reconciler.planning import CustomerPlan, PromotionWanted, SubscriptionWanted, TransitionsWanted, as_declared
from tests.planning.cases import (
    E1,
    HIGHER,
    MAY_MOVE,
    MODERN,
    NOW,
    OFFICE,
    OTHER,
    bound,
    change,
    circumstances,
    codes,
    committed,
    error,
    facts,
    live,
    path,
    planned,
    state,
    steps_text,
    wants,
)
from tests.planning.modern import AT_ONCE, LATER, come_to, ending, office, ours, refundable, renews, scheduled


def actions(plan: CustomerPlan) -> list[str]:
    assert not plan.blocked
    return [item.action for item in plan.changes]


def warned(plan: CustomerPlan) -> list[str]:
    return [alarm.code for alarm in plan.warnings]


def renewal(item: Change) -> RenewalRequest:
    assert isinstance(item.request, RenewalRequest)
    return item.request


LAPSES = AtRenewal(outcome="lapses")


class TestOffers:
    def test_another_offer_is_a_transition_of_all_seats(self) -> None:
        request = change(come_to(office(), offer=HIGHER)).request
        assert isinstance(request, TransitionRequest)
        assert (request.quantity, request.type) == (25, "transition_with_license_transfer")
        assert request.catalog_item_id == f"{HIGHER.id}:CFQ7TTC0SBX3"
        assert request.term is request.billing is None

    def test_the_service_is_asked_for_the_subscription_and_then_for_its_transitions(self) -> None:
        entry = facts(wants(offer=HIGHER), lives=[office()], details={})
        assert planned(entry).questions == {SubscriptionWanted(OFFICE)}
        assert planned(replace(entry, details={OFFICE: office()})).questions == {TransitionsWanted(OFFICE)}

    def test_what_does_not_differ_is_not_read_by_its_id(self) -> None:
        assert planned(facts(wants(offer=MODERN), lives=[office()], details={})).unchanged == 1

    def test_more_seats_are_added_after_the_transition(self) -> None:
        plan = come_to(office(), offer=HIGHER, seats=30)
        assert [(item.action, item.after.quantity) for item in plan.changes] == [("upgrade", 25), ("resize", 30)]
        assert [item.before and item.before.offer_id for item in plan.changes] == [MODERN.id, HIGHER.id]

    def test_fewer_seats_are_given_back_before_the_transition(self) -> None:
        plan = come_to(office(**refundable(5)), offer=HIGHER, seats=20, fewer_seats=AT_ONCE)
        assert [(item.action, item.after.quantity) for item in plan.changes] == [("resize", 20), ("upgrade", 20)]

    def test_fewer_seats_at_the_renewal_follow_the_transition(self) -> None:
        plan = come_to(office(), offer=HIGHER, seats=20, fewer_seats=LATER)
        assert actions(plan) == ["upgrade", "renewal"]
        following = renewal(plan.changes[1]).next_term
        assert following
        assert (following.offer_id, following.quantity) == (HIGHER.id, 20)
        assert following.availability_id == "CFQ7TTC0SBX3"

    def test_the_transition_brings_the_term_that_is_wanted_now(self) -> None:
        asked: dict[str, Any] = {"term": Term.TRIENNIAL, "billing": Billing.ANNUAL, "change_term": ChangeTerm.NOW}
        request = change(come_to(office(), offer=HIGHER, **asked)).request
        assert isinstance(request, TransitionRequest)
        assert (request.term, request.billing) == ("triennial", "annual")

    def test_a_shorter_term_is_no_part_of_a_transition(self) -> None:
        plan = come_to(office(), offer=HIGHER, term=Term.MONTHLY, change_term=ChangeTerm.NOW)
        assert codes(plan) == ["term_only_at_renewal"]

    def test_without_a_promised_move_of_licences_the_plan_says_so(self) -> None:
        item = change(come_to(office(), offer=HIGHER, options=(path(error(5)), path(kind=MAY_MOVE))))
        assert [warning.code for warning in item.warnings] == ["users_may_be_left"]

    @pytest.mark.parametrize(
        ("transfer", "options", "reasons"),
        [
            ("never", (path(),), ["license_transfer_not_wanted"]),
            ("required", (path(kind=MAY_MOVE),), ["license_transfer_required"]),
            ("preferred", (), ["subscription_does_not_have_any_transition_paths"]),
            ("preferred", (path(to=E1),), ["subscription_target_offer_not_found"]),
            ("preferred", (path(error(3)),), ["conflicting_service_types"]),
        ],
    )
    def test_what_the_service_or_the_manifest_rules_out_blocks(
        self, transfer: str, options: tuple[Any, ...], reasons: list[str]
    ) -> None:
        assert codes(come_to(office(), offer=HIGHER, transfer=transfer, options=options)) == reasons

    def test_every_reason_is_told_at_once(self) -> None:
        plan = come_to(office(), offer=HIGHER, seats=20, options=())
        assert set(codes(plan)) == {"seat_loss_not_allowed", "subscription_does_not_have_any_transition_paths"}


class TestSeats:
    def test_more_seats_are_added_now(self) -> None:
        assert actions(come_to(office(), seats=30)) == ["resize"]

    def test_fewer_seats_are_given_back_as_far_as_they_can_be(self) -> None:
        assert actions(come_to(office(**refundable(5)), seats=20, fewer_seats=AT_ONCE)) == ["resize"]
        plan = come_to(office(**refundable(4)), seats=20, fewer_seats=AT_ONCE)
        assert codes(plan) == ["seats_not_refundable"]
        assert "set quantity to 21" in steps_text(plan, "seats_not_refundable")
        assert "from 2026-09-19 on" in steps_text(plan, "seats_not_refundable")

    def test_fewer_seats_wait_for_the_renewal(self) -> None:
        item = change(come_to(office(**refundable(25)), seats=20, fewer_seats=LATER))
        assert (item.action, item.seats) == ("renewal", 0)
        assert [(found.path, found.before, found.after) for found in item.differences] == [
            ("renewal.outcome", "renews", "renews_changed"),
            ("renewal.quantity", 25, 20),
        ]

    def test_a_renewal_with_the_old_number_is_mended_while_seats_can_be_given_back(self) -> None:
        began = NOW - timedelta(days=2)
        bought: dict[str, Any] = {"of": {"created_at": NOW - timedelta(days=400)}, "starts_at": began}
        item = change(come_to(office(**refundable(25), **bought), seats=20, fewer_seats=LATER))
        assert (item.action, item.seats) == ("resize", -5)
        assert "missed_renewal" in [warning.code for warning in item.warnings]

    def test_seats_of_a_new_subscription_wait_though_they_could_be_given_back(self) -> None:
        bought: dict[str, Any] = {"of": {"created_at": NOW - timedelta(days=2)}, "starts_at": NOW - timedelta(days=2)}
        assert actions(come_to(office(**refundable(25), **bought), seats=20, fewer_seats=LATER)) == ["renewal"]

    @pytest.mark.parametrize("permission", [LATER, AT_ONCE])
    def test_seats_that_somebody_added_are_not_taken_away(self, permission: FewerSeats) -> None:
        known = bound(offer=MODERN, seats=25)
        asked: dict[str, Any] = {"seats": 20, "fewer_seats": permission}
        for given_back in (40, 16):
            assert codes(come_to(office(40, **refundable(given_back)), known, **asked)) == ["seats_added_outside"]

    def test_a_person_may_let_the_manifest_win(self) -> None:
        entry = wants(offer=MODERN, seats=20, fewer_seats=LATER)
        known = facts(entry, lives=[office(40)], state=state(office=bound(offer=MODERN, seats=25)))
        plan = planned(known, accepted=frozenset({entry.address}))
        assert (actions(plan), plan.changes[0].warnings[0].code) == (["renewal"], UNDOES)
        assert (
            plan.changes[0]
            .warnings[0]
            .description.startswith(
                "15 seats were added outside (25 -> 40); this plan removes them again, and 5 more when the term ends."
            )
        )

    @pytest.mark.parametrize("asked", [{}, {"renew": Renew.AUTO}])
    def test_a_schedule_of_somebody_else_that_contradicts_the_manifest_is_told(self, asked: dict[str, Any]) -> None:
        plan = come_to(scheduled(20), seats=25, **asked)
        assert (actions(plan), warned(plan)) == ([], ["renews_with_fewer_seats"])
        assert warned(come_to(office(then=renews(25, "triennial")), term=Term.ANNUAL, **asked)) == ["renews_otherwise"]
        assert warned(come_to(office(then=renews(25, "triennial")), **asked)) == []

    @pytest.mark.parametrize("asked", [{}, {"renew": Renew.AUTO}])
    def test_a_person_may_let_the_manifest_win_over_it(self, asked: dict[str, Any]) -> None:
        entry = wants(offer=MODERN, seats=25, **asked)
        plan = planned(facts(entry, lives=[scheduled(20)]), accepted=frozenset({entry.address}))
        assert (actions(plan), warned(plan)) == (["renewal"], [])
        assert change(plan).warnings[0].description == (
            "Somebody else scheduled the end of the term (it renews with 20 seats, annual term, billed monthly); this "
            "plan deletes that. To keep it, write quantity: 20, fewer_seats: at_renewal at manifests/contoso.yaml:7:3."
        )
        assert renewal(change(plan)).outcome == "renews"

    def test_a_schedule_of_ours_that_is_gone_is_told_where_the_change_is_blocked_too(self) -> None:
        plan = come_to(office(40, auto_renew=False), ours(scheduled(20)), seats=20, fewer_seats=LATER)
        assert (codes(plan), "schedule_lost" in warned(plan)) == (["seats_added_outside"], True)

    def test_a_trial_keeps_its_seats(self) -> None:
        assert codes(come_to(office(of={"is_trial": True}), seats=30)) == ["trial_cannot_be_changed"]


class TestTerms:
    def test_a_longer_term_now_is_a_new_commitment(self) -> None:
        request = change(come_to(office(), term=Term.TRIENNIAL, change_term=ChangeTerm.NOW)).request
        assert request == TermRequest(kind="term", term="triennial", billing="monthly")

    @pytest.mark.parametrize("asked", [{"term": Term.MONTHLY}, {"billing": Billing.ANNUAL}])
    def test_a_shorter_term_or_another_billing_alone_waits(self, asked: dict[str, Any]) -> None:
        assert codes(come_to(office(), change_term=ChangeTerm.NOW, **asked)) == ["term_only_at_renewal"]
        assert actions(come_to(office(), **asked)) == ["renewal"]

    def test_a_term_of_a_month_has_one_billing_cycle(self) -> None:
        following = renewal(change(come_to(office(of={"billing": "annual"}), term=Term.MONTHLY))).next_term
        assert following
        assert (following.term, following.billing) == ("monthly", "monthly")

    def test_a_billing_cycle_that_is_longer_than_the_new_term_must_be_chosen(self) -> None:
        plan = come_to(office(term="triennial", of={"billing": "triennial"}), term=Term.ANNUAL)
        assert codes(plan) == ["billing_needed"]

    def test_more_seats_follow_the_new_term(self) -> None:
        plan = come_to(office(), seats=30, term=Term.TRIENNIAL, change_term=ChangeTerm.NOW)
        assert actions(plan) == ["term", "resize"]


class TestSchedules:
    def test_what_is_scheduled_as_asked_is_left_alone(self) -> None:
        assert come_to(scheduled(20), seats=20, fewer_seats=LATER).unchanged == 1
        assert come_to(ending(), renew=Renew.END).unchanged == 1

    def test_a_schedule_of_ours_is_withdrawn_once_nothing_asks_for_it(self) -> None:
        seen = scheduled(20)
        assert renewal(change(come_to(seen, ours(seen)))).outcome == "renews"
        seen = ending()
        assert renewal(change(come_to(seen, ours(seen)))).outcome == "renews"

    def test_a_schedule_of_ours_is_looked_for_by_id_though_the_list_shows_none(self) -> None:
        known = state(office=ours(scheduled(20)))
        assert planned(facts(wants(offer=MODERN), lives=[office()], state=known, details={})).questions

    def test_somebody_elses_schedule_is_left_alone(self) -> None:
        assert come_to(scheduled(20)).unchanged == 1
        assert come_to(ending()).unchanged == 1

    @pytest.mark.parametrize(
        ("seen", "asked", "lines"),
        [
            (scheduled(20), {"seats": 30}, "quantity: 20\nfewer_seats: at_renewal"),
            (scheduled(20), {"seats": 18, "fewer_seats": LATER}, "quantity: 20\nfewer_seats: at_renewal"),
            (scheduled(20), {"renew": Renew.END}, "quantity: 20\nfewer_seats: at_renewal"),
            (ending(), {"renew": Renew.AUTO}, "renew: end"),
            (ending(), {"offer": HIGHER}, "renew: end"),
        ],
    )
    def test_somebody_elses_schedule_is_neither_deleted_nor_replaced(
        self, seen: Live, asked: dict[str, Any], lines: str
    ) -> None:
        plan = come_to(seen, **asked)
        assert codes(plan) == ["schedule_undeclared"]
        assert lines in steps_text(plan, "schedule_undeclared")

    def test_our_schedule_is_made_again_after_a_change_at_once(self) -> None:
        seen = scheduled(20)
        plan = come_to(seen, ours(seen), offer=HIGHER, seats=20, fewer_seats=LATER)
        assert actions(plan) == ["upgrade", "renewal"]

    def test_the_end_is_scheduled_again_after_a_change_at_once(self) -> None:
        seen = ending()
        assert actions(come_to(seen, ours(seen), seats=30, renew=Renew.END)) == ["resize", "renewal"]

    def test_a_common_end_date_and_a_promotion_are_kept(self) -> None:
        seen = scheduled(20)
        then = replace(seen.commitment.next_term, custom_end=NOW, promotion_id="P1")  # type: ignore[union-attr, type-var]
        seen = replace(seen, commitment=replace(seen.commitment, next_term=then))  # type: ignore[type-var]
        following = renewal(change(come_to(seen, ours(seen), seats=18, fewer_seats=LATER))).next_term
        assert following
        assert (following.custom_end, following.promotion_id) == (NOW, "P1")

    def test_the_form_that_the_subscription_carries_is_used(self) -> None:
        asked: dict[str, Any] = {"seats": 20, "fewer_seats": LATER}
        assert renewal(change(come_to(office(), **asked))).form is ScheduleForm.INSTRUCTIONS
        assert renewal(change(come_to(office(form=ScheduleForm.ACTIONS), **asked))).form is ScheduleForm.ACTIONS
        assert renewal(change(come_to(office(), renew=Renew.END))).form is ScheduleForm.ACTIONS

    def test_auto_renew_that_is_off_is_not_switched_on_unasked(self) -> None:
        lapsing = office(then=AtRenewal(outcome="lapses"), auto_renew=False)
        assert codes(come_to(lapsing, seats=20, fewer_seats=LATER)) == ["auto_renew_is_off"]
        assert actions(come_to(lapsing, seats=20, fewer_seats=LATER, renew=Renew.AUTO)) == ["renewal"]
        assert renewal(change(come_to(lapsing, renew=Renew.AUTO))).outcome == "renews"

    def test_nothing_is_written_over_what_contradicts_itself(self) -> None:
        unclear = office(then=AtRenewal(outcome="unclear"))
        assert codes(come_to(unclear, seats=30)) == ["schedule_unclear"]
        assert codes(come_to(unclear, renew=Renew.END)) == ["schedule_unclear"]

    def test_a_trial_ends_by_auto_renew_alone(self) -> None:
        trial = office(of={"is_trial": True}, term="monthly")
        assert renewal(change(come_to(trial, renew=Renew.END))).outcome == "lapses"


class TestTime:
    def test_a_schedule_is_not_deleted_in_the_last_three_days(self) -> None:
        seen = scheduled(20, ends_at=NOW + timedelta(hours=71))
        plan = come_to(seen, ours(seen), offer=HIGHER, seats=20, fewer_seats=LATER)
        assert [reason.code for reason in plan.blocked[0].reasons] == ["too_close_to_renewal"]

    def test_without_a_schedule_the_last_three_days_are_like_any(self) -> None:
        assert actions(come_to(office(ends_at=NOW + timedelta(hours=71)), seats=30)) == ["resize"]

    def test_on_the_last_day_changes_at_once_wait_and_schedules_are_made(self) -> None:
        plan = come_to(office(ends_at=NOW + timedelta(hours=23)), offer=HIGHER, seats=20, fewer_seats=LATER)
        assert actions(plan) == ["renewal"]
        assert [(item.outcome, item.remedy.steps[-1]) for item in plan.pending] == [
            ("waiting", Step("Then, after 2026-03-04 11:00 UTC:", ("plan",)))
        ]

    def test_until_the_renewal_shows_everything_waits(self) -> None:
        plan = come_to(office(ends_at=NOW - timedelta(hours=3)), offer=HIGHER, seats=20, fewer_seats=LATER)
        assert not plan.changes
        assert [item.outcome for item in plan.pending] == ["waiting"]

    def test_a_trial_needs_terms_and_seats_to_be_upgraded(self) -> None:
        trial = office(of={"is_trial": True}, term="monthly")
        assert codes(come_to(trial, offer=HIGHER)) == ["trial_needs_terms"]
        asked: dict[str, Any] = {"term": Term.ANNUAL, "billing": Billing.MONTHLY, "change_term": ChangeTerm.NOW}
        request = change(come_to(trial, offer=HIGHER, **asked)).request
        assert isinstance(request, TransitionRequest)
        assert (request.term, request.billing, request.quantity) == ("annual", "monthly", 25)

    def test_a_trial_that_became_paid_is_written_as_what_it_is(self) -> None:
        known = bound(offer=MODERN, billing="none")
        plan = come_to(live(HIGHER), known, offer=MODERN)
        assert "trial_became_paid" in codes(plan)
        assert f"offer: {HIGHER.id}" in steps_text(plan, "trial_became_paid")


class TestPlatforms:
    def test_other_platforms_are_watched_and_never_changed(self) -> None:
        azure = replace(office(), platform=Platform.OTHER, product="azure")
        assert come_to(azure).unchanged == 1
        assert codes(come_to(azure, seats=30)) == ["platform_not_managed"]
        assert codes(come_to(azure, renew=Renew.END)) == ["platform_not_managed"]

    def test_a_cloud_without_new_commerce_changes_none(self) -> None:
        known = facts(wants(offer=MODERN, seats=30), lives=[office()])
        missing = Capabilities(new_commerce=unavailable("china_has_no_new_commerce"))
        assert codes(planned(known, capabilities=missing)) == ["new_commerce_subscription"]

    def test_the_extended_service_term_is_no_other_offer(self) -> None:
        seen = replace(office(), offer=HIGHER, commitment=committed(term="monthly"))
        known = bound(offer=MODERN, term="annual", term_ends=NOW - timedelta(days=3))
        plan = planned(facts(wants(offer=MODERN), lives=[seen], state=state(office=known)))
        assert codes(plan) == ["in_extended_service_term"]

    def test_what_is_in_the_extended_service_term_goes_on_in_it_though_auto_renew_is_off(self) -> None:
        lapsing = committed(term="monthly", then=AtRenewal(outcome="lapses"), auto_renew=False)
        seen = replace(office(), offer=HIGHER, commitment=lapsing)
        known = bound(offer=MODERN, term="annual", term_ends=NOW - timedelta(days=3))
        (item,) = planned(facts(wants(offer=MODERN), lives=[seen], state=state(office=known))).blocked
        assert item.before is not None
        assert item.before.renewal == AtRenewal(outcome="extended_term")

    def test_an_upgrade_in_the_portal_is_no_extended_service_term(self) -> None:
        seen = replace(office(), offer=HIGHER)
        known = bound(offer=MODERN, term="annual", term_ends=NOW - timedelta(days=3))
        options = {OFFICE: (path(to=MODERN),)}
        plan = planned(facts(wants(offer=MODERN), lives=[seen], state=state(office=known), transitions=options))
        assert actions(plan) == ["upgrade"]


class TestWarnings:
    def test_a_trial_that_turns_into_a_paid_subscription_is_told_unless_its_end_is_secured(self) -> None:
        trial = office(then=renews(25), of={"is_trial": True}, term="monthly")
        assert [alarm.code for alarm in come_to(trial).warnings] == ["trial_turns_paid"]
        ended = office(then=AtRenewal(outcome="lapses"), of={"is_trial": True}, term="monthly")
        assert not come_to(ended).warnings

    @pytest.mark.parametrize(("days", "told_of"), [(44, True), (46, False)])
    def test_a_term_that_lapses_is_told_in_its_last_weeks(self, days: int, told_of: bool) -> None:
        lapsing = office(then=AtRenewal(outcome="lapses"), auto_renew=False, ends_at=NOW + timedelta(days=days))
        assert bool(come_to(lapsing).warnings) is told_of

    def test_a_promotion_that_is_left_behind_is_told(self) -> None:
        promoted = office(promotion_id="P1")
        assert "promotion_lost" in [item.code for item in change(come_to(promoted, offer=HIGHER)).warnings]
        assert "promotion_limits_seats" in [item.code for item in change(come_to(promoted, seats=30)).warnings]

    @pytest.mark.parametrize(("most", "codes"), [(29, ["promotion_seat_limit"]), (30, []), (None, [])])
    def test_more_seats_than_the_promotion_permits_are_blocked(self, most: int | None, codes: list[str]) -> None:
        asked = PromotionWanted("P1", "US")
        known = {asked: Promotion(id="P1", name="First year", most_seats=most)}
        promoted = office(promotion_id="P1")
        assert come_to(promoted, seats=30, market="US").questions == {asked}
        plan = come_to(promoted, seats=30, market="US", promotions=known)
        assert [reason.code for item in plan.blocked for reason in item.reasons] == codes
        assert "promotion_limits_seats" not in [item.code for each in plan.changes for item in each.warnings]

    def test_a_schedule_of_ours_that_is_gone_is_told_and_made_again(self) -> None:
        plan = come_to(office(), ours(scheduled(20)), seats=20, fewer_seats=LATER)
        (warning,) = change(plan).warnings
        assert warning.code == "schedule_lost"
        assert (
            "now it renews as it is. This plan makes it again, unless a limit holds it back. "
            "To keep what is there, write quantity: 25 at" in (warning.description)
        )

    @pytest.mark.parametrize(
        ("before", "now", "renew", "says"),
        [
            (office(), office(then=LAPSES, auto_renew=False), Renew.AUTO, "it then ends with its term"),
            (ending(), office(), Renew.END, "write renew: auto at"),
        ],
        ids=["auto-renew switched off", "a cancellation withdrawn"],
    )
    def test_a_renewal_that_somebody_else_changed_is_told_where_the_plan_undoes_it(
        self, before: Live, now: Live, renew: Renew, says: str
    ) -> None:
        known = ours(before, scheduled_by=None)
        plan = come_to(now, known, renew=renew)
        (warning,) = (item for item in change(plan).warnings if item.code == "undoes_outside_change")
        assert "The renewal was changed outside (before, it" in warning.description
        assert says in warning.description
        assert all(item.live.commitment.renewal == known.renewal for item in plan.observed if item.live.commitment)

    def test_a_term_that_somebody_else_changed_is_told_where_the_plan_undoes_it(self) -> None:
        known = ours(office(), scheduled_by=None, term="triennial", billing="annual")
        plan = come_to(office(), known, term="triennial", billing="annual", change_term=ChangeTerm.NOW)
        (warning,) = (item for item in change(plan).warnings if item.code == "undoes_outside_change")
        assert "changed outside (triennial term, billed annually -> annual term, billed monthly)" in warning.description
        assert (
            "this plan changes it back. To keep it, write term: annual and billing: monthly at" in warning.description
        )
        assert not plan.observed

    def test_a_subscription_that_ended_as_asked_is_no_fault(self) -> None:
        assert [alarm.code for alarm in come_to(office(of={"status": "deleted"}), renew=Renew.END).warnings] == [
            "ended_as_asked"
        ]


class TestEnds:
    """A subscription that has ended with its term, as the manifest asks."""

    @staticmethod
    def plan(**asked: Any) -> CustomerPlan:
        over = ending(ends_at=NOW - timedelta(days=2))
        known = replace(ours(over), term_ends=NOW - timedelta(days=2))
        gone = replace(over, status="expired")
        return come_to(gone, known, **asked)

    def test_is_nothing_to_do_and_no_drift(self) -> None:
        plan = self.plan(renew=Renew.END)
        assert (plan.changes, plan.blocked, plan.drift) == ((), (), ())

    def test_is_told_where_the_manifest_does_not_ask_for_it(self) -> None:
        assert [alarm.code for alarm in self.plan().warnings] == ["subscription_not_active"]


def test_a_plan_of_every_kind_of_item_never_contradicts_itself() -> None:
    terms: dict[str, Any] = {"term": Term.TRIENNIAL, "billing": Billing.ANNUAL}
    plans = [
        come_to(office(), offer=HIGHER, seats=30, **terms),
        come_to(office(), offer=HIGHER, seats=20, fewer_seats=LATER),
        come_to(office(), offer=HIGHER, change_term=ChangeTerm.NOW, **terms),
        come_to(office(), change_term=ChangeTerm.NOW, **terms),
        come_to(office(of={"billing": ""}), change_term=ChangeTerm.NOW, **terms),
        come_to(office(), renew=Renew.END),
        come_to(scheduled(), ours(scheduled())),
    ]
    items = [item for plan in plans for item in plan.changes]
    assert {item.request.kind for item in items} == {"transition", "resize", "term", "renewal"}
    assert [item for item in items if not coherent(item)] == []


@pytest.mark.parametrize(
    ("seen", "codes"), [(scheduled(), ["schedule_stands"]), (ending(), ["end_stands"]), (office(), [])]
)
def test_what_is_scheduled_for_a_subscription_that_is_declared_no_more_is_told(seen: Live, codes: list[str]) -> None:
    plan = planned(facts(lives=[seen], state=state(office=ours(seen))))
    assert [alarm.code for alarm in plan.warnings] == codes


def test_a_schedule_of_ours_that_no_list_shows_is_read_by_itself_where_the_entry_was_removed() -> None:
    mail, left = wants("mail", of=OTHER), state(office=ours(scheduled()))
    unread = planned(facts(mail, lives=[office()], details={}, state=left))
    assert unread.questions == {SubscriptionWanted(OFFICE)}
    assert "schedule_stands" in warned(unread)
    assert "schedule_stands" not in warned(planned(facts(mail, lives=[office()], state=left)))


class TestScheduleOfOursThatIsGone:
    """A schedule of ours was withdrawn or replaced outside, in the same term."""

    def test_it_is_lost_while_the_manifest_asks_for_it_and_state_keeps_it(self) -> None:
        plan = come_to(office(), ours(scheduled(20)), seats=20, fewer_seats=LATER)
        assert (warned(plan), [item.code for item in change(plan).warnings]) == ([], ["schedule_lost"])
        assert not any(item.schedule_gone for item in plan.observed)

    @pytest.mark.parametrize(("before", "asked"), [(scheduled(20), {}), (ending(), {}), (scheduled(20), {"seats": 30})])
    def test_once_the_manifest_asks_for_what_shows_it_is_drift_that_apply_records(
        self, before: Live, asked: dict[str, Any]
    ) -> None:
        plan = come_to(office(), ours(before), **asked)
        cautions = {item.code for each in plan.changes for item in each.warnings}
        assert "schedule_lost" not in {*warned(plan), *cautions}
        assert "renewal.outcome" in {item.path for drift in plan.drift for item in drift.differences}
        assert [item.schedule_gone for item in plan.observed] == ["request-1"]

    def test_another_schedule_in_its_place_is_ours_at_once_where_the_manifest_asks_for_it(self) -> None:
        plan = come_to(scheduled(22), ours(scheduled(20)), seats=22, fewer_seats=LATER)
        assert (plan.changes, warned(plan)) == ((), [])
        assert [(item.schedule_gone, item.declared) for item in plan.observed] == [("request-1", True)]

    def test_what_somebody_scheduled_against_the_manifest_is_not_told_as_declared(self) -> None:
        found = facts(wants(offer=MODERN), lives=[scheduled(20)], state=state(office=bound(offer=MODERN)))
        assert not as_declared(found, Address("contoso/office"), circumstances())

    def test_the_like_of_it_in_the_next_term_is_somebody_elses(self) -> None:
        earlier = ours(scheduled(20), term_ends=NOW - timedelta(days=3))
        plan = come_to(scheduled(20), earlier, seats=30)
        assert codes(plan) == ["schedule_undeclared"]
