"""`apply --approved`: what was reviewed is carried out, of a plan made afresh; all else is said and left."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import exits
from reconciler.documents.plan import fingerprint
from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput, PlanFileRefused, PlanFileStale
from reconciler.model.event import Event, Skipped, Succeeded
from reconciler.model.moves import Moves
from reconciler.model.place import Place
from reconciler.model.plan import Plan
from reconciler.model.term import Billing, FewerSeats
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.review import approved
from reconciler.planning import Globs
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Scene, a_scene, codes, only, types_of
from tests.worlds import new_tenant

HOUR = 3600
BASIC, STANDARD, PROMOTED = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001", "CFQ7TTC0LCHC:0002"
HERE = Place(file="manifests/contoso.yaml", line=2, column=3)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso's office is to be upgraded."""
    sold = {"office": Sold(offer=BUSINESS, quantity=25), "frontline": Sold(offer=F1, quantity=10)}
    scene = Scene(tmp_path, new_tenant("contoso", **sold), new_tenant("litware", kiosks=Sold(offer=F1, quantity=5)))
    scene.want("contoso/office", E3)
    return scene


def apply(scene: Scene, reviewed: Plan, globs: Globs = EVERYTHING) -> list[Event]:
    with scene.workspace() as workspace:
        planned = approved(workspace, reviewed, globs)
        return list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))


def test_what_was_reviewed_and_is_planned_still_is_carried_out(scene: Scene) -> None:
    assert types_of(apply(scene, scene.plan())) == ["started", "succeeded", "summary"]


def test_what_is_new_is_listed_and_left(scene: Scene) -> None:
    reviewed = scene.plan()
    scene.want("litware/kiosks", quantity=6)
    events = apply(scene, reviewed)
    skipped = only(events, "skipped")
    assert (skipped.address, skipped.code) == ("litware/kiosks", "not_reviewed")
    assert "resize to Office 365 F1, 6 seats" in skipped.description
    assert [step.run for step in skipped.remedy] == [
        ("apply", "--also-reviewed", "PLANFILE"),
        ("plan", "--out", "plan.json"),
    ]
    assert types_of(events) == ["started", "succeeded", "skipped", "summary"]
    assert (only(events, "summary").succeeded, only(events, "summary").skipped) == (1, 1)


def test_what_was_reviewed_and_is_not_planned_any_more_is_listed(scene: Scene) -> None:
    reviewed = scene.plan()
    scene.want("contoso/office", BUSINESS)
    events = apply(scene, reviewed)
    assert "Taken back: the manifests do not ask for it any more" in only(events, "stale").description
    assert (only(events, "summary").stale, scene.sent) == (1, [])


def test_a_change_of_another_size_than_reviewed_is_left(scene: Scene) -> None:
    reviewed = scene.plan()
    scene.want("contoso/office", E3, quantity=26)
    assert types_of(apply(scene, reviewed)) == ["stale", "summary"]
    assert scene.sent == []


def test_the_same_review_carries_nothing_out_twice_and_says_by_whom_it_was_done(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=12)
    reviewed = scene.plan()
    apply(scene, reviewed)
    again = apply(scene, reviewed)
    assert codes(again) == ["done_already", "done_already"]
    done = [event.description for event in again if isinstance(event, Skipped)]
    assert f"by run {scene.state().results[-1].run.id}" in done[0]
    assert (only(again, "summary").done_already, only(again, "summary").skipped) == (2, 0)
    assert (len(scene.ledger), [exits.of_event(event) for event in again]) == (2, [0, 0, 0])


@pytest.mark.parametrize(("later", "ends"), [(2 * HOUR, "recovered"), (0, "unknown")])
def test_a_reviewed_change_that_was_sent_already_is_told_once(scene: Scene, later: int, ends: str) -> None:
    reviewed = scene.plan()
    scene.behave(visible_after=HOUR)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    apply(scene, reviewed)
    scene.clock.sleep(later)
    events = apply(scene, reviewed)
    assert [happened for happened in types_of(events) if happened != "waiting"] == [ends, "summary"]
    assert len(scene.ledger) == 1


def test_what_was_undone_since_or_done_by_somebody_else_is_not_done_already(scene: Scene) -> None:
    scene.want("contoso/office", BUSINESS, quantity=30)
    reviewed = scene.plan()
    scene.somebody_changes("contoso/office", quantity=30)
    assert types_of(apply(scene, reviewed)) == ["stale", "summary"]
    scene.somebody_changes("contoso/office", quantity=25)
    reviewed = scene.plan()
    apply(scene, reviewed)
    scene.somebody_changes("contoso/office", quantity=25)
    assert types_of(apply(scene, reviewed)) == ["stale", "summary"]


