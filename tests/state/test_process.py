"""Life of a process, told only where it can be known."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from reconciler.model.run import Process
from reconciler.state import current_process, is_dead


def started() -> "subprocess.Popen[bytes]":
    """A process that does nothing until its input ends."""
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


def seen(child: "subprocess.Popen[bytes]") -> Process:
    return replace(current_process(), pid=child.pid, started_at=psutil.Process(child.pid).create_time())


def test_the_present_process_lives() -> None:
    assert is_dead(current_process()) is False


def test_a_process_lives_until_it_has_ended() -> None:
    with started() as child:
        process = seen(child)
        assert is_dead(process) is False
        child.kill()
        child.wait()
        assert is_dead(process) is True


def test_a_process_that_ended_and_that_nobody_has_collected_is_dead() -> None:
    with started() as child:
        process = seen(child)
        child.kill()
        psutil.wait_procs([psutil.Process(child.pid)], timeout=0)
        while psutil.pid_exists(child.pid) and psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert is_dead(process) is True


def test_another_process_with_the_same_number_does_not_pass_for_it() -> None:
    assert is_dead(replace(current_process(), started_at=current_process().started_at - 60)) is True


def test_a_clock_that_was_set_does_not_make_a_process_look_dead() -> None:
    own = current_process()
    moved = replace(own, booted_at=own.booted_at + 1.5, started_at=own.started_at + 1.5)
    assert is_dead(moved) is False


def test_nothing_is_known_of_processes_of_another_host_or_boot() -> None:
    gone = replace(current_process(), pid=2**22 + 1)  # beyond any number that Linux gives
    assert is_dead(gone) is True
    assert is_dead(replace(gone, host="another-host")) is None
    assert is_dead(replace(gone, booted_at=gone.booted_at - 86_400)) is None


@pytest.mark.parametrize("pid", [-1, 0, 2**31, 2**70])
def test_a_number_that_no_process_can_have_is_no_error(pid: int) -> None:
    assert is_dead(replace(current_process(), pid=pid)) in {True, None}


def test_a_process_that_proc_hides_is_not_taken_for_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under `hidepid`, where the processes of other users don't show."""
    own = current_process()
    shutil.copy("/proc/stat", tmp_path / "stat")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert is_dead(own) is None
