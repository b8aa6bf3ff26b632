"""Directories that git takes for a repository: those with certain names in it, whoever put them there."""

from collections.abc import Iterable

DOT_GIT = ".git"


def is_bare_repository(names: Iterable[str]) -> bool:
    """Returns True if git would take a directory with these names for a repository, were it to look there.

    Compared without case, since some file systems do.
    """
    found = {name.casefold() for name in names}
    return "head" in found and ({"objects", "refs"} <= found or "commondir" in found)


def is_dot_git(name: str) -> bool:
    """Returns True if git takes this for the entry that makes its directory the top of a working tree."""
    return name.casefold() == DOT_GIT
