"""Reads snapshots: one file, or the newest of a folder."""

import re
from datetime import datetime
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli.files import read
from reconciler.documents import snapshot as documents
from reconciler.documents.snapshot import Snapshot
from reconciler.model.errors import InvalidInput
from reconciler.operations.recent import RecentSnapshot

_HEAD = 4096
"""The bytes at the beginning of a file in which a snapshot says when it was taken."""

_TAKEN_AT = re.compile(rb'\{"fingerprint":.{1,200}?"taken_at":"([^"]{1,40})"', re.DOTALL)


def loaded(file: Path, cloud: str) -> Snapshot:
    """Returns the snapshot of a file. Raises InvalidInput for one of another cloud, or what is no sound snapshot."""
    found = documents.load(read(file, at_most=documents.MAXIMUM_BYTES), str(file))
    if found.cloud != cloud:
        raise InvalidInput(problem("snapshot_of_another_cloud", str(file), cloud=found.cloud, ours=cloud))
    return found


def newest(folder: Path, cloud: str, partner: str | None) -> RecentSnapshot:
    """Returns the snapshot of a folder that was taken last, by its own word: a cache or a checkout sets times of files
    anew. Other files are passed over.

    Raises InvalidInput where that snapshot is of another cloud or partner, was altered or can't be read.
    """
    taken = {file: time for file in files_of(folder) if (time := _taken_at(file))}
    if not taken:
        return RecentSnapshot(missing=f"{folder} holds no snapshot")
    file = max(taken, key=lambda file: (taken[file], file.name))
    found = loaded(file, cloud)
    if found.partner and partner and found.partner.lower() != partner.lower():
        raise InvalidInput(problem("snapshot_of_another_partner", str(file), partner=found.partner, ours=partner))
    return RecentSnapshot(file=str(file), snapshot=found)


def files_of(folder: Path) -> list[Path]:
    """Returns the files of a folder; none where it is not there. Raises InvalidInput where it can't be read."""
    try:
        return sorted(file for file in folder.iterdir() if file.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InvalidInput(problem("named_file_unreadable", str(folder), why=error.strerror)) from None


def _taken_at(file: Path) -> datetime | None:
    """Returns when a snapshot was taken; None of a file that is none, or that can't be read."""
    try:
        with file.open("rb") as stream:
            found = _TAKEN_AT.match(stream.read(_HEAD))
        return datetime.fromisoformat(found[1].decode("ascii")) if found else None
    except (OSError, ValueError):
        return None
