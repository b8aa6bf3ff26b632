"""Remembers what was bought: one document per customer, the estate's lineage, and the locks of those who write.

It promises that a document is always the old one or the new one, whole; that a write whose expected version is not
the stored one changes nothing; that a write whose answer was lost is known again for one's own; and that a lock is
removed only by its own id. It never guesses at a document that it can't understand, never overwrites one, and never
decides what a document should say: `serial` and `lineage` are written as given.
"""

import importlib.util
import os
from pathlib import Path

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.model.locations import is_url, parts, unfit
from reconciler.model.state_store import StateStore
from reconciler.state.local import LocalStore
from reconciler.state.lock_wait import LockWait
from reconciler.state.process import current_process, is_dead
from reconciler.state.store import Store

__all__ = ["LocalStore", "LockWait", "Store", "current_process", "is_dead", "open_store"]


def open_store(location: str, lock_wait: LockWait | None = None) -> StateStore:
    """The store at a location: a directory's path, or az://, s3:// or gs:// with a container and a prefix.

    Nothing is read or created yet. `lock_wait` is for held locks; without it they are refused at once. Raises
    InvalidInput for a location that makes no sense, or that needs what is not installed.
    """
    found = unfit(location, windows=os.name == "nt")
    if found:
        raise InvalidInput(problem(found.code, "state location", **found.data))
    if not is_url(location):
        return LocalStore(Path(location), lock_wait=lock_wait)
    if importlib.util.find_spec("obstore") is None:
        raise InvalidInput(problem("obstore_missing", f"{parts(location)[0]}://"))
    from reconciler.state.object_store import ObjectStore

    return Store(ObjectStore(location), lock_wait=lock_wait)
