"""Files that a user names on the command line."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from reconciler.model.encoding import how_to_save, other_encoding
from reconciler.model.errors import InvalidInput
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
            _replace(path, text, 0o600 if private else 0o666 & ~_umask())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    if not path.parent.is_dir():
        raise InvalidInput.because(*_no_folder(path), named(path))
    try:
        yield
    except OSError as error:
        what, remedy = f"The file can't be written: {error.strerror}.", "Name another file, or mend the folder."
        raise InvalidInput.because(what, remedy, named(path)) from None


def named(path: Path) -> str:
    """The file as messages show it: what was given in place of a path may be a secret."""
    with suppress(OSError, ValueError):
        return shown_path(str(path), exists=os.path.lexists(path))
    return shown_path(str(path), exists=False)


def _no_folder(path: Path) -> tuple[str, str]:
    what = "The file can't be written. There is no folder"
    if named(path) != str(path):
        return f"{what} for it.", "Make the folder, or name another file."
    return f"{what} {path.parent}.", f"Make it (mkdir -p {path.parent}), or name another file."


def is_device(path: Path) -> bool:
    """Whether this is a device, a pipe or a socket. A link to one counts only where the system keeps its own."""
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
        raise InvalidInput.because("This is a directory, not a file.", "Name a file in it.", named(path))
    if not is_device(path):
        probe = path.with_name(f".{path.name}.{os.getpid()}")
        with _explained(path):
            _replace(probe, "", 0o600)
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
            what, remedy = f"The file can't be written: {error.strerror}.", "Copy what stands above into a file."
            raise InvalidInput.because(what, remedy, named(free)) from None
        try:
            write(free, text, private=True)
        except InvalidInput:
            with suppress(OSError):
                free.unlink()
            raise
        return free
    raise AssertionError  # numbers don't end


def _replace(path: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def read(path: Path, *, at_most: int = _LARGEST) -> str:
    """The file's text, without a byte order mark. Raises InvalidInput where it can't be read, is no UTF-8, or has more
    bytes than it may have.
    """
    try:
        with path.open("rb") as file:
            content = file.read(at_most + 1)
        if len(content) > at_most:
            what = f"The file has more than {at_most:,} bytes."
            raise InvalidInput.because(what, "Check the name: this is not the file that is meant.", named(path))
        if encoding := other_encoding(content):
            remedy = how_to_save(str(path), encoding)
            raise InvalidInput.because(f"The file is {encoding} text, and not UTF-8.", remedy, named(path))
        return content.decode("utf-8-sig")
    except OSError as error:
        what = f"The file can't be read: {error.strerror}."
        raise InvalidInput.because(what, "Check the name.", named(path)) from None
    except UnicodeDecodeError:
        remedy = "Check the name. If it is the right file, it was damaged, or saved in another encoding."
        raise InvalidInput.because("The file is not UTF-8 text.", remedy, named(path)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
