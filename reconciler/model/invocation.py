"""Command lines that advice shows: the arguments of a step with the flags in force, quoted for a shell."""

import re
import shlex
from dataclasses import dataclass

_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")

_WITHOUT_ESTATE = frozenset(("completion", "explain", "guide", "version"))
"""Commands that mean the same wherever they are typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The flags that make a further command work on the same estate; made once, by the command line.

    None: the flag was not given, or its value may be a secret and the environment gives it to the next command too.
    """

    chdir: str | None = None
    manifests: str | None = None
    cloud: str | None = None
    state: str | None = None

    def command(self, *run: str) -> str:
        """Returns the command line of `run`, the arguments after `reconciler`. No flag is given twice."""
        if run and run[0] in _WITHOUT_ESTATE:
            return " ".join(map(quoted, ("reconciler", *run)))
        given = {word.partition("=")[0] for word in run}
        flags = {"--manifests": self.manifests, "--cloud": self.cloud, "--state": self.state}
        after = [word for flag, value in flags.items() if value and flag not in given for word in (flag, value)]
        before = ["--chdir", self.chdir] if self.chdir else []
        return " ".join(map(quoted, ("reconciler", *before, *run, *after)))

    def shown(self, text: str, run: tuple[str, ...]) -> str:
        """Returns a step as text: its command, where it has one, is the last line."""
        return "\n".join(filter(None, (text, self.command(*run) if run else "")))


def quoted(word: str) -> str:
    """Returns the word as a shell reads it, on one line whatever is in it."""
    if _UNSEEN.search(word):
        return f"$'{''.join(map(_escaped, word))}'"
    return shlex.quote(word)


def _escaped(character: str) -> str:
    if character in {"\\", "'"}:
        return f"\\{character}"
    return f"\\x{ord(character):02x}" if _UNSEEN.match(character) else character
