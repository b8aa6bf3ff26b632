"""A clone that the manifests are committed to, and commands about it that work where they are shown."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from reconciler.advice import problem
from reconciler.git.program import OPTION, Failed, Git
from reconciler.model.embedded import DOT_GIT
from reconciler.model.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """A clone whose repository git reads. `prefix` is the way from its top to the manifests, "" or with a slash at
    its end.
    """

    git: Git
    prefix: str
    shallow: bool

    def command(self, *words: str) -> str:
        """A git command line that works where this program was called."""
        top = self.git.top
        here = all(top_of(folder) == top for folder in (Path.cwd(), working_directory()))
        return shlex.join(["git", *(() if here else ("-C", str(top))), *words])

    def remotes(self) -> tuple[str, ...]:
        """The names of its remotes, `origin` first."""
        return tuple(sorted(self._sections("remote", "url"), key=lambda name: (name != "origin", name)))

    def failure(self, failed: Failed) -> InvalidInput:
        """Returns the error for a refusal of git. A partial clone refuses what it lacks."""
        if self._sections("remote", "promisor"):
            return self.lacking()
        named = {"command": failed.command, "reason": failed.last_line, "fsck": self.command("fsck")}
        return InvalidInput(problem("git_failed", OPTION, **named))

    def lacking(self) -> InvalidInput:
        """Says that earlier contents are missing, and how they are fetched."""
        for remote in self._sections("remote", "promisor"):
            fetch = self.command("fetch", "--refetch", "--filter=blob:limit=2m", remote)
            return InvalidInput(problem("git_contents_missing", OPTION, partial="partial", fetch=fetch))
        return InvalidInput(problem("git_contents_missing", OPTION, fsck=self.command("fsck")))

    def _sections(self, kind: str, key: str) -> list[str]:
        """The names of those sections of the configuration that have a key."""
        listed = self.git.answer("config", "--name-only", "--get-regexp", rf"^{kind}\..*\.{key}$") or ""
        return [line.removeprefix(f"{kind}.").removesuffix(f".{key}") for line in listed.splitlines()]


def top_of(directory: Path) -> Path | None:
    """The top of the working tree that a directory is in, as git would find it; None where there is none."""
    real = Path(os.path.realpath(directory))
    return next((folder for folder in (real, *real.parents) if os.path.lexists(folder / DOT_GIT)), None)


def working_directory() -> Path:
    """The working directory as the shell calls it, with the links that led there."""
    here, shown = Path.cwd(), os.environ.get("PWD", "")
    return Path(shown) if Path(shown).is_absolute() and Path(shown).is_dir() else here
