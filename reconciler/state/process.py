"""Identifies this process, and finds out if another one still runs."""

import os
import platform
from contextlib import suppress
from pathlib import Path

from reconciler.model.run import Process

_TOLERANCE = 2.0
"""Seconds. The kernel tells the boot time in whole seconds, and shifts it when the clock is set."""

_FIRST_PID_NAMESPACE = "pid:[4026531836]"
"""The one of every Linux machine itself; containers have others."""


def current_process() -> Process:
    """Returns the calling process, so that it can be told from any other, now and later."""
    import psutil

    own = psutil.Process()
    return Process(
        host=_host(),
        booted_at=psutil.boot_time(),
        pid=own.pid,
        started_at=own.create_time(),
        boot_id=_boot_id(),
    )


def is_dead(process: Process) -> bool | None:
    """Returns True if the process is gone for certain, None where that can't be known from here.

    Only the same host (the same container, where it is one) since the same boot can tell. A process that has ended
    and is only kept in the process table is gone: it does nothing any more.
    """
    import psutil

    if process.host != _host() or not _same_boot(process, psutil.boot_time()):
        return None
    try:
        found = psutil.Process(process.pid)
        return found.status() == psutil.STATUS_ZOMBIE or not _same_start(
            found.create_time() - psutil.boot_time(), process
        )
    except psutil.NoSuchProcess:
        return True if _nobody_has(process.pid) else None
    except (psutil.Error, ValueError, OverflowError):
        return None


def _same_boot(process: Process, booted_at: float) -> bool:
    """Compared by the kernel's id of the boot where both have one: two machines may be called the same and have
    booted together.
    """
    own = _boot_id()
    if own and process.boot_id and own != process.boot_id:
        return False
    return abs(process.booted_at - booted_at) <= _TOLERANCE


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _same_start(since_boot: float, process: Process) -> bool:
    """Compared as time since boot, which setting the clock doesn't move."""
    return abs(since_boot - (process.started_at - process.booted_at)) <= _TOLERANCE


def _nobody_has(pid: int) -> bool:
    """Asks the kernel itself: /proc may hide the processes of other users. (On Windows psutil did ask the system.)"""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _host() -> str:
    """The machine's name; in a container, with its process namespace, since process numbers mean nothing outside it."""
    namespace = ""
    with suppress(OSError):
        namespace = str(Path("/proc/self/ns/pid").readlink())
    return platform.node() if namespace in {"", _FIRST_PID_NAMESPACE} else f"{platform.node()} {namespace}"
