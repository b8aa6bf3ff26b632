"""Whoever finds a lock held waits as long as told to, says for whom, and holds up nobody else. Real processes."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from reconciler.model.run import Run
from tests import forked
from tests.cli.estates import KIOSKS, Answer, Estate, environment, process

OTHERS = Run(id="run-0", actor="bob", url="https://ci.example/run/7")
WAITING = ("apply", "--auto-approve", "--lock-timeout", "5m")


@contextmanager
def waiting(estate: Estate, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, once it has said that it waits; and the words."""
    program = subprocess.Popen(
        forked.words(*arguments),
        cwd=estate.root,
        env=environment(COLUMNS="200"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    try:
        yield program, "".join(program.stderr.readline() for _ in range(4))
    finally:
        program.kill()
        program.communicate()


@pytest.fixture
def held(estate: Estate) -> Iterator[str]:
    """The id of a lock that somebody has on contoso."""
    with estate.store.lock("contoso", "apply", OTHERS) as lock:
        yield lock.id


def test_who_waits_is_told_for_whom_and_how_to_break_the_lock(estate: Estate, held: str) -> None:
    with waiting(estate, *WAITING) as (_, said):
        words = " ".join(said.split())
    assert "Waiting for the lock, 5 minutes at most. contoso is locked by bob for apply" in words
    assert "https://ci.example/run/7" in words
    assert said.splitlines()[-1].strip() == f"reconciler unlock contoso {held}"


def test_once_the_lock_is_free_everything_is_carried_out(estate: Estate, held: str) -> None:
    with waiting(estate, *WAITING) as (program, _):
        estate.store.unlock("contoso", held)
        assert program.wait(60) == 0
    assert len(estate.bought) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("arguments", [WAITING, ("state", "mv", "contoso/mail", "contoso/post", "--lock-timeout=5m")])
def test_a_signal_ends_the_waiting_at_once_and_leaves_the_others_lock(
    estate: Estate, reconciler: Callable[..., Answer], number: int, arguments: tuple[str, ...]
) -> None:
    assert reconciler("apply", "--auto-approve", "--target", "contoso/frontline").code == 0
    with estate.store.lock("contoso", "apply", OTHERS) as lock, waiting(estate, *arguments) as (program, _):
        program.send_signal(number)
        assert program.wait(30) == 130
        assert estate.store.held("contoso") == lock
    assert len(estate.bought) == 1


def test_pipelines_that_touch_different_customers_never_wait_for_each_other(estate: Estate) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    with estate.store.lock("contoso", "apply", OTHERS):
        other = process(estate.root, *WAITING, "--target", "fabrikam")
    assert other.code == 0, other.text
    assert "Waiting for the lock" not in other.text


def test_the_time_to_wait_is_set_by_the_environment_too(
    reconciler: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setenv("RECONCILER_LOCK_TIMEOUT", "1s")
    assert held in (answer := reconciler("apply", "--auto-approve")).text
    assert (answer.code, "It was waited for 1 second." in answer.text) == (7, True)


@pytest.mark.parametrize("time", ["30", "soon", "-1s", "1.5m", ""])
def test_what_is_no_length_of_time_is_refused(estate: Estate, reconciler: Callable[..., Answer], time: str) -> None:
    answer = reconciler("apply", "--auto-approve", f"--lock-timeout={time}")
    assert (answer.code, "is no length of time" in answer.text) == (64, True)
    assert estate.bought == []


@pytest.mark.parametrize("time", ["999999h", "25h", "1441m", "86401s"])
def test_nobody_waits_for_a_lock_for_more_than_a_day(
    estate: Estate, reconciler: Callable[..., Answer], time: str
) -> None:
    answer = reconciler("apply", "--auto-approve", f"--lock-timeout={time}")
    assert (answer.code, "Write 24h at most" in answer.text) == (64, True)
    assert estate.bought == []
