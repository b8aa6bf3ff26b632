"""State in a directory: its files, their modes, and what the operating system may refuse."""

import errno
import os
import resource
import stat
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from reconciler.documents.state import dump
from reconciler.model.errors import LockHeld, StateConflict, StateDamaged, StateUnavailable
from reconciler.state import LocalStore, files
from tests.state.racing import answer, go, racer
from tests.state.states import LINEAGE, RUN, a_large_state, a_state


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "state")


def names(store: LocalStore) -> list[str]:
    """Everything in the directory but the guard."""
    return sorted(path.name for path in Path(store.location).iterdir() if path.name != ".guard")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """As on a full disk: no file may grow beyond the size. What is imported meanwhile leaves no truncated bytecode."""
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        sys.dont_write_bytecode = bytecode


def test_the_first_write_makes_the_directory_and_only_its_owner_may_look(store: LocalStore) -> None:
    store.write(a_state(), None)
    store.establish(LINEAGE)
    directory = Path(store.location)
    with store.lock("contoso", "apply", RUN):
        modes = {path.name: mode(path) for path in directory.iterdir()}
    assert mode(directory) == 0o700
    assert modes == dict.fromkeys((".guard", "contoso.json", "contoso.lock", "estate.json"), 0o600)


def test_looking_at_a_location_that_is_not_there_does_not_make_it(store: LocalStore) -> None:
    assert (store.customers(), store.read("contoso"), store.lineage(), store.held("contoso")) == ((), None, None, None)
    assert not Path(store.location).exists()


def test_a_directory_holds_one_readable_file_for_each_customer(store: LocalStore) -> None:
    store.write(a_state("contoso"), None)
    store.write(a_state("estate"), None)
    store.establish(LINEAGE)
    assert names(store) == ["contoso.json", "estate.json", "estate_.json"]


@pytest.mark.parametrize("name", ["con", "nul", "com0", "lpt9"])
def test_a_customer_called_as_a_device_of_windows_gets_files_that_windows_can_have(
    store: LocalStore, name: str
) -> None:
    with store.lock(name, "apply", RUN):
        store.write(a_state(name), None)
        assert names(store) == [f"{name}_.json", f"{name}_.lock"]
    found = store.read(name)
    assert found is not None
    assert (found.state.customer.name, store.customers()) == (name, (name,))


def test_a_state_that_an_earlier_version_called_so_is_read_and_written_where_it_is(store: LocalStore) -> None:
    file = Path(store.location, "con.json")
    file.parent.mkdir()
    file.write_text(dump(a_state("con", serial=7)), encoding="utf-8")

    found = store.read("con")
    assert found is not None
    store.write(a_state("con", serial=8), found.version)
    with pytest.raises(StateConflict):
        store.write(a_state("con"), None)

    assert (names(store), store.customers()) == (["con.json"], ("con",))
    Path(store.location, "con_.json").write_text(dump(a_state("con")), encoding="utf-8")
    with pytest.raises(StateDamaged, match=r"con\.json both hold a state of con"):
        store.read("con")


def test_files_that_are_nobodys_state_are_not_listed(store: LocalStore) -> None:
    store.write(a_state(), None)
    for name in (".hidden.json", "errored.contoso.json", "README.md", "Upper.json", ".writing-x"):
        Path(store.location, name).write_text("{}", encoding="utf-8")
    assert store.customers() == ("contoso",)


