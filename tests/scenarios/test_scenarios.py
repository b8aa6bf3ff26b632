"""Folders of data in, texts out: what a reader sees of a whole run, from manifests to plan to apply to the next plan."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.plan import Plan
from reconciler.planning import Globs
from reconciler.rendering import event_json, fingerprint, plan_json, plan_text
from reconciler.session import Planned, Session
from tests.scenarios.staging import Stage

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("*/scenario.yaml"))
TEXTS = ("plan.txt", "plan.json", "events.jsonl", "next-plan.txt")

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)(\.\d+)?Z")
_VARIES = {"fingerprint", "plan_fingerprint", "reconciler_version", "manifests_digest"}
_MADE = {"request_id", "correlation_id"}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario(folder: Path, tmp_path: Path) -> None:
    """A run over the real manifests reader, client, emulator and state store tells what the folder's texts say.

    With RECONCILER_UPDATE_GOLDEN=1 in the environment the texts are written instead; review the change of text. The
    time stands still but for waiting, and what differs from run to run (fingerprints, versions, made ids) is left out.
    """
    told = dict(played(Stage(folder, tmp_path)))
    if os.environ.get("RECONCILER_UPDATE_GOLDEN"):
        _rewrite(folder, told)
    assert told == {name: (folder / name).read_text("utf-8") for name in TEXTS if (folder / name).exists()}


def played(stage: Stage) -> Iterator[tuple[str, str]]:
    """The scenario's texts by the names of their files."""
    stage.set_up()
    with stage.session() as session:
        planned = _planned(stage, session)
        yield "plan.txt", _text(planned.plan)
        yield "plan.json", json.dumps(settled(json.loads(plan_json(planned.plan))), indent=2, ensure_ascii=False) + "\n"
        if not stage.scenario.apply:
            return
        events = [event_json(one) for one in session.apply(planned, fingerprint=fingerprint(planned.plan))]
        lines = settled([json.loads(line) for line in events])
        yield "events.jsonl", "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    with stage.session() as session:
        yield "next-plan.txt", _text(_planned(stage, session).plan)


def _planned(stage: Stage, session: Session) -> Planned:
    return session.plan(Globs(target=stage.scenario.target, exclude=stage.scenario.exclude))


def _text(plan: Plan) -> str:
    return plan_text(plan, width=80, color=False, now=plan.created_at, next_command="reconciler apply")


def settled(value: Any, made: dict[str, str] | None = None) -> Any:
    """The same document without what differs from run to run."""
    made = {} if made is None else made
    if isinstance(value, list):
        return [settled(one, made) for one in value]
    if isinstance(value, dict):
        return {key: _member(key, one, made) for key, one in value.items()}
    return _TIME.sub(_to_five_seconds, value) if isinstance(value, str) else value


def _member(key: str, value: Any, made: dict[str, str]) -> Any:
    if key in _VARIES and value is not None:
        return f"<{key}>"
    if key in _MADE and value is not None:
        return made.setdefault(value, f"<{key} {len(made) + 1}>")
    return settled(value, made)


def _to_five_seconds(found: re.Match[str]) -> str:
    """The client carries the service's time on by its own clock; a busy machine may count a second more."""
    return f"{found[1]}{int(found[2]) // 5 * 5:02}Z"


def _rewrite(folder: Path, told: dict[str, str]) -> None:
    for name in TEXTS:
        (folder / name).unlink(missing_ok=True)
    for name, text in told.items():
        (folder / name).write_text(text, "utf-8")
