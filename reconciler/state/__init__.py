"""Remembers what was bought: one document per customer, the estate's lineage, and the locks of those who write.

It promises that a document is always the old one or the new one, whole; that a write whose expected version is not
the stored one changes nothing; and that a lock is removed only by its own id. It never guesses at a document that it
can't understand, never overwrites one, and never decides what a document should say: `serial` and `lineage` are
written as given.
"""

from pathlib import Path

from reconciler.model.errors import InvalidInput
from reconciler.model.ports import StateStore
from reconciler.state.format import dump, load
from reconciler.state.local import LocalStore
from reconciler.state.process import current_process, is_dead

__all__ = ["LocalStore", "current_process", "dump", "is_dead", "load", "open_store"]

_OBJECT_STORES = {"az", "s3", "gs"}


def open_store(location: str) -> StateStore:
    """The store at a location: a directory's path. Nothing is read or created yet.

    Raises InvalidInput for an empty location and for every URL.
    """
    scheme, colon, _ = location.partition("://")
    if colon:
        raise _not_a_directory(location, scheme)
    if not location.strip():
        raise InvalidInput.because("The state location is empty.", "Name a directory with --state, such as state.")
    return LocalStore(Path(location))


def _not_a_directory(location: str, scheme: str) -> InvalidInput:
    what = (
        "This version can't keep state in an object store yet."
        if scheme in _OBJECT_STORES
        else f"{scheme}:// is not a kind of state location."
    )
    return InvalidInput.because(
        what,
        "Name a directory with --state (or `state:` in reconciler.yaml), on a disk that outlives the run.",
        location,
    )
