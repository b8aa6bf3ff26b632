"""The limits that look at the whole estate, whatever a run selects of it."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.documents.plan import fingerprint
from reconciler.model.breach import Breach
from reconciler.model.errors import LimitExceeded
from reconciler.model.shard import Shard
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.saved import planned_from
from reconciler.planning import Globs
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Scene, only, types_of
from tests.worlds import new_tenant

ONE = Globs(target=("contoso/office-1",))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Six offices and five front lines of contoso's, and one customer more; everything was applied once."""
    sold = {f"office-{number}": Sold(offer=BUSINESS, quantity=25) for number in range(1, 7)}
    sold |= {f"front-{number}": Sold(offer=F1, quantity=10) for number in range(1, 6)}
    scene = Scene(tmp_path, new_tenant("contoso", **sold), new_tenant("litware", kiosks=Sold(offer=F1, quantity=5)))
    scene.apply()
    return scene


def move(scene: Scene, *names: str) -> None:
    for name in names:
        scene.want(f"contoso/{name}", E3)


def limits(scene: Scene, globs: Globs = EVERYTHING) -> tuple[Breach, ...]:
    with scene.workspace() as workspace:
        return plan_estate(workspace, globs).plan.limits


def offices(upto: int) -> Iterable[str]:
    return (f"office-{number}" for number in range(1, upto + 1))


def remove_litware(scene: Scene) -> None:
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address.customer != "litware"}


@pytest.mark.parametrize("globs", [EVERYTHING, ONE], ids=["everything", "one of them"])
def test_a_name_that_would_move_half_the_estate_is_refused_and_no_target_hides_it(scene: Scene, globs: Globs) -> None:
    move(scene, *offices(6))
    (breach,) = limits(scene, globs)
    assert (breach.name, breach.limit, breach.figure) == ("max_catalogue_change_percent", 49, 50)
    assert breach.subject == "Office 365 Enterprise E3"


def test_a_name_that_moves_less_than_half_is_none_of_its_business(scene: Scene) -> None:
    move(scene, *offices(5))
    assert limits(scene) == ()


def test_a_plan_that_moves_nothing_by_the_name_is_not_held_back(scene: Scene) -> None:
    move(scene, *offices(6))
    scene.want("contoso/front-1", quantity=12)
    assert limits(scene, Globs(target=("contoso/front-1",))) == ()


def test_what_was_never_remembered_counts_as_far_as_the_plan_found_it(scene: Scene) -> None:
    scene.state_directory = scene.path / "new"
    move(scene, *offices(6))
    assert [limit.name for limit in limits(scene)] == ["max_catalogue_change_percent"]
    assert limits(scene, ONE) == ()


@pytest.mark.parametrize("document_left", [True, False])
def test_a_customer_whose_every_subscription_vanished_holds_back_any_change(scene: Scene, document_left: bool) -> None:
    remove_litware(scene)
    if not document_left:
        del scene.customers["litware"]
    move(scene, "office-1")
    with pytest.raises(LimitExceeded, match=r"comes to 1 \(litware\); the limit max_customers_emptied is 0"):
        scene.apply()
    assert [limit.name for limit in limits(scene, ONE)] == ["max_customers_emptied"]
    assert only(scene.apply(overridden=["max_customers_emptied"]), "summary").succeeded == 1


def test_a_vanished_customer_holds_back_no_run_that_changes_nothing(scene: Scene) -> None:
    remove_litware(scene)
    assert [limit.name for limit in limits(scene)] == ["max_customers_emptied"]
    assert types_of(scene.apply()) == ["summary"]


def test_a_customer_that_was_forgotten_is_none_that_vanished(scene: Scene) -> None:
    remove_litware(scene)
    move(scene, "office-1")
    scene.forget(scene.state("litware").address("kiosks"))
    assert limits(scene) == ()


def test_the_settings_raise_the_limits(scene: Scene) -> None:
    remove_litware(scene)
    move(scene, *offices(6))
    raised = replace(scene.settings.limits, max_customers_emptied=1, max_catalogue_change_percent=100)
    scene.settings = replace(scene.settings, limits=raised)
    assert limits(scene) == ()


def test_a_saved_plan_is_held_against_what_vanished_since(scene: Scene) -> None:
    move(scene, "office-1")
    plan = scene.plan()
    remove_litware(scene)
    with scene.workspace() as workspace, pytest.raises(LimitExceeded, match="max_customers_emptied"):
        apply_plan(workspace, planned_from(workspace, plan), ApplySettings(fingerprint=fingerprint(plan)))


def test_a_shard_is_held_against_what_vanished_from_it_and_no_other_is(scene: Scene) -> None:
    remove_litware(scene)
    move(scene, "office-1")
    shards = [Shard(number, 8) for number in range(1, 9)]
    (mine,) = [shard for shard in shards if shard.holds("contoso")]
    breached = limits(scene, Globs(shard=mine))
    assert [item.subject for item in breached] == (["litware"] if mine.holds("litware") else [])
