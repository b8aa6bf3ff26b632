"""What the manifests ask of one customer now: its file, the catalogue and the settings, read again during a run."""

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from reconciler.manifests import settings
from reconciler.manifests.estate import OFFERS, SPECIAL, Declared, Estate, catalogue_of, declarations
from reconciler.manifests.files import Directory, Source, source
from reconciler.model.errors import Problem
from reconciler.model.settings import Settings
from reconciler.model.subscription import Customer, Desired

_PACE = ("parallelism", "requests_per_minute")
"""Settings that decide how fast a run is, and nothing about what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a customer now. `changed` are the files that differ from what the run read, as messages show
    them; `unusable` says why nothing can be taken from them, "" where something can.
    """

    desired: tuple[Desired, ...] = ()
    changed: tuple[str, ...] = ()
    unusable: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """What changed files come to, kept for as long as they hold the same."""

    contents: Mapping[str, bytes | None]
    declared: tuple[Declared, ...]
    unusable: str


class Rereading:
    """Reads the files of an estate's customers again, and understands them anew only where their bytes changed.

    An estate that was not read from files stays what it is. Safe between threads.
    """

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._directory = Directory(path=estate.root, shown=estate.root)
        self._lock = threading.Lock()
        self._parsed: dict[str, _Parsed] = {}

    def __call__(self, customer: Customer) -> Asked | None:
        """What is asked of a customer, as its file, the catalogue and the settings stand at this moment.

        None where they are as the run read them.
        """
        estate = self._estate
        file = estate.customer_files.get(customer.name)
        if file is None:
            return None
        problems: list[Problem] = []
        found = {name: self._source(name, problems) for name in dict.fromkeys((file, *SPECIAL))}
        contents = {name: one.content if one else None for name, one in found.items()}
        changed = tuple(self._directory.show(name) for name, now in contents.items() if now != estate.files.get(name))
        if not (changed or problems):
            return None
        with self._lock:
            parsed = self._parsed.get(file)
            if parsed is None or parsed.contents != contents or problems:
                parsed = self._parsed[file] = self._parse(file, found, contents, problems)
        desired = (one for each in parsed.declared if each.customer == customer for one in each.desired)
        return Asked(desired=tuple(desired), changed=changed, unusable=parsed.unusable)

    def _source(self, name: str, problems: list[Problem]) -> Source | None:
        if not os.path.lexists(self._estate.root / name):
            return None
        return source(self._directory, name, problems)

    def _parse(
        self,
        file: str,
        found: Mapping[str, Source | None],
        contents: Mapping[str, bytes | None],
        problems: list[Problem],
    ) -> _Parsed:
        there = {name: one for name, one in found.items() if one}
        catalogue = catalogue_of([there[name] for name in OFFERS if name in there], problems)
        now = settings.settings_of([there[name] for name in settings.FILES if name in there], self._directory, problems)
        declared = declarations([there[file]], catalogue, problems) if file in there else []
        moved = [] if problems else list(self._moved(now))
        if problems:
            unusable = f"{problems[0].where}: {problems[0].what}"
        elif moved:
            unusable = f"settings changed: {', '.join(moved)}"
        else:
            unusable = "" if file in there else "the customer's file is gone"
        return _Parsed(contents=contents, declared=tuple(declared), unusable=unusable)

    def _moved(self, now: Settings) -> Iterator[str]:
        """The settings that are not what they were, but for those that change nothing of what is done."""
        before = asdict(self._estate.settings)
        for name, value in asdict(now).items():
            if name not in _PACE and value != before[name]:
                yield name
