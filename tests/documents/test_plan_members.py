"""Whatever a plan file with a right fingerprint says, apply does what manifests and live state yield, or nothing."""

import hashlib
import json
import shutil
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from reconciler.documents import plan as plan_document
from reconciler.documents.plan import fingerprint
from reconciler.model.binding import Bound
from reconciler.model.errors import InvalidInput, PlanFileRefused, PlanFileStale
from reconciler.model.plan import Plan
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.review import approved
from reconciler.planning import Globs
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import Scene
from tests.rendering.shown import plan_json
from tests.worlds import new_tenant

NOBODYS = "0abcdef0-0000-4000-8000-000000000001"
"""A live subscription of contoso that no manifest declares, and that could be upgraded just as its office can."""

Document = dict[str, Any]
Path_ = tuple[str | int, ...]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Contoso's office is to be upgraded, litware's kiosks to be resized; a purchase for fabrikam shows by now."""
    scene = Scene(
        tmp_path_factory.mktemp("members"),
        new_tenant("contoso", office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10)),
        new_tenant("fabrikam", office=Sold(offer=BUSINESS, quantity=25)),
        new_tenant("litware", kiosks=Sold(offer=F1, quantity=5)),
    )
    scene.want("fabrikam/office", E3)
    scene.behave(visible_after=3600)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    scene.apply()
    scene.behave(visible_after=0)
    scene.clock.sleep(3600)
    scene.somebody_buys(Sold(id=NOBODYS, offer=BUSINESS, quantity=25))
    scene.somebody_changes("contoso/frontline", quantity=11)
    scene.want("contoso/frontline", quantity=11)
    scene.want("contoso/office", E3)
    scene.want("litware/kiosks", quantity=6)
    scene.settings = replace(scene.settings, parallelism=1)
    return scene


class Rehearsal:
    """The scene as it is now, as often as it is wanted."""

    def __init__(self, scene: Scene, run: Callable[[Scene, Plan], object]) -> None:
        self.scene, self.world, self.time = scene, scene.world, scene.clock.utc()
        self.run, self.kept = run, scene.path / "kept"
        shutil.copytree(scene.state_directory, self.kept, dirs_exist_ok=True)

    def __call__(self, document: Document) -> tuple[set[object], dict[str, Any]]:
        """Returns what was written to the service, and what is remembered, once it was applied; then all is undone."""
        scene, sent = self.scene, len(self.scene.sent)
        try:
            with suppress(PlanFileRefused, PlanFileStale, InvalidInput):
                self.run(scene, plan_document.load(signed(document), "plan.json"))
            written: set[object] = {(request.method, request.path, request.body) for request in scene.sent[sent:]}
            read = {name: scene.store.read(name) for name in scene.store.customers()}
            bought = {entry.target: f"bought for {entry.source}" for entry in scene.ledger}
            return written, {name: _remembered(found.state, bought) for name, found in read.items() if found}
        finally:
            shutil.rmtree(scene.state_directory)
            shutil.copytree(self.kept, scene.state_directory)
            scene.clock.back_to(self.time)
            self.world.touch()
            self.world.save(scene.path / "world.json")


def _remembered(state: CustomerState, bought: dict[str, str]) -> Any:
    """Without what differs from purchase to purchase."""

    def chain(bound: Bound) -> tuple[str, ...]:
        return tuple(bought.get(identity, identity) for identity in bound.chain)

    bound = {
        name: (chain(sold), sold.offer_id, sold.quantity, sold.status) for name, sold in state.subscriptions.items()
    }
    results = {
        (result.address, result.action, result.outcome, result.subscription_id, result.request)
        for result in state.results
    }
    return state.customer, bound, results, set(state.pending)


def signed(document: Document) -> str:
    members = {name: value for name, value in document.items() if name != "fingerprint"}
    content = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return json.dumps(members | {"fingerprint": f"sha256:{hashlib.sha256(content).hexdigest()}"})


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Every member of a document that holds no others, and every list."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        yield path, value
        for index, member in enumerate(value):
            yield from leaves(member, (*path, index))
    else:
        yield path, value


def altered(document: Document, path: Path_, value: Any) -> Document:
    found = deepcopy(document)
    holder: Any = found
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return found


def alterations(document: Document, tenant: str) -> Iterator[tuple[str, Document]]:
    """Each member with another value; and what tells whose a change is, and what of, altered wherever it stands."""
    values = list(leaves(document))
    strange = {"subscription_id": NOBODYS, "id": NOBODYS, "tenant": tenant, "quantity": 24, "action": "resize"}
    for path, value in values:
        alike = (other for at, other in values if at[-1] == path[-1] and isinstance(other, str) and other != value)
        other = strange.get(str(path[-1]), _another(value, next(alike, "elsewhere")))
        if other != value:
            yield f"{'.'.join(map(str, path))} = {other}", altered(document, path, other)
        if path[0] in {"changes", "observed"} and path[-1] in _TELLING and value not in {None, other}:
            yield f"every {value} = {other}", _everywhere(document, value, other)


_TELLING = {"address", "tenant", "name", "subscription_id", "offer_id"}


def _another(value: Any, alike: str) -> Any:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else [] if isinstance(value, list) else alike


def _everywhere(value: Any, old: Any, new: Any) -> Any:
    if isinstance(value, dict):
        return {key: _everywhere(member, old, new) for key, member in value.items()}
    if isinstance(value, list):
        return [_everywhere(member, old, new) for member in value]
    return new if value == old and type(value) is type(old) else value


def applied(scene: Scene, plan: Plan) -> None:
    scene.apply(plan)


def reviewed(scene: Scene, plan: Plan) -> None:
    with scene.workspace() as workspace:
        planned = approved(workspace, plan, Globs())
        list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))


def keeps_to_the_plan(scene: Scene, run: Callable[[Scene, Plan], object], members: Container[str]) -> int:
    """Holds that no alteration of these members makes the run do what was not planned; how many were tried."""
    rehearsed = Rehearsal(scene, run)
    document = json.loads(plan_json(scene.plan()))
    written, remembered = rehearsed(document)
    _, before = rehearsed({})
    assert len(written) == 2
    chosen = [
        alteration
        for alteration in alterations(document, scene.tenant("litware"))
        if alteration[0].split(".")[0] in members
    ]
    for what, forged in chosen:
        sent, known = rehearsed(forged)
        assert sent <= written, what
        assert known.keys() <= remembered.keys(), what
        for name in known:
            assert _between(known[name], before[name], remembered[name]), f"{what}: {known[name]}"
    return len(chosen)


class Everything:
    def __contains__(self, _: object) -> bool:
        return True


def test_no_member_of_a_plan_file_makes_an_apply_do_what_was_not_planned(scene: Scene) -> None:
    assert keeps_to_the_plan(scene, applied, Everything()) > 80


def test_no_member_of_a_review_makes_an_apply_do_what_was_not_planned(scene: Scene) -> None:
    """The values of the changes and of the selection; nothing else of a review is looked at."""
    assert keeps_to_the_plan(scene, reviewed, {"changes", "selection"}) > 30


def _between(found: Any, before: Any, after: Any) -> bool:
    """Returns True if all that is remembered is what it was before, or what the plan as it was made leads to."""
    customer, bound, results, pending = found
    same = customer == after[0] and results <= after[2] and pending <= before[3]
    return same and all(bound[name] in {before[1].get(name), after[1].get(name)} for name in bound)
