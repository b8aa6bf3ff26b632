"""Command lines that advice shows: the arguments of a step with the flags in force, quoted for a shell."""

import re
import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


class CommandLine(str):
    """A line to be copied: never broken, however long it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The flags that make a further command work on the same estate; made once, by the command line.

    None: the flag was not given, or its value may be a secret and the environment gives it to the next command too.
    `flags_of` returns the flags that the command at the head of some arguments takes; without it, every command takes
    all.
    """

    chdir: str | None = None
    manifests: str | None = None
    cloud: str | None = None
    state: str | None = None
    flags_of: Callable[[tuple[str, ...]], Collection[str]] | None = field(default=None, compare=False)

    def command(self, *run: str) -> CommandLine:
        """Returns the command line of `run`, the arguments after `reconciler`, with the flags in force."""
        return CommandLine(" ".join(map(quoted, ("reconciler", *self.arguments(*run)))))

    def arguments(self, *run: str) -> tuple[str, ...]:
        """Returns `run`, the arguments after `reconciler`, with the flags in force, unquoted. No flag is given twice,
        and none to a command that does not take it. A command that takes none of them is the same in every directory.
        """
        flags = {"--manifests": self.manifests, "--cloud": self.cloud, "--state": self.state}
        taken = flags if self.flags_of is None else flags.keys() & self.flags_of(run)
        given = {word.partition("=")[0] for word in run}
        after = [
            word
            for flag, value in flags.items()
            if value and flag in taken and flag not in given
            for word in (flag, value)
        ]
        before = ["--chdir", self.chdir] if self.chdir and taken else []
        return (*before, *run, *after)

    def shown(self, text: str, run: tuple[str, ...]) -> str:
        """Returns a step as text: its command, where it has one, is the last line."""
        return "\n".join(self.lines(text, run))

    def lines(self, text: str, run: tuple[str, ...]) -> tuple[str, ...]:
        """Returns a step as lines: its text, and its command, where it has one, whole."""
        return (*([text] if text else []), *([self.command(*run)] if run else []))


NO_FLAGS = Invocation()
"""Commands as they are where no flag is in force."""


def operand(path: object) -> str:
    """Returns a file's path as an argument that no command takes for an option."""
    return f"./{path}" if str(path).startswith("-") else str(path)


def quoted(word: str) -> str:
    """Returns the word as a shell reads it, on one line whatever is in it."""
    if _UNSEEN.search(word):
        return f"$'{''.join(map(_escaped, word))}'"
    return shlex.quote(word)


def _escaped(character: str) -> str:
    if character in {"\\", "'"}:
        return f"\\{character}"
    return f"\\x{ord(character):02x}" if _UNSEEN.match(character) else character
