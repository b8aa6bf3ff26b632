"""Paths of the working directory and the manifests in the repository that a CI system checked out."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from reconciler.rendering.view import View

_ROOTS = ("GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY", "CI_PROJECT_DIR")
"""The variables in which CI systems give the repository's root."""

_DEFAULT = "manifests"


def in_repository(view: View, manifests: Path, variables: Mapping[str, str]) -> View:
    """The view, with how paths lead from the repository's root, and the name by which this estate is known there.

    Outside of a CI job the paths are those that the user typed.
    """
    typed = manifests.as_posix()
    root = next((Path(variables[name]) for name in _ROOTS if variables.get(name)), None)
    folder, found = (_way(root, Path.cwd()), _way(root, manifests.absolute())) if root else (None, None)
    if folder is None or found is None or not manifests.is_dir():
        return replace(view, folder=folder or "", name="/".join(filter(None, (folder, _own(typed)))))
    default = "/".join(filter(None, (folder, _DEFAULT)))
    return replace(view, folder=folder, manifests=(typed, found), name=folder if found == default else found)


def _own(typed: str) -> str:
    """Of a directory that is not there no name is made: what was typed may be a secret."""
    return "" if typed == _DEFAULT or not Path(typed).is_dir() else typed


def _way(root: Path, place: Path) -> str | None:
    """The way from the root to a place in it, "" for the root itself; None where the place is outside.

    Directories are compared, not their names: each may be reached through a link, or be written in another case.
    """
    here = place.resolve()
    for above in (here, *here.parents):
        if _is_same(above, root):
            return here.relative_to(above).as_posix().removeprefix(".")
    return None


def _is_same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False
