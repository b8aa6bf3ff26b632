"""Settings for every test."""

import gc
import os
import shutil
import signal
import sys
from pathlib import Path

from hypothesis import settings

# A machine at work on something else is no failure. Tests of time say their own bounds.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

# The program is started some thousand times: without its bytecode it would be compiled anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# As the program itself does: looking for garbage in circles took a tenth of the tests' time, and found next to none.
gc.set_threshold(50_000)


def pytest_collection_finish() -> None:
    """Takes the tests themselves, which live to the end, out of every later search for garbage."""
    gc.freeze()


# Files of tests stand in memory where there is room for them: a disk takes milliseconds to make each write permanent.
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
if _MEMORY.is_dir() and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("TMPDIR", str(_MEMORY))

# A shell's `&` leaves the one ignored, `nohup` the other, and no program that is started here would hear them either.
for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, handler)
