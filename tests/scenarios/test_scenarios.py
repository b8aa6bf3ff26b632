"""Folders of data in, texts out: what a reader sees of a whole run, from manifests to plan, apply and the next plan."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.documents.plan import fingerprint
from reconciler.model.plan import Plan
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering.shown import a_view, event_json, plan_json
from tests.scenarios.staging import LINEAGE, OFFERS, Stage

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/scenario.yaml"))
TEXTS = ("plan.txt", "plan.json", "events.jsonl", "next-plan.txt")

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)(\.\d+)?Z")
_GUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_VARIES = (
    (re.compile("sha256:[0-9a-f]{64}"), "sha256:..."),
    (re.compile('"reconciler_version": "[^"]*"'), '"reconciler_version": "..."'),
    (re.compile(r"(?<![\w+/])[\w+/]{16}\.0(?![\w.])"), "made-up-vector-.0"),
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario(folder: Path, tmp_path: Path) -> None:
    """A run over the real manifests reader, client, emulator and state store tells what the folder's texts say.

    With RECONCILER_UPDATE_GOLDEN=1 in the environment the texts are written instead; review the change of text. The
    time stands still but for waiting, and what differs from run to run is taken out.
    """
    settled = Settled(folder)
    told = {name: settled(text) for name, text in played(Stage(folder, tmp_path))}
    if os.environ.get("RECONCILER_UPDATE_GOLDEN"):
        _rewrite(folder, told)
    assert told == {name: (folder / name).read_text("utf-8") for name in TEXTS if (folder / name).exists()}


def played(stage: Stage) -> Iterator[tuple[str, str]]:
    """The scenario's texts by the names of their files."""
    stage.set_up()
    with stage.workspace() as workspace:
        planned = _planned(stage, workspace)
        yield "plan.txt", _text(planned.plan)
        yield "plan.json", plan_json(planned.plan)
        if not stage.scenario.apply:
            return
        events = apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan)))
        yield "events.jsonl", "".join(map(event_json, events))
    with stage.workspace() as workspace:
        yield "next-plan.txt", _text(_planned(stage, workspace).plan)


def _planned(stage: Stage, workspace: Workspace) -> Planned:
    return plan_estate(workspace, Globs(target=stage.scenario.target, exclude=stage.scenario.exclude))


def _text(plan: Plan) -> str:
    return FORMATS["text"](plan, a_view(now=plan.created_at, next_command=("apply",)))


class Settled:
    """Takes out of texts what differs from run to run. Made ids are numbered as they come, over all texts."""

    def __init__(self, folder: Path) -> None:
        inputs = (path for path in folder.rglob("*") if path.suffix in {".yaml", ".json"} and path.name not in TEXTS)
        given = "".join(path.read_text("utf-8").lower() for path in inputs)
        self._ids: dict[str, str] = {
            offer: offer for offer in [*_GUID.findall(given), *map(str.lower, OFFERS.values()), LINEAGE]
        }
        self._made = 0

    def __call__(self, text: str) -> str:
        text = _TIME.sub(_to_five_seconds, _GUID.sub(self._known, text))
        for pattern, instead in _VARIES:
            text = pattern.sub(instead, text)
        return text

    def _known(self, found: re.Match[str]) -> str:
        item = str(found[0]).lower()
        if item not in self._ids:
            self._made += 1
            self._ids[item] = f"{'0' * 8}-made-0000-0000-{self._made:012}"
        return self._ids[item]


def _to_five_seconds(found: re.Match[str]) -> str:
    """The client carries the service's time on by its own clock; a busy machine may count a second more."""
    return f"{found[1]}{int(found[2]) // 5 * 5:02}Z"


def _rewrite(folder: Path, told: dict[str, str]) -> None:
    for name in TEXTS:
        (folder / name).unlink(missing_ok=True)
    for name, text in told.items():
        (folder / name).write_text(text, "utf-8")
