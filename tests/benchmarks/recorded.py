"""The program, with a clock on its state store: the last line of its output is the seconds that writing took.

The seconds of all threads are added up; reading, locks and unlocking count as well.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from reconciler.cli.main import run
from reconciler.state.local import Directory

_guard = threading.Lock()
_spent = 0.0


def _timed(call: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*args: Any) -> Any:
        global _spent  # noqa: PLW0603 - one process, one sum
        began = time.perf_counter()
        try:
            return call(*args)
        finally:
            with _guard:
                _spent += time.perf_counter() - began

    return timed


if __name__ == "__main__":
    for name in ("read", "put", "remove"):
        setattr(Directory, name, _timed(getattr(Directory, name)))
    code = run(sys.argv[1:])
    sys.stdout.write(f"\n{_spent:.3f}\n")
    sys.stdout.flush()
    sys.exit(code)
