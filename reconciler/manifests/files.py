"""The files of an estate: found in a fixed order, read once, and never anything outside of its directory."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.advice import problem
from reconciler.model.embedded import is_bare_repository, is_dot_git
from reconciler.model.encoding import MARK, other_encoding
from reconciler.model.errors import Problem
from reconciler.model.place import Place

MAXIMUM_BYTES = 1024 * 1024
"""The largest file that is read."""

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """An estate's directory. `shown` is how the user would type it."""

    path: Path
    shown: Path

    def show(self, relative: str) -> str:
        """A file in it as the user would type it, with slashes; bytes that are no UTF-8 as escapes."""
        return os.fsencode((self.shown / relative).as_posix()).decode("utf-8", "backslashreplace")

    def real(self, relative: str) -> str:
        """The absolute path of a file in it, with every link followed."""
        return os.path.realpath(self.path / relative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as found. `relative` is its path within the estate, with slashes."""

    relative: str
    shown: str
    content: bytes

    def problem(self, code: str, line: int = 1, column: int = 1, **data: object) -> Problem:
        """Returns the problem of a code, with the file as a whole or at a place in it."""
        return problem(code, Place(file=self.shown, line=line, column=column), **data)


def sources(directory: Directory, problems: list[Problem]) -> list[Source]:
    """Every manifest file, in the order of paths. Hidden files and directories are skipped."""
    read = (source(directory, relative, problems) for relative in _paths(directory, problems))
    return [file for file in read if file is not None]


Stamp = tuple[int, int, int]
"""Changes whenever the file does: its time in nanoseconds, its size, its inode."""


def stamps(directory: Directory) -> Iterator[tuple[str, Stamp]]:
    """The path and the stamp of every manifest file that is there now, without reading any."""
    for relative in _paths(directory, []):
        with suppress(OSError):  # it has just gone, or can't be looked at: then it can't be read either
            now = os.stat(f"{directory.path}/{relative}")  # noqa: PTH116 (thousands of files, as in `_content`)
            yield relative, (now.st_mtime_ns, now.st_size, now.st_ino)


def _paths(directory: Directory, problems: list[Problem]) -> list[str]:
    """The paths of all manifest files, in order. A link to a file that is listed anyway is not listed twice;
    directories are not entered through links.
    """
    found = sorted(_walk(directory, problems))
    links = [relative for relative, is_link in found if is_link]
    plain = {directory.real(relative) for relative, is_link in found if not is_link} if links else set()
    again = {relative for relative in links if directory.real(relative) in plain}
    return [relative for relative, _ in found if relative not in again]


def is_manifest(relative: str) -> bool:
    """Returns whether a path within an estate is read at all: by its name, and by no part of it being hidden."""
    return relative.endswith(_SUFFIXES) and not any(part.startswith(".") for part in relative.split("/"))


def _walk(directory: Directory, problems: list[Problem]) -> Iterator[tuple[str, bool]]:
    """Every path that is named like a manifest, and whether it is a link. Directories may nest to any depth."""
    below = [""]
    while below:
        here = below.pop()
        for entry in _listing(directory, here, problems):
            relative = f"{here}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                below.append(f"{relative}/")
            elif entry.is_symlink() and _is_directory(entry):
                _inside(directory, relative, problems)
            elif entry.name.endswith(_SUFFIXES):
                yield relative, entry.is_symlink()


def _listing(directory: Directory, below: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory.path / below) as entries:
            found = list(entries)
        problems += _repositories(directory, below, [entry.name for entry in found])
        return [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        problems.append(problem("folder_unreadable", directory.show(below), cause=_cause(error)))
        return []


def _repositories(directory: Directory, below: str, names: list[str]) -> Iterator[Problem]:
    """A repository among the manifests: git would ask it for their history. Only the root may be a clone's top."""
    shown = directory.show(below)
    if is_bare_repository(names):
        yield problem("bare_repository_below", shown)
    if below and any(map(is_dot_git, names)):
        yield problem("repository_below", shown)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def source(directory: Directory, relative: str, problems: list[Problem]) -> Source | None:
    """One file, read; None where it can't be, which is added to `problems`."""
    path = f"{directory.path}/{relative}"
    unread = Source(relative=relative, shown=directory.show(relative), content=b"")
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            if not _inside(directory, relative, problems):
                return None
            mode = Path(path).stat().st_mode
        if not stat.S_ISREG(mode):
            problems.append(unread.problem("not_an_ordinary_file"))
            return None
        return replace(unread, content=_content(path))
    except OSError as error:
        problems.append(unread.problem("file_unreadable", cause=_cause(error)))
    except _TooLarge as error:
        problems.append(unread.problem("file_too_large", bytes=f"{error.args[0]:,}", most=f"{MAXIMUM_BYTES:,}"))
    return None


class _TooLarge(Exception):
    """A file is larger than what is read. Its size is the argument."""


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123 (thousands of files: a Path for each costs more than reading it)
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1) if size <= MAXIMUM_BYTES else b""  # room for more would be set aside for each
        if len(content) > size:  # it has grown
            content += file.read(MAXIMUM_BYTES + 1 - len(content))
    if max(size, len(content)) > MAXIMUM_BYTES:
        raise _TooLarge(max(size, len(content)))
    return content


def _inside(directory: Directory, relative: str, problems: list[Problem]) -> bool:
    """Returns whether a link stays within the estate, and out of git's own files, which hold secrets."""
    root, target = directory.real(""), directory.real(relative)
    inside = os.path.commonpath([root, target]) == root
    private = inside and any(map(is_dot_git, Path(target).relative_to(root).parts))
    if private or not inside:
        place = Place(file=directory.show(relative), line=1, column=1)
        problems.append(problem("link_into_git" if private else "link_leads_out", place))
    return inside and not private


def decode(source: Source, problems: list[Problem]) -> str | None:
    """A file's text; None where it isn't UTF-8, which is added to `problems`. A byte order mark is dropped."""
    content = source.content.removeprefix(MARK)
    if encoding := other_encoding(content):
        problems.append(source.problem("other_encoding", encoding=encoding))
        return None
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        before = content[: error.start]
        offset = error.start + len(source.content) - len(content)
        line, column = before.count(b"\n") + 1, len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        byte = f"0x{content[error.start]:02x}"
        problems.append(source.problem("not_utf8", line, column, byte=byte, offset=offset))
        return None


def digest(sources: Iterable[Source]) -> str:
    """`sha256:…` over relative paths and contents, in the order of paths: the same on every machine."""
    hashed = hashlib.sha256()
    for file in sources:
        name = os.fsencode(file.relative)
        hashed.update(b"%d:%b%d:%b" % (len(name), name, len(file.content), file.content))
    return f"sha256:{hashed.hexdigest()}"


def _cause(error: OSError) -> str:
    return error.strerror or "unknown cause"