def test_a_file_is_on_disk_before_it_takes_its_place_and_its_place_is_on_disk_after(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        steps.append("sync directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        sync(descriptor)

    def noted_replace(path: Path, target: Path) -> Path:
        steps.append("replace")
        return replace(path, target)

    version = store.write(a_state(serial=1), None)
    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    store.write(a_state(serial=2), version)
    assert steps == ["sync file", "replace", "sync directory"]


@pytest.mark.parametrize("announced", [1, 2, 3, 5, 8, 13])
def test_a_writer_killed_at_any_moment_leaves_the_old_state_or_the_new_one_whole(
    store: LocalStore, announced: int
) -> None:
    with racer("rewrite", store.location, "400", to_be_killed=True) as writer:
        go(writer)
        said = [answer(writer) for _ in range(announced)]
        writer.kill()
        said += [line for line in iter(lambda: answer(writer), "") if " " in line]
    found = store.read("contoso")
    assert found is not None
    assert found.state.serial - len(said) in {0, 1}
    assert len(found.state.results) == 400
    assert store.write(a_state(), found.version)


def test_a_disk_that_is_full_leaves_the_old_state_and_no_litter(store: LocalStore) -> None:
    version = store.write(a_state(), None)
    with files_limited_to(10_000), pytest.raises(StateUnavailable) as refused:
        store.write(a_large_state(100), version)
    found = store.read("contoso")
    assert "Can't write the state of contoso: File too large." in refused.value.problems[0].what
    assert "Make room" in refused.value.problems[0].remedy
    assert (found and found.version, names(store)) == (version, ["contoso.json"])


def test_a_lock_that_did_not_fit_on_the_disk_is_not_taken(store: LocalStore) -> None:
    store.write(a_state(), None)
    with files_limited_to(10), pytest.raises(StateUnavailable), store.lock("contoso", "apply", RUN):
        pytest.fail("there is no lock")
    assert store.held("contoso") is None
    assert names(store) == ["contoso.json"]


CALLS: dict[str, Callable[[LocalStore], object]] = {
    "read": lambda store: store.read("contoso"),
    "write": lambda store: store.write(a_state(), None),
    "lineage": LocalStore.lineage,
    "establish": lambda store: store.establish(LINEAGE),
    "customers": LocalStore.customers,
    "lock": lambda store: store.lock("contoso", "apply", RUN).__enter__(),
    "held": lambda store: store.held("contoso"),
    "unlock": lambda store: store.unlock("contoso", str(uuid4())),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("below", ["", "below"])
def test_a_file_where_the_directory_should_be_is_told_plainly(
    tmp_path: Path, call: Callable[[LocalStore], object], below: str
) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with pytest.raises(StateUnavailable) as refused:
        call(LocalStore(tmp_path / "state" / below))
    problem = refused.value.problems[0]
    assert problem.what.startswith("Can't ")
    assert str(tmp_path) in str(problem.where)
    assert "--state" in problem.remedy


@contextmanager
def without_privileges() -> Iterator[None]:
    """As somebody else, where the tests run as root: root may write anywhere."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(65_534)
    try:
        yield
    finally:
        if privileged:
            os.seteuid(0)


def test_a_directory_that_may_not_be_written_is_told_plainly(store: LocalStore) -> None:
    store.write(a_state(), None)
    Path(store.location).chmod(0o500)
    with without_privileges(), pytest.raises(StateUnavailable, match="Permission denied") as refused:
        store.write(a_state("fabrikam"), None)
    assert "right to read and write" in refused.value.problems[0].remedy
    assert names(store) == ["contoso.json"]


def test_a_process_that_hangs_while_it_writes_is_not_waited_for_for_ever(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(a_state(), None)
    monkeypatch.setattr(files, "_GUARD_SECONDS", 0.01)
    with files.guarded(Path(store.location)), ThreadPoolExecutor(1) as pool:
        writing = pool.submit(store.write, a_state("fabrikam"), None)
        with pytest.raises(StateUnavailable, match="another process has been writing"):
            writing.result()


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("EACCES", "right to read and write"),
        ("EROFS", "right to read and write"),
        ("ENOSPC", "Make room"),
        ("EIO", "Check"),
    ],
)
def test_what_the_operating_system_says_is_passed_on_with_advice(number: str, advice: str) -> None:
    code = getattr(errno, number)
    with pytest.raises(StateUnavailable) as refused, files.explained("write there", Path("state")):
        raise OSError(code, os.strerror(code), "state/contoso.json")
    problem = refused.value.problems[0]
    assert problem.what == f"Can't write there: {os.strerror(code)}."
    assert (problem.where, advice in problem.remedy) == ("state/contoso.json", True)


@pytest.mark.parametrize("name", ["contoso.json", "contoso.lock", "estate.json"])
def test_a_symbolic_link_in_the_place_of_a_file_is_not_followed(store: LocalStore, tmp_path: Path, name: str) -> None:
    store.write(a_state("fabrikam"), None)
    Path(store.location, name).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").write_text("secret", encoding="utf-8")
    with pytest.raises(StateUnavailable, match="symbolic links") as refused:
        (store.read("contoso"), store.held("contoso"), store.lineage())
    assert "symbolic link" in refused.value.problems[0].remedy


def test_a_pipe_in_the_place_of_a_file_is_refused_instead_of_waited_for(store: LocalStore) -> None:
    store.write(a_state("fabrikam"), None)
    os.mkfifo(Path(store.location, "contoso.json"))
    with pytest.raises(StateUnavailable, match="Not a plain file"):
        store.read("contoso")


def test_a_location_that_is_itself_a_link_works(store: LocalStore, tmp_path: Path) -> None:
    store.write(a_state(), None)
    (tmp_path / "link").symlink_to(store.location)
    assert LocalStore(tmp_path / "link").read("contoso") == store.read("contoso") is not None


def test_a_damaged_state_is_neither_read_nor_overwritten(store: LocalStore) -> None:
    store.write(a_state(), None)
    path = Path(store.location, "contoso.json")
    path.write_bytes(b'{"format_version": 1, \xff')
    with pytest.raises(StateDamaged, match="not UTF-8"):
        store.read("contoso")
    with pytest.raises(StateConflict):
        store.write(a_state(), None)
    assert path.read_bytes().endswith(b"\xff")


def test_a_state_under_another_customers_name_is_refused(store: LocalStore) -> None:
    store.write(a_state("contoso"), None)
    Path(store.location, "contoso.json").rename(Path(store.location, "fabrikam.json"))
    with pytest.raises(StateDamaged, match="holds the state of contoso, not of fabrikam"):
        store.read("fabrikam")


@pytest.mark.parametrize("text", ["", "{}", '{"format_version": 1}', '{"format_version": 1, "lineage": ""}', "[]"])
def test_a_damaged_lineage_is_refused_and_never_replaced(store: LocalStore, text: str) -> None:
    store.establish(LINEAGE)
    Path(store.location, "estate.json").write_text(text, encoding="utf-8")
    for ask in (store.lineage, lambda: store.establish("another")):
        with pytest.raises(StateDamaged):
            ask()
    assert Path(store.location, "estate.json").read_text(encoding="utf-8") == text


def test_an_edit_by_hand_counts_as_somebody_elses_write(store: LocalStore) -> None:
    version = store.write(a_state(), None)
    path = Path(store.location, "contoso.json")
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(StateConflict, match="changed by somebody else"):
        store.write(a_state(serial=2), version)


def test_a_file_system_without_hard_links_will_do(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such file system can be mounted here, so the call that it lacks is taken away."""

    def unsupported(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    assert (store.establish("first"), store.establish("second")) == ("first", "first")
    with store.lock("contoso", "apply", RUN) as lock, pytest.raises(LockHeld):
        store.lock("contoso", "apply", RUN).__enter__()
    assert store.held("contoso") is None
    assert lock.customer == "contoso"


def test_a_name_too_long_for_a_file_is_told_plainly(store: LocalStore) -> None:
    with pytest.raises(StateUnavailable, match="File name too long") as refused:
        store.write(a_state("a" * 300), None)
    assert "shorter name" in refused.value.problems[0].remedy