def test_what_was_done_and_is_suspended_since_is_not_done_already(scene: Scene) -> None:
    scene.want("contoso/office", BUSINESS, quantity=30)
    reviewed = scene.plan()
    apply(scene, reviewed)
    scene.somebody_changes("contoso/office", status="suspended")
    assert_unusable(apply(scene, reviewed))


@pytest.mark.parametrize("saved", [False, True])
def test_where_nothing_differs_and_nobody_can_use_it_something_is_left_to_do(scene: Scene, *, saved: bool) -> None:
    scene.want("contoso/office", BUSINESS, quantity=30)
    reviewed = scene.plan()
    scene.somebody_changes("contoso/office", quantity=30, status="suspended")
    assert_unusable(scene.apply(reviewed) if saved else apply(scene, reviewed))


def assert_unusable(events: list[Event]) -> None:
    """It is stale, and says that the subscription is to be reactivated."""
    assert types_of(events) == ["stale", "summary"]
    stale = only(events, "stale")
    assert "can't be used: It has the wanted offer and quantity, but is suspended" in stale.description
    assert ("Reactivate it" in stale.description, stale.nothing_left) == (True, False)


def test_what_is_blocked_since_it_was_reviewed_says_so_with_its_reason_and_code(scene: Scene) -> None:
    reviewed = scene.plan()
    scene.somebody_changes("contoso/office", status="suspended")
    events = apply(scene, reviewed)
    skipped = only(events, "skipped")
    assert skipped.code == "blocked_since"
    assert "The subscription is suspended, not active. [subscription_status_not_active]" in skipped.description
    assert skipped.remedy
    assert (exits.of_event(skipped), exits.of_event(skipped, blocked="fail")) == (6, 3)


def test_what_was_blocked_when_it_was_reviewed_and_is_still_is_told(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=5)
    events = apply(scene, scene.plan())
    skipped = only(events, "skipped")
    assert (skipped.address, skipped.code, exits.of_event(skipped)) == ("contoso/frontline", "blocked", 0)
    assert only(events, "summary").succeeded == 1
    assert types_of(events) == ["started", "succeeded", "skipped", "summary"]
    assert skipped.description == "It is blocked (seat_loss_not_allowed), and no change of the reviewed plan."
    assert [step.run for step in skipped.remedy] == [("plan", "--target", "contoso/frontline")]


@pytest.mark.parametrize(("before", "code"), [((), "blocked_in_review"), (("contoso/frontline",), "blocked")])
def test_what_the_reviewed_request_asks_for_and_is_blocked_has_all_its_steps(
    scene: Scene, before: tuple[str, ...], code: str
) -> None:
    scene.want("contoso/frontline", quantity=5)
    reviewed = scene.plan()
    compared = replace(reviewed.selection, changed_since="main", base="1a2b", touched=("contoso",))
    events = apply(scene, replace(reviewed, selection=compared, asked_before=tuple(map(Address, before))))
    skipped = only(events, "skipped")
    own = reviewed.blocked[0].reasons[0].remedy.steps
    assert (skipped.code, skipped.remedy == own) == (code, code == "blocked_in_review")


def test_a_selection_narrows_that_of_the_review(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=12)
    scene.want("litware/kiosks", quantity=6)
    with scene.workspace() as workspace:
        reviewed = plan_estate(workspace, Globs(target=("contoso/*",))).plan
    narrowed = apply(scene, reviewed, Globs(exclude=("contoso/office",)))
    assert [event.address for event in narrowed if isinstance(event, Succeeded)] == ["contoso/frontline"]
    assert "skipped" not in types_of(narrowed)
    with pytest.raises(InvalidInput, match="of what the reviewed plan selected"):
        apply(scene, reviewed, Globs(target=("litware",)))


def test_an_address_that_was_applied_to_since_needs_another_review(scene: Scene) -> None:
    """Somebody set it back in the portal: the change looks the same, and is another one."""
    scene.want("contoso/office", BUSINESS, quantity=30)
    reviewed = scene.plan()
    apply(scene, reviewed)
    scene.somebody_changes("contoso/office", quantity=25)
    assert "It has been undone outside since" in only(apply(scene, reviewed), "stale").description


def test_a_plan_from_a_snapshot_may_be_reviewed(scene: Scene) -> None:
    """Nothing of it is carried out: the fresh plan is of the live service."""
    assert "succeeded" in types_of(apply(scene, replace(scene.plan(), observed_from="snapshot")))


def test_only_what_the_review_selected_is_planned(scene: Scene) -> None:
    with scene.workspace() as workspace:
        reviewed = plan_estate(workspace, Globs(target=("contoso",))).plan
    scene.want("litware/kiosks", quantity=6)
    assert codes(apply(scene, reviewed)) == []


