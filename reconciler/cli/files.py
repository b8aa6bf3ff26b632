"""Files that a user names on the command line."""

import os
import shlex
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from reconciler.advice import problem
from reconciler.model.encoding import conversion, other_encoding
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.withheld import shown_path

_LARGEST = 256 << 20
"""Bytes. A plan of ten thousand changes has a tenth of that; a file from elsewhere must not fill the memory."""


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Writes the file whole or not at all. `private`: for its owner's eyes only. Raises InvalidInput where it can't.

    A device or a pipe, such as /dev/stdout, is written to and stays what it is. A link is replaced: who committed it
    doesn't decide where the text goes.
    """
    with _explained(path):
        if is_device(path):
            path.write_text(text, "utf-8")
        else:
            _replace(path, text.encode(), 0o600 if private else 0o666 & ~_umask())


def rewrite(path: Path, content: bytes, before: bytes) -> None:
    """Gives a file that is there other content, as `rewrite_all` does."""
    rewrite_all([(path, content, before)])


def rewrite_all(edits: Iterable[tuple[Path, bytes, bytes]]) -> None:
    """Gives files that are there other content, each with what it held before: all of them or none, byte for byte. They
    keep their permissions. A link stays one: the file that it leads to is written.

    Raises InvalidInput where one can't be written, and where it does not hold what it did before.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, content, before in edits:
            real = path.resolve()
            with _explained(real):
                if real.read_bytes() != before:
                    raise InvalidInput(problem("file_edited_meanwhile", named(path)))
                ready.append((_beside(real, content, real.stat().st_mode & 0o777), real))
        for written, real in ready:
            with _explained(real):
                written.replace(real)
    finally:
        for written, _ in ready:
            with suppress(OSError):
                written.unlink()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    if not path.parent.is_dir():
        raise InvalidInput(_no_folder(path))
    try:
        yield
    except OSError as error:
        raise InvalidInput(problem("file_not_written", named(path), why=error.strerror)) from None


def named(path: Path) -> str:
    """The file as messages show it: what was given in place of a path may be a secret."""
    with suppress(OSError, ValueError):
        return shown_path(str(path), exists=os.path.lexists(path))
    return shown_path(str(path), exists=False)


def _no_folder(path: Path) -> Problem:
    if named(path) != str(path):
        return problem("no_folder", named(path), withheld="true")
    return problem("no_folder", named(path), folder=path.parent, quoted=shlex.quote(str(path.parent)))


def is_device(path: Path) -> bool:
    """Returns True for a device, a pipe or a socket. A link to one counts only where the system keeps its own."""
    of_system = any(path.absolute().is_relative_to(folder) for folder in ("/dev", "/proc"))
    return path.exists() and not path.is_file() and not path.is_dir() and (of_system or not path.is_symlink())


def make_room(path: Path) -> None:
    """Makes sure that a file can be written there, and takes away one that is. Raises InvalidInput where it can't."""
    check(path)
    if not is_device(path):
        path.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Makes sure that a file can be written there; one that is there stays. Raises InvalidInput where it can't."""
    if path.is_dir():
        raise InvalidInput(problem("is_directory", named(path)))
    if not is_device(path):
        probe = path.with_name(f".{path.name}.{os.getpid()}")
        with _explained(path):
            _replace(probe, b"", 0o600)
            probe.unlink(missing_ok=True)


def write_anew(path: Path, text: str) -> Path:
    """Writes a private file that was not there, with a number before its ending where it was. The name it got."""
    for number in count(1):
        free = path if number == 1 else path.with_suffix(f".{number}{path.suffix}")
        try:
            os.close(os.open(free, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        except OSError as error:
            raise InvalidInput(problem("rescue_not_written", named(free), why=error.strerror)) from None
        try:
            write(free, text, private=True)
        except InvalidInput:
            with suppress(OSError):
                free.unlink()
            raise
        return free
    raise AssertionError  # numbers don't end


def _replace(path: Path, content: bytes, mode: int) -> None:
    written = _beside(path, content, mode)
    try:
        written.replace(path)
    except BaseException:
        with suppress(OSError):
            written.unlink()
        raise


def _beside(path: Path, content: bytes, mode: int) -> Path:
    """Writes what is to take a file's place into a file beside it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def read(path: Path, *, at_most: int = _LARGEST) -> str:
    """The file's text, without a byte order mark. Raises InvalidInput where it can't be read, is no UTF-8, or has more
    bytes than it may have.
    """
    try:
        with path.open("rb") as file:
            content = file.read(at_most + 1)
        if len(content) > at_most:
            raise InvalidInput(problem("named_file_too_large", named(path), bytes=f"{at_most:,}"))
        if encoding := other_encoding(content):
            how = conversion(str(path), encoding)
            raise InvalidInput(problem("file_in_other_encoding", named(path), encoding=encoding, **how))
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(problem("named_file_unreadable", named(path), why=error.strerror)) from None
    except UnicodeDecodeError:
        raise InvalidInput(problem("file_not_utf8", named(path))) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
