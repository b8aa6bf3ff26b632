"""An earlier revision of the estate, as git has it: asked of the `git` program, and only what lies in its database.

Promises that nothing but reading commands run, with neither the user's pager, hooks, aliases nor file system monitor;
that no name of a file or a reference can be taken for an option; and that nothing of the environment but what git
needs reaches it. Never fetches, and never guesses: what can't be known is an error with the command that mends it.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.model.errors import InvalidInput

_NEEDED = ("PATH", "HOME", "SYSTEMROOT", "XDG_CONFIG_HOME")
_QUIETLY = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_HARMLESSLY = ("--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
_SECONDS = 120
_LARGEST = 1024 * 1024
"""No manifest is larger, in bytes."""

_FILES = {"100644", "100755"}
"""The modes of ordinary files; links and submodules are none."""

_OPTION = "--changed-since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit, and the files below the directory in it, by relative path."""

    commit: str
    files: Mapping[str, bytes]


def parted(directory: Path, reference: str, wanted: Callable[[str], bool]) -> Revision:
    """The files of a directory as they were where HEAD left `reference`, those that are `wanted` by their path.

    Raises InvalidInput where git can't tell: no repository, no such reference, or a clone too shallow to know.
    """
    git = _Git(directory)
    prefix = git.says("rev-parse", "--show-prefix")
    if prefix is None:
        what = f"{directory} is in no git repository that can be read, so what changed can't be known."
        trust = f"git config --global --add safe.directory {directory.absolute()}"
        remedy = f"Run it in a clone, or plan without {_OPTION}. If git calls its ownership dubious:\n{trust}"
        raise InvalidInput.because(what, remedy, _OPTION)
    commit = _base(git, reference)
    return Revision(commit=commit, files=dict(_files(git, commit, prefix.strip("\n"), wanted)))


def head(directory: Path, wanted: Callable[[str], bool]) -> Revision:
    """The commit that is checked out, with its files. Raises InvalidInput where git can't tell."""
    git = _Git(directory)
    commit, prefix = (git.gives("rev-parse", asked).decode().strip("\n") for asked in ("HEAD", "--show-prefix"))
    return Revision(commit=commit, files=dict(_files(git, commit, prefix, wanted)))


def _base(git: "_Git", reference: str) -> str:
    known = (
        None if reference.startswith("-") else git.says("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}")
    )
    if not known:
        what = f"git knows no commit {reference} here, so what changed since then can't be known."
        raise InvalidInput.because(what, f"Fetch it first:\n{_fetching(reference)}", _OPTION)
    base = git.says("merge-base", known.strip(), "HEAD")
    if base:
        return base.strip()
    if (git.says("rev-parse", "--is-shallow-repository") or "").strip() == "true":
        what = f"This clone is too shallow: it does not show where HEAD and {reference} parted."
        raise InvalidInput.because(
            what, "Fetch the rest (in GitHub Actions: fetch-depth: 0):\ngit fetch --unshallow", _OPTION
        )
    raise InvalidInput.because(
        f"HEAD and {reference} have no commit in common.", f"Name another one, or plan without {_OPTION}.", _OPTION
    )


def _fetching(reference: str) -> str:
    remote, slash, branch = reference.partition("/")
    if slash and remote == "origin" and not reference.startswith("-"):
        return f"git fetch origin +refs/heads/{branch}:refs/remotes/origin/{branch}"
    return "git fetch --unshallow origin" if reference.startswith("HEAD") else "git fetch origin"


def _files(git: "_Git", commit: str, prefix: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    within = ("--", prefix) if prefix else ()
    listing = git.gives("ls-tree", "-r", "-l", "-z", "--full-tree", commit, *within)
    found: dict[str, str] = {}
    for entry in filter(None, listing.split(b"\0")):
        (mode, _, identifier, size), path = (
            entry.partition(b"\t")[0].decode().split(),
            os.fsdecode(entry.partition(b"\t")[2]),
        )
        relative = path.removeprefix(prefix)
        if mode in _FILES and size.isdigit() and int(size) <= _LARGEST and wanted(relative):
            found[relative] = identifier
    answer = git.gives("cat-file", "--batch", said="".join(f"{one}\n" for one in found.values()).encode())
    yield from zip(found, _contents(answer, len(found)), strict=True)


def _contents(answer: bytes, number: int) -> Iterator[bytes]:
    """The answers of `git cat-file --batch`: a line with the size, the content, a line's end."""
    at = 0
    for _ in range(number):
        end = answer.index(b"\n", at)
        _, _, size = answer[at:end].rpartition(b" ")
        if not size.isdigit():
            what = "This clone lacks some of its files' earlier contents."
            raise InvalidInput.because(what, "Fetch them:\ngit fetch --refetch --filter=blob:limit=2m origin", _OPTION)
        yield answer[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)


@dataclass(frozen=True, slots=True)
class _Git:
    """The git program, in a directory."""

    directory: Path

    def says(self, *arguments: str) -> str | None:
        """What it answers; None where it refuses."""
        done = self._run(arguments, b"")
        return os.fsdecode(done.stdout) if done.returncode == 0 else None

    def gives(self, *arguments: str, said: bytes = b"") -> bytes:
        """What it answers. Raises InvalidInput where it refuses."""
        done = self._run(arguments, said)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            what = f"git {arguments[0]} failed: {reason[-1] if reason else 'it does not say why'}"
            raise InvalidInput.because(what, f"Mend the clone, or plan without {_OPTION}.", _OPTION)
        return done.stdout

    def _run(self, arguments: tuple[str, ...], said: bytes) -> subprocess.CompletedProcess[bytes]:
        environment = {name: os.environ[name] for name in _NEEDED if name in os.environ} | _QUIETLY
        try:
            return subprocess.run(  # noqa: S603 - no shell; every argument is ours or was checked
                ["git", *_HARMLESSLY, *arguments],  # noqa: S607 - whichever git the user has
                cwd=self.directory,
                env=environment,
                input=said,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            what = f"git can't be run: {error.strerror if isinstance(error, OSError) else 'it does not end'}."
            raise InvalidInput.because(what, f"Install git, or plan without {_OPTION}.", _OPTION) from None
