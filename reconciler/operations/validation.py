"""Checks manifests: whole estates with their price sheets, or single files of them. Reads nothing else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.advice import problem
from reconciler.manifests.claims import Kind
from reconciler.manifests.estate import read_estate
from reconciler.manifests.settings import read_settings
from reconciler.manifests.special_files import SPECIAL
from reconciler.model.errors import EstateEmpty, InvalidInput, Problem
from reconciler.model.place import Place
from reconciler.model.settings import Settings
from reconciler.model.withheld import shown_path

_OF_THE_ESTATE = frozenset(kind.value for kind in Kind)
"""The codes of problems that two files have together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The problems of an estate, or of single files: `files` is how many. `elsewhere` is how many problems other files
    have. `customers` and `subscriptions` are how many the estates declare, as far as they could be read.
    """

    customers: int = 0
    subscriptions: int = 0
    problems: tuple[Problem, ...] = ()
    elsewhere: int = 0
    files: int = 0


def validate(root: Path, files: Iterable[Path] = (), *, rehearsal: bool | None = None) -> Validation:
    """Checks an estate; with `files` only what concerns them, each in the estate that it is part of.

    A file below `root` is part of that estate, any other of the nearest folder above it that holds settings or a
    catalogue. What concerns a whole estate, its catalogue and its settings, concerns each of its files.
    """
    if not (named := list(files)):
        return _of_estate(root, None, rehearsal)
    of_estates: dict[Path, list[Path]] = {}
    strays: list[Problem] = []
    for path in named:
        shown = shown_path(str(path), exists=path.exists())
        if not path.exists():
            strays.append(problem("named_file_unreadable", shown, why="No such file or directory"))
        elif (estate := _estate_of(path, root)) is None:
            strays.append(problem("file_of_no_estate", shown))
        else:
            of_estates.setdefault(estate, []).append(path)
    found = [_of_estate(estate, paths, rehearsal) for estate, paths in of_estates.items()]
    return Validation(
        customers=sum(validated.customers for validated in found),
        subscriptions=sum(validated.subscriptions for validated in found),
        problems=(*strays, *(problem for validated in found for problem in validated.problems)),
        elsewhere=sum(validated.elsewhere for validated in found),
        files=len(named) - len(strays),
    )


def _of_estate(root: Path, files: list[Path] | None, rehearsal: bool | None) -> Validation:
    found, estate = list[Problem](), None
    try:
        estate = read_estate(root, empty_allowed=files is not None, rehearsal=rehearsal)
    except (InvalidInput, EstateEmpty) as error:
        found += error.problems
    found += _of_prices(root, estate.settings if estate else None, rehearsal)
    if estate and not found:
        return Validation(customers=len(estate.customers), subscriptions=len(estate.desired))
    problems = found if files is None else list(_concerning(files, found, root))
    return Validation(problems=tuple(problems), elsewhere=len(found) - len(problems))


def _of_prices(root: Path, known: Settings | None, rehearsal: bool | None) -> tuple[Problem, ...]:
    """The problems of the price sheets; none of settings that can't be read themselves."""
    try:
        settings = known or read_settings(root, rehearsal=rehearsal)
    except InvalidInput:
        return ()
    if not settings.prices.sheets:
        return ()
    from reconciler.operations.price_sheets import read_prices

    try:
        read_prices(settings, root)
    except InvalidInput as error:
        return error.problems
    return ()


def _concerning(files: list[Path], problems: Iterable[Problem], root: Path) -> Iterator[Problem]:
    shared = {(root / name).absolute() for name in SPECIAL}
    for fault in problems:
        place = Path(fault.where.file).absolute() if isinstance(fault.where, Place) else None
        if place is None or place in shared or fault.code in _OF_THE_ESTATE or _among(place, files):
            yield fault


def _among(place: Path, files: Iterable[Path]) -> bool:
    return any(place == file or file in place.parents for file in map(Path.absolute, files))


def _estate_of(path: Path, root: Path) -> Path | None:
    """The folder of the estate that a file or a folder is part of, as it would be typed."""
    above = (path.absolute(), *path.absolute().parents)
    if root.absolute() in above:
        return root
    found = next((folder for folder in above if any((folder / name).is_file() for name in SPECIAL)), None)
    here = Path.cwd()
    return found.relative_to(here) if found and here in (found, *found.parents) else found
