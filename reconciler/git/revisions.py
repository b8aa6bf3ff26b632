"""The files of a commit, read from git's database and nowhere else."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.advice import problem
from reconciler.git.clone import Clone
from reconciler.git.finding import clone_of
from reconciler.git.program import OPTION, Failed
from reconciler.git.references import commit_of, unshallowing
from reconciler.model.errors import InvalidInput

_LARGEST = 1024 * 1024
"""No manifest is larger, in bytes."""

_FILES = {"100644", "100755"}
"""The modes of ordinary files; links and submodules are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit, and the files below the directory in it, by relative path."""

    commit: str
    files: Mapping[str, bytes]


def parted(directory: Path, reference: str, wanted: Callable[[str], bool]) -> Revision:
    """The files of a directory as they were where HEAD left `reference`, those that are `wanted` by their path.

    Raises InvalidInput where git can't tell: no clone, no such reference or two of them, or too shallow a clone.
    """
    clone = clone_of(directory)
    return _revision(clone, _base(clone, reference), wanted)


def head(directory: Path, wanted: Callable[[str], bool]) -> Revision:
    """The commit that is checked out, with its files. Raises InvalidInput where git can't tell."""
    clone = clone_of(directory)
    return _revision(clone, commit_of(clone, "HEAD"), wanted)


def commit(directory: Path) -> str | None:
    """The commit that is checked out where a directory is, if git can say."""
    try:
        return commit_of(clone_of(directory), "HEAD")
    except InvalidInput:
        return None


def _base(clone: Clone, reference: str) -> str:
    known, here = commit_of(clone, reference), commit_of(clone, "HEAD")
    base = clone.git.answer("merge-base", known, here)
    if base:
        return base
    if clone.shallow:
        unshallow = unshallowing(clone)
        raise InvalidInput(problem("clone_too_shallow_to_part", OPTION, reference=reference, unshallow=unshallow))
    raise InvalidInput(problem("no_common_commit", OPTION, reference=reference, option=OPTION))


def _revision(clone: Clone, commit: str, wanted: Callable[[str], bool]) -> Revision:
    try:
        return Revision(commit=commit, files=dict(_files(clone, commit, wanted)))
    except Failed as failed:
        raise clone.failure(failed) from None


def _files(clone: Clone, commit: str, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    git, prefix = clone.git, clone.prefix
    listing = git.output("ls-tree", "-r", "-z", "--full-tree", commit, *(("--", prefix) if prefix else ()))
    found: dict[str, str] = {}
    for entry in filter(None, listing.split(b"\0")):
        described, _, path = entry.partition(b"\t")
        mode, _, identifier = described.decode().split()
        relative = os.fsdecode(path).removeprefix(prefix)
        if mode in _FILES and wanted(relative):
            found[relative] = identifier
    sizes = git.output("cat-file", "--batch-check", standard_input=_lines(found.values())).splitlines()
    small = [name for name, line in zip(found, sizes, strict=True) if _size(clone, line) <= _LARGEST]
    answer = git.output("cat-file", "--batch", standard_input=_lines(found[name] for name in small))
    yield from zip(small, _contents(clone, answer, len(small)), strict=True)


def _lines(identifiers: Iterable[str]) -> bytes:
    return "".join(f"{identifier}\n" for identifier in identifiers).encode()


def _size(clone: Clone, line: bytes) -> int:
    """The size that a line of `git cat-file` names. Raises InvalidInput where the object is missing."""
    size = line.rpartition(b" ")[2]
    if not size.isdigit():
        raise clone.lacking()
    return int(size)


def _contents(clone: Clone, answer: bytes, number: int) -> Iterator[bytes]:
    """The answers of `git cat-file --batch`: a line with the size, the content, a line's end."""
    at = 0
    for _ in range(number):
        end = answer.index(b"\n", at)
        size = _size(clone, answer[at:end])
        yield answer[end + 1 : end + 1 + size]
        at = end + 2 + size
