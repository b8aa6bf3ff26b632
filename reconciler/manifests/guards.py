"""The guards that an estate sets itself, and which of them a change of files moves."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from reconciler.manifests import settings
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.estate import OFFERS, Estate
from reconciler.manifests.files import Directory, Source
from reconciler.manifests.parse import only_document
from reconciler.manifests.tree import place_of
from reconciler.model.plan import Notice
from reconciler.model.settings import NameCheck, Settings, Unpriced
from reconciler.model.subscription import Desired, Place
from reconciler.model.term import ChangeTerm, FewerSeats

EVERYWHERE = ("cloud", "partner", "state", "lineage", "defaults", "orders")
"""Settings on which every customer's plan depends."""

_SHORT = 12
"""The characters of git's identifiers that are shown."""

_GRADES = {FewerSeats.REFUSE: 0, FewerSeats.AT_RENEWAL: 2, FewerSeats.NOW: 4}
"""The permissions to remove seats, by how much they let through; a one-off one lets through less."""


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
    return _more(*(_GRADES[value or FewerSeats.REFUSE] for value in (was, is_)))


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


def named_freely(estate: Estate, before: Catalogue) -> Iterator[Notice]:
    """Names of the catalogue that the service's names are held against no more.

    Of an earlier catalogue that could not be parsed nobody knows what its names meant.
    """
    if not before.readable:
        shown = Directory(path=estate.root, shown=estate.root).show(
            next((name for name in OFFERS if name in estate.files), OFFERS[0])
        )
        source = Place(file=shown, line=1, column=1)
        yield Notice(
            code="guard_loosened", subject=OFFERS[0], before="could not be read", after="as it stands", source=source
        )
    for name, offer in estate.catalogue.items():
        known = before.offers.get(name)
        place = estate.catalogue_places.get(name)
        if offer.alias and not (known and known.alias):
            yield Notice(code="guard_loosened", subject=f"{name}: alias", before="false", after="true", source=place)
        if known and offer.service_name and not known.agrees_with(offer.service_name):
            yield Notice(
                code="guard_loosened",
                subject=f"{name}: service_name",
                before=known.service_name or known.name,
                after=offer.service_name,
                source=place,
            )


def allowed(today: Mapping[str, tuple[Desired, ...]], before: Mapping[str, tuple[Desired, ...]]) -> Iterator[Notice]:
    """Yields the permissions that addresses have now and did not have before."""
    known = {desired.address: _permissions(desired) for entries in before.values() for desired in entries}
    for desired in (desired for entries in today.values() for desired in entries):
        was = known.get(desired.address) or {**_permissions(desired), **_NO_PERMISSIONS}
        for key, (grade, shown) in _permissions(desired).items():
            new_once = desired.fewer_seats_once and grade == was[key][0] and shown != was[key][1]
            if grade > was[key][0] or (key == "fewer_seats" and new_once):
                yield Notice(
                    code="guard_loosened",
                    subject=f"{desired.address}: {key}",
                    before=was[key][1],
                    after=shown,
                    source=desired.source,
                )


def sold_elsewhere(
    today: Mapping[str, tuple[Desired, ...]], before: Mapping[str, tuple[Desired, ...]]
) -> Iterator[Notice]:
    """Yields the market and the segment of addresses that had another one: other prices count there. Where they are a
    customer's, once for that one.
    """
    known = {desired.address: desired for entries in before.values() for desired in entries}
    for entries in today.values():
        for key in ("market", "segment"):
            pairs = [(getattr(known[each.address], key), each) for each in entries if each.address in known]
            moved = [(was, each) for was, each in pairs if was != getattr(each, key)]
            alike = {(was, getattr(each, key)) for was, each in moved}
            of_customer = len(moved) == len(entries) > 1 and len(alike) == 1
            for was, desired in moved[:1] if of_customer else moved:
                yield Notice(
                    code="guard_moved",
                    subject=f"{desired.customer.name if of_customer else desired.address}: {key}",
                    before=_written(was),
                    after=_written(getattr(desired, key)),
                    source=desired.source,
                )


def repriced(estate: Estate, sheets: Mapping[str, tuple[str, str]]) -> Iterator[Notice]:
    """Yields the price sheets whose contents differ, with git's identifiers of what they were and are."""
    place = _place(estate, "prices.sheets")
    for name, (was, is_) in sheets.items():
        before, after = (f"blob {identifier[:_SHORT]}" for identifier in (was, is_))
        yield Notice(code="guard_moved", subject=f"{name}: prices", before=before, after=after, source=place)


def _permissions(desired: Desired) -> Mapping[str, tuple[Decimal | int, str]]:
    """Returns the permissions of an entry by their keys: how much each lets through, and its value as it is written."""
    twice, at_once = desired.allow_duplicate_offer, desired.change_term is ChangeTerm.NOW
    once = desired.fewer_seats_once
    return {
        "fewer_seats": (_GRADES[desired.fewer_seats] - bool(once), str(once or desired.fewer_seats)),
        "allow_duplicate_offer": (int(twice), str(twice).lower()),
        "change_term": (int(at_once), str(desired.change_term)),
        "max_unit_price": (desired.max_unit_price or 0, str(desired.max_unit_price or "not set")),
        "besides": (len(desired.besides), ", ".join(desired.besides) or "not set"),
    }


_NO_PERMISSIONS: Mapping[str, tuple[Decimal | int, str]] = {
    "fewer_seats": (0, "refuse"),
    "allow_duplicate_offer": (0, "false"),
    "change_term": (0, "at_renewal"),
}
"""The permissions of an entry that says nothing. What a new one may pay, and stand beside, is its declaration."""


def _notice(
    estate: Estate,
    code: _Code,
    subject: str,
    values: tuple[Any, Any],
) -> Notice:
    was, is_ = map(_written, values)
    return Notice(code=code, subject=subject, before=was, after=is_, source=_place(estate, subject))


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {figure}" if name else str(figure) for name, figure in value.items())
    if isinstance(value, bool):
        return str(value).lower()
    return "not set" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


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
