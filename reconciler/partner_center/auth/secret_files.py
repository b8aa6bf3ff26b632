"""Files that hold a secret, as people and platforms leave them: with a mark in front, a line break behind, or a pipe.

Their paths show in no message, since the secret itself may have been given in place of its path.
"""

import os
import select
import stat

from reconciler.advice import sentence
from reconciler.model.encoding import MARK, other_encoding
from reconciler.model.withheld import look_of

_PATIENCE_MS = 10_000
"""Milliseconds for which a pipe may keep silent."""


class Unfit(Exception):
    """A file that can't be used, for a cause in the table of advice; its text is the clause that says why."""

    def __init__(self, code: str, **data: object) -> None:
        self.code = code
        super().__init__(sentence(code, **data))


class Unreadable(Unfit):
    """A file that the system does not let anybody read, in the system's own words."""

    def __init__(self, words: str) -> None:
        self.code = ""
        Exception.__init__(self, words)


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
        raise _unfit(error, path) from None
    except ValueError:
        raise _no_path(path) or Unfit("value_is_no_path") from None
    if len(found) > longest:
        raise Unfit("file_is_too_long", most=f"{longest:,}")
    if encoding := other_encoding(found):
        raise Unfit("file_is_in_another_encoding", encoding=encoding)
    return found.removeprefix(MARK)


def token_in(path: str, *, longest: int) -> str:
    """The one word of visible ASCII that a file holds; "" where it is empty. Raises Unfit for anything else."""
    found = content(path, longest=longest).strip()
    if not found.isascii():
        raise Unfit("file_has_no_token")
    if len(found.split()) > 1:
        raise Unfit("file_has_more_than_a_token")
    if not found.decode("ascii").isprintable():
        raise Unfit("file_has_control_characters")
    return found.decode("ascii")


def _read(descriptor: int, longest: int) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        raise Unfit("file_is_folder")
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise Unfit("file_is_device")
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
        raise Unfit("file_is_silent_pipe")


def _unfit(error: OSError, path: str) -> Unfit:
    if isinstance(error, IsADirectoryError):
        return Unfit("file_is_folder")
    if isinstance(error, FileNotFoundError):
        return _no_path(path) or Unfit("file_is_missing")
    return _no_path(path) or Unreadable(error.strerror or type(error).__name__)


def _no_path(path: str) -> Unfit | None:
    """A value that is the secret itself is told as that: its owner must replace what a log may have by now."""
    look = look_of(path)
    return Unfit("value_is_the_secret_and_no_path", look=look) if look else None
