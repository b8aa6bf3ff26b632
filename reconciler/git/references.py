"""Which commit a reference means: one and only one, or an error with the command that makes it so.

A name is looked up by ourselves in every place where git would, and only the ids that are found there are given to git.
"""

import re
import shlex
from collections.abc import Iterator

from reconciler.git.clone import Clone
from reconciler.git.program import OPTION
from reconciler.model.errors import InvalidInput

_FORM = re.compile(r"(?P<name>(?!-)[^\s\x00-\x1f\x7f~^:?*\[\\]+)(?P<steps>(?:[~^][0-9]*)*)")
"""A name, and the ways back from it. Not what depends on a machine's log (`@{1}`) or on what somebody wrote into a
message (`:/text`), nor ranges and paths.
"""
_NOT_IN_NAMES = ("@{", "..")
_NOTHING = re.compile(r"0{40}|0{64}|\s*")
"""What CI gives as the commit before the first push of a branch."""

_WHOLE_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_SHORT_ID = re.compile(r"[0-9a-f]{7,63}", re.IGNORECASE)
_OWN = ("HEAD", "FETCH_HEAD")
"""Names that git looks up in its own directory first. No commit and no push can set them."""

_PLACES = ("refs/{}", "refs/heads/{}", "refs/remotes/{}", "refs/tags/{}", "refs/remotes/{}/HEAD")
_SHOWN = 12


def commit_of(clone: Clone, reference: str) -> str:
    """The id of the commit that a reference means. Raises InvalidInput where that is none, or could be several."""
    if _NOTHING.fullmatch(reference):
        raise _no_commit_before(clone, reference)
    form = _FORM.fullmatch(reference)
    if form is None or any(text in form["name"] for text in _NOT_IN_NAMES) or form["name"] == "@":
        what = f"{reference} is no reference that is taken here."
        remedy = "Name a branch (origin/main), a tag, HEAD or a commit's id, each with ~1 or ^ behind it if you like."
        raise InvalidInput.because(what, remedy, OPTION)
    name, steps = form["name"], form["steps"]
    found = dict(_candidates(clone, name))
    if len(set(found.values())) > 1:
        raise _ambiguous(reference, steps, found)
    if not found:
        raise _unknown(clone, reference, name)
    commit = clone.git.answer("rev-parse", "--verify", "--quiet", f"{next(iter(found.values()))}{steps}^{{commit}}")
    if not commit:
        raise _too_far(clone, reference, steps)
    return commit


def _candidates(clone: Clone, name: str) -> Iterator[tuple[str, str]]:
    """Everything that a name may mean, by its full name, and the id of what it leads to."""
    if name in _OWN or _WHOLE_ID.fullmatch(name):
        # an id whose object is not here is known to nobody: --verify alone would take any forty digits
        found = clone.git.answer("rev-parse", "--verify", "--quiet", f"{name}^{{object}}")
        if found:
            yield name, found
        return
    full = [name] if name.startswith("refs/") else [place.format(name) for place in _PLACES]
    listed = clone.git.answer("for-each-ref", "--format=%(objectname) %(refname)", *full) or ""
    for line in listed.splitlines():
        identifier, _, found = line.partition(" ")
        if found in full:
            yield found, identifier
    if _SHORT_ID.fullmatch(name):
        for identifier in (clone.git.answer("rev-parse", f"--disambiguate={name}") or "").split():
            if clone.git.answer("cat-file", "-t", identifier) == "commit":
                yield f"the commit {identifier}", identifier


def _ambiguous(reference: str, steps: str, found: dict[str, str]) -> InvalidInput:
    meanings = ", ".join(f"{name} ({identifier[:_SHOWN]})" for name, identifier in found.items())
    what = f"{reference} could mean {len(found)} things here: {meanings}."
    first = next(iter(found)).removeprefix("the commit ")
    return InvalidInput.because(what, f"Name in full the one that is meant:\n{_plan(f'{first}{steps}')}", OPTION)


