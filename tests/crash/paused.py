"""The program, which stops itself at the instant when it takes its first lock, so that a tracer can take hold of it.

`python -m tests.crash.paused ARGUMENTS`: the critical section begins there, and its system calls are counted from 1.
"""

import os
import signal
import sys
from typing import Any

from reconciler.cli import main


def _stop_once() -> None:
    stopped = False

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal stopped
        if event == "os.link" and not stopped and str(arguments[1]).endswith(".lock"):
            stopped = True
            os.kill(os.getpid(), signal.SIGSTOP)

    sys.addaudithook(watch)


if __name__ == "__main__":
    _stop_once()
    main()
