"""Files that hold a secret, as people and platforms leave them: with a mark in front, a line break behind, or a pipe.

Their paths show in no message, since the secret itself may have been given in place of its path.
"""

import os
import select
import stat

from reconciler.model.encoding import MARK, other_encoding
from reconciler.model.withheld import look_of

_PATIENCE_MS = 10_000
"""Milliseconds for which a pipe may keep silent."""


class Unfit(Exception):
    """A file that can't be used; the text, which follows a colon, says why."""


def content(path: str, *, longest: int) -> bytes:
    """The bytes of a file or a pipe, without a byte order mark of UTF-8 at their start.

    Raises Unfit for anything else, for what can't be read, is longer, or is text in another encoding.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            found = _read(descriptor, longest)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unfit(_reason(error, path)) from None
    except ValueError:
        raise Unfit(_no_path(path)) from None
    if len(found) > longest:
        raise Unfit(f"it has more than {longest:,} bytes")
    if encoding := other_encoding(found):
        raise Unfit(f"it is {encoding} text; save it as UTF-8 or ASCII")
    return found.removeprefix(MARK)


def token_in(path: str, *, longest: int) -> str:
    """The one word of visible ASCII that a file holds; "" where it is empty. Raises Unfit for anything else."""
    found = content(path, longest=longest).strip()
    if not found.isascii():
        raise Unfit("it holds no text of a token")
    if len(found.split()) > 1:
        raise Unfit("it holds more than a token: blanks or several lines")
    if not found.decode("ascii").isprintable():
        raise Unfit("it holds control characters")
    return found.decode("ascii")


def _read(descriptor: int, longest: int) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        raise Unfit("it is a folder")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise Unfit("it is a device, not a file")
    pieces, room = [], longest + 1
    while room > 0:
        try:
            piece = os.read(descriptor, room)
        except BlockingIOError:
            _await(descriptor)
            continue
        if not piece:
            break
        pieces.append(piece)
        room -= len(piece)
    return b"".join(pieces)


def _await(descriptor: int) -> None:
    """Waits until a pipe, which somebody has open to write to it, has something to read or is closed."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLHUP)
    if not waiting.poll(_PATIENCE_MS):
        raise Unfit("it is a pipe, and nothing comes out of it")


def _reason(error: OSError, path: str) -> str:
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, FileNotFoundError):
        return _no_path(path, "there is no such file")
    return _no_path(path, error.strerror or type(error).__name__)


def _no_path(path: str, why: str = "it is no path") -> str:
    """A value that is the secret itself is told as that: its owner must replace what a log may have by now."""
    look = look_of(path)
    return f"its value looks like {look} itself, not like the path of a file" if look else why
