"""Writes what a CI system collects of a step beside its log: GitHub's summary and outputs, Azure's summary and
variables.

A summary is one file for all commands of a step, and is refused whole where it is too long.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from reconciler.advice import problem
from reconciler.cli import files
from reconciler.cli.files import named
from reconciler.cli.terminal import Screen
from reconciler.model.errors import InvalidInput

if sys.platform != "win32":
    import fcntl
from reconciler.rendering.formats.azure_devops import azure_summary, azure_variables
from reconciler.rendering.formats.github import SUMMARY_LIMIT, github_outputs
from reconciler.rendering.report import cuts

_FEW = 64 << 10
"""Bytes. A summary of that size is not shortened for the sake of later commands of the step."""

_SUMMARY = "the step's summary"

Rendered = Callable[[int], str]
"""A summary in Markdown, in about so many bytes."""

Outputs = Callable[[], Mapping[str, object]]
"""The values that later steps may decide by; counted only where it is collected."""


Writes = Iterator[tuple[str, Callable[[], object]]]
"""The name of what is written, and the function that writes it; each raises InvalidInput or OSError where it can't."""


class Collector(Protocol):
    """A CI system that collects more than the log, where reports in its format are asked for."""

    @property
    def form(self) -> str:
        """The format."""
        ...

    def checks(self) -> Writes:
        """Opens what will be written, and changes nothing."""
        ...

    def writes(self, rendered: Rendered, outputs: Outputs) -> Writes:
        """Writes the summary, and then what later steps may decide by."""
        ...


class Github:
    """The files that GitHub's runner names by variables, and collects after the step."""

    form = "github"

    def checks(self) -> Writes:
        """Opens both files."""
        for name, path in self._files():
            yield name, partial(_check, path)

    def writes(self, rendered: Rendered, outputs: Outputs) -> Writes:
        """Adds to both files."""
        for name, path in self._files():
            if name == _SUMMARY:
                yield name, partial(_add_summary, path, rendered)
            else:
                yield name, partial(_add_outputs, path, outputs)

    def _files(self) -> Iterator[tuple[str, Path]]:
        for variable, name in (("GITHUB_STEP_SUMMARY", _SUMMARY), ("GITHUB_OUTPUT", "what later steps read")):
            if file := os.environ.get(variable):
                yield name, Path(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Azure:
    """A summary that Azure's agent uploads from a file, shown under its name, and the step's variables."""

    screen: Screen
    title: str
    form: str = "azure-devops"

    def checks(self) -> Writes:
        """Looks whether a file can be made."""
        if folder := _folder_of_agent():
            yield _SUMMARY, lambda: _new_file(folder, self.title).unlink()

    def writes(self, rendered: Rendered, outputs: Outputs) -> Writes:
        """Writes a file for each run, and what makes the agent take it and set the variables."""
        if folder := _folder_of_agent():
            yield _SUMMARY, lambda: self._upload(folder, rendered)
            yield "what later steps read", lambda: self.screen.write(azure_variables(outputs()))

    def _upload(self, folder: Path, rendered: Rendered) -> None:
        file = _new_file(folder, self.title)
        files.write(file, rendered(SUMMARY_LIMIT))
        self.screen.write(azure_summary(str(file)))


def _folder_of_agent() -> Path | None:
    """Returns where Azure's agent keeps files of the job; None outside of Azure Pipelines."""
    folder = os.environ.get("AGENT_TEMPDIRECTORY")
    return Path(folder) if folder and os.environ.get("TF_BUILD") else None


def _new_file(folder: Path, title: str) -> Path:
    with _explained(folder):
        handle, name = tempfile.mkstemp(dir=folder, prefix=f"{title}-", suffix=".md")
        os.close(handle)
        return Path(name)


def _add_summary(path: Path, rendered: Rendered) -> None:
    """Adds to the step's summary: at most half of the room that is left, for other commands of the step need some too.

    Raises InvalidInput where there is no room; its heading is there all the same, should that fit.
    """
    with _added_to(path) as file:
        taken = file.tell()
        start = b"\n\n" if taken else b""
        room = SUMMARY_LIMIT - taken - len(start)
        text = rendered(max(room // 2, min(room, _FEW))).encode()
        fits = len(text) <= room
        if fits or len(text := _left_out(text)) <= room:
            file.write(start + text)
    if not fits:
        raise InvalidInput(problem("summary_full", str(path), bytes=f"{SUMMARY_LIMIT:,}"))


def _left_out(text: bytes) -> bytes:
    heading = next((line for line in text.split(b"\n") if line.startswith(b"## ")), b"## reconciler")
    return heading + f"\n\n**{cuts.ALL_LEFT_OUT}**\n".encode()


def _add_outputs(path: Path, outputs: Outputs) -> None:
    with _added_to(path) as file:
        file.write(github_outputs(outputs()).encode())


def _check(path: Path) -> None:
    with _explained(path), path.open("ab"):
        pass


@contextmanager
def _added_to(path: Path) -> Iterator[BinaryIO]:
    """The file, to be added to; commands that run side by side take turns."""
    with _explained(path), path.open("ab") as file:
        _wait_for_turn(file)
        file.seek(0, os.SEEK_END)
        yield file


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InvalidInput(problem("ci_file_not_written", named(path), why=why)) from None


def _wait_for_turn(file: BinaryIO) -> None:
    if sys.platform != "win32":
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
