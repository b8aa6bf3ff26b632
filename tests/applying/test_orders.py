"""Orders: bought once, compared before, and settled by what the service itself tells of them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.event import Failed
from reconciler.model.order import order_id
from reconciler.model.pending import Reply
from reconciler.model.place import Place
from reconciler.model.result import Outcome
from reconciler.model.term import Billing, Term
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.forget_order import forget_order, lost_order
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Fault, FaultKind, Sold
from tests.applying.scenes import GENEROUS, Scene, a_scene, an_offer, only, types_of

COPILOT, PREMIUM = "CFQ7TTC0MM8R:0001", "CFQ7TTC0LCHC:0002"
KEY = "2026-11-copilot"
ADDRESS = Address("contoso/copilot")


def an_entry(scene: Scene, name: str = "copilot", key: str = KEY, **values: Any) -> Desired:
    entry = Desired(
        address=Address(f"contoso/{name}"),
        customer=scene.customers["contoso"],
        subscription_id=order_id(key),
        order=key,
        offer=an_offer(COPILOT),
        quantity=10,
        term=Term.ANNUAL,
        billing=Billing.MONTHLY,
        max_unit_price=Decimal("26.00"),
        market="US",
        source=Place(file="manifests/contoso.yaml", line=9, column=3),
    )
    return replace(entry, **values)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return a_shop(tmp_path)


def a_shop(path: Path) -> Scene:
    """Contoso has what Copilot needs, and its manifest orders ten seats of that."""
    found = a_scene(path, premium=Sold(name="premium", offer=f"{PREMIUM}:CFQ7TTC0SBX3", quantity=25))
    found.settings = replace(
        found.settings,
        limits=replace(GENEROUS, max_orders=5),
        orders=replace(found.settings.orders, attest_partner_on_record=True),
    )
    found.manifests[ADDRESS] = an_entry(found)
    return found


def purchases(scene: Scene) -> int:
    """The number of times that the service sold anything by an order."""
    return sum(entry.kind == "order" for entry in scene.ledger)


def is_settled(scene: Scene, *, times: int = 1) -> bool:
    """Returns whether the address follows what was bought, so that nothing is left to plan."""
    plan, bound = scene.plan(), scene.state().subscriptions["copilot"]
    bought = bound.previous_ids == (order_id(KEY),) and not scene.state().pending
    return bought and purchases(scene) == times and not (plan.changes or plan.blocked or plan.pending)


def test_an_order_is_bought_once_and_its_address_follows_the_subscription(scene: Scene) -> None:
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)
    assert types_of(scene.apply()) == ["summary"]
    assert scene.store.last_orders() == {scene.tenant(): KEY}


AFTER = ("performed_then_dropped", "http_500_after", "half_body", "html_body", "empty_body")
DOUBTS = ("cart_busy", "order_in_progress", "already_submitted")


@pytest.mark.parametrize("kind", [*AFTER, *(f"{code}_after" for code in DOUBTS)])
@pytest.mark.parametrize("late", [0, 900])
def test_a_purchase_whose_answer_is_lost_is_found_by_its_cart_and_never_repeated(
    scene: Scene, kind: str, late: float
) -> None:
    scene.behave(orders_listed_after=late, visible_after=late)
    scene.arm(Fault(kind=FaultKind(kind), path="checkout"))
    events = scene.apply()
    if late:
        assert types_of(events) == ["started", "unknown", "summary"]
        scene.clock.sleep(late)
        events = scene.apply()
        assert types_of(events) == ["recovered", "summary"]
    else:
        assert types_of(events) == ["started", "recovered", "summary"]
    assert is_settled(scene)


@pytest.mark.parametrize("kind", ["dropped_before", "http_500_before", *(f"{code}_before" for code in DOUBTS)])
def test_a_checkout_that_did_nothing_is_repeated_once_with_the_same_cart(scene: Scene, kind: str) -> None:
    scene.arm(Fault(kind=FaultKind(kind), path="checkout"))
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    checkouts = [request for request in scene.sent if request.path.endswith("checkout")]
    assert len(checkouts) == 2
    assert len({(request.path, request.request_id) for request in checkouts}) == 1
    assert is_settled(scene)


@pytest.mark.parametrize("kind", ["dropped_before", *(f"{code}_before" for code in DOUBTS)])
def test_a_cart_that_stays_open_is_given_up_after_fifteen_minutes_and_never_checked_out_again(
    scene: Scene, kind: str
) -> None:
    scene.arm(Fault(kind=FaultKind(kind), path="checkout", times=2))
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    cart = scene.state().pending_of("copilot")[0].cart_id
    assert types_of(scene.apply()) == ["unknown", "summary"]
    scene.clock.sleep(timedelta(minutes=20).total_seconds())
    assert types_of(scene.apply()) == ["not_done", "summary"]
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert sum(f"/{cart}/checkout" in request.path for request in scene.sent) == 2
    assert is_settled(scene)


def test_a_cart_that_never_came_buys_nothing_and_is_no_doubt(scene: Scene) -> None:
    scene.arm(Fault(kind=FaultKind.PERFORMED_THEN_DROPPED, path="carts", times=2))
    failed: Failed = only(scene.apply(), "failed")
    assert failed.code == "cart_not_created"
    assert not scene.state().doubts()
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)


def test_one_lost_cart_is_followed_by_another(scene: Scene) -> None:
    scene.arm(Fault(kind=FaultKind.PERFORMED_THEN_DROPPED, path="carts", times=1))
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)


def test_a_price_above_the_approved_one_is_not_paid(scene: Scene) -> None:
    scene.behave(price_percent=120)
    failed: Failed = only(scene.apply(), "failed")
    assert failed.code == "price_above_approved"
    assert "raise max_unit_price" in failed.remedy[0].text
    assert purchases(scene) == 0


def test_an_order_that_waits_for_papers_waits_for_a_person_and_is_never_placed_again(scene: Scene) -> None:
    scene.arm(FaultKind.ORDER_HELD)
    assert types_of(scene.apply()) == ["started", "held", "summary"]
    pending = scene.state().pending_of("copilot")[0]
    assert (pending.reply, bool(pending.operation)) == (Reply.PERSON_NEEDED, True)
    plan = scene.plan()
    assert [(item.outcome, item.held, item.address) for item in plan.pending] == [("waiting", True, ADDRESS)]
    assert not plan.blocked
    scene.clock.sleep(timedelta(days=3).total_seconds())
    assert types_of(scene.apply()) == ["held", "summary"]


def test_an_order_with_a_status_that_nobody_documents_is_not_told_as_unbought(scene: Scene) -> None:
    scene.arm(FaultKind.ORDER_STATUS_UNKNOWN, seconds=3600)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert purchases(scene) == 1


@pytest.mark.parametrize("kind", [FaultKind.ORDER_FAILS, FaultKind.ORDER_FAILS_IN_PART, FaultKind.CHECKOUT_FAILS])
def test_an_order_of_which_nothing_comes_has_failed_and_is_planned_afresh(scene: Scene, kind: FaultKind) -> None:
    scene.arm(kind)
    assert types_of(scene.apply()) == ["started", "failed", "summary"]
    assert scene.state().results[-1].outcome is Outcome.FAILED
    assert not scene.plan().drift
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)


@pytest.mark.parametrize("named", ["provisioned", "never"])
def test_an_order_that_does_not_name_its_subscription_yet_is_pending(scene: Scene, named: str) -> None:
    scene.behave(subscription_named=named, provisioned_after=600, visible_after=600)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert scene.state().pending_of("copilot")[0].operation
    scene.clock.sleep(700)
    assert types_of(scene.apply())[-2:] == ["succeeded", "summary"]
    assert is_settled(scene)


def test_whoever_writes_state_before_the_cart_is_on_record_stops_the_order(scene: Scene) -> None:
    scene.on("POST", "/carts", lambda _request: scene.somebody_writes_state())
    assert types_of(scene.apply()) == ["started", "stale", "summary"]
    assert purchases(scene) == 0
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)


def test_an_equal_subscription_that_appears_meanwhile_stops_the_order(scene: Scene) -> None:
    def bought(_request: object) -> None:
        scene.somebody_buys(Sold(name="portal", offer=f"{COPILOT}:CFQ7TTC0SC01", quantity=3))
        scene.clock.sleep(5)

    scene.on("POST", "/carts", bought)
    assert types_of(scene.apply()) == ["started", "stale", "summary"]
    assert purchases(scene) == 0


def test_a_state_that_lost_the_last_order_blocks_until_somebody_says_what_is_true(scene: Scene) -> None:
    scene.apply()
    (scene.state_directory / "contoso.json").unlink()
    (blocked,) = scene.plan().blocked
    assert "order_state_missing" in {reason.code for reason in blocked.reasons}
    bought = next(entry.target for entry in scene.ledger if entry.kind == "order")
    with scene.commerce() as commerce:
        adopt_subscription(scene.repair(), ADDRESS, bought, commerce)
    assert is_settled(scene)


def test_forgetting_the_customers_orders_drops_what_the_estate_noted(scene: Scene) -> None:
    scene.arm(Fault(kind=FaultKind.DROPPED_BEFORE, path="carts", times=2))
    scene.apply()
    (scene.state_directory / "contoso.json").unlink()
    assert lost_order(scene.repair(), "contoso") == KEY
    assert KEY in forget_order(scene.repair(), "contoso")
    assert scene.store.last_orders() == {}
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert lost_order(scene.repair(), "contoso") is None
    assert is_settled(scene)


def test_an_entry_that_was_forgotten_and_comes_back_buys_nothing(scene: Scene) -> None:
    scene.apply()
    entry = scene.manifests.pop(ADDRESS)
    scene.forget(ADDRESS)
    scene.manifests[ADDRESS] = entry
    (blocked,) = scene.plan().blocked
    assert {"order_key_used", "looks_bought_already"} <= {reason.code for reason in blocked.reasons}


def test_what_the_service_holds_cant_be_called_not_done(scene: Scene) -> None:
    scene.arm(FaultKind.ORDER_HELD)
    scene.apply()
    with scene.commerce() as commerce, pytest.raises(InvalidInput, match="was placed"):
        resolve_outcome(scene.repair(), ADDRESS, None, commerce)


def test_an_order_that_is_held_is_refused_as_that_and_nothing_is_advised_that_is_refused(scene: Scene) -> None:
    scene.arm(FaultKind.ORDER_HELD)
    scene.apply()
    scene.leave_only("premium")
    with pytest.raises(InvalidInput, match="nothing is bought until that person has acted") as refused:
        scene.forget(ADDRESS)
    (problem,) = refused.value.problems
    assert [step.run for step in problem.steps] == [("apply", "--settle")]
    plan = scene.plan()
    assert (plan.undeclared, plan.unbought, [item.address for item in plan.pending]) == ((ADDRESS,),) * 2 + ([ADDRESS],)


def test_what_was_bought_under_an_order_is_not_told_as_unbought(scene: Scene) -> None:
    scene.apply()
    scene.leave_only("premium")
    assert (scene.plan().undeclared, scene.plan().unbought) == ((ADDRESS,), ())


def test_an_order_whose_status_nobody_knows_is_never_told_as_held_nor_ordered_again(scene: Scene) -> None:
    scene.arm(Fault(kind=FaultKind.ORDER_STATUS_UNKNOWN, seconds=3600))
    scene.behave(visible_after=3600)
    unknown = only(scene.apply(), "unknown")
    assert "with a status that this version does not know (in_vetting): it may have been bought" in unknown.description
    assert "it is not ordered again" in unknown.next[0].text
    assert not any("not done" in step.text or "--not-done" in step.run for step in unknown.next)
    assert [item.outcome for item in scene.plan().pending] == ["unknown"]
    scene.clock.sleep(3601)
    assert types_of(scene.apply()) == ["succeeded", "summary"]
    assert is_settled(scene)


def test_while_one_order_is_unsettled_nothing_else_is_ordered_for_the_customer(scene: Scene) -> None:
    scene.manifests[Address("contoso/zebra")] = an_entry(scene, "zebra", "2026-11-zebra", besides=(order_id(KEY),))
    scene.arm(FaultKind.ORDER_HELD)
    assert types_of(scene.apply()) == ["started", "held", "stale", "summary"]
    assert [item.reasons[0].code for item in scene.plan().blocked][-1] == "earlier_order_unsettled"


def test_what_another_order_needs_is_ordered_first(scene: Scene) -> None:
    scene.leave_only("copilot")
    with scene.changed() as world:
        world.customers[0].subscriptions.clear()
    scene.manifests[Address("contoso/zebra")] = an_entry(scene, "zebra", "2026-11-zebra", offer=an_offer(PREMIUM))
    assert types_of(scene.apply()) == ["started", "succeeded", "started", "succeeded", "summary"]
    assert [entry.offer[: len(PREMIUM)] for entry in scene.ledger] == [PREMIUM, COPILOT]


def test_a_promotion_that_the_service_applies_by_itself_is_told(scene: Scene) -> None:
    scene.leave_only("copilot")
    with scene.changed() as world:
        world.customers[0].subscriptions.clear()
    scene.manifests[ADDRESS] = an_entry(scene, offer=an_offer(PREMIUM))
    assert only(scene.apply(), "succeeded").promotion == "39NFJQT1PFPJ:000H:39NFJQT1Q5DK"


def test_until_when_a_purchase_can_be_cancelled_is_told(scene: Scene) -> None:
    assert only(scene.apply(), "succeeded").cancellable_until == scene.clock.utc() + timedelta(days=7)
