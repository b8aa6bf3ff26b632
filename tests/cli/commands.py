"""Command lines of advice, as the program itself parses them."""

import re
import shlex

import click

from reconciler.cli.main import program

_GUID = "5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e"
_FILLED = {
    "ADDRESS": "contoso/office",
    "OLD": "contoso/office",
    "NEW": "contoso/desk",
    "MOVED_FROM": "contoso/lab",
    "CUSTOMER": "contoso",
    "ADOPTED": _GUID,
    "LIMIT": "max_changes",
    "CC": "DE",
}


def filled(word: str) -> str:
    """The word of a command, a placeholder replaced by what a reader may write there."""
    name, equals, value = word.partition("=")
    if equals and re.fullmatch(r"[A-Z][A-Z_]+", value):
        return f"{name}=9"
    if not re.fullmatch(r"[A-Z][A-Z_]+", word):
        return word
    return _FILLED.get(word, _GUID if word.endswith("ID") else word.lower())


def parsed(line: str) -> click.Context:
    """The context of the command that the line runs. Raises click.ClickException where the program refuses the line."""
    name, *words = shlex.split(line)
    assert name == "reconciler"
    command: click.Command = program
    context = program.make_context(name, words)
    while isinstance(command, click.Group) and (rest := [*context._protected_args, *context.args]):  # noqa: SLF001
        found, below, rest = command.resolve_command(context, rest)
        assert below is not None
        command, context = below, below.make_context(found, rest, parent=context)
    return context
