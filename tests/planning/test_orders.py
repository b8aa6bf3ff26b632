"""Orders: what is bought, and what is never bought again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from reconciler.model.desired import Desired
from reconciler.model.order import order_id
from reconciler.model.order_request import OrderRequest
from reconciler.model.pending import Reply
from reconciler.model.prices import Prices
from reconciler.model.reason import Reason
from reconciler.model.result import given_up
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.term import Renew
from reconciler.planning import AgreementWanted, CustomerPlan, OrdersWanted, SkuWanted
from reconciler.rendering.reports.unsettled import unsettled
from tests.planning.cases import BOUGHT, MODERN, NOT_KEPT, NOW, OFFICE, RUN, bound, change, codes, live, state, wants
from tests.planning.gallery_orders import SHEET
from tests.planning.ordering import COPILOT, KEY, begun, entry, on_sale, ordered, ordering


def refused(plan: CustomerPlan) -> list[str]:
    assert not plan.changes
    return codes(plan)


def test_an_order_names_what_is_bought_for_how_long_and_for_how_much_at_most() -> None:
    planned = change(ordering(entry(reseller="1234567"), by={"resellers": ("1234567",)}))

    assert (planned.action, planned.subscription_id, planned.before) == ("order", order_id(KEY), None)
    assert (planned.after.offer_id, planned.after.quantity, planned.seats) == (COPILOT.id, 10, 10)
    request = planned.request
    assert isinstance(request, OrderRequest)
    assert (request.term, request.billing, request.unit_price) == ("annual", "annual", Decimal("30.00"))
    assert (request.currency, request.reseller, request.attested) == ("USD", "1234567", True)
    assert planned.warnings == ()


def test_planning_asks_for_the_item_the_orders_and_the_agreement_at_once() -> None:
    plan = ordering(skus={}, orders=None, agreement=None)

    assert plan.questions == {SkuWanted(COPILOT.id, "US", None), OrdersWanted(), AgreementWanted()}
    assert (plan.changes, plan.blocked) == ((), ())


@pytest.mark.parametrize("status", ["active", "suspended", "deleted", "expired"])
def test_what_the_customer_has_of_the_offer_is_not_bought_again_whatever_its_status(status: str) -> None:
    has = [live(MODERN), live(COPILOT, of=BOUGHT, status=status)]

    assert refused(ordering(lives=has)) == ["looks_bought_already"]
    assert ordering(entry(besides=(BOUGHT,)), lives=has).changes
    assert ordering(entry(), wants("other", COPILOT, of=BOUGHT, seats=25), lives=has, state=_knowing(BOUGHT)).changes


@pytest.mark.parametrize("offer_id", [COPILOT.id, None])
def test_what_can_not_be_understood_and_may_be_of_the_offer_is_not_bought_beside(offer_id: str | None) -> None:
    item = UnreadableItem(id=BOUGHT, position=2, why="has no number of seats", offer_id=offer_id)

    assert refused(ordering(lives=[live(MODERN)], unreadable=(item,))) == ["offer_perhaps_held"]
    assert ordering(entry(besides=(BOUGHT,)), lives=[live(MODERN)], unreadable=(item,)).changes
    assert ordering(lives=[live(MODERN)], unreadable=(replace(item, offer_id=MODERN.id),)).changes
    assert ordering(lives=[live(MODERN)], unreadable=(replace(item, id=None, offer_id=None),)).changes


def _knowing(subscription_id: str) -> CustomerState:
    return state(other=bound(subscription_id, offer=COPILOT))


def test_an_order_of_the_last_sixty_days_counts_unless_state_or_the_entry_explains_it() -> None:
    old = ordered(None, created_at=NOW - timedelta(days=61))

    assert refused(ordering(orders=(ordered(None, status="pending"),))) == ["looks_bought_already"]
    assert ordering(orders=(old,)).changes
    assert ordering(orders=(ordered(None, offer=MODERN),)).changes
    assert ordering(entry(besides=(ordered().id,)), orders=(ordered(),)).changes


def test_an_order_without_a_subscription_may_be_the_entrys_own_once_state_is_lost() -> None:
    held = ordering(orders=(ordered(None, status="pending_po_upload"),)).blocked[0].reasons[0]

    steps = [step.text for step in held.remedy.steps]
    assert any(f"({ordered().id}), wait until its subscription is listed." in text for text in steps)
    assert not any("wait until" in step.text for step in _has(live(COPILOT, of=BOUGHT)).remedy.steps)


def _has(found: Live) -> Reason:
    return ordering(lives=[live(MODERN), found]).blocked[0].reasons[0]


def test_two_orders_of_one_offer_in_a_plan_each_name_the_other() -> None:
    second = entry("second", "2026-11-second")

    together = [item.warnings[0].description for item in ordering(entry(), second).changes]
    blocked = ordering(entry(), replace(second, max_unit_price=None))

    assert ["contoso/second" in text for text in together] == [True, False]
    assert ["contoso/copilot" in text for text in together] == [False, True]
    assert [item.warnings for item in blocked.changes] == [()]


def test_one_unsettled_order_holds_back_every_other_of_the_customer() -> None:
    first, second = entry("first", "2026-11-first"), entry()

    plan = ordering(first, second, state=state({"first": begun("2026-11-first")}))

    assert {str(item.address): item.reasons[0].code for item in plan.blocked} == {
        "contoso/first": "outcome_unknown",
        "contoso/copilot": "earlier_order_unsettled",
    }


def test_an_order_that_was_given_up_holds_back_the_others_while_it_may_show() -> None:
    done = given_up(begun("2026-11-first"), entry("first").address, NOW, RUN)
    remembered = state(results=(done,), first=bound(order_id("2026-11-first"), offer=COPILOT))

    plan = ordering(entry("first", "2026-11-first"), entry(), state=remembered)

    assert "earlier_order_unsettled" in {reason.code for item in plan.blocked for reason in item.reasons}


def test_state_that_does_not_know_the_last_order_of_the_estate_buys_nothing() -> None:
    assert refused(ordering(last_order=KEY)) == ["order_state_missing"]
    assert ordering(last_order=KEY, state=state(copilot=bound(order_id(KEY), offer=COPILOT, status="absent"))).changes


def test_an_entry_that_names_what_its_key_bought_stands_for_lost_state() -> None:
    key = "2026-10-old"

    def others(of: str, found: Live) -> CustomerPlan:
        return ordering(
            entry(), entry("old", key, MODERN, of=of, seats=25, billing=None), lives=[found], last_order=key
        )

    assert [item.address for item in others(OFFICE, live(MODERN)).changes] == ["contoso/copilot"]
    elsewhere = others(OFFICE, live(COPILOT, of=OFFICE))
    nowhere = others(order_id(key), live(MODERN))
    assert (_adopted(elsewhere), _adopted(nowhere)) == (OFFICE, "SUBSCRIPTION_ID")


def _adopted(plan: CustomerPlan) -> str:
    """The subscription that the advice has adopted for the order that state does not know."""
    reasons = (reason for item in plan.blocked for reason in item.reasons if reason.code == "order_state_missing")
    runs = (step.run for step in next(reasons).remedy.steps)
    command, address, subscription_id = next(run for run in runs if run[:1] == ("adopt",))
    assert (command, address) == ("adopt", "contoso/old")
    return subscription_id


def test_a_base_is_ordered_with_what_needs_it_and_blocks_it_where_it_is_blocked() -> None:
    base = entry("base", "2026-11-base", MODERN)
    sold = {**on_sale(), **on_sale(MODERN, prerequisites=())}

    together = ordering(entry(), base, lives=[], skus=sold)
    alone = ordering(entry(), replace(base, max_unit_price=None), lives=[], skus=sold)

    assert sorted(item.address for item in together.changes) == ["contoso/base", "contoso/copilot"]
    assert alone.changes == ()
    assert {reason.code for item in alone.blocked for reason in item.reasons} == {
        "order_unpriced",
        "prerequisite_missing",
    }


def test_the_end_of_the_term_is_scheduled_by_the_plan_after_the_purchase() -> None:
    plan = ordering(entry(renew=Renew.END))

    assert [item.action for item in plan.changes] == ["order"]
    assert [warning.code for warning in change(plan).warnings] == ["end_follows_order"]


def bought(desired: Desired | None = None, *more: Live) -> CustomerPlan:
    has = live(COPILOT, 10, BOUGHT, billing="annual")
    remembered = state(copilot=bound(BOUGHT, order_id(KEY), offer=COPILOT, seats=10))
    return ordering(desired or entry(), lives=[live(MODERN), has, *more], state=remembered)


def test_every_plan_asks_for_the_id_of_what_was_bought_until_the_manifest_has_it() -> None:
    (told,) = (alarm for alarm in bought().warnings if alarm.code == "order_id_to_write")

    assert f"id: {BOUGHT}" in told.description
    assert "manifests/contoso.yaml:7:3" in told.description
    assert not [alarm for alarm in bought(entry(of=BOUGHT)).warnings if alarm.code == "order_id_to_write"]


def test_a_snapshot_without_the_catalogue_says_so() -> None:
    assert refused(ordering(skus=dict.fromkeys(on_sale(), NOT_KEPT))) == ["order_not_in_snapshot"]


def test_an_order_held_for_a_person_waits_for_that_one_and_is_no_unknown_outcome() -> None:
    held = begun(reply=Reply.PERSON_NEEDED, operation="29348ad0bb5b")
    plan = ordering(state=state({"copilot": held}))
    (section,) = unsettled(plan.pending, {}, NOW)
    assert section.items[0].alone == "held for a person; nothing is bought yet"
    assert not plan.blocked


def test_an_order_that_is_sold_in_another_currency_than_its_sheet_has_is_unpriced_and_says_so() -> None:
    pounds = {"prices": Prices(sheets=(replace(SHEET, currency="GBP"),))}

    planned = change(ordering(by=pounds))
    (blocked,) = ordering(entry(max_unit_price=None), by=pounds).blocked

    assert (planned.cost, [caution.code for caution in planned.warnings]) == (None, ["sold_in_another_currency"])
    assert "in GBP, while it is sold in USD" in blocked.reasons[0].description


def test_a_reseller_that_the_settings_do_not_list_is_told_before_the_order() -> None:
    planned = change(ordering(entry(reseller="1234567")))

    assert [caution.code for caution in planned.warnings] == ["reseller_not_listed"]
