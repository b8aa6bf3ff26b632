"""A file that a run is to write at its end, opened at its beginning: what can't be written is known before that."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO

from reconciler.advice import problem
from reconciler.cli import files
from reconciler.model.errors import InvalidInput

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/(?:fd/(\d+)|(stdout)|(stderr))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file's name, and the stream where it is a device, a pipe or one of our own descriptors.

    An ordinary file is written whole at the end; that there is room for it now says little about then.
    """

    path: Path
    stream: TextIO | None = None
    private: bool = False

    @classmethod
    def at(cls, path: Path, *, private: bool = False) -> Self:
        """The file, or a pipe once somebody reads it. What an earlier run left there is taken away.

        Raises InvalidInput where it can't be written.
        """
        own = _DESCRIPTOR.fullmatch(str(path))
        if own is None and not files.is_device(path):
            files.make_room(path)
            return cls(path=path, private=private)
        try:
            target = os.dup(_number(own)) if own else str(path)
            stream = open(target, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - a descriptor too, and open to the end
        except OSError as error:
            raise InvalidInput(problem("stream_not_written", files.named(path), why=error.strerror)) from None
        return cls(path=path, stream=stream, private=private)

    def check(self) -> None:
        """Raises InvalidInput where it can't be written any more."""
        if self.stream is None:
            files.make_room(self.path)

    def write(self, text: str) -> None:
        """Writes the file whole or not at all; a stream as far as it takes it. Raises InvalidInput where it can't."""
        if self.stream is None:
            files.write(self.path, text, private=self.private)
            return
        try:
            with self.stream as stream:
                stream.write(text)
        except OSError as error:
            raise InvalidInput(problem("stream_not_written", str(self.path), why=error.strerror)) from None


def _number(own: re.Match[str]) -> int:
    return int(own[1]) if own[1] else 1 if own[2] else 2
