"""Does something once for all threads."""

import threading
from collections.abc import Callable

from reconciler.model.errors import StateUnsafe


class Once:
    """Calls `action` until it has succeeded, one thread at a time. A StateUnsafe stands: it is raised again."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._lock = threading.Lock()
        self._done = False
        self._unsafe: StateUnsafe | None = None

    def __call__(self) -> None:
        if self._done:
            return
        with self._lock:
            if self._unsafe:
                raise StateUnsafe(*self._unsafe.problems)
            if self._done:
                return
            try:
                self._action()
            except StateUnsafe as unsafe:
                self._unsafe = unsafe
                raise
            self._done = True
