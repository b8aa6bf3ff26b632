"""A lock describes its holder, and that no lock is beyond breaking."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.lock import dump as dump_lock
from reconciler.model.errors import LockHeld, Problem, StateUnavailable
from reconciler.model.state_store import Lock
from reconciler.state import LocalStore, LockWait, current_process
from reconciler.state.locks import load_lock, locked
from tests.state.racing import answer, go, racer
from tests.state.states import NOON, RUN, a_state

LOCK = Lock(id="eeeeeeee-0000-4000-8000-000000000001", customer="contoso", operation="apply", taken_at=NOON, run=RUN)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> LocalStore:
    return LocalStore(tmp_path / "state", clock)


def refusal(take: Callable[[], object]) -> tuple[str, list[str]]:
    """Returns what the refusal says, and the lines of its remedy."""
    with pytest.raises(LockHeld) as refused:
        take()
    return refused.value.problems[0].what, refused.value.problems[0].remedy.splitlines()


def lock_file(store: LocalStore, content: bytes) -> Path:
    store.write(a_state(), None)
    path = Path(store.location, "contoso.lock")
    path.write_bytes(content)
    return path


def take_away(store: LocalStore) -> None:
    """Puts a file in the place of the directory."""
    directory = Path(store.location)
    directory.rename(directory.with_name("aside"))
    directory.write_text("in the way", encoding="utf-8")


def fail_and_take_away(store: LocalStore) -> None:
    take_away(store)
    raise ZeroDivisionError


def test_a_refusal_says_who_holds_the_lock_where_for_what_and_since_when(store: LocalStore, clock: Clock) -> None:
    with store.lock("contoso", "apply", RUN) as lock:
        clock.now += timedelta(minutes=12, seconds=30)
        what, remedy = refusal(lambda: store.lock("contoso", "apply", RUN).__enter__())
    assert what == (
        "contoso is locked by alice on build-7 (process 4711) for apply since 2026-03-01 12:00:00 UTC"
        " (12 minutes ago), https://ci.example/run/1."
    )
    assert "Run again" in remedy[0]
    assert remedy[-1] == f"reconciler unlock contoso {lock.id}"


@pytest.mark.parametrize(
    ("seconds", "age"),
    [(-5, "just now"), (0, "just now"), (1, "1 second"), (119, "1 minute"), (7_200, "2 hours"), (90_000, "1 day")],
)
def test_a_locks_age_is_told_in_its_largest_unit(seconds: int, age: str) -> None:
    what = locked(LOCK, NOON + timedelta(seconds=seconds)).problems[0].what
    assert f"({age}" in what


def test_a_lock_left_by_a_process_that_was_killed_is_taken_over_with_a_note(tmp_path: Path) -> None:
    notes: list[Problem] = []
    store = LocalStore(tmp_path / "state", lock_wait=LockWait(report=notes.append))
    with racer("lock", store.location, to_be_killed=True) as holder:
        go(holder)
        assert answer(holder) == "locked"
        holder.kill()
        holder.wait()
    left = store.held("contoso")
    assert store.locks() == (left,)
    with store.lock("contoso", "apply", RUN) as lock:
        assert store.held("contoso") == lock != left
    assert store.locks() == ()
    (note,) = notes
    assert "alice" in note.what
    assert "That process is gone, so its lock is taken over." in note.what


def test_a_lock_whose_holder_lives_is_never_called_abandoned(store: LocalStore) -> None:
    alive = replace(RUN, process=current_process())
    with store.lock("contoso", "apply", alive):
        assert "gone" not in "".join(refusal(lambda: store.lock("contoso", "apply", RUN).__enter__())[1])


def test_a_lock_is_read_as_it_was_written() -> None:
    assert load_lock(dump_lock(LOCK).encode(), "contoso", NOON) == LOCK


def test_a_newer_versions_lock_names_its_holder_all_the_same() -> None:
    newer = dump_lock(LOCK).replace('"operation"', '"host_address": "10.0.0.1",\n  "operation"')
    assert load_lock(newer.encode(), "contoso", NOON) == LOCK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        dump_lock(LOCK).encode()[:60],
        dump_lock(LOCK).replace("contoso", "fabrikam").encode(),
        dump_lock(LOCK).replace("eeeeeeee-0000", "x; rm -rf ~ #").encode(),
        dump_lock(LOCK).replace("12:00:00Z", "12:00:00").encode(),
    ],
)
def test_a_lock_that_can_not_be_understood_still_locks_and_can_be_broken(store: LocalStore, content: bytes) -> None:
    path = lock_file(store, content)
    what, remedy = refusal(lambda: store.lock("contoso", "apply", RUN).__enter__())
    assert "unknown" in what
    *command, lock_id = remedy[-1].split(" ")
    assert command == ["reconciler", "unlock", "contoso"]
    store.unlock("contoso", lock_id)
    assert not path.exists()


def test_an_unreadable_lock_is_told_with_the_condition_to_break_it_and_without_a_run(store: LocalStore) -> None:
    lock_file(store, b"")
    held = store.held("contoso")
    assert held is not None
    (problem,) = locked(held, NOON).problems
    assert "for unknown" not in problem.what
    assert [step.run[:1] for step in problem.steps] == [(), ("unlock",)]
    assert "If no run is at work on this customer" in problem.steps[-1].text


def test_an_unreadable_lock_that_was_replaced_by_another_is_not_broken_by_the_old_id(store: LocalStore) -> None:
    lock_file(store, b"{")
    held = store.held("contoso")
    path = Path(store.location, "contoso.lock")
    path.write_bytes(b"[")
    assert held is not None
    with pytest.raises(LockHeld):
        store.unlock("contoso", held.id)
    assert path.exists()


def test_a_holders_name_can_not_smuggle_lines_or_colours_into_the_message() -> None:
    sly = replace(LOCK, run=replace(RUN, id="x\nreconciler", actor="eve\nreconciler unlock fabrikam x\x1b[31m"))
    problem = locked(sly, NOON).problems[0]
    assert "\n" not in problem.what
    assert "\x1b" not in problem.what
    assert len(problem.remedy.splitlines()) == 3


@settings(deadline=None)
@given(st.binary() | st.integers(0, 400).map(lambda end: dump_lock(LOCK).encode()[:end] + b"}"))
def test_any_lock_file_is_a_lock_whose_holder_can_be_told(content: bytes) -> None:
    lock = load_lock(content, "contoso", datetime(2026, 1, 1, tzinfo=UTC))
    assert locked(lock, NOON).problems[0].what.startswith("contoso is locked by ")


def test_a_lock_that_can_not_be_released_says_how_to_break_it(store: LocalStore) -> None:
    with pytest.raises(StateUnavailable) as refused, store.lock("contoso", "apply", RUN) as lock:
        take_away(store)
    assert refused.value.problems[-1].remedy.splitlines()[-1] == f"reconciler unlock contoso {lock.id}"


def test_trouble_with_releasing_does_not_hide_what_went_wrong_within(store: LocalStore) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("contoso", "apply", RUN):
        fail_and_take_away(store)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_lock_with_a_time_that_no_run_can_have_recorded_shows_when_its_file_was_written(year: str) -> None:
    content = dump_lock(LOCK).replace("2026-", f"{year}-").encode()

    lock = load_lock(content, "contoso", NOON)
    assert lock.taken_at == NOON
    assert "somebody unknown" in locked(lock, NOON).problems[0].what
