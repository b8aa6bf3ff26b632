"""Waits for a held lock, and the message where that was in vain."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reconciler.model.errors import LockHeld, Problem
from reconciler.state import LocalStore, LockWait
from tests.state.racing import answer, go, racer
from tests.state.states import NOON, RUN


class Time:
    """Passes only while somebody pauses; then `happens` what was told, at its second."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.pauses: list[float] = []
        self.happens: dict[float, Callable[[], object]] = {}
        self.stopping = False
        self.said: list[tuple[float, Problem]] = []

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        self.seconds += seconds
        for at in [at for at in self.happens if at <= self.seconds]:
            self.happens.pop(at)()
        return self.stopping

    def say(self, problem: Problem) -> None:
        self.said.append((self.seconds, problem))

    def elapsed(self) -> float:
        return self.seconds

    def clock(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(tmp_path: Path, time: Time) -> LocalStore:
    return patient(tmp_path / "state", time, 30)


def patient(directory: Path, time: Time, seconds: float) -> LocalStore:
    lock_wait = LockWait(seconds=seconds, pause=time.pause, elapsed=time.elapsed, report=time.say)
    return LocalStore(directory, time.clock, lock_wait)


def refusal(store: LocalStore) -> tuple[str, str]:
    with pytest.raises(LockHeld) as refused, store.lock("contoso", "apply", RUN):
        pytest.fail("somebody else has the lock")
    return refused.value.problems[0].what, refused.value.problems[0].remedy


def test_a_free_lock_is_taken_without_waiting(store: LocalStore, time: Time) -> None:
    with store.lock("contoso", "apply", RUN):
        assert time.pauses == []


def test_a_held_lock_is_asked_for_again_at_growing_intervals_until_it_is_free(store: LocalStore, time: Time) -> None:
    held = ExitStack()
    held.enter_context(store.lock("contoso", "apply", RUN))
    time.happens[7] = held.close
    with store.lock("contoso", "apply", RUN) as lock:
        assert time.pauses == [1, 2, 4]
        assert store.held("contoso") == lock
        assert lock.taken_at == NOON + timedelta(seconds=7)
    assert store.held("contoso") is None


@pytest.mark.parametrize(
    ("seconds", "pauses"),
    [(0, []), (0.5, [0.5]), (30, [1, 2, 4, 8, 15]), (60, [1, 2, 4, 8, 16, 16, 13])],
)
def test_the_waiting_ends_when_the_time_is_up_and_no_pause_is_longer_than_16_seconds(
    tmp_path: Path, time: Time, seconds: float, pauses: list[float]
) -> None:
    store = patient(tmp_path / "state", time, seconds)
    with store.lock("contoso", "apply", RUN):
        refusal(store)
    assert time.pauses == pauses


def test_waiting_in_vain_names_the_holder_its_age_its_ci_run_and_how_long_it_was(store: LocalStore) -> None:
    with store.lock("contoso", "apply", RUN) as lock:
        what, remedy = refusal(store)
    assert what == (
        "contoso is locked by alice on build-7 (process 4711) for apply since 2026-03-01 12:00:00 UTC"
        " (30 seconds ago), https://ci.example/run/1. It was waited for 30 seconds."
    )
    assert remedy.splitlines()[-1] == f"reconciler unlock contoso {lock.id}"


def test_who_waits_is_told_at_once_and_every_half_minute_who_has_the_lock(tmp_path: Path, time: Time) -> None:
    store = patient(tmp_path / "state", time, 100)
    with store.lock("contoso", "apply", RUN) as lock:
        refusal(store)
    assert [at for at, _ in time.said] == [0, 31, 63, 95]
    first, second = (problem.what for _, problem in time.said[:2])
    assert first.startswith("Waiting for the lock, 1 minute at most. contoso is locked by alice on build-7")
    assert "https://ci.example/run/1" in first
    assert second.startswith("Waited for 31 seconds of 1 minute. ")
    assert time.said[0][1].remedy.endswith(f"\nreconciler unlock contoso {lock.id}")


def test_a_lock_that_is_not_waited_for_says_that_it_could_be(tmp_path: Path, time: Time) -> None:
    store = patient(tmp_path / "state", time, 0)
    with store.lock("contoso", "apply", RUN):
        assert "--lock-timeout 10m" in refusal(store)[1]
    assert time.said == []


def test_a_lock_whose_holder_is_provably_gone_is_not_waited_for(store: LocalStore, time: Time) -> None:
    with racer("lock", store.location, to_be_killed=True) as holder:
        go(holder)
        assert answer(holder) == "locked"
        holder.kill()
        holder.wait()
    with store.lock("contoso", "apply", RUN):
        assert time.pauses == []
    ((_, note),) = time.said
    assert "taken over" in note.what


def test_a_run_that_is_to_stop_waits_no_longer(store: LocalStore, time: Time) -> None:
    time.stopping = True
    with store.lock("contoso", "apply", RUN):
        refusal(store)
    assert time.pauses == [1]


def test_the_lock_of_one_customer_is_never_waited_for_by_another(store: LocalStore, time: Time) -> None:
    with store.lock("contoso", "apply", RUN), store.lock("fabrikam", "apply", RUN):
        assert time.pauses == []


def test_of_many_that_wait_each_gets_its_turn(store: LocalStore, time: Time) -> None:
    """The lock gets another holder while it is waited for: that one is named."""
    first, second = ExitStack(), ExitStack()
    first.enter_context(store.lock("contoso", "apply", RUN))

    def hand_over() -> None:
        first.close()
        second.enter_context(store.lock("contoso", "apply", replace(RUN, actor="bob")))

    time.happens[3] = hand_over
    with second:
        assert "locked by bob" in refusal(store)[0]
