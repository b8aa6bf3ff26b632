"""The choices of the command line and the environment: which estate, which cloud, which state, and colour."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.model.invocation import CommandLine, Invocation
from reconciler.model.locations import is_bare_name
from reconciler.model.withheld import look_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The choices of the command line and the environment. None: not chosen there.

    `of_environment` names the places that the environment chose: `manifests`, `state_location`.
    """

    manifests: str | None = None
    cloud: str | None = None
    state: str | None = None
    chdir: str | None = None
    no_color: bool = False
    of_environment: frozenset[str] = frozenset()
    flags_of: Callable[[tuple[str, ...]], Collection[str]] | None = field(default=None, compare=False)

    @property
    def root(self) -> Path:
        """The directory of the manifests."""
        return Path(self.manifests or "manifests")

    def over(self, other: "Chosen") -> "Chosen":
        """The choice, completed by another: what is said after the command wins over what is said before it."""
        return replace(
            other,
            flags_of=self.flags_of or other.flags_of,
            manifests=self.manifests or other.manifests,
            cloud=self.cloud or other.cloud,
            state=self.state or other.state,
            chdir=self.chdir or other.chdir,
            of_environment=frozenset(
                name
                for name, own in (("manifests", self.manifests), ("state_location", self.state))
                if name in (self if own else other).of_environment
            ),
            no_color=self.no_color or other.no_color,
        )

    @property
    def invocation(self) -> Invocation:
        """The flags that choose this estate again."""
        return Invocation(
            chdir=self.chdir,
            manifests=self._shown("manifests", self.manifests),
            cloud=self.cloud,
            state=self._shown("state_location", self.state),
            flags_of=self.flags_of,
        )

    def _shown(self, name: str, place: str | None) -> str | None:
        """Returns a place that can be repeated; None for one that may be a secret.

        A word of the environment may be one, even where a folder was made of it. Without the flag, the environment
        gives it to the next command too.
        """
        if place is None or look_of(place):
            return None
        known = name not in self.of_environment or _STORE.fullmatch(place)
        return place if known or (not is_bare_name(place) and Path(place).is_dir()) else None


_STORE = re.compile(r"(az|s3|gs)://[a-z0-9.-]+(/[\w./-]*)?")
"""A container or bucket with a prefix, and nothing else."""


def again(
    command: str,
    *arguments: str,
    chosen: "Chosen",
    target: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    shard: str | None = None,
) -> CommandLine:
    """The command line that does this, with everything that was chosen on the command line."""
    words = flag_words({"--target": target, "--exclude": exclude, "--shard": shard})
    return chosen.invocation.command(command, *arguments, *words)


def flag_words(flags: Mapping[str, object]) -> list[str]:
    """The words of these flags as they stand on a command line; those that say nothing are left out."""
    words: list[str] = []
    for flag, value in flags.items():
        if value is True:
            words.append(flag)
        elif isinstance(value, tuple):
            words += [word for argument in value for word in (flag, str(argument))]
        elif value not in {None, False}:
            words += [flag, str(value)]
    return words
