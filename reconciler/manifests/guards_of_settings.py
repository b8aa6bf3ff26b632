"""Guards of the settings, and which of them a change of files moves."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from reconciler.manifests import settings
from reconciler.manifests.estate import Estate
from reconciler.manifests.files import Directory, Source
from reconciler.manifests.guard_values import GRADES, written
from reconciler.manifests.parse import only_document
from reconciler.manifests.tree import place_of
from reconciler.model.place import Place
from reconciler.model.plan import Notice
from reconciler.model.settings import NameCheck, Settings, Unpriced
from reconciler.model.term import FewerSeats

EVERYWHERE = ("cloud", "partner", "state", "lineage", "defaults", "orders")
"""Settings on which every customer's plan depends."""

_SHORT = 12
"""The characters of git's identifiers that are shown."""


def settings_moved(estate: Estate, before: Settings | None) -> Iterator[Notice]:
    """Yields the settings that are guards and that changed; that all may have, where they could not be read before."""
    if before is None:
        yield Notice(
            code="guard_loosened",
            subject="reconciler.yaml",
            before="could not be read",
            after="as it stands",
            source=_place(estate, ""),
        )
        return
    from deepdiff import DeepDiff  # a plan that compares no commits does not wait for it

    earlier, later = (_guarding(settings, estate) for settings in (before, estate.settings))
    for subject in sorted(_differing(DeepDiff(earlier, later, view="tree"))):
        was, is_ = (_value(values, subject) for values in (earlier, later))
        grade = _GRADE.get(subject) or _GRADE.get(subject.partition(".")[0]) or _moved
        if code := grade(was, is_):
            yield _notice(estate, code, subject, (was, is_))


def _differing(tree: Mapping[str, Iterable[Any]]) -> set[str]:
    """The settings that differ, such as `limits.max_changes`, whatever of their values does."""
    return {".".join(level.path(output_format="list")[:2]) for levels in tree.values() for level in levels}


def _value(settings: dict[str, Any], subject: str) -> Any:
    section, _, name = subject.partition(".")
    return settings[section][name] if name else settings[section]


def _guarding(settings: Settings, estate: Estate) -> dict[str, Any]:
    """The settings that guard what may go through. A list is one value; a path counts from the file."""
    values = asdict(settings, dict_factory=lambda items: {name: _one_value(value) for name, value in items})
    guards = {name: value for name, value in values.items() if name not in _NO_GUARDS}
    return {**guards, "state": _shown(settings.state, estate)}


def _one_value(value: object) -> object:
    return ", ".join(map(str, value)) or None if isinstance(value, tuple) else value


_NO_GUARDS = ("parallelism", "requests_per_minute", "state_is_name")
"""Settings that let nothing through: how fast a run goes."""

_Code = Literal["guard_loosened", "guard_moved", "guard_tightened"]


def _more(was: Any, is_: Any) -> _Code:
    """A greater figure lets more through, none at all everything; of figures by currency, one of them is enough."""
    before, after = (value if isinstance(value, Mapping) else {"": value} for value in (was, is_))
    pairs = [(before.get(name), after.get(name)) for name in before.keys() | after.keys()]
    looser = any(is_ is None or (was is not None and is_ > was) for was, is_ in pairs if was != is_)
    return "guard_loosened" if looser else "guard_tightened"


def _less(was: Any, is_: Any) -> _Code:
    """A lost answer is settled by the waits: to look for less long lets more through."""
    return _more(is_, was)


def _permitted(was: FewerSeats | None, is_: FewerSeats | None) -> _Code:
    return _more(*(GRADES[value or FewerSeats.REFUSE] for value in (was, is_)))


def _strict(_was: NameCheck, is_: NameCheck) -> _Code:
    return "guard_tightened" if is_ is NameCheck.STRICT else "guard_loosened"


def _refused(_was: Unpriced, is_: Unpriced) -> _Code:
    return "guard_tightened" if is_ is Unpriced.REFUSE else "guard_loosened"


def _sheets(was: str | None, is_: str | None) -> _Code | None:
    """Without a sheet limits of money count less; by another one they count otherwise."""
    before, after = ({*value.split(", ")} if value else set[str]() for value in (was, is_))
    if not before:
        return None
    return "guard_loosened" if after < before else "guard_moved"


def _moved(_was: object, _is: object) -> _Code:
    return "guard_moved"


_GRADE: Mapping[str, Callable[[Any, Any], _Code | None]] = {
    "limits": _more,
    "wait": _less,
    "wait.interval_seconds": _more,
    "names": _strict,
    "defaults": lambda _was, _is: None,
    "defaults.fewer_seats": _permitted,
    "prices.unpriced": _refused,
    "prices.sheets": _sheets,
    **dict.fromkeys(("defaults.market", "defaults.segment"), _moved),
}
"""Comparisons of another value, by the setting or its section; all others move."""


def repriced(estate: Estate, sheets: Mapping[str, tuple[str, str]]) -> Iterator[Notice]:
    """Yields the price sheets whose contents differ, with git's identifiers of what they were and are."""
    place = _place(estate, "prices.sheets")
    for name, (was, is_) in sheets.items():
        before, after = (f"blob {identifier[:_SHORT]}" for identifier in (was, is_))
        yield Notice(
            code="guard_moved",
            subject=f"{name}: prices",
            setting="prices",
            before=before,
            after=after,
            source=place,
        )


def _notice(
    estate: Estate,
    code: _Code,
    subject: str,
    values: tuple[Any, Any],
) -> Notice:
    was, is_ = map(written, values)
    return Notice(code=code, subject=subject, setting=subject, before=was, after=is_, source=_place(estate, subject))


def _shown(value: str | None, estate: Estate) -> str | None:
    """A setting as the file has it: a path counts from there."""
    return os.path.relpath(value, estate.root.absolute()) if value and Path(value).is_absolute() else value


def _place(estate: Estate, subject: str) -> Place:
    """Returns the place of a setting in today's file; the file's beginning where it isn't set."""
    name = next((name for name in settings.FILES if name in estate.files), settings.FILES[0])
    shown = Directory(path=estate.root, shown=estate.root).show(name)
    source = Source(relative=name, shown=shown, content=estate.files.get(name, b""))
    document = only_document([source], [])
    found = place_of(document, subject.split(".")) if document else None
    return found or Place(file=shown, line=1, column=1)