def _plan(reference: str | None) -> str:
    return shlex.join(["reconciler", "plan", *((OPTION, reference) if reference else ())])


def _no_commit_before(clone: Clone, reference: str) -> InvalidInput:
    given = f"is {len(reference)} zeros" if reference.strip() else "is empty"
    what = f"The reference {given}, which is what CI gives where no commit was there before, as for a new branch."
    base = _other_branch(clone)
    remedy = "Name the branch that this one comes from:" if base else "Plan everything instead:"
    return InvalidInput.because(what, f"{remedy}\n{_plan(base)}", OPTION)


def _other_branch(clone: Clone) -> str | None:
    """The default branch, if it is here and HEAD is not the same commit: then nothing would differ."""
    head = clone.git.answer("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    default = clone.git.answer("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    for name in filter(None, (default, "origin/main", "origin/master", "main", "master")):
        found = set(dict(_candidates(clone, name)).values())
        if len(found) == 1 and head not in found:
            return name
    return None


def _unknown(clone: Clone, reference: str, name: str) -> InvalidInput:
    if name == "HEAD":
        return InvalidInput.because(
            "Nothing is committed in this clone yet.", f"Plan everything:\n{_plan(None)}", OPTION
        )
    what = f"git knows no commit {reference} here, so what changed since then can't be known."
    remotes = clone.remotes()
    if not remotes:
        remedy = f"This clone has no remote to fetch it from. What it has:\n{clone.command('branch', '--all')}"
        return InvalidInput.because(what, remedy, OPTION)
    return InvalidInput.because(what, _fetching(clone, name, remotes), OPTION)


def _fetching(clone: Clone, name: str, remotes: tuple[str, ...]) -> str:
    """How to come by what a name means."""
    branch = name.removeprefix("refs/").removeprefix("remotes/")
    remote = next((remote for remote in remotes if branch.startswith(f"{remote}/")), None)
    if remote:
        return f"Fetch it first:\n{_fetch_branch(clone, remote, branch.removeprefix(f'{remote}/'))}"
    remote, short = remotes[0], name.removeprefix("refs/").removeprefix("heads/")
    if _WHOLE_ID.fullmatch(name):
        return f"Fetch it first:\n{clone.command('fetch', remote, name)}"
    if _SHORT_ID.fullmatch(name):
        words = ("--unshallow",) if clone.shallow else ()
        return f"Fetch what is missing, or write the whole id:\n{clone.command('fetch', *words, remote)}"
    if name.startswith("refs/tags/"):
        return f"Fetch it first:\n{clone.command('fetch', remote, 'tag', name.removeprefix('refs/tags/'))}"
    if dict(_candidates(clone, f"{remote}/{short}")):
        return f"It is known as {remote}/{short}:\n{_plan(f'{remote}/{short}')}"
    return f"If it is a branch, fetch it and name it {remote}/{short}:\n{_fetch_branch(clone, remote, short)}"


def _fetch_branch(clone: Clone, remote: str, branch: str) -> str:
    return clone.command("fetch", remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")


def _too_far(clone: Clone, reference: str, steps: str) -> InvalidInput:
    if not steps:
        what = f"{reference} is no commit, or its commit is not in this clone."
        return InvalidInput.because(what, f"See what is wrong with the clone:\n{clone.command('fsck')}", OPTION)
    if clone.shallow:
        what = f"This clone is too shallow: {reference} goes back further than its history does."
        return InvalidInput.because(what, unshallowing(clone), OPTION)
    what = f"The history of this clone is whole, and {reference} leads to no commit in it."
    return InvalidInput.because(
        what, f"At the first commit there is nothing before it; plan everything:\n{_plan(None)}", OPTION
    )


def unshallowing(clone: Clone) -> str:
    """How a shallow clone gets the history that it lacks."""
    return f"Fetch the rest (in GitHub Actions: fetch-depth: 0):\n{clone.command('fetch', '--unshallow')}"
