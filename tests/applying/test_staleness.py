"""A change is held against the manifests and the world once more, immediately before its intent."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import exits
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import worst
from reconciler.model.event import Event
from reconciler.model.prices import Prices
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.saved import planned_from
from reconciler.sandbox import Fault, FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E1, E3
from tests.applying.scenes import EVERYTHING, GENEROUS, Scene, a_scene, codes, only, priced, types_of
from tests.worlds import new_tenant

ANOTHER_ID = "0abcdef0-0000-4000-8000-000000000001"


def assert_stale(scene: Scene, events: list[Event], because: str) -> None:
    assert types_of(events) == ["stale", "summary"]
    assert because in only(events, "stale").description
    assert worst(map(exits.of_event, events)) == 6
    assert scene.sent == []


@pytest.mark.parametrize(
    ("offer", "quantity", "because"),
    [
        (E1, 25, "Planned again now, it is another change"),
        (E3, 26, "Planned again now, it is another change"),
        (BUSINESS, 25, "Taken back: the manifests do not ask for it any more"),
    ],
)
def test_another_wish_in_the_manifest(scene: Scene, offer: str, quantity: int, because: str) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.want("contoso/office", offer, quantity)
    assert_stale(scene, scene.apply(plan), because)


def test_an_entry_removed_from_the_manifest(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.leave_only("frontline")
    assert_stale(scene, scene.apply(plan), "Taken back: the manifests do not ask for it any more")


def test_a_customer_of_another_tenant_now(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.want("contoso/office", customer=Customer(name="contoso", tenant=ANOTHER_ID))
    assert_stale(scene, scene.apply(plan), "The manifests do not ask for it any more")


@pytest.mark.parametrize("change", [{"quantity": 27}, {"offer": E1}])
def test_a_subscription_changed_by_somebody_else(scene: Scene, change: dict[str, object]) -> None:
    scene.want("contoso/office", E3, 30)
    plan = scene.plan()
    scene.somebody_changes("contoso/office", **change)
    assert_stale(scene, scene.apply(plan), "The subscription changed since it was planned")


@pytest.mark.parametrize("change", [{"status": "suspended"}, {"withheld": [E3]}, {"refusal": "Not today."}])
def test_an_upgrade_that_is_not_eligible_any_more(scene: Scene, change: dict[str, object]) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.somebody_changes("contoso/office", **change)
    assert_stale(scene, scene.apply(plan), "It is blocked now")


def test_an_upgrade_that_only_another_type_permits_now(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    with scene.changed() as world:
        world.customers[0].gdap_roles = ["Global Reader"]
    assert_stale(scene, scene.apply(plan), "by upgrade_only instead of")


def test_an_etag_alone_makes_nothing_stale(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.somebody_changes("contoso/office", name="Renamed")
    assert types_of(scene.apply(plan)) == ["started", "succeeded", "summary"]


@pytest.mark.parametrize("visible_after", [0, 7200], ids=["shown", "not shown yet"])
def test_a_plan_applied_twice_is_done_already_the_second_time(scene: Scene, visible_after: int) -> None:
    scene.behave(visible_after=visible_after)
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.apply(plan)
    events = scene.apply(plan)
    assert codes(events) == ["done_already"]
    assert (only(events, "summary").done_already, len(scene.ledger)) == (1, 1)


def test_a_plan_applied_twice_is_stale_where_the_manifests_ask_for_something_else_by_now(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=12)
    plan = scene.plan()
    scene.apply(plan)
    scene.want("contoso/frontline", quantity=13)
    scene.somebody_changes("contoso/frontline", quantity=13)
    assert types_of(scene.apply(plan)) == ["stale", "summary"]


def test_a_plan_applied_twice_is_stale_even_where_everything_was_put_back(scene: Scene) -> None:
    """The binding knows that somebody applied in between, though the subscription looks as it did when planned."""
    scene.want("contoso/frontline", quantity=12)
    plan = scene.plan()
    scene.apply(plan)
    scene.somebody_changes("contoso/frontline", quantity=10)
    events = scene.apply(plan)
    assert "It has been undone outside since" in only(events, "stale").description
    assert len(scene.ledger) == 1


def test_an_address_adopted_by_another_subscription_meanwhile(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    with scene.changed() as world:
        world.customers[0].subscriptions.append(Sold(id=ANOTHER_ID, offer=BUSINESS, quantity=25))
    with scene.commerce() as commerce:
        adopt_subscription(scene.repair(), Address("contoso/office"), ANOTHER_ID, commerce)
    assert_stale(scene, scene.apply(plan), "Another apply has changed this address since the plan was made")


def test_a_change_whose_predecessor_is_not_settled(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply(plan)
    events = scene.apply(plan)
    assert types_of(events) == ["unknown", "stale", "summary"]
    assert len(scene.sent) == 2


def test_between_planning_and_applying_in_one_run_too(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    with scene.workspace() as workspace:
        planned = plan_estate(workspace, EVERYTHING)
        scene.somebody_changes("contoso/office", quantity=27)
        events = list(apply_plan(workspace, planned, ApplySettings()))
    assert types_of(events) == ["stale", "summary"]


def test_one_stale_change_leaves_the_others_alone(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.want("contoso/frontline", quantity=12)
    plan = scene.plan()
    scene.somebody_changes("contoso/office", quantity=27)
    assert types_of(scene.apply(plan)) == ["started", "succeeded", "stale", "summary"]


def test_a_compare_and_swap_lost_at_the_intent_sends_nothing(scene: Scene) -> None:
    """Somebody who broke the lock, say, writes between this run's reading and its intent."""
    scene.apply()
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.on("GET", "/upgrades", lambda _: scene.somebody_writes_state())
    assert_lost(scene, scene.apply(plan))


