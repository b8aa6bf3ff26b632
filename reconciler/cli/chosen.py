"""The choices of the command line and the environment: which estate, which cloud, which state, and colour."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.model.invocation import Invocation
from reconciler.model.locations import is_bare_name
from reconciler.model.withheld import look_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The choices of the command line and the environment. None: not chosen there."""

    manifests: str | None = None
    cloud: str | None = None
    state: str | None = None
    chdir: str | None = None
    no_color: bool = False
    state_in_environment: bool = False
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
            state_in_environment=self.state_in_environment if self.state else other.state_in_environment,
            no_color=self.no_color or other.no_color,
        )

    @property
    def invocation(self) -> Invocation:
        """The flags that choose this estate again."""
        state = self.state if self._may_show_state else None
        return Invocation(
            chdir=self.chdir, manifests=self.manifests, cloud=self.cloud, state=state, flags_of=self.flags_of
        )

    @property
    def _may_show_state(self) -> bool:
        """Returns True if the state location can be repeated.

        A word of the environment may be a secret, even where a folder was made of it. Without the flag, the environment
        gives it to the next command too.
        """
        if self.state is None or look_of(self.state):
            return False
        if not self.state_in_environment or _STORE.fullmatch(self.state):
            return True
        return not is_bare_name(self.state) and Path(self.state).is_dir()


_STORE = re.compile(r"(az|s3|gs)://[a-z0-9.-]+(/[\w./-]*)?")
"""A container or bucket with a prefix, and nothing else."""


def again(
    command: str,
    *arguments: str,
    chosen: "Chosen",
    target: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
    shard: str | None = None,
) -> str:
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
