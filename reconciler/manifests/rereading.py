"""Reads again, during a run, what the manifests ask of one customer: its file, the catalogue, the settings."""

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from reconciler.advice import sentence
from reconciler.manifests import settings
from reconciler.manifests.claims import Claim, claims, contradictions
from reconciler.manifests.declarations import Declared, declarations
from reconciler.manifests.estate import Estate, catalogue_of
from reconciler.manifests.files import Directory, Source, Stamp, source, stamps
from reconciler.manifests.parse import documents
from reconciler.manifests.special_files import OFFERS, SPECIAL
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import Problem
from reconciler.model.settings import Settings
from reconciler.system.clock import elapsed_seconds

_PACE = ("parallelism", "requests_per_minute")
"""Settings that decide how fast a run is, and nothing about what it does."""

_PAUSE = 1.0
"""Seconds between two looks at all files: one for each change would cost a large estate's run half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeclared:
    """The declarations of a customer as they are now. `changed` are the files that differ from what the run read, as
    messages show them; `unusable` says why nothing can be taken from them, "" where something can.
    """

    desired: tuple[Desired, ...] = ()
    changed: tuple[str, ...] = ()
    unusable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """The result of parsing changed files, kept for as long as they hold the same."""

    contents: Mapping[str, bytes | None]
    declared: tuple[Declared, ...]
    unusable: str


class _Rivals:
    """Finds what files claim that are new or changed since the run read them. Not safe between threads.

    A file is read again only where its size, its time or its inode has changed.
    """

    def __init__(self, estate: Estate, directory: Directory) -> None:
        self._estate = estate
        self._directory = directory
        self._known: Mapping[str, tuple[Stamp, tuple[Claim, ...]]] = {}
        self._looked_at = -_PAUSE

    def claims(self, own: str) -> Iterator[tuple[str, Claim]]:
        """Every claim of a changed file but `own`, with the file's path within the estate."""
        if elapsed_seconds() - self._looked_at >= _PAUSE:
            self._known = dict(self._look())
            self._looked_at = elapsed_seconds()
        for name, (_, claimed) in self._known.items():
            if name != own:
                yield from ((name, claim) for claim in claimed)

    def _look(self) -> Iterator[tuple[str, tuple[Stamp, tuple[Claim, ...]]]]:
        for name, stamp in stamps(self._directory):
            known = self._known.get(name)
            yield name, known if known and known[0] == stamp else (stamp, tuple(self._read(name)))

    def _read(self, name: str) -> Iterator[Claim]:
        """Yields the claims of a file; none where it holds what the run read, or is no manifest."""
        ignored: list[Problem] = []
        file = source(self._directory, name, ignored)
        if file and name not in SPECIAL and file.content != self._estate.files.get(name):
            for document in documents(file, ignored):
                yield from claims(document)


class Rereading:
    """Reads the files of an estate's customers again, and parses them only where their bytes changed.

    An estate that was not read from files stays what it is. Safe between threads.
    """

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._directory = Directory(path=estate.root, shown=estate.root)
        self._lock = threading.Lock()
        self._parsed: dict[str, _Parsed] = {}
        self._rivals = _Rivals(estate, self._directory)

    def __call__(self, customer: Customer) -> Redeclared | None:
        """Returns what is asked of a customer, as its file, the catalogue and the settings stand at this moment, and
        that nothing can be taken from them where another file has come to claim the same.

        None where they are as the run read them.
        """
        estate = self._estate
        file = estate.customer_files.get(customer.name)
        if file is None:
            return None
        problems: list[Problem] = []
        found = {name: self._source(name, problems) for name in dict.fromkeys((file, *SPECIAL))}
        contents = {name: source.content if source else None for name, source in found.items()}
        changed = tuple(self._directory.show(name) for name, now in contents.items() if now != estate.files.get(name))
        with self._lock:
            rivals = dict(self._contested(found[file]))
            if not (changed or problems or rivals):
                return None
            problems += rivals.values()
            parsed = self._parsed.get(file)
            if problems:
                parsed = self._parse(file, found, contents, problems)
            elif parsed is None or parsed.contents != contents:
                parsed = self._parsed[file] = self._parse(file, found, contents, problems)
        desired = (
            wanted for declared in parsed.declared if declared.customer == customer for wanted in declared.desired
        )
        changed += tuple(map(self._directory.show, rivals))
        return Redeclared(desired=tuple(desired), changed=changed, unusable=parsed.unusable)

    def _contested(self, own: Source | None) -> Iterator[tuple[str, Problem]]:
        """The files that claim what a customer's own file claims, each with the problem that this is."""
        claimed = list(self._rivals.claims(own.relative)) if own else []
        if own and claimed:
            ours = [claim for document in documents(own, []) for claim in claims(document)]
            taken = {(claim.kind, claim.value) for claim in ours}
            for name, claim in claimed:
                if (claim.kind, claim.value) in taken:
                    yield from ((name, problem) for problem in contradictions([*ours, claim]))

    def _source(self, name: str, problems: list[Problem]) -> Source | None:
        if not os.path.lexists(self._estate.root / name):
            return None
        return source(self._directory, name, problems)

    def _parse(
        self,
        file: str,
        sources: Mapping[str, Source | None],
        contents: Mapping[str, bytes | None],
        problems: list[Problem],
    ) -> _Parsed:
        there = {name: source for name, source in sources.items() if source}
        catalogue = catalogue_of([there[name] for name in OFFERS if name in there], problems)
        now = settings.settings_of([there[name] for name in settings.FILES if name in there], self._directory, problems)
        declared = declarations([there[file]], catalogue, now.defaults, problems) if file in there else []
        moved = [] if problems else list(self._moved(now))
        if problems:
            unusable = f"{problems[0].where}: {problems[0].what}"
        elif moved:
            unusable = sentence("stale_settings_changed", settings=", ".join(moved))
        else:
            unusable = "" if file in there else sentence("stale_file_gone")
        return _Parsed(contents=contents, declared=tuple(declared), unusable=unusable)

    def _moved(self, now: Settings) -> Iterator[str]:
        """The settings that are not what they were, but for those that change nothing of what is done."""
        before = asdict(self._estate.settings)
        for name, value in asdict(now).items():
            if name not in _PACE and value != before[name]:
                yield name
