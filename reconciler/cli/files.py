"""Files that a user names on the command line."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from reconciler.model.errors import InvalidInput


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Writes the file whole or not at all. `private`: for its owner's eyes only. Raises InvalidInput where it can't."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            if not private:
                Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise InvalidInput.because(
            f"The file can't be written: {error.strerror}.", "Name another file, or mend the folder.", str(path)
        ) from None


def read(path: Path) -> str:
    """The file's text. Raises InvalidInput where it can't be read."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise InvalidInput.because(f"The file can't be read: {error.strerror}.", "Check the name.", str(path)) from None
    except UnicodeDecodeError:
        raise InvalidInput.because("The file is not UTF-8 text.", "Check the name.", str(path)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
