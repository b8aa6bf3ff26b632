"""A customer is its tenant: what is remembered of it follows its name, and is never bought under two."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.manifests.estate import Estate
from reconciler.model.address import Address
from reconciler.model.errors import StateConflict
from reconciler.model.event import Skipped, Stale
from reconciler.model.moves import CustomerMove, EstateMoves, Moves
from reconciler.model.place import Place
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.review import approved
from reconciler.operations.saved import planned_from
from reconciler.operations.settle import settle_pending, unsettled_works
from reconciler.planning import Globs
from reconciler.rendering.reports.undeclared import undeclared
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, F1, PROPLUS
from tests.applying.scenes import Scene, only, types_of
from tests.histories.mortality import Killed, MortalStore, Process
from tests.worlds import new_tenant

OFFICE, KIOSKS = Address("contoso/office"), Address("litware/kiosks")
HERE = Place(file="manifests/moves.yaml", line=2, column=3)


class Moving(Scene):
    """A scene whose estate has a file of moves."""

    estate_moves = EstateMoves()

    @property
    def estate(self) -> Estate:
        return replace(super().estate, estate_moves=self.estate_moves)

    def call(self, old: str, new: str, *, said: bool = True) -> None:
        """Gives a customer another name in the manifests; `said`, in the file of moves too."""
        customer = self.customers[new] = replace(self.customers.pop(old), name=new)
        for address in [address for address in self.manifests if address.customer == old]:
            entry, moved = self.manifests.pop(address), Address(f"{new}/{address.name}")
            self.manifests[moved] = replace(entry, address=moved, customer=customer)
        if said:
            moves = self.estate_moves.customers
            moved_now = {name: to for name, to in moves.moved.items() if name != new} | {old: new}
            kept = tuple(name for name in moves.removed if name != new)
            self.say(moved=moved_now, removed=kept)

    def remove(self, name: str) -> None:
        """Removes a customer from the manifests, with the line that says so."""
        del self.customers[name]
        self.manifests = {address: entry for address, entry in self.manifests.items() if address.customer != name}
        moves = self.estate_moves.customers
        self.say(moved=moves.moved, removed=(*moves.removed, name))

    def say(self, **moves: Any) -> None:
        names = (*moves.get("moved", ()), *moves.get("removed", ()))
        self.estate_moves = EstateMoves(customers=Moves(**moves, places=dict.fromkeys(names, HERE)))


@pytest.fixture
def scene(tmp_path: Path) -> Moving:
    return a_moving_scene(tmp_path)


@pytest.fixture
def lost(tmp_path: Path) -> Moving:
    """The answer to the office's upgrade was lost; it shows in an hour."""
    return a_moving_scene(tmp_path, FaultKind.PERFORMED_THEN_DROPPED, FaultKind.DROPPED_BEFORE)


def a_moving_scene(path: Path, *faults: FaultKind) -> Moving:
    """Contoso and litware, both applied; an upgrade leaves the old subscription there."""
    stays = Behaviour(
        source_fate=SourceFate.STAYS_ACTIVE, audited_after=365 * 86400, visible_after=3600 if faults else 0
    )
    contoso = new_tenant("contoso", office=Sold(offer=BUSINESS, quantity=25), mail=Sold(offer=BUSINESS, quantity=3))
    scene = Moving(path, contoso, new_tenant("litware", kiosks=Sold(offer=F1, quantity=5)), behaviour=stays)
    scene.want(OFFICE, PROPLUS)
    for fault in faults:
        scene.arm(fault, method="POST")
    assert types_of(scene.apply()) == ["started", "unknown" if faults else "succeeded", "summary"]
    return scene


def reasons(scene: Scene) -> dict[str, set[str]]:
    return {item.address: {reason.code for reason in item.reasons} for item in scene.plan().blocked}


def test_a_declared_move_takes_everything_along_and_buys_nothing(scene: Moving) -> None:
    before = scene.state("contoso")
    scene.call("contoso", "northwind")
    plan = scene.plan()
    assert plan.customer_moves == (CustomerMove(customer="contoso", to="northwind", source=HERE),)
    assert (plan.changes, plan.blocked, plan.undeclared, plan.unchanged) == ((), (), (), 3)
    assert types_of(scene.apply()) == ["customer_moved", "summary"]
    after = scene.state("northwind")
    assert (after.subscriptions, after.results) == (before.subscriptions, before.results)
    assert scene.store.customers() == ("litware", "northwind")
    assert after.history_of("office") == before.history_of("office") != ()
    assert types_of(scene.apply()) == ["summary"]
    assert len(scene.ledger) == 1


