"""Commands that are imported when they are called."""

from importlib import import_module
from typing import Any, NamedTuple

import click

from reconciler.model.withheld import nearest


class Entry(NamedTuple):
    """The place of a command (`module:name`), and the line that help shows without importing it."""

    at: str
    help: str


_LONGEST_WORD = 12


def _is_word(text: str) -> bool:
    """Returns True if it can be repeated: a short word, such as the command of another tool."""
    return text.isalpha() and text.islower() and len(text) <= _LONGEST_WORD


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports only the one that is called."""

    def __init__(self, *args: Any, commands_at: dict[str, Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands_at = commands_at

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._commands_at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._commands_at.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.at.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self._commands_at:
            guess = nearest(args[0], self._commands_at)
            typed = f" {args[0]!r}" if guess or _is_word(args[0]) else ""
            hint = f" Did you mean {guess}?" if guess else ""
            raise click.UsageError(f"No such command{typed}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in self._commands_at.items()])
