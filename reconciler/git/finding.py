"""Finds the clone that the manifests are committed to, and refuses every other repository that could answer for it."""

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler.advice import problem
from reconciler.git.clone import Clone, top_of, working_directory
from reconciler.git.program import OPTION, Failed, Git
from reconciler.model.embedded import is_bare_repository
from reconciler.model.errors import InvalidInput

_DUBIOUS = re.compile(r"dubious ownership|owned by someone else")
"""Matches git's refusal of a clone of another user's, in English (LC_ALL=C). Its exit code does not tell."""


def clone_of(directory: Path) -> Clone:
    """The clone that a directory is committed to. Raises InvalidInput where there is none that can be read."""
    real, top = Path(os.path.realpath(directory)), top_of(directory)
    if top is None:
        raise InvalidInput(problem("git_no_repository", OPTION, directory=directory.absolute()))
    for link in _links(directory):
        if top_of(link.parent):
            raise InvalidInput(problem("git_link", OPTION, link=link, quoted=shlex.quote(str(real))))
    for folder in (real, *real.parents[: len(real.parts) - len(top.parts)]):
        if is_bare_repository(_names(folder)):
            raise InvalidInput(problem("git_bare_repository", OPTION, folder=folder))
    if outer := _outer(top):
        raise InvalidInput(problem("git_nested", OPTION, top=top, outer=outer))
    return _read(top, "".join(f"{part}/" for part in real.relative_to(top).parts))


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []


def _links(directory: Path) -> Iterator[Path]:
    """Every link on the way to a directory, from the working directory as the shell calls it, where it really lies."""
    shell = working_directory()
    base = shell if os.path.realpath(shell) == os.path.realpath(Path.cwd()) else Path.cwd()
    here = Path("/")
    for part in (base / directory).parts:
        here = here / part
        if here.is_symlink():
            yield here
        here = Path(os.path.realpath(here))


def _outer(top: Path) -> Path | None:
    """The clone further up, if one has anything committed where this one is: a submodule, or files."""
    outer = top_of(top.parent)
    while outer is not None and outer != top:
        if Git(outer).answer("ls-tree", "HEAD", "--", top.relative_to(outer).as_posix()):
            return outer
        outer = top_of(outer.parent) if outer != outer.parent else None
    return None


def _read(top: Path, prefix: str) -> Clone:
    git = Git(top)
    try:
        answer = os.fsdecode(git.output("rev-parse", "--is-shallow-repository", "--show-toplevel"))
    except Failed as failed:
        raise _unreadable(top, failed) from None
    shallow, _, rest = answer.partition("\n")
    shown = rest.removesuffix("\n")  # a folder's name may hold a line break
    if not shown or not top.samefile(shown):
        raise InvalidInput(problem("git_other_top", OPTION, shown=shown, top=top))
    return Clone(git=git, prefix=prefix, shallow=shallow == "true")


def _unreadable(top: Path, failed: Failed) -> InvalidInput:
    if not _DUBIOUS.search(failed.reason):
        return InvalidInput(problem("git_unreadable", OPTION, top=top, why=failed.last_line))
    command = shlex.join(["git", "config", "--global", "--add", "safe.directory", str(top)])
    trust = command if _has_home(os.environ) else _by_variables(top)
    return InvalidInput(problem("git_not_trusted", OPTION, top=top, trust=trust))


def _has_home(environment: Mapping[str, str]) -> bool:
    """Returns whether git has a place for its user's settings."""
    return any(environment.get(name) for name in ("HOME", "USERPROFILE", "GIT_CONFIG_GLOBAL"))


def _by_variables(top: Path) -> str:
    return f"export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0={shlex.quote(str(top))}"
