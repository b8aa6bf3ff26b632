"""A run that SIGKILL ends at any write of a customer's move: the next one comes to rest, and nothing is lost."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run
from reconciler.state import LocalStore
from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]
WRITES = {"os.link", "os.rename", "os.remove"}
MOST = 40
"""More writes than such a run makes."""


@pytest.fixture
def renamed(estate: Estate, reconciler: Program) -> Estate:
    """An estate after its apply, whose customer contoso is northwind from now on."""
    assert reconciler("apply", "--auto-approve").code == 0
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("name: contoso", "name: northwind"))
    (estate.root / "manifests" / "moves.yaml").write_text("moved: {contoso: northwind}\n")
    return estate


def ends_by_itself(folder: Path, instant: int) -> bool:
    """Runs an apply in a process of its own, which kills itself before the write of this number in the state."""
    process = os.fork()
    if process == 0:
        os.chdir(folder)
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 -- it is never closed
        left = iter(range(instant))

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            if event in WRITES and "/state/" in str(arguments) and next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        os._exit(run(["apply", "--auto-approve"]))
    _, status = os.waitpid(process, 0)
    return not os.WIFSIGNALED(status)


def killed(estate: Estate, scratch: Path) -> Iterator[Path]:
    """Yields the estate after a kill at each instant."""
    for instant in range(MOST):
        folder = scratch / str(instant)
        shutil.copytree(estate.root, folder, ignore=shutil.ignore_patterns("killed"))
        if ends_by_itself(folder, instant):
            return
        yield folder
    message = "it never ended by itself"
    raise AssertionError(message)


def test_a_kill_at_any_write_of_the_move_loses_nothing_and_leaves_nothing(
    renamed: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = LocalStore(renamed.root / "state").read("contoso")
    assert before is not None
    instants = between = 0
    for folder in killed(renamed, renamed.root / "killed"):
        instants += 1
        store = LocalStore(folder / "state")
        between += store.customers() == ("contoso", "northwind")
        left = store.locks()
        monkeypatch.chdir(folder)
        answer = reconciler("apply", "--auto-approve")

        after = store.read("northwind")
        assert (answer.code, after is not None, store.customers()) == (0, True, ("northwind",))
        assert after is not None
        assert after.state.results == before.state.results
        assert after.state.subscriptions == before.state.subscriptions
        assert (len(Estate(folder).ledger), store.locks()) == (2, ())
        assert answer.text.count("That process is gone, so its lock is taken over.") == len(left)
        assert reconciler("plan", "--detailed-exitcode").code == 0
    assert (instants > 3, between > 0) == (True, True)
