"""Files that are always whole: written beside their place, synced, and moved into it at once. Knows no state.

Names that begin with a dot are this module's own: files being written, and the guard.
"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from uuid import uuid4

from filelock import FileLock, Timeout

from reconciler.advice import problem
from reconciler.model.errors import StateUnavailable, StateUnsafe
from reconciler.state.store_port import Blob

_GUARD = ".guard"
_GUARD_SECONDS = 30.0
_POLL_SECONDS = 0.005

_CODES = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "directory_denied"),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "directory_full"),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST, errno.EISDIR), "directory_in_the_way"),
    errno.ELOOP: "directory_link",
    errno.ENAMETOOLONG: "directory_name_too_long",
    errno.ENOSYS: "directory_no_locks",
}
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextmanager
def explained(doing: str, path: Path) -> Iterator[None]:
    """Makes StateUnavailable of every error of the operating system; `doing` continues "Can't …"."""
    try:
        yield
    except Timeout:
        seconds = f"{_GUARD_SECONDS:.0f}"
        raise StateUnavailable(problem("directory_busy", str(path), doing=doing, seconds=seconds)) from None
    except OSError as error:
        code = _CODES.get(error.errno or 0, "directory_failed")
        where = error.filename if isinstance(error.filename, str) else str(path)
        why = error.strerror or type(error).__name__
        raise StateUnavailable(problem(code, where, doing=doing, why=why)) from error


def read(path: Path) -> Blob | None:
    """The file, its version the hash of its bytes; None where there is none.

    A symbolic link is not followed, and nothing but a plain file is read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "Not a plain file", str(path))
        content = file.read()
    return Blob(content=content, version=version_of(content), modified=datetime.fromtimestamp(status.st_mtime, UTC))


def version_of(content: bytes) -> str:
    """The version of a file that has this content: an edit by hand is a write like any other."""
    return sha256(content).hexdigest()


def names(directory: Path) -> tuple[str, ...]:
    """The names in a directory, hidden ones left out, sorted; none where there is no directory."""
    try:
        return tuple(sorted(path.name for path in directory.iterdir() if not path.name.startswith(".")))
    except FileNotFoundError:
        return ()


@contextmanager
def written(directory: Path, content: bytes) -> Iterator[Path]:
    """A hidden file with this content, durably on disk, mode 0600, to be put in place; gone afterwards if it was not.

    Creates the directory (mode 0700) where there is none.
    """
    _create_directory(directory)
    descriptor, name = tempfile.mkstemp(prefix=".writing-", dir=directory)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        yield temporary
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def guarded(directory: Path) -> Iterator[None]:
    """Nobody else is in here for this directory, whichever the process. The system lets go if this process dies."""
    with _guard(directory, _GUARD_SECONDS):
        yield


def prove(directory: Path) -> None:
    """Raises StateUnsafe where the directory's file system grants one lock twice, or a name that is taken.

    Only this machine's view of it is tried: whether another machine sees the same locks can't be known from here.
    Creates the directory where there is none.
    """
    _create_directory(directory)
    name = directory / f".probe-{uuid4().hex}"
    with guarded(directory):
        if _is_free(directory):
            raise StateUnsafe(problem("locks_shared", str(directory)))
        try:
            if create_link(directory / _GUARD, name) and create_link(directory / _GUARD, name):
                raise StateUnsafe(problem("names_shared", str(directory)))
        finally:
            with suppress(OSError):
                name.unlink(missing_ok=True)


def replace(temporary: Path, path: Path) -> None:
    """Puts a written file in its place, durably, whatever was there."""
    temporary.replace(path)
    _sync_directory(path.parent)


def create(temporary: Path, path: Path) -> bool:
    """Puts a written file in its place, durably, if that is free; whether it was. Only within `guarded`."""
    linked = create_link(temporary, path)
    if linked is None:
        if os.path.lexists(path):
            return False
        temporary.replace(path)
    _sync_directory(path.parent)
    return linked is not False


def create_link(existing: Path, path: Path) -> bool | None:
    """Gives a file a second name if that is free; whether it was. None where the file system has no such links."""
    try:
        os.link(existing, path, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        return None
    return True


def remove(path: Path) -> None:
    """Removes a file, durably."""
    path.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _guard(directory: Path, seconds: float) -> FileLock:
    return FileLock(
        directory / _GUARD, timeout=seconds, mode=0o600, poll_interval=_POLL_SECONDS, fallback_to_soft=False
    )


def _is_free(directory: Path) -> bool:
    """Returns True if the guard can be taken at this moment."""
    try:
        with _guard(directory, 0):
            return True
    except Timeout:
        return False


def _create_directory(directory: Path) -> None:
    if directory.is_dir():
        return
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync_directory(directory.parent)


def _sync_directory(directory: Path) -> None:
    """A new name is durable only when the directory that holds it is. Windows has no such call and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