@pytest.mark.parametrize(("touched", "listed"), [(("contoso",), []), ((), []), (None, ["not_reviewed"])])
def test_of_a_review_of_what_a_commit_touched_only_those_customers_are_looked_at(
    scene: Scene, touched: tuple[str, ...] | None, listed: list[str]
) -> None:
    reviewed = replace(scene.plan(), changes=())
    reviewed = replace(reviewed, selection=replace(reviewed.selection, touched=touched))
    scene.want("contoso/office", BUSINESS)
    scene.want("litware/kiosks", quantity=6)
    assert codes(apply(scene, reviewed)) == listed


def test_targets_narrow_what_is_carried_out_and_the_rest_is_not_spoken_of(scene: Scene) -> None:
    scene.want("litware/kiosks", quantity=6)
    events = apply(scene, scene.plan(), Globs(target=("litware",)))
    assert (only(events, "succeeded").address, types_of(events)) == (
        "litware/kiosks",
        ["started", "succeeded", "summary"],
    )


def test_a_review_of_what_is_not_declared_any_more_is_stale_as_a_whole(scene: Scene) -> None:
    with scene.workspace() as workspace:
        reviewed = plan_estate(workspace, Globs(target=("contoso/office",))).plan
    scene.leave_only("frontline", "kiosks")
    with pytest.raises(PlanFileStale):
        apply(scene, reviewed)


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (lambda plan: replace(plan, cloud="china"), "for the cloud china"),
        (lambda plan: replace(plan, estate=replace(plan.estate, lineage="elsewhere")), "of lineage elsewhere"),
    ],
)
def test_a_review_of_another_estate_is_refused_whole(scene: Scene, alter: Callable[[Plan], Plan], why: str) -> None:
    with pytest.raises(PlanFileRefused, match=why):
        apply(scene, alter(scene.plan()))
    assert scene.sent == []


def test_the_recorded_fingerprint_is_of_the_fresh_plan(scene: Scene) -> None:
    reviewed = scene.plan()
    scene.clock.sleep(60)
    apply(scene, reviewed)
    recorded: Any = scene.state().results[0].plan_fingerprint
    assert recorded.startswith("sha256:")
    assert recorded != fingerprint(reviewed)


def test_a_review_that_was_applied_is_done_already_though_its_entry_was_renamed_since(scene: Scene) -> None:
    with scene.workspace() as workspace:
        reviewed = plan_estate(workspace, Globs(target=("contoso/office",))).plan
    apply(scene, reviewed)
    scene.rename("contoso/office", "contoso/main")
    scene.moves = {"contoso": Moves(moved={"office": "main"}, places={"office": HERE})}
    for _ in range(2):
        events = apply(scene, reviewed)
        assert codes(events)[0] == "done_already"
        assert "contoso/main" in {event.address for event in events if isinstance(event, Skipped)}
        scene.apply()
    assert only(scene.apply(reviewed), "stale").description.startswith("The entry is called contoso/main now.")
    assert len(scene.ledger) == 1


@pytest.mark.parametrize("carry_out", [apply, Scene.apply], ids=["review", "saved plan"])
def test_what_a_later_apply_of_ours_has_changed_since_is_done_already(
    scene: Scene, carry_out: Callable[[Scene, Plan], list[Event]]
) -> None:
    scene.want("contoso/frontline", quantity=12)
    first = scene.plan()
    carry_out(scene, first)
    scene.want("contoso/frontline", quantity=13)
    scene.apply()
    events = carry_out(scene, first)
    assert set(codes(events)) == {"done_already"}
    said = next(event.description for event in events if isinstance(event, Skipped) and "frontline" in event.address)
    assert "Since then it was resized at" in said
    assert [exits.of_event(event) for event in events] == [0] * len(events)


@pytest.mark.parametrize("carry_out", [apply, Scene.apply], ids=["review", "saved plan"])
@pytest.mark.parametrize(
    ("wanted", "actions"),
    [
        ({"quantity": 20, "fewer_seats": FewerSeats.AT_RENEWAL}, ["renewal"]),
        ({"billing": Billing.ANNUAL, "quantity": 30}, ["resize", "renewal"]),
        ({"offer": STANDARD, "quantity": 30}, ["upgrade", "resize"]),
        ({"offer": STANDARD, "quantity": 20, "fewer_seats": FewerSeats.AT_RENEWAL}, ["upgrade", "renewal"]),
        ({"offer": PROMOTED, "quantity": 20, "fewer_seats": FewerSeats.AT_RENEWAL}, ["upgrade", "renewal"]),
    ],
)
def test_every_item_of_an_address_that_was_carried_out_is_done_already(
    tmp_path: Path, carry_out: Callable[[Scene, Plan], list[Event]], wanted: dict[str, Any], actions: list[str]
) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=f"{BASIC}:CFQ7TTC0K971", quantity=25))
    scene.want("contoso/office", **wanted)
    plan = scene.plan()
    assert [change.action for change in plan.changes] == actions
    carry_out(scene, plan)
    assert codes(carry_out(scene, plan)) == ["done_already"] * len(actions)
