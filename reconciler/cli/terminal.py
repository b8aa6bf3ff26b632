"""Output streams, their width and colour. Data goes to stdout; prose about it to stderr."""

import errno
import io
import os
import select
import shutil
import sys
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

import click

from reconciler.model.invocation import Invocation

if TYPE_CHECKING:
    from reconciler.model.errors import InvalidInput
    from reconciler.rendering.report import Report

_WIDTH_OF_A_FILE = 100
"""Columns where the output is no terminal: a CI log or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One output stream as a reader sees it. An `aside` is about the work: that it can't be written changes nothing."""

    stream: TextIO
    width: int
    color: bool
    aside: bool = False

    def write(self, text: str) -> None:
        """Writes text as it is, and a line's end if it has none. Raises InvalidInput where the stream takes none."""
        try:
            click.echo(text, file=self.stream, nl=not text.endswith("\n"), color=self.color)
        except (OSError, ValueError) as error:
            if self.aside:
                return
            if isinstance(error, BrokenPipeError) or not isinstance(error, OSError):
                raise
            raise _not_written(error) from None

    def say(self, *lines: str) -> None:
        """Writes what a command says of its work, wrapped to the width; a CommandLine is whole. Raises InvalidInput as
        `write` does.
        """
        from reconciler.rendering.formats.prose import prose_text

        self.write(prose_text(lines, width=self.width, color=self.color))

    def show(self, report: "Report", invocation: Invocation, form: str = "text") -> None:
        """Writes a report in a format, its commands with the flags in force. Raises InvalidInput as `write` does."""
        from reconciler.rendering.formats import paint
        from reconciler.rendering.view import View

        view = View(width=self.width, color=self.color, invocation=invocation)
        self.write(paint(form, report, view))

    def check(self) -> None:
        """Raises InvalidInput where the stream takes nothing any more, as far as that shows without writing to it."""
        try:
            descriptor = self.stream.fileno()
        except (OSError, ValueError):  # it is none of the system's
            return
        try:
            os.write(descriptor, b"")
            if _is_left(descriptor):
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        except OSError as error:
            raise _not_written(error) from None


def _not_written(error: OSError) -> "InvalidInput":
    from reconciler.advice import problem
    from reconciler.model.errors import InvalidInput

    return InvalidInput(problem("output_not_written", why=error.strerror))


def _is_left(descriptor: int) -> bool:
    """Returns whether it is a pipe that nobody reads any more."""
    if not hasattr(select, "poll"):  # Windows
        return False
    waiting = select.poll()
    waiting.register(descriptor, select.POLLOUT)
    return any(happened & select.POLLERR for _, happened in waiting.poll(0))


def screen(stream: TextIO, *, no_color: bool = False) -> Screen:
    """The screen behind a stream: NO_COLOR, FORCE_COLOR, TERM and COLUMNS count as everywhere."""
    terminal = stream.isatty()
    width = shutil.get_terminal_size((80, 24)).columns if terminal or "COLUMNS" in os.environ else _WIDTH_OF_A_FILE
    return Screen(stream=stream, width=max(40, width), color=_colored(terminal=terminal, no_color=no_color))


def output(*, no_color: bool = False, forms: Collection[str] = ("text",)) -> Screen:
    """Returns the screen for data in these formats. Only text keeps to the console's encoding; the others are UTF-8."""
    if set(forms) - {"text"} and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    return screen(sys.stdout, no_color=no_color)


def messages(*, no_color: bool = False) -> Screen:
    """Returns the screen for errors, progress and prompts."""
    return replace(screen(sys.stderr, no_color=no_color), aside=True)


def _colored(*, terminal: bool, no_color: bool) -> bool:
    if no_color or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"
