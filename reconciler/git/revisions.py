"""The files of a commit, read from git's database and nowhere else."""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
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

_SHA_256 = 64
"""The digits of an identifier in repositories of git's newer kind; in all others it is SHA-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit, in a clone."""

    clone: Clone
    commit: str

    def files(self, wanted: Callable[[str], bool], known: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Returns the files below the directory that are `wanted` by their path, by that path. Git is not asked for
        those of `known`, contents by path, that are the same in the commit.

        Raises InvalidInput where git does not have them.
        """
        try:
            identifiers = dict(_identifiers(self.clone, self.commit, wanted))
            same = {name: known[name] for name, identifier in identifiers.items() if _is(known.get(name), identifier)}
            others = {name: identifier for name, identifier in identifiers.items() if name not in same}
            return {**same, **dict(_files(self.clone, others))}
        except Failed as failed:
            raise self.clone.failure(failed) from None

    def moved(self, names: Collection[str], directory: Path) -> Mapping[str, tuple[str, str]]:
        """Returns those of these files, by their path below the directory, that are otherwise in the commit than there,
        each with the identifiers that git has for its content then and now. None that the commit lacks: whether git has
        it at all is not known. Their contents are not read from git, so that they may be of any size.

        Raises InvalidInput where git does not answer.
        """
        try:
            then = dict(_identifiers(self.clone, self.commit, names.__contains__, names))
        except Failed as failed:
            raise self.clone.failure(failed) from None
        now = {name: _identifier(content, len(then[name])) for name, content in _contents_of(directory, then)}
        return {name: (then[name], now[name]) for name in now if now[name] != then[name]}


def parted(directory: Path, reference: str) -> Revision:
    """Returns the commit where HEAD left `reference`.

    Raises InvalidInput where git can't tell: no clone, no such reference or two of them, or too shallow a clone.
    """
    clone = clone_of(directory)
    return Revision(clone=clone, commit=_base(clone, reference))


def head(directory: Path) -> Revision:
    """Returns the commit that is checked out. Raises InvalidInput where git can't tell."""
    clone = clone_of(directory)
    return Revision(clone=clone, commit=commit_of(clone, "HEAD"))


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


def _identifiers(
    clone: Clone, commit: str, wanted: Callable[[str], bool], below: Collection[str] = ("",)
) -> Iterator[tuple[str, str]]:
    """Yields the path of every file that is wanted, and git's identifier of its content; `below` these paths only."""
    prefix = clone.prefix
    paths = list(filter(None, (f"{prefix}{name}" for name in below)))
    listing = clone.git.output("ls-tree", "-r", "-z", "--full-tree", commit, *(("--", *paths) if paths else ()))
    for entry in filter(None, listing.split(b"\0")):
        described, _, path = entry.partition(b"\t")
        mode, _, identifier = described.decode().split()
        relative = os.fsdecode(path).removeprefix(prefix)
        if mode in _FILES and wanted(relative):
            yield relative, identifier


def _is(content: bytes | None, identifier: str) -> bool:
    """Returns True if git has this content under that identifier."""
    return content is not None and _identifier(content, len(identifier)) == identifier


def _identifier(content: bytes, digits: int) -> str:
    """Returns git's identifier of a content, in a repository whose identifiers have so many digits."""
    kind = hashlib.sha256 if digits == _SHA_256 else partial(hashlib.sha1, usedforsecurity=False)
    return kind(b"blob %d\0%b" % (len(content), content)).hexdigest()


def _contents_of(directory: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yields the contents of these files; nothing of one that can't be read."""
    for name in names:
        with suppress(OSError):
            yield name, (directory / name).read_bytes()


def _files(clone: Clone, identifiers: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Yields the files of these identifiers, by path."""
    if not identifiers:
        return
    git = clone.git
    sizes = git.output("cat-file", "--batch-check", standard_input=_lines(identifiers.values())).splitlines()
    small = [name for name, line in zip(identifiers, sizes, strict=True) if _size(clone, line) <= _LARGEST]
    answer = git.output("cat-file", "--batch", standard_input=_lines(identifiers[name] for name in small))
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
