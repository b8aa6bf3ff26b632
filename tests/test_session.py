"""The operations together: what a plan reads, which plans may be applied, whose state is trusted."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import (
    AuthenticationFailed,
    PlanFileRefused,
    ServiceUnreachable,
    StateDamaged,
    WrongLineage,
)
from reconciler.model.plan import Plan
from reconciler.model.shard import Shard
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.saved import planned_from
from reconciler.planning import Globs
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Request, Scene, only, types_of
from tests.worlds import new_tenant

NAMES = ("contoso", "fabrikam", "litware")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Three customers, each with an office of 25 seats and a front line of 10."""
    return Scene(
        tmp_path,
        *(
            new_tenant(name, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))
            for name in NAMES
        ),
    )


def planned(scene: Scene, target: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Plan:
    with scene.workspace() as workspace:
        return plan_estate(workspace, Globs(target=target, exclude=exclude)).plan


def gets(scene: Scene) -> list[str]:
    """The ends of the paths that were read."""
    return sorted(request.path.rpartition("/")[2] for request in scene.counter.requests)


def test_planning_writes_nothing_and_sends_nothing_but_reads(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.plan()
    assert {request.method for request in scene.counter.requests} == {"GET"}
    assert not scene.state_directory.exists()


def test_a_plan_costs_one_request_a_customer_and_one_an_offer_that_differs(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.want("litware/office", E3)
    scene.want("litware/frontline", quantity=12)
    scene.plan()
    assert gets(scene) == ["customers", *["subscriptions"] * 3, *["upgrades"] * 2]  # and one for who is not declared


def test_a_selected_plan_reads_only_the_customers_it_touches(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = planned(scene, target=("litware", "contoso/office"))
    assert gets(scene) == ["subscriptions", "subscriptions", "upgrades"]
    assert (plan.selection.customers, plan.selection.subscriptions, plan.unchanged) == (2, 3, 2)


def test_the_relationship_link_is_fetched_once_a_run(scene: Scene) -> None:
    with scene.changed() as world:
        world.behaviour.delegation_for_every_upgrade = True
        for tenant in world.customers:
            tenant.delegated_admin = False
    for name in NAMES:
        scene.want(f"{name}/office", E3)
    plan = scene.plan()
    assert len(plan.blocked) == 3
    assert gets(scene).count("relationshiprequests") == 1


def test_a_customer_that_can_not_be_read_blocks_its_own_items_only(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    with scene.changed() as world:
        world.customers[1].relationship = "none"
    plan = scene.plan()
    assert {blocked.address for blocked in plan.blocked} == {"fabrikam/frontline", "fabrikam/office"}
    assert (plan.errored, [change.address for change in plan.changes], plan.unchanged) == (True, ["contoso/office"], 3)


def test_a_refused_sign_in_is_the_runs_and_never_told_as_blocked(scene: Scene) -> None:
    scene.arm(FaultKind.UNAUTHORIZED, times=-1)
    with pytest.raises(AuthenticationFailed):
        scene.plan()


def refuse(scene: Scene, *customers: str, code: int = 900150) -> None:
    """From now on the subscriptions of these customers are refused with a 403."""
    tenants = {scene.customers[name].tenant.lower() for name in customers}
    body = json.dumps({"code": code, "description": "No."}).encode()

    def forbid(request: Request) -> bytes | None:
        return body if tenants & set(request.path.lower().split("/")) else None

    scene.counter.forbid = forbid


def test_what_every_customer_is_refused_for_and_is_about_ourselves_is_the_runs(scene: Scene) -> None:
    refuse(scene, *NAMES)
    with pytest.raises(AuthenticationFailed, match="None of the 3 customers can be read") as refused:
        scene.plan()
    assert "AdminAgents" in refused.value.problems[0].remedy


def test_what_one_customer_alone_is_refused_for_stays_its_own(scene: Scene) -> None:
    refuse(scene, "fabrikam")
    assert {blocked.address.customer for blocked in scene.plan().blocked} == {"fabrikam"}
    assert {blocked.address.customer for blocked in planned(scene, target=("fabrikam",)).blocked} == {"fabrikam"}


def test_every_customer_that_left_is_a_fact_of_its_own(scene: Scene) -> None:
    refuse(scene, *NAMES, code=20002)
    assert {blocked.address.customer for blocked in scene.plan().blocked} == set(NAMES)


def test_a_service_out_of_reach_is_the_runs(scene: Scene) -> None:
    def refuse(_request: Request) -> None:
        raise ConnectionRefusedError

    scene.counter.watchers.append(refuse)
    with pytest.raises(ServiceUnreachable):
        scene.plan()


def test_a_plan_of_another_cloud_is_refused(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = replace(scene.plan(), cloud="china")
    with pytest.raises(PlanFileRefused, match="for the cloud china"):
        scene.apply(plan)


def test_a_plan_of_another_estate_is_refused(scene: Scene) -> None:
    scene.apply()
    scene.want("contoso/office", E3)
    plan = scene.plan()
    with pytest.raises(PlanFileRefused, match="of lineage elsewhere"):
        scene.apply(replace(plan, estate=replace(plan.estate, lineage="elsewhere")))


def test_a_plan_made_from_a_snapshot_is_refused(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    with pytest.raises(PlanFileRefused, match="from a snapshot"):
        scene.apply(replace(scene.plan(), observed_from="snapshot"))


def test_a_plan_whose_state_location_was_emptied_is_refused(scene: Scene) -> None:
    """A plan made against a state must not be applied against none: purchases would be forgotten."""
    scene.apply()
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.state_directory = scene.path / "empty"
    with pytest.raises(PlanFileRefused):
        scene.apply(plan)
    assert scene.sent == []


def test_a_plan_made_before_the_first_apply_of_another_customer_still_holds(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.want("litware/frontline", quantity=12)
    with scene.workspace() as workspace:
        list(apply_plan(workspace, plan_estate(workspace, Globs(target=("litware",))), ApplySettings()))
    assert only(scene.apply(plan), "summary").succeeded == 1


def test_the_lineage_that_the_settings_name_must_be_there(scene: Scene) -> None:
    scene.settings = replace(scene.settings, lineage="expected")
    with pytest.raises(WrongLineage, match="is empty"):
        scene.plan()
    scene.store.establish("another")
    with pytest.raises(WrongLineage, match="of lineage another"):
        scene.apply()
    assert scene.sent == []


def test_a_state_of_another_lineage_is_never_trusted(scene: Scene) -> None:
    scene.apply()
    found = scene.store.read("contoso")
    assert found
    scene.store.write(replace(found.state, lineage="another"), found.version)
    with pytest.raises(WrongLineage, match="of lineage another"):
        scene.plan()


def test_a_state_of_another_tenant_is_never_trusted(scene: Scene) -> None:
    scene.apply()
    moved = Customer(name="contoso", tenant=scene.tenant("litware"))
    scene.customers["contoso"] = moved
    plan = scene.plan()
    assert {(item.address.customer, item.reasons[0].code) for item in plan.blocked} == {
        ("contoso", "customer_contradicts_state")
    }
    assert "is of tenant" in plan.blocked[0].reasons[0].description
    assert types_of(scene.apply()) == ["summary"]


def test_the_name_of_a_customer_who_left_is_said_to_be_taken(scene: Scene) -> None:
    scene.apply()
    found = scene.store.read("contoso")
    assert found
    scene.store.write(found.state.forget(found.state.subscriptions), found.version)
    scene.customers["contoso"] = Customer(name="contoso", tenant=scene.tenant("litware"))
    reason = scene.plan().blocked[0].reasons[0]
    assert "The name contoso belonged to another customer" in reason.description
    assert reason.remedy.steps[0].text.endswith(f"Give the customer of tenant {scene.tenant('litware')} another one.")


def test_a_damaged_state_is_refused_and_left_as_it_is(scene: Scene) -> None:
    scene.apply()
    file = scene.state_directory / "litware.json"
    file.write_text("{")
    with pytest.raises(StateDamaged):
        scene.apply()
    assert file.read_text() == "{"


def test_what_is_remembered_and_not_declared_any_more_is_reported(scene: Scene) -> None:
    scene.apply()
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address.customer != "litware"}
    del scene.customers["litware"]
    assert scene.plan().undeclared == ("litware/frontline", "litware/office")
    assert planned(scene, exclude=("*/office",)).undeclared == ("litware/frontline",)


def test_a_customer_left_without_subscriptions_is_reported_too(scene: Scene) -> None:
    """Its document is still there; nothing is declared in it."""
    scene.apply()
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address.customer != "litware"}
    assert scene.plan().undeclared == ("litware/frontline", "litware/office")


@pytest.mark.parametrize("document_left", [True, False])
def test_what_is_pending_for_a_customer_is_settled_though_nothing_of_it_is_declared(
    scene: Scene, document_left: bool
) -> None:
    scene.want("litware/office", E3)
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    assert "unknown" in types_of(scene.apply())
    scene.clock.sleep(7200)
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address.customer != "litware"}
    if not document_left:
        del scene.customers["litware"]
    assert types_of(scene.apply()) == ["recovered", "summary"]


def test_a_plan_saved_while_something_is_pending_settles_it_when_applied(scene: Scene) -> None:
    scene.want("litware/office", E3)
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    scene.apply()
    plan = scene.plan()
    scene.clock.sleep(7200)
    assert types_of(scene.apply(plan)) == ["recovered", "summary"]


def test_a_saved_plan_without_changes_only_records_what_it_saw(scene: Scene) -> None:
    plan = scene.plan()
    assert types_of(scene.apply(plan)) == ["summary"]
    assert {name: sold.quantity for name, sold in scene.state().subscriptions.items()} == {
        "office": 25,
        "frontline": 10,
    }
    assert not scene.state().results


def test_what_a_saved_plan_saw_does_not_overwrite_what_a_later_run_saw(scene: Scene) -> None:
    plan = scene.plan()
    scene.clock.sleep(60)
    scene.somebody_changes("contoso/frontline", quantity=13)
    scene.apply()
    scene.apply(plan)
    assert scene.state().subscriptions["frontline"].quantity == 13


def test_planning_twice_gives_the_same_plan(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    with scene.workspace() as workspace:
        first, second = (plan_estate(workspace, EVERYTHING).plan for _ in range(2))
    assert replace(second, created_at=first.created_at) == first


def test_a_renamed_customer_is_refused_before_anything_is_bought_again(scene: Scene) -> None:
    """Under a new name nothing of what was bought or is pending would be known."""
    scene.want("contoso/office", E3)
    scene.apply()
    bought, saved = len(scene.ledger), scene.plan()
    with scene.workspace() as workspace:
        before = workspace.estate.desired[0].customer
        after = replace(before, name="contoso-ltd")
        customers = tuple(after if customer == before else customer for customer in workspace.estate.customers)
        desired = tuple(
            replace(entry, address=Address(f"contoso-ltd/{entry.address.name}"), customer=after)
            for entry in workspace.estate.desired
            if entry.customer == before
        )
        renamed = replace(workspace, estate=replace(workspace.estate, customers=customers, desired=desired))
        made = plan_estate(renamed, EVERYTHING)
        assert {reason.code for item in made.plan.blocked for reason in item.reasons} == {"customer_name_changed"}
        assert {item.address.customer for item in made.plan.blocked} == {"contoso-ltd"}
        for planned_now in (made, planned_from(renamed, saved)):
            list(apply_plan(renamed, planned_now, ApplySettings(fingerprint="")))
    assert len(scene.ledger) == bought


@pytest.fixture
def swapped(scene: Scene) -> Scene:
    """Sets up: what was bought for contoso is remembered; contoso has another name now, and a new customer has
    contoso's.
    """
    new = scene.customers.pop("fabrikam")
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address.customer == "contoso"}
    scene.want("contoso/office", E3)
    scene.apply()
    old = scene.customers["contoso"]
    scene.customers = {"contoso": replace(new, name="contoso"), "contoso-old": replace(old, name="contoso-old")}
    for address, item in list(scene.manifests.items()):
        moved = Address(f"contoso-old/{address.name}")
        scene.manifests[moved] = replace(item, address=moved, customer=scene.customers["contoso-old"])
        scene.manifests[address] = replace(item, customer=scene.customers["contoso"], subscription_id=str(moved))
    return scene


def test_a_renamed_customer_whose_old_name_another_has_now_is_refused_whatever_is_selected(swapped: Scene) -> None:
    (old,) = {reason.code for item in planned(swapped, target=("contoso-old",)).blocked for reason in item.reasons}
    (new,) = {reason.code for item in planned(swapped, target=("contoso",)).blocked for reason in item.reasons}
    assert (old, new) == ("customer_name_changed", "customer_contradicts_state")


def test_what_was_bought_under_a_customers_old_name_can_not_be_adopted_under_the_new(swapped: Scene) -> None:
    office = Address("contoso-old/office")
    with swapped.commerce() as commerce, pytest.raises(WrongLineage, match="as contoso; the manifests call it"):
        adopt_subscription(swapped.repair(), office, swapped.id_of(office), commerce)


def test_other_customers_states_are_not_read_for_one_that_has_its_own(scene: Scene) -> None:
    scene.apply()
    (scene.state_directory / "litware.json").write_text("damaged", "utf-8")
    assert planned(scene, target=("contoso",)).unchanged == 2


def test_shards_together_plan_the_whole_and_none_reads_what_another_reads(scene: Scene) -> None:
    for name in NAMES:
        scene.want(f"{name}/office", E3)
    whole = scene.plan()
    scene.counter.requests.clear()
    with scene.workspace() as workspace:
        parts = [plan_estate(workspace, Globs(shard=Shard(number, 2))).plan for number in (1, 2)]
    assert sorted(change.address for part in parts for change in part.changes) == [
        change.address for change in whole.changes
    ]
    assert gets(scene) == ["subscriptions"] * 3 + ["upgrades"] * 3
    assert [part.selection.shard for part in parts] == ["1/2", "2/2"]
