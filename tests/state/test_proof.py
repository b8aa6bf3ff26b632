"""A store shows that it honours conditions on writes before anything is written to it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import BaseFileLock

from reconciler.model.errors import StateUnavailable, StateUnsafe
from reconciler.state import LocalStore, Store, open_store
from reconciler.state.object_store import ObjectStore
from reconciler.state.proof import PROBE
from tests.state.emulators import Emulator
from tests.state.object_server import FAILS, IGNORED, object_server
from tests.state.proxy import Fault, proxy
from tests.state.states import LINEAGE, RUN, a_state

UNSAFE = {
    "ignores both": (IGNORED, IGNORED, "ignores the condition If-None-Match"),
    "ignores If-None-Match": (IGNORED, "honoured", "ignores the condition If-None-Match"),
    "ignores If-Match": ("honoured", IGNORED, "ignores the condition If-Match"),
    "does not implement If-None-Match": (501, "honoured", "refuses the condition If-None-Match"),
    "does not implement If-Match": ("honoured", 501, r"refuses the condition If-Match .*501 \(NotImplemented\)"),
    "calls the header unsupported": (400, 400, r"refuses the condition If-None-Match .*400 \(UnsupportedHeader\)"),
    "allows no such method": ("honoured", 405, r"refuses the condition If-Match .*405"),
    "never lets a creation through": (FAILS, "honoured", "refuses the condition If-None-Match .* an object is there"),
    "never lets a replacement through": ("honoured", FAILS, "refuses the condition If-Match .* version that it gave"),
}


@pytest.mark.parametrize("scheme", ["az", "s3", "gs"])
@pytest.mark.parametrize(("create", "replace", "says"), UNSAFE.values(), ids=UNSAFE)
def test_a_store_without_conditional_writes_is_refused_by_name_before_any_state_is_written(
    monkeypatch: pytest.MonkeyPatch, scheme: str, create: str | int, replace: str | int, says: str
) -> None:
    with object_server(create, replace) as server:
        store = Store(ObjectStore(server.enter(scheme, monkeypatch), pause=lambda _: None))
        for _ in range(2):  # asked again, the answer stands, and the server is not asked
            with pytest.raises(StateUnsafe, match=says) as refused, store.lock("contoso", "apply", RUN):
                pass
        assert server.names() in ([], [PROBE])
        assert len(server.seen) <= 20
    assert refused.value.problems[0].where == store.location


@pytest.mark.parametrize("fixture", ["azure_server", "s3_server"])
def test_a_real_store_is_taken_and_asked_once_with_one_object_left_that_is_no_customers(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fixture: str
) -> None:
    emulator: Emulator = request.getfixturevalue(fixture)
    with proxy(emulator.url) as between:
        location = emulator.through(between.url).entered(monkeypatch)
        store = open_store(location)
        store.establish(LINEAGE)
        store.write(a_state(), None)
        first = [line for line in between.seen if PROBE in line]
        again = open_store(location)
        again.prove()
        assert (len(first), len([line for line in between.seen if PROBE in line]) - len(first)) == (6, 4)
        assert ObjectStore(location).names("list") == ("conditional-writes.probe", "contoso.json", "estate.json")
        assert again.customers() == ("contoso",)
    assert all(line.startswith(("GET", "PUT")) for line in between.seen), "no right to delete is needed"


@pytest.mark.parametrize("scheme", ["az", "s3", "gs"])
def test_a_store_that_honours_conditions_is_taken(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    with object_server() as server:
        store = open_store(server.enter(scheme, monkeypatch))
        assert store.establish(LINEAGE) == LINEAGE
        store.write(a_state(serial=2), store.write(a_state(serial=1), None))
        assert server.names() == [PROBE, "contoso.json", "estate.json"]


def test_reading_asks_for_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    with object_server() as server:
        store = open_store(server.enter("s3", monkeypatch))
        assert (store.lineage(), store.customers(), store.read("contoso"), store.held("contoso")) == (
            None,
            (),
            None,
            None,
        )
        assert not [line for line in server.seen if not line.startswith("GET")]


@pytest.mark.parametrize("fixture", ["azure_server", "s3_server"])
def test_runs_that_prove_at_the_same_time_do_not_disturb_each_other(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fixture: str
) -> None:
    emulator: Emulator = request.getfixturevalue(fixture)
    location = emulator.entered(monkeypatch)
    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(lambda _: open_store(location).prove(), range(12))) == [None] * 12


LOST = {"the connection ends": Fault(), "it never arrives": Fault(performed=False), "503": Fault(answer=(503, ""))}


@pytest.mark.parametrize("write", range(4))
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_an_answer_that_is_lost_accuses_nobody(
    s3_server: Emulator, monkeypatch: pytest.MonkeyPatch, fault: Fault, write: int
) -> None:
    with proxy(s3_server.url) as between:
        location = s3_server.through(between.url).entered(monkeypatch)
        between.faults.append(Fault(skip=write, performed=fault.performed, answer=fault.answer))
        Store(ObjectStore(location, pause=lambda _: None)).prove()
        assert not between.faults[0].times


def test_what_could_not_be_asked_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with object_server() as server, proxy(server.url) as between:
        monkeypatch.setattr(server, "url", between.url)
        store = Store(ObjectStore(server.enter("s3", monkeypatch), pause=lambda _: None))
        between.faults.append(Fault(times=4, performed=False))
        with pytest.raises(StateUnavailable, match="Can't write to the state location"):
            store.prove()
        store.prove()


def test_no_variable_switches_conditions_off(s3_server: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    location = s3_server.entered(monkeypatch)
    monkeypatch.setenv("AWS_CONDITIONAL_PUT", "disabled")
    assert open_store(location).establish(LINEAGE) == LINEAGE


def test_a_directory_leaves_nothing_but_its_guard(tmp_path: Path) -> None:
    LocalStore(tmp_path / "state").prove()
    assert [file.name for file in (tmp_path / "state").iterdir()] == [".guard"]


def test_a_file_system_that_grants_one_lock_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a network file system may that is mounted without locks."""
    monkeypatch.setattr("fcntl.flock", lambda *_: None)
    store = LocalStore(tmp_path / "state")
    with pytest.raises(StateUnsafe, match="grants the lock on a file to two holders"):
        store.write(a_state(), None)
    assert store.customers() == ()


def test_a_file_system_that_gives_a_taken_name_away_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.link", lambda *_, **__: None)
    with pytest.raises(StateUnsafe, match="under a name that is taken"):
        LocalStore(tmp_path / "state").establish(LINEAGE)


def test_a_file_system_without_locks_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: BaseFileLock) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("filelock.UnixFileLock._acquire", refuse)
    with pytest.raises(StateUnavailable, match="Function not implemented") as refused:
        LocalStore(tmp_path / "state").prove()
    assert "file locks (flock)" in refused.value.problems[0].remedy
