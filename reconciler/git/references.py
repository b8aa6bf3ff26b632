"""Resolves a reference to one commit, or raises an error with the command that makes it so.

A name is looked up by ourselves in every place where git would, and only the ids that are found there are given to git.
"""

import re
from collections.abc import Iterator

from reconciler.advice import problem
from reconciler.git.clone import Clone
from reconciler.git.program import OPTION
from reconciler.model.errors import InvalidInput

_FORM = re.compile(r"(?P<name>(?!-)[^\s\x00-\x1f\x7f~^:?*\[\\]+)(?P<steps>(?:[~^][0-9]*)*)")
"""A name, and the ways back from it. Not what depends on a machine's log (`@{1}`) or on what somebody wrote into a
message (`:/text`), nor ranges and paths.
"""
_NOT_IN_NAMES = ("@{", "..")
_NOTHING = re.compile(r"0{40}|0{64}|\s*")
"""The values that CI gives as the commit before the first push of a branch."""

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
        raise InvalidInput(problem("reference_unfit", OPTION, reference=reference))
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


def _ambiguous(reference: str, steps: str, commits: dict[str, str]) -> InvalidInput:
    meanings = ", ".join(f"{name} ({identifier[:_SHOWN]})" for name, identifier in commits.items())
    first = f"{next(iter(commits)).removeprefix('the commit ')}{steps}"
    named = {"reference": reference, "number": len(commits), "meanings": meanings, "first": first}
    return InvalidInput(problem("reference_ambiguous", OPTION, **named))


def _no_commit_before(clone: Clone, reference: str) -> InvalidInput:
    given = f"is {len(reference)} zeros" if reference.strip() else "is empty"
    base = _other_branch(clone)
    return InvalidInput(problem("no_commit_before", OPTION, given=given, base=base, no_base="" if base else "true"))


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
        return InvalidInput(problem("nothing_committed", OPTION))
    remotes = clone.remotes()
    if not remotes:
        branches = clone.command("branch", "--all")
        return InvalidInput(problem("commit_unknown", OPTION, reference=reference, branches=branches))
    return InvalidInput(problem("commit_unknown", OPTION, reference=reference, **_fetching(clone, name, remotes)))


def _fetching(clone: Clone, name: str, remotes: tuple[str, ...]) -> dict[str, str]:
    """Returns the data of the step that brings the commit of a name here."""
    branch = name.removeprefix("refs/").removeprefix("remotes/")
    remote = next((remote for remote in remotes if branch.startswith(f"{remote}/")), None)
    if remote:
        return {"fetch": _fetch_branch(clone, remote, branch.removeprefix(f"{remote}/"))}
    remote, short = remotes[0], name.removeprefix("refs/").removeprefix("heads/")
    if _WHOLE_ID.fullmatch(name):
        return {"fetch": clone.command("fetch", remote, name)}
    if _SHORT_ID.fullmatch(name):
        words = ("--unshallow",) if clone.shallow else ()
        return {"fetch_missing": clone.command("fetch", *words, remote)}
    if name.startswith("refs/tags/"):
        return {"fetch": clone.command("fetch", remote, "tag", name.removeprefix("refs/tags/"))}
    if dict(_candidates(clone, f"{remote}/{short}")):
        return {"known_as": f"{remote}/{short}"}
    return {"branch": f"{remote}/{short}", "fetch_branch": _fetch_branch(clone, remote, short)}


def _fetch_branch(clone: Clone, remote: str, branch: str) -> str:
    return clone.command("fetch", remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}")


def _too_far(clone: Clone, reference: str, steps: str) -> InvalidInput:
    if not steps:
        return InvalidInput(problem("commit_missing", OPTION, reference=reference, fsck=clone.command("fsck")))
    if clone.shallow:
        unshallow = unshallowing(clone)
        return InvalidInput(problem("clone_too_shallow", OPTION, reference=reference, unshallow=unshallow))
    return InvalidInput(problem("no_commit_there", OPTION, reference=reference))


def unshallowing(clone: Clone) -> str:
    """Returns git's command that fetches the history that a shallow clone lacks."""
    return clone.command("fetch", "--unshallow")
