"""Runs that die, or are refused, at one system call of the critical section: from the first lock to the last.

strace counts the calls of each kind and of each thread, from the instant when the first lock is taken.
"""

import os
import shutil
import signal
import subprocess
from functools import cache

from tests.crash.scene import Scene
from tests.crash.settling import Settled, settle

_CALLS = {"openat": 41, "write": 12, "fsync": 15, "linkat": 1, "rename": 6, "unlink": 9, "sendto": 10, "recvfrom": 8}
"""The calls of each kind of one upgrade and one resize together, and a few more. Left out are those that only ask
(stat, lseek, read), find what is there already (mkdir), or hold what death lets go (flock, close): what is on disk and
on the wire is the same at the next one."""

_ERRORS = {
    "write": ("ENOSPC", "EIO"), "fsync": ("EIO", "ENOSPC"), "linkat": ("EIO", "ENOSPC"), "rename": ("EIO", "ENOSPC"),
    "sendto": ("ECONNRESET", "EPIPE"), "recvfrom": ("ECONNRESET", "ETIMEDOUT"),
}  # fmt: skip

_KILLS = [f"{call}:signal=KILL:when={number}" for call, most in _CALLS.items() for number in range(1, most + 1)]
_REFUSALS = [
    f"{call}:error={errors[number % 2]}:when={number}{onward}"
    for call, errors in _ERRORS.items()
    for number in range(1, _CALLS[call] + 1)
    for onward in ("", "+")
]
INJECTIONS = (*_KILLS, *_REFUSALS)
"""By seed. With `+` the call is refused from then on."""


def play(scene: Scene, seed: int) -> Settled:
    scene.open()
    injection = INJECTIONS[seed % len(INJECTIONS)]
    process = scene.apply(program="tests.crash.paused")
    if not process.stopped():
        return Settled(states={}, unsettled=f"it did not come to its first lock:\n{process.ended().text}")
    log = scene.root / "strace.txt"
    command = ["strace", "-f", "-p", str(process.pid), "-o", str(log), "-e", f"trace={injection.split(':')[0]}"]
    with subprocess.Popen([*command, "-e", f"inject={injection}"], stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr is not None
        tracer.stderr.readline()  # it says that it is attached
        process.signal(signal.SIGCONT)
        said = process.ended()
    scene.struck += said.code == -signal.SIGKILL or "(INJECTED)" in log.read_text()
    return settle(scene, said)


def missing() -> str:
    """Returns why this family can't be played here; nothing where it can."""
    if shutil.which("strace") is None:
        return "strace is missing"
    return "" if _may_trace() else "this machine does not let strace trace (ptrace)"


@cache
def _may_trace() -> bool:
    """Returns True if a process that is there already may be traced, and its calls be tampered with."""
    child = subprocess.Popen(["sleep", "60"])
    try:
        command = ["strace", "-p", str(child.pid), "-e", "inject=fsync:error=EIO", "-o", os.devnull]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            attached = "attached" in tracer.stderr.readline()
            child.kill()
        return attached
    finally:
        child.kill()
        child.wait()
