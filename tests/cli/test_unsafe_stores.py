"""Every command that writes state, against a store that ignores the conditions on writes."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.cli.estates import OFFICE, Answer, Estate
from tests.state.object_server import IGNORED, ObjectServer, object_server

Program = Callable[..., Answer]

COMMANDS = {
    "apply": ("apply", "--auto-approve"),
    "adopt": ("adopt", "contoso/office", OFFICE),
    "forget": ("forget", "contoso/gone"),
    "state mv": ("state", "mv", "contoso/office", "contoso/new"),
    "state resolve": ("state", "resolve", "contoso/office", "--not-done"),
    "state push": ("state", "push", "rescued.json"),
    "unlock": ("unlock", "contoso", "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1"),
}


@pytest.fixture
def server(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectServer]:
    """It holds the state of an earlier run and a lock, and has ignored conditions ever since."""
    with object_server() as running:
        estate.settings("")
        monkeypatch.setenv("RECONCILER_STATE", running.enter("s3", monkeypatch))
        assert reconciler("apply", "--auto-approve", "--target", "contoso/mail").code == 0
        found = estate.root / "rescued.json"
        found.write_text(reconciler("state", "pull", "contoso").out)
        held = {**LOCK, "customer": "contoso"}
        lock = next(path for path in running.objects if path.endswith("contoso.lock"))
        running.objects[lock] = ('"1"', json.dumps(held).encode(), {})
        running.create = running.replace = IGNORED
        yield running


LOCK = {
    "id": "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1",
    "operation": "apply",
    "taken_at": "2026-11-21T10:00:00Z",
    "run": {
        "id": "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1",
        "actor": "deploy",
        "url": None,
        "commit": None,
        "process": None,
    },
}


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_writes_is_refused_before_it_does_anything(
    estate: Estate, reconciler: Program, server: ObjectServer, arguments: tuple[str, ...]
) -> None:
    kept = {path: value for path, value in server.objects.items() if not path.endswith(".probe")}

    answer = reconciler(*arguments)

    assert (answer.code, estate.bought) == (1, [])
    assert "ignores the condition If-None-Match on a write" in answer.text
    assert {path: value for path, value in server.objects.items() if not path.endswith(".probe")} == kept


def test_what_only_reads_needs_no_conditions(reconciler: Program, server: ObjectServer) -> None:
    server.seen.clear()
    assert [reconciler(*words).code for words in (("plan",), ("drift",), ("state", "list"))] == [0, 2, 0]
    assert not [line for line in server.seen if not line.startswith("GET")]
