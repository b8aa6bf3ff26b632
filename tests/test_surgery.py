"""Every repair, at every moment: nothing is bought twice or lost, no run ends in a fault, a refusal says what to do."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.errors import LockHeld, Problem, ReconcilerError, WrongLineage
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.move import move_address
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3
from tests.applying.scenes import LINEAGE, Request, Scene, a_scene

OFFICE, BRANCH, DESK = Address("contoso/office"), Address("contoso/branch"), Address("contoso/desk")
ANOTHER = "0abcdef0-0000-4000-8000-000000000001"
LOOKALIKE = "0abcdef0-0000-4000-8000-000000000002"
HOUR, NEVER = 3600, 365 * 86400

# What is open when somebody begins a repair. The service lets a second purchase pass: the source stays active, the log
# says nothing, and what is bought shows after an hour.


def at_rest(_: Scene) -> None:
    """Nothing is asked for."""


def pending(scene: Scene) -> None:
    """The office was bought, and the answer was lost."""
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.apply()


def never_arrived(scene: Scene) -> None:
    """The request for the office was lost before it was performed."""
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()


def given_up(scene: Scene) -> None:
    """The office was bought; a later run gave it up before it showed."""
    pending(scene)
    scene.clock.sleep(HOUR / 2)
    scene.apply()


def invisible(scene: Scene) -> None:
    """The office was bought and answered, and does not show yet."""
    scene.want(OFFICE, E3)
    scene.apply()


def competing(scene: Scene) -> None:
    """The same was asked for the branch and for the office; only one was bought, and it shows."""
    scene.want(BRANCH, E3)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.apply()
    scene.clock.sleep(HOUR)


def bought_elsewhere(scene: Scene) -> None:
    """The request for the office never arrived, and somebody else bought what looks like its target."""
    never_arrived(scene)
    scene.somebody_buys(Sold(id=LOOKALIKE, offer=E3, quantity=25))


STATES = (at_rest, pending, never_arrived, given_up, invisible, competing, bought_elsewhere)


def adopt_another(scene: Scene) -> None:
    with scene.commerce() as commerce:
        adopt_subscription(scene.repair(), OFFICE, ANOTHER, commerce)


def adopt_as_declared(scene: Scene) -> None:
    scene.want(OFFICE, subscription_id=ANOTHER)
    adopt_another(scene)


def forget_office(scene: Scene) -> None:
    """And the entry comes back: it must not be bought again."""
    entry = scene.manifests.pop(OFFICE)
    try:
        scene.forget(OFFICE)
    finally:
        scene.manifests[OFFICE] = entry


def move_office(scene: Scene) -> None:
    move_address(scene.repair(), OFFICE, DESK)
    scene.rename(OFFICE, DESK)


def push(scene: Scene) -> None:
    scene.push(scene.rescued)  # type: ignore[attr-defined] # what every scene here was given


def resolve_succeeded(scene: Scene) -> None:
    with scene.commerce() as commerce:
        bought = [entry.target for entry in scene.ledger]
        resolve_outcome(scene.repair(), OFFICE, bought[0] if bought else LOOKALIKE, commerce)


def resolve_not_done(scene: Scene) -> None:
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), OFFICE, None, commerce)


def unlock(scene: Scene) -> None:
    held = scene.store.held("contoso")
    scene.store.unlock("contoso", held.id if held else ANOTHER)


REPAIRS = (
    adopt_another,
    adopt_as_declared,
    forget_office,
    move_office,
    push,
    resolve_succeeded,
    resolve_not_done,
    unlock,
)
LOCKED = [repair for repair in REPAIRS if repair is not unlock]


class Stage:
    """A scene with something open, as often as it is wanted."""

    def __init__(self, path: Path, state: Callable[[Scene], None]) -> None:
        self.state = state
        slow = Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER, visible_after=HOUR)
        sold = {name: Sold(offer=BUSINESS, quantity=25) for name in ("branch", "office")}
        self.scene = scene = a_scene(path, slow, **sold)
        scene.settings = replace(scene.settings, wait=Wait(timeout_seconds=10, interval_seconds=10))
        scene.somebody_buys(Sold(id=ANOTHER, offer=BUSINESS, quantity=30))
        scene.apply()
        scene.rescued = scene.state()  # type: ignore[attr-defined]
        state(scene)
        self.world, self.time, self.manifests = scene.world, scene.clock.utc(), dict(scene.manifests)
        self.kept = path / "kept"
        shutil.copytree(scene.state_directory, self.kept)

    def again(self) -> Scene:
        scene = self.scene
        scene.state_directory = scene.path / "state"
        shutil.rmtree(scene.state_directory)
        shutil.copytree(self.kept, scene.state_directory)
        scene.settings = replace(scene.settings, lineage=LINEAGE)
        scene.clock.back_to(self.time)
        scene.manifests = dict(self.manifests)
        scene.counter.watchers.clear()
        self.world.touch()
        self.world.save(scene.path / "world.json")
        return scene


@pytest.fixture(scope="module", params=STATES, ids=lambda state: state.__name__)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("surgery"), request.param)


def refusals_without_advice(scene: Scene, repair: Callable[[Scene], None]) -> list[Problem]:
    """Does the repair, and returns the problems of a refusal that don't say what to do.

    Of what is in doubt already, a person's word ends the doubt: it is given only where it is true.
    """
    if repair is resolve_not_done and scene.ledger and scene.state().doubts():
        return []
    try:
        repair(scene)
    except ReconcilerError as error:
        return [problem for problem in error.problems if len(problem.remedy.split()) <= 2]
    return []


def faults_in_time(scene: Scene) -> list[str]:
    """Lets time pass until everything shows and applies whatever is asked for, twice. Returns the faults meanwhile."""
    faults: list[str] = []
    for _ in range(2):
        scene.clock.sleep(2 * HOUR)
        held = scene.store.held("contoso")
        if held:
            scene.store.unlock("contoso", held.id)
        with suppress(ReconcilerError):
            scene.apply()
        faults += faults_of(scene)
    return faults + faults_of(scene, shown=True)


def faults_of(scene: Scene, *, shown: bool = False) -> list[str]:
    """Returns what was bought twice or lost, and what is of two addresses. What is `shown` has to be recorded."""
    state, ledger = scene.state(), scene.ledger
    chained = [identity for bound in state.subscriptions.values() for identity in bound.chain]
    known = _known(state, shown=shown)
    return [
        *(f"{source} was upgraded twice" for source in _repeated(entry.source for entry in ledger)),
        *(f"{identity} is of two addresses" for identity in _repeated(chained)),
        *(
            f"{entry.target} was bought and lost"
            for entry in ledger
            if entry.target not in chained and entry.request_id not in known
        ),
    ]


def _repeated(identities: Iterable[str]) -> list[str]:
    return [identity for identity, count in Counter(identities).items() if count > 1]


def _known(state: CustomerState, *, shown: bool) -> set[str]:
    """The requests that are recorded as done, or open."""
    opened = {
        change.request_id
        for change in (*(pending for _, pending in state.all_pending()), *(() if shown else state.doubts()))
    }
    return opened | {result.request_id for result in state.results if result.outcome.performed}


def test_a_repair_of_whatever_is_open_buys_nothing_twice_and_loses_nothing(stage: Stage) -> None:
    for repair in REPAIRS:
        scene = stage.again()
        before = scene.state()
        assert not refusals_without_advice(scene, repair)
        assert not faults_of(scene)
        if repair is REPAIRS[-1] or scene.state() != before:
            assert not faults_in_time(scene)


def before_it_is_decided(arrived: list[str]) -> bool:
    return len(arrived) == 3


def with_the_write(arrived: list[str]) -> bool:
    return arrived[-1] == "POST"


def after_the_write(arrived: list[str]) -> bool:
    return "POST" in arrived[:-1]


MOMENTS = (before_it_is_decided, with_the_write, after_the_write)


@pytest.mark.parametrize("at", range(len(MOMENTS)))
def test_a_repair_in_the_midst_of_a_run_whose_lock_was_broken_does_not_either(stage: Stage, at: int) -> None:
    """Each state meets each repair and each moment; each repair meets each moment in some state."""
    turn = at + STATES.index(stage.state)
    for repair in LOCKED[turn % len(MOMENTS) :: len(MOMENTS)]:
        scene = stage.again()
        scene.want(OFFICE, E3)
        unhelpful: list[Problem] = []
        scene.counter.watchers.append(_meanwhile(scene, MOMENTS[at], repair, unhelpful))
        with suppress(ReconcilerError):
            scene.apply()
        assert not unhelpful
        assert not faults_in_time(scene)


def _meanwhile(
    scene: Scene, moment: Callable[[list[str]], bool], repair: Callable[[Scene], None], unhelpful: list[Problem]
) -> Callable[[Request], None]:
    """Returns a watcher that breaks the lock and repairs, at a moment that the requests so far decide.

    Refusals that don't say what to do are added to `unhelpful`.
    """
    arrived: list[str] = []

    def happens(request: Request) -> None:
        arrived.append(request.method)
        if moment(arrived):
            scene.counter.watchers.clear()
            with suppress(ReconcilerError):
                unlock(scene)
            unhelpful.extend(refusals_without_advice(scene, repair))

    return happens


def test_a_repair_waits_for_whoever_holds_the_lock(stage: Stage) -> None:
    for repair in LOCKED:
        scene = stage.again()
        before = scene.state()
        with scene.store.lock("contoso", "apply", scene.run()):
            with pytest.raises(ReconcilerError) as refused:
                repair(scene)
            assert isinstance(refused.value, LockHeld), repair.__name__
        assert scene.state() == before


def test_no_repair_takes_a_mistyped_place_for_the_estate(stage: Stage) -> None:
    for repair in LOCKED:
        scene = stage.again()
        scene.state_directory = scene.path / "mistyped"
        with pytest.raises(WrongLineage) as refused:
            repair(scene)
        assert "Correct `state` in reconciler.yaml" in refused.value.problems[0].remedy
        assert not list(scene.state_directory.glob("*.json")), repair.__name__
