"""Remembers what was bought: one document per customer, the estate's lineage, and the locks of those who write.

It promises that a document is always the old one or the new one, whole; that a write whose expected version is not
the stored one changes nothing; that a write whose answer was lost is known again for one's own; and that a lock is
removed only by its own id. It never guesses at a document that it can't understand, never overwrites one, and never
decides what a document should say: `serial` and `lineage` are written as given.
"""

import importlib.util
import re
from pathlib import Path

from reconciler.model.errors import InvalidInput
from reconciler.model.ports import StateStore
from reconciler.state.format import dump, load
from reconciler.state.local import LocalStore
from reconciler.state.patience import Patience
from reconciler.state.process import current_process, is_dead
from reconciler.state.store import Store

__all__ = ["LocalStore", "Patience", "Store", "current_process", "dump", "is_dead", "load", "open_store"]

_OBJECT_STORES = {"az", "s3", "gs"}
_PLAIN = re.compile(r"[\w:/.=-]+")
"""What can be repeated in a message: no password and no key is in it."""


def open_store(location: str, patience: Patience | None = None) -> StateStore:
    """The store at a location: a directory's path, or az://, s3:// or gs:// with a container and a prefix.

    Nothing is read or created yet. `patience` is for held locks; without it they are refused at once. Raises
    InvalidInput for a location that makes no sense, or that needs what is not installed.
    """
    scheme, colon, _ = location.partition("://")
    if colon:
        return _in_objects(scheme, location, patience)
    if not location.strip():
        raise InvalidInput.because("The state location is empty.", "Name a directory with --state, such as state.")
    return LocalStore(Path(location), patience=patience)


def _in_objects(scheme: str, location: str, patience: Patience | None) -> StateStore:
    if scheme not in _OBJECT_STORES:
        raise InvalidInput.because(
            f"{scheme}:// is not a kind of state location.",
            "Name a directory, or az://, s3:// or gs:// with a container and a prefix (--state, or `state:` in"
            " reconciler.yaml).",
            location if _PLAIN.fullmatch(location) else f"{scheme}://",
        )
    if importlib.util.find_spec("obstore") is None:
        raise InvalidInput.because(
            "State in an object store needs the library obstore, which is not installed.",
            "Install it:\npython3 -m pip install 'reconciler[stores]'",
            f"{scheme}://",
        )
    from reconciler.state.objects import Objects

    return Store(Objects(location), patience=patience)