def test_a_first_state_that_somebody_else_wrote_first_sends_nothing(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.on("GET", "/upgrades", lambda _: scene.somebody_writes_state())
    assert_lost(scene, scene.apply(plan))


def assert_lost(scene: Scene, events: list[Event]) -> None:
    assert types_of(events) == ["stale", "summary"]
    assert "Another run wrote this customer's state" in only(events, "stale").description
    assert [request.path for request in scene.sent if request.method == "POST"] == []
    assert scene.state().pending == {}


def test_after_a_lost_compare_and_swap_the_others_go_on_from_what_is_there_now(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=12)
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.on("GET", scene.id_of("contoso/frontline"), lambda _: scene.somebody_writes_state())
    assert types_of(scene.apply(plan)) == ["stale", "started", "succeeded", "summary"]
    assert [result.address for result in scene.state().results] == ["contoso/office"]
    assert scene.state().serial > 3, "theirs, then the intent and the result of the other change"


def test_a_customer_that_left_meanwhile(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    with scene.changed() as world:
        world.customers[0].relationship = "none"
    assert_stale(scene, scene.apply(plan), "It is blocked now")


@pytest.mark.parametrize("question", ["/upgrades", "/subscriptions"])
def test_a_service_that_does_not_answer_makes_nothing_stale_and_ends_the_run(tmp_path: Path, question: str) -> None:
    """It says nothing of the change; and whatever the service would be asked next would fail too."""
    names = [f"customer-{number}" for number in range(4)]
    scene = Scene(tmp_path, *(new_tenant(name, office=Sold(offer=BUSINESS, quantity=25)) for name in names))
    scene.settings = replace(scene.settings, parallelism=1, limits=replace(GENEROUS, stop_after_failures=2))
    for name in names:
        scene.want(f"{name}/office", E3)
    plan = scene.plan()
    scene.arm(FaultKind.HTTP_500_BEFORE, method="GET", path=question, times=-1)
    events = scene.apply(plan)
    assert types_of(events) == ["failed", "failed", "skipped", "skipped", "summary"]
    assert codes(events)[2:] == ["too_many_failures"] * 2


@pytest.mark.parametrize("wanted", [{"quantity": 30}, {"offer": "CFQ7TTC0LDPB:0001"}])
def test_new_commerce_that_can_not_be_read_is_not_called_stale(tmp_path: Path, wanted: dict[str, Any]) -> None:
    """A service that does not answer says nothing of the change."""
    scene = a_scene(tmp_path, office=Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971", quantity=25))
    scene.want("contoso/office", **wanted)
    plan = scene.plan()
    with scene.changed() as world:
        world.faults.append(Fault(kind=FaultKind.HTTP_500_BEFORE, times=30, method="GET", path="/subscriptions/"))
    assert types_of(scene.apply(plan)) == ["failed", "summary"]


@pytest.mark.parametrize(
    ("today", "ended"),
    [
        (priced(72), ["stale", "summary"]),
        (priced(48), ["cost_changed", "started", "succeeded", "summary"]),
        (None, ["cost_changed", "started", "succeeded", "summary"]),
        (priced(60), ["started", "succeeded", "summary"]),
    ],
    ids=["dearer", "cheaper", "no price any more", "the same"],
)
def test_a_saved_plan_is_carried_out_at_another_price_only_where_that_commits_to_no_more(
    tmp_path: Path, today: Prices | None, ended: list[str]
) -> None:
    scene = a_scene(tmp_path, office=Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971", quantity=25))
    scene.want("contoso/office", quantity=30, market="US")
    with scene.workspace() as workspace:
        plan = plan_estate(replace(workspace, prices=priced(60)), EVERYTHING).plan
    with scene.workspace() as workspace:
        then = replace(workspace, prices=today)
        events = list(apply_plan(then, planned_from(then, plan), ApplySettings()))

    assert [event for event in types_of(events) if event != "waiting"] == ended
    assert bool(scene.sent) == ("succeeded" in ended)
