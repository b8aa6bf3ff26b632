"""Types of flags and arguments whose messages never repeat a value that is none of theirs: it may be a secret."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from reconciler.model.address import Address
from reconciler.model.limits import ESTATE_EMPTIED, LIMITS, OF_PLAN, Unit
from reconciler.model.overrides import Override
from reconciler.model.withheld import look_of, nearest, shown_word, unfit_choice

_WHOLE = re.compile(r"[0-9]{1,10}")
_MONEY = re.compile(r"([A-Z]{3}):([0-9]{1,10})")
_MOST = 1_000_000_000
"""The most that a limit may be raised to."""

OVERRIDABLE = (*(limit.name for limit in OF_PLAN), ESTATE_EMPTIED)
"""The names that --override-limit takes."""


class Choice(click.Choice[str]):
    """One of some words; a slip gets the one that is meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        return f"it is none of the choices. {unfit_choice(str(value), [str(choice) for choice in self.choices])}"


class LimitOverride(click.ParamType["Override"]):
    """A limit that is raised for one run, or lifted: max_seats_removed=20, max_changes."""

    name = "NAME[=VALUE]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Override:
        if isinstance(value, Override):
            return value
        name, raised, number = str(value).partition("=")
        money = name in LIMITS and LIMITS[name].unit is Unit.MONEY
        currency, number = _of_currency(number) if money else ("", number)
        if name not in OVERRIDABLE:
            self.fail(f"it is none of the limits. {unfit_choice(name, OVERRIDABLE)}", param, ctx)
        if not raised:
            return Override(name)
        most = 100 if name in LIMITS and LIMITS[name].unit is Unit.PERCENT else _MOST
        if name == ESTATE_EMPTIED or not _WHOLE.fullmatch(number) or int(number) > most:
            bound = "it takes no value" if name == ESTATE_EMPTIED else f"its value is a whole number, {most:,} at most"
            self.fail(f"{bound}. {shown_word(number)} Without a value, {name} is lifted.", param, ctx)
        return Override(name, int(number), currency)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in OVERRIDABLE if name.startswith(incomplete)]


def _of_currency(text: str) -> tuple[str, str]:
    """Splits `USD:413`; a number alone is of every currency."""
    found = _MONEY.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


class Folder(click.ParamType[Path]):
    """A folder to be read or made; completed by the shell."""

    name = "DIR"

    def __init__(self, *, exists: bool = False) -> None:
        self._exists = exists

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if "\0" in str(value):
            self.fail(f"not a path. {shown_word(str(value))}", param, ctx)
        if self._exists and not path.exists():
            self.fail(f"there is no such folder. {shown_word(str(value))}", param, ctx)
        if path.exists() and not path.is_dir():
            self.fail("this is a file, not a folder.", param, ctx)
        return path

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="dir")]


class File(click.ParamType[Path]):
    """A file to be read or written; completed by the shell."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if "\0" in str(value):
            self.fail(f"not a path. {shown_word(str(value))}", param, ctx)
        if look := look_of(str(value)):
            self.fail(f"it looks like {look}, not like the path of a file.", param, ctx)
        if path.is_dir():
            self.fail(f"{path} is a directory, not a file.", param, ctx)
        return path

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


def parse_address(text: str) -> Address:
    """Returns the address, or raises a usage error."""
    try:
        return Address(text)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


def usage_words(error: click.ClickException) -> str:
    """Returns the message of a usage error. Of unknown words, only those near a known one are repeated."""
    if isinstance(error, click.NoSuchOption):
        options = _options(error.ctx)
        near = nearest(error.option_name, options)
        if near:
            return f"No such option. Did you mean {near}?"
        plain = error.option_name.lstrip("-").replace("-", "")
        named = f" {error.option_name}" if plain.isalpha() and plain.islower() and len(plain) <= _LONGEST_OPTION else ""
        return f"No such option{named}."
    # click raises a plain UsageError for words that a command does not take: only its message tells it from others
    if isinstance(error, click.UsageError) and error.message.startswith("Got unexpected extra argument"):
        many = "s" if "arguments" in error.message else ""
        return f"Got unexpected extra argument{many}. This command takes none further; see --help."
    if isinstance(error, click.BadParameter) and (variable := _variable(error)):
        return f"Invalid value in the variable {variable}: {error.message}"
    return error.format_message()


def within_width(words: str) -> str:
    """Returns the message of a usage error in lines that fit the terminal, below the `Error: ` that click begins with;
    as it is where it goes to a file.
    """
    if not (sys.stderr.isatty() or "COLUMNS" in os.environ):
        return words
    width = max(40, shutil.get_terminal_size((80, 24)).columns)
    lines = (textwrap.fill(line, width - len("Error: "), break_on_hyphens=False) for line in words.splitlines())
    return "\n".join(lines)


def _variable(error: click.BadParameter) -> str | None:
    """The environment's variable that the value came from."""
    if error.ctx is None or error.param is None or not isinstance(error.param.envvar, str):
        return None
    source = error.ctx.get_parameter_source(error.param.name or "")
    return error.param.envvar if source is click.core.ParameterSource.ENVIRONMENT else None


_LONGEST_OPTION = 30


def _options(ctx: click.Context | None) -> Sequence[str]:
    return [name for param in (ctx.command.params if ctx else ()) for name in param.opts]