def test_a_saved_plan_moves_a_customer_once(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    plan = scene.plan()
    assert types_of(scene.apply(plan)) == ["customer_moved", "summary"]
    assert types_of(scene.apply(plan)) == ["moved_already", "summary"]


def test_a_customer_that_was_renamed_twice_is_moved_from_any_of_its_names(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    scene.call("northwind", "tailspin")
    scene.apply()
    assert scene.store.customers() == ("litware", "tailspin")


def test_an_undeclared_rename_concerns_that_customer_only_and_shows_no_change(scene: Moving) -> None:
    scene.call("contoso", "northwind", said=False)
    scene.want(KIOSKS, quantity=6)
    plan = scene.plan()
    assert [change.address for change in plan.changes] == [KIOSKS]
    assert {item.address: item.before for item in plan.blocked} == {"northwind/mail": None, "northwind/office": None}
    (reason,) = plan.blocked[0].reasons
    assert (reason.code, plan.undeclared, plan.limits) == ("customer_name_changed", (), ())
    assert "moved: {contoso: northwind}" in reason.remedy.steps[0].plain
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert scene.store.customers() == ("contoso", "litware")


@pytest.mark.parametrize("ring", [("contoso", "litware"), ("adatum", "litware", "contoso")], ids=["two", "three"])
def test_customers_that_exchanged_their_names_are_told_each_request_of_the_way(
    tmp_path: Path, ring: tuple[str, ...]
) -> None:
    named_alike = f"{min(ring)}-2"
    tenants = (new_tenant(name, kiosks=Sold(offer=F1, quantity=5 + len(name))) for name in (*ring, named_alike))
    scene = Moving(tmp_path, *tenants)
    scene.apply()
    wanted = {scene.tenant(old): new for old, new in zip(ring, (*ring[1:], ring[0]), strict=True)}
    other = scene.tenant(named_alike)
    before = dict(scene.customers), dict(scene.manifests)
    for number, name in enumerate(ring):
        scene.call(name, f"x{number}", said=False)
    for number in range(len(ring)):
        scene.call(f"x{number}", ring[(number + 1) % len(ring)], said=False)
    plan = scene.plan()
    assert (plan.changes, {item.before for item in plan.blocked}) == ((), {None})
    advised = {item.reasons[0].remedy.steps[1].plain for item in plan.blocked}
    (text,) = advised
    assert f"take {len(ring) + 1} requests" in text
    scene.customers, scene.manifests = before
    for old, new in re.findall(r"moved: \{([\w-]+): ([\w-]+)\}", text):
        scene.call(old, new, said=False)
        scene.say(moved={old: new})
        assert types_of(scene.apply()) == ["customer_moved", "summary"]
    assert {customer.tenant: name for name, customer in scene.customers.items()} == wanted | {other: named_alike}
    assert (scene.plan().changes, scene.plan().blocked, scene.ledger) == ((), (), [])


def test_the_manifests_of_before_the_move_buy_nothing_after_it(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    scene.apply()
    scene.call("northwind", "contoso", said=False)
    scene.say()
    assert reasons(scene) == {name: {"customer_name_changed"} for name in ("contoso/mail", "contoso/office")}
    scene.apply()
    assert (scene.store.customers(), len(scene.ledger)) == (("litware", "northwind"), 1)


def test_what_is_pending_moves_along_and_is_settled_under_the_new_name(lost: Moving) -> None:
    scene = lost
    scene.call("contoso", "northwind")
    assert types_of(scene.apply()) == ["customer_moved", "unknown", "summary"]
    scene.clock.sleep(3600)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert len(scene.ledger) == 1


def test_a_held_lock_on_either_name_holds_the_move_up(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    scene.want("northwind/mail", quantity=4)
    with scene.store.lock("contoso", "apply", scene.run()):
        assert types_of(scene.apply()) == ["skipped", "summary"]
    assert scene.store.customers() == ("contoso", "litware")


@pytest.mark.parametrize("steps", range(2, 16))
def test_a_run_that_dies_between_the_two_writes_loses_nothing_and_the_next_one_finishes(
    scene: Moving, steps: int
) -> None:
    before = scene.state("contoso")
    scene.call("contoso", "northwind")
    died(scene, Process(steps=steps))
    for name in ("contoso", "northwind"):
        if lock := scene.store.held(name):
            scene.store.unlock(name, lock.id)
    scene.apply()
    assert scene.store.customers() == ("litware", "northwind")
    after = scene.state("northwind")
    assert (after.subscriptions, after.results) == (before.subscriptions, before.results)
    assert len(scene.ledger) == 1


def died(scene: Scene, process: Process) -> None:
    """An apply whose process dies on the way."""
    with scene.commerce() as commerce:
        store = MortalStore(process, scene.store, scene.state_directory)
        workspace = scene.workspace_of(commerce, store)
        try:
            planned = plan_estate(workspace, Globs())
            list(apply_plan(workspace, planned, ApplySettings(fingerprint="")))
        except Killed:
            pass


def test_what_the_old_name_got_in_between_is_not_removed(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    found = scene.store.read("contoso")
    assert found
    scene.somebody_writes_state("contoso")
    with pytest.raises(StateConflict):
        scene.store.remove("contoso", found.version)
    assert scene.store.read("contoso")


def test_a_removed_customer_is_let_go_though_nobody_can_read_it(scene: Moving) -> None:
    tenant = scene.tenant("contoso")
    scene.counter.refusal = "404 Not Found"
    scene.counter.forbid = lambda request: b'{"code": 1000}' if tenant in request.path.lower() else None
    scene.remove("contoso")
    scene.want(KIOSKS, quantity=6)
    plan = scene.plan()
    assert [(move.address, move.to) for move in plan.moves] == [("contoso/mail", None), ("contoso/office", None)]
    assert (plan.limits, plan.errored, plan.undeclared) == ((), False, ())
    assert sorted(types_of(scene.apply())) == ["moved", "moved", "started", "succeeded", "summary"]
    assert not scene.state("contoso").subscriptions
    assert scene.state("contoso").results
    assert types_of(scene.apply()) == ["summary"]


def test_a_customer_that_no_manifest_has_any_more_can_be_looked_at_by_its_name(scene: Moving) -> None:
    scene.remove("contoso")
    scene.say()
    with scene.workspace() as workspace:
        plan = plan_estate(workspace, Globs(target=("contoso",))).plan
        part = plan_estate(workspace, Globs(target=("contoso/mail",))).plan
    assert (plan.undeclared, plan.vanished) == (("contoso/mail", "contoso/office"), ("contoso",))
    assert (part.undeclared, part.vanished) == (("contoso/mail",), ())


@pytest.mark.parametrize(
    "globs",
    [
        Globs(exclude=("contoso/mail",)),
        Globs(target=("contoso",), exclude=("contoso/m*",)),
        Globs(target=("contoso/office",)),
    ],
)
def test_what_a_run_leaves_out_it_does_not_remove(scene: Moving, globs: Globs) -> None:
    scene.remove("contoso")
    left = scene.state("contoso").subscriptions["mail"]
    with scene.workspace() as workspace:
        planned = plan_estate(workspace, globs)
        assert [move.address for move in planned.plan.moves] == ["contoso/office"]
        assert types_of(apply_plan(workspace, planned, ApplySettings())) == ["moved", "summary"]
    assert scene.state("contoso").subscriptions == {"mail": left}


def test_a_review_of_a_removed_customer_removes_what_it_selected(scene: Moving) -> None:
    scene.remove("contoso")
    with scene.workspace() as workspace:
        reviewed = plan_estate(workspace, Globs(target=("contoso",), exclude=("contoso/mail",))).plan
    for types in (["moved", "summary"], ["moved_already", "summary"]):
        with scene.workspace() as workspace:
            planned = approved(workspace, reviewed, Globs())
            assert types_of(apply_plan(workspace, planned, ApplySettings())) == types
    assert [*scene.state("contoso").subscriptions] == ["mail"]


def test_a_removed_entry_can_be_looked_at_by_itself(scene: Moving) -> None:
    del scene.manifests[OFFICE], scene.manifests[Address("contoso/mail")]
    scene.moves = {"contoso": Moves(removed=("mail", "office"), places=dict.fromkeys(("mail", "office"), HERE))}
    with scene.workspace() as workspace:
        plan = plan_estate(workspace, Globs(target=(OFFICE,))).plan
    assert [move.address for move in plan.moves] == [OFFICE]


def test_a_removed_customer_is_tracked_while_something_is_pending(lost: Moving) -> None:
    scene = lost
    scene.remove("contoso")
    plan = scene.plan()
    assert [(alarm.address, alarm.code) for alarm in plan.warnings] == [("contoso/office", "removal_waits")]
    assert [item.address for item in plan.pending] == ["contoso/office"]
    scene.apply()
    scene.clock.sleep(3600)
    assert types_of(scene.apply())[:2] == ["recovered", "moved"]
    assert not scene.state("contoso").subscriptions


STEPS = st.lists(st.sampled_from(["rename", "rename unsaid", "revert", "remove", "apply", "die", "buy"]), max_size=7)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, counts=st.lists(st.integers(min_value=3, max_value=14), min_size=7, max_size=7))
def test_no_sequence_of_names_buys_twice_or_leaves_two_names_that_could_act(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], counts: list[int]
) -> None:
    scene = a_moving_scene(tmp_path_factory.mktemp("names"))
    names, wanted = iter("abcdefgh"), iter([(5, "x"), (6, "y"), (7, "z"), (8, "u"), (9, "v"), (10, "w"), (11, "t")])
    past = dict(scene.customers), dict(scene.manifests), scene.estate_moves
    for step, count in zip(steps, counts, strict=False):
        name = next((name for name in scene.customers if name != "litware"), None)
        act: dict[str, Callable[[], object]] = {
            "apply": scene.apply,
            "die": lambda count=count: died(scene, Process(steps=count)),  # type: ignore[misc]
        }
        if name and step.startswith("rename"):
            scene.call(name, next(names), said=step == "rename")
        elif name and step == "remove":
            scene.remove(name)
        elif name and step == "buy":
            scene.want(f"{name}/mail", quantity=next(wanted)[0])
        elif step == "revert":
            scene.customers, scene.manifests, scene.estate_moves = dict(past[0]), dict(past[1]), past[2]
        elif step in act:
            act[step]()
            for customer in ("contoso", *"abcdefgh"):
                if lock := scene.store.held(customer):
                    scene.store.unlock(customer, lock.id)
        never_two_that_act(scene)
    assert len([entry for entry in scene.ledger if entry.offer == PROPLUS]) == 1


def never_two_that_act(scene: Scene) -> None:
    """No subscription is planned to be changed under two names, nor bound under two unless nothing is planned of it."""
    plan = scene.plan()
    changed = [change.subscription_id for change in plan.changes]
    assert len(changed) == len(set(changed))
    states = [scene.state(name) for name in scene.store.customers()]
    bound = [bound.id for state in states for bound in state.subscriptions.values()]
    twice = {subscription for subscription in bound if bound.count(subscription) > 1}
    acting = {change.subscription_id for change in plan.changes if not plan.customer_moves}
    assert not twice & acting


def test_settling_moves_nothing_and_finds_what_is_pending_under_the_old_name(lost: Moving) -> None:
    scene = lost
    scene.call("contoso", "northwind")
    scene.clock.sleep(3600)
    with scene.workspace() as workspace:
        works = unsettled_works(workspace, Globs(target=("northwind/office",)))
        assert types_of(settle_pending(workspace, works)) == ["recovered", "summary"]
    assert scene.store.customers() == ("contoso", "litware")


def test_nothing_is_carried_out_for_a_customer_whose_new_name_nobody_reviewed(scene: Moving) -> None:
    scene.call("contoso", "northwind")
    scene.want("northwind/mail", quantity=4)
    unsaid = replace(scene.plan(), customer_moves=())
    with scene.workspace() as workspace:
        planned = approved(workspace, unsaid, Globs())
        assert (planned.works, only(planned.left, "customer_skipped").customer) == ((), "northwind")
        saved = planned_from(workspace, unsaid)
        assert [event.type for event in saved.left] == ["stale"]
    assert types_of(scene.apply(unsaid)) == ["stale", "summary"]
    assert scene.store.customers() == ("contoso", "litware")


@pytest.mark.parametrize(("wanted", "code"), [(20, "blocked"), (31, "not_reviewed")])
def test_a_review_is_not_of_the_customer_who_has_the_name_by_now(tmp_path: Path, wanted: int, code: str) -> None:
    sold = ((name, new_tenant(name, mail=Sold(offer=F1, quantity=30))) for name in ("contoso", "litware"))
    scene = Moving(tmp_path, *dict(sold).values())
    scene.apply()
    scene.want("contoso/mail", quantity=34)
    reviewed = scene.plan()
    scene.want("contoso/mail", quantity=30)
    for old, new in (("contoso", "contoso-uk"), ("litware", "contoso")):
        scene.call(old, new, said=False)
        scene.say(moved={old: new})
        scene.apply()
    scene.want("contoso-uk/mail", quantity=34)
    scene.want("contoso/mail", quantity=wanted)
    with scene.workspace() as workspace:
        stale, *others = approved(workspace, reviewed, Globs()).left
        saved = planned_from(workspace, reviewed).left
    for event in (stale, *saved):
        assert isinstance(event, Stale)
        assert "is called contoso-uk now: contoso is another customer" in event.description
        assert not event.nothing_left
    told = {event.address: event.code for event in others if isinstance(event, Skipped)}
    assert (told, len(saved)) == ({"contoso/mail": code, "contoso-uk/mail": "not_reviewed"}, 1)


def test_a_customer_that_was_renamed_and_is_removed_by_its_old_name_is_told_the_one_line(lost: Moving) -> None:
    scene = lost
    scene.call("contoso", "northwind", said=False)
    scene.say(removed=("contoso",))
    plan = scene.plan()
    (alarm,) = (alarm for alarm in plan.warnings if "declared" in alarm.code)
    assert (alarm.customer, alarm.code) == ("contoso", "removed_customer_is_declared")
    assert list(undeclared(plan.undeclared, plan.unbought, plan.pending, plan.warnings, plan.vanished)) == []
