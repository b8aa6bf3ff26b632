"""The accidents of the guide `troubleshooting`, each in a copy of the sample estate of its own."""

import json
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from wsgiref.types import StartResponse, WSGIEnvironment

from reconciler.sandbox import User, application, reset
from tests.worlds import WorldFile, copy_sample, served

SETTINGS = "wait: {timeout_seconds: 1, interval_seconds: 0.5}\n"
CONTOSO = "c8faf55f-096c-48e5-b657-816d1edd2c3b"
OFFICE = "832c2ebd-c74d-4f83-87c7-1c0aad577521"
ELSEWHERE = {
    "id": "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1",
    "customer": "contoso",
    "operation": "apply",
    "taken_at": "2026-11-21T10:00:00Z",
    "run": {
        "id": "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1",
        "actor": "deploy",
        "url": "https://ci.example/runs/1041",
        "process": {"host": "runner-7", "pid": 4711, "booted_at": 1795000000.0, "started_at": 1795000100.0},
    },
}


def _nothing() -> None:
    return None


class Staged(WorldFile):
    """A folder in which something is about to go wrong: for commands with these variables, and after the first one."""

    def __init__(
        self, folder: Path, variables: Mapping[str, str] | None = None, after_first: Callable[[], object] = _nothing
    ) -> None:
        super().__init__(folder / ".reconciler" / "sandbox.json")
        self.folder = folder
        self.variables = variables or {}
        self.after_first = after_first

    @property
    def state(self) -> Path:
        return self.folder / ".reconciler" / "state"

    def settings(self, text: str) -> None:
        with (self.folder / "manifests" / "reconciler.yaml").open("a", encoding="utf-8") as file:
            file.write(text)


def staged(folder: Path, plan: Callable[[Path], object]) -> Staged:
    """The sample estate on its first day, with a plan of contoso/office in plan.json."""
    copy_sample(folder)
    stage = Staged(folder)
    stage.settings(SETTINGS)
    reset(stage.world_file)
    plan(folder)
    return stage


class Saboteur:
    """The sandbox, which does something else as soon as it has performed a purchase, before it answers."""

    def __init__(self, stage: Staged, then: Callable[[], object]) -> None:
        self._app = application(stage.world_file)
        self._then = then

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            self._then()
        return answer


@contextmanager
def _sabotaged(
    stage: Staged, then: Callable[[], object], after_first: Callable[[], object] = _nothing
) -> Iterator[Staged]:
    with served(Saboteur(stage, then)) as address:
        yield Staged(stage.folder, {"RECONCILER_ENDPOINT": address}, after_first)


_TO_PRINT = 0.5
"""Seconds in which the thread that prints catches up with the one that sends."""


@contextmanager
def killed(stage: Staged) -> Iterator[Staged]:
    """The runner dies once the purchase is made."""

    def kill() -> None:
        Event().wait(_TO_PRINT)
        lock = json.loads((stage.state / "contoso.lock").read_text("utf-8"))
        os.kill(lock["run"]["process"]["pid"], signal.SIGKILL)

    with _sabotaged(stage, kill) as sabotaged:
        yield sabotaged


@contextmanager
def cancelled(stage: Staged) -> Iterator[Staged]:
    """Somebody cancels the job just then."""

    def cancel() -> None:
        lock = json.loads((stage.state / "contoso.lock").read_text("utf-8"))
        os.kill(lock["run"]["process"]["pid"], signal.SIGTERM)

    with _sabotaged(stage, cancel) as sabotaged:
        yield sabotaged


@contextmanager
def unwritable(stage: Staged) -> Iterator[Staged]:
    """The state location goes away just then, and comes back later."""
    aside = stage.folder / "aside"

    def take_away() -> None:
        stage.state.rename(aside)
        stage.state.touch()

    def bring_back() -> None:
        stage.state.unlink()
        aside.rename(stage.state)

    with _sabotaged(stage, take_away, bring_back) as sabotaged:
        yield sabotaged


def lost_answer(stage: Staged) -> None:
    stage.arm("performed_then_dropped:1:POST")


def unknown(stage: Staged) -> None:
    """The answer is lost, and what was bought does not show for an hour."""
    invisible(stage)
    lost_answer(stage)


def invisible(stage: Staged) -> None:
    """Hides what was bought for an hour."""
    stage.behave(visible_after=3600)


def canary(stage: Staged) -> None:
    """The service fails at every purchase."""
    stage.arm("http_500_before:always:POST")


def renamed(_: Staged) -> None:
    """All goes well; what follows is the reader's doing."""


def vanished(_: Staged) -> None:
    """Likewise."""


def restored(_: Staged) -> None:
    """Likewise."""


def rival(stage: Staged) -> None:
    """A run on another machine has the lock."""
    stage.state.mkdir(parents=True, exist_ok=True)
    (stage.state / "contoso.lock").write_text(json.dumps(ELSEWHERE), "utf-8")


def stale(stage: Staged) -> None:
    """Somebody buys licences in the portal after the plan was made."""
    with stage.changed() as world:
        world.find(OFFICE).quantity = 30


def limited(stage: Staged) -> None:
    settings = stage.folder / "manifests" / "reconciler.yaml"
    settings.write_text(settings.read_text("utf-8").replace("limits:\n", "limits:\n  max_changes: 0\n"), "utf-8")


def throttled(stage: Staged) -> None:
    """For longer than anybody waits."""
    stage.arm("throttle_429:always", seconds=3600)


def signed_out(stage: Staged) -> None:
    stage.arm("unauthorized:always")


def mistyped(stage: Staged) -> None:
    stage.settings("lineage: 3bc34a2c-258e-4b40-837e-43ba825fecb5\n")


def unreadable(stage: Staged) -> None:
    """The service fails for one customer, again and again."""
    stage.arm(f"http_500_before:always:GET:{CONTOSO}")


def incomplete(stage: Staged) -> None:
    """The last subscription of each customer's list lacks its number of seats."""
    stage.arm("incomplete_item:always:GET:/subscriptions")


def left_to_assign(stage: Staged) -> None:
    with stage.changed() as world:
        world.find(OFFICE).stuck_users = [User(object_id="3f8a7a30-4b1e-4a53-9d52-7c2f7a0d5e11")]


def altered(stage: Staged) -> None:
    path = stage.folder / "plan.json"
    path.write_text(re.sub(r'"quantity": 25\b', '"quantity": 250', path.read_text("utf-8")), "utf-8")


PREPARED: dict[str, Callable[[Staged], None]] = {
    entry.__name__: entry
    for entry in (
        lost_answer, unknown, rival, stale, limited, throttled, signed_out, mistyped, unreadable, incomplete,
        left_to_assign, altered, invisible, canary, renamed, vanished, restored,
    )
}  # fmt: skip
MEANWHILE = {item.__name__: item for item in (killed, cancelled, unwritable)}


@contextmanager
def accident(name: str, stage: Staged) -> Iterator[Staged]:
    """Lets something go wrong, before the first command of a block or in the middle of it."""
    if name in MEANWHILE:
        with MEANWHILE[name](stage) as begun:
            yield begun
        return
    PREPARED[name](stage)
    yield stage
