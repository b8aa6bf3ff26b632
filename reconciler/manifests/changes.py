"""Compares two versions of an estate's files: the customers that differ, and the guards that moved.

Two sets of contents are compared by what they declare; comments, order and moves between files change nothing.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from reconciler.manifests import settings
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.estate import OFFERS, SPECIAL, Estate, catalogue_of, declarations
from reconciler.manifests.files import Directory, Source
from reconciler.manifests.parse import only_document
from reconciler.manifests.tree import place_of
from reconciler.model.address import Address
from reconciler.model.errors import Problem
from reconciler.model.plan import CatalogueName, Notice
from reconciler.model.settings import NameCheck, Settings, Wait
from reconciler.model.subscription import Desired, Place

_EVERYWHERE = ("cloud", "partner", "state", "lineage")
"""Settings on which every customer's plan depends."""

_ALLOWANCES = ("allow_seat_loss", "allow_duplicate_offer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The differences from an earlier estate.

    `customers`: those who are declared otherwise than before, or not any more; `dropped`: the addresses that are
    declared no more, and `altered` those that are declared otherwise, or newly. `everything` says why every customer's
    plan may differ; empty where that isn't so. `redefined` are names of the catalogue that mean another offer than
    before. `notices` tell of guards that changed, those that let more through first.
    """

    customers: frozenset[str]
    dropped: frozenset[Address] = frozenset()
    altered: frozenset[Address] = frozenset()
    everything: str = ""
    redefined: tuple[CatalogueName, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """The contents of the earlier files. `settings` are None where they could not be parsed then; `desired` holds, by
    customer, what those files declared that are not today's; an unreadable one declares nothing.
    """

    settings: Settings | None
    catalogue: Catalogue
    desired: Mapping[str, tuple[Desired, ...]]


def changes(estate: Estate, earlier: Mapping[str, bytes]) -> Changes:
    """Returns how the estate differs from the one that these files, by their paths within it, made up.

    What can't be decided counts as a change: a file that could not be read then, a name that nobody knew.
    """
    before = _read(estate, earlier)
    today = _today(estate, earlier)
    other = {
        name
        for name in today.keys() | before.desired.keys()
        if _declared(today, name) != _declared(before.desired, name)
    }
    renamed = {desired.address for desired in estate.desired if _means_other(desired, before.catalogue, estate)}
    asked, earlier_asked = _by_address(today), _by_address(before.desired)
    notices = () if not earlier else _notices(estate, before, today)
    return Changes(
        customers=frozenset(other | {address.customer for address in renamed}),
        dropped=frozenset(earlier_asked.keys() - {desired.address for desired in estate.desired}),
        altered=frozenset(
            renamed | {address for address, wanted in asked.items() if wanted != earlier_asked.get(address)}
        ),
        everything=_everything(estate.settings, before.settings),
        redefined=tuple(_redefined(estate, before.catalogue)),
        notices=tuple(sorted(notices, key=lambda notice: (notice.code, notice.subject))),
    )


def _notices(estate: Estate, before: _Earlier, today: Mapping[str, tuple[Desired, ...]]) -> tuple[Notice, ...]:
    return (
        *_settings_moved(estate, before.settings),
        *_named_freely(estate, before.catalogue),
        *_allowed(today, before.desired),
    )


def _read(estate: Estate, earlier: Mapping[str, bytes]) -> _Earlier:
    files = [Source(relative=name, shown=name, content=content) for name, content in sorted(earlier.items())]
    catalogue = catalogue_of([file for file in files if file.relative in OFFERS], [])
    desired: dict[str, tuple[Desired, ...]] = {}
    for file in files:
        if file.relative not in SPECIAL and estate.files.get(file.relative) != file.content:
            for each in declarations([file], catalogue, []):
                desired[each.customer.name] = (*desired.get(each.customer.name, ()), *each.desired)
    return _Earlier(settings=_settings(files, estate), catalogue=catalogue, desired=desired)


def _settings(files: Iterable[Source], estate: Estate) -> Settings | None:
    problems: list[Problem] = []
    found = [file for file in files if file.relative in settings.FILES]
    read = settings.settings_of(found, Directory(path=estate.root, shown=estate.root), problems, rehearsal=True)
    return None if problems else read


def _today(estate: Estate, earlier: Mapping[str, bytes]) -> Mapping[str, tuple[Desired, ...]]:
    """By customer, what those files declare that were not there, or not the same, before."""
    differing = {name for name, file in estate.customer_files.items() if estate.files.get(file) != earlier.get(file)}
    found: dict[str, tuple[Desired, ...]] = dict.fromkeys(differing, ())
    for desired in estate.desired:
        if desired.customer.name in differing:
            found[desired.customer.name] = (*found[desired.customer.name], desired)
    return found


def _by_address(found: Mapping[str, tuple[Desired, ...]]) -> Mapping[Address, tuple[Any, ...]]:
    return {desired.address: _declaration(desired) for each in found.values() for desired in each}


def _declared(found: Mapping[str, tuple[Desired, ...]], name: str) -> list[tuple[Any, ...]] | None:
    """Returns what is declared of a customer, in an order of its own; None where it is not declared."""
    return sorted(map(_declaration, found[name])) if name in found else None


def _declaration(desired: Desired) -> tuple[Any, ...]:
    """Returns what is declared, without its place and the name of its offer."""
    return (
        desired.address,
        desired.customer.tenant,
        desired.subscription_id,
        desired.offer.id,
        desired.quantity,
        desired.license_transfer,
        desired.allow_seat_loss,
        desired.allow_duplicate_offer,
    )


def _means_other(desired: Desired, before: Catalogue, estate: Estate) -> bool:
    """Returns whether the name that a manifest may use meant another offer before, or none."""
    named = estate.catalogue.get(desired.offer.name)
    known = before.offers.get(desired.offer.name)
    return named is not None and named.id == desired.offer.id and (known is None or known.id != named.id)


def _redefined(estate: Estate, before: Catalogue) -> Iterator[CatalogueName]:
    """The names that mean another offer than before."""
    for name, offer in estate.catalogue.items():
        known = before.offers.get(name)
        if known is not None and known.id != offer.id:
            place = estate.catalogue_places.get(name)
            yield CatalogueName(name=name, offer_id=offer.id, before_id=known.id, source=place)


def _everything(now: Settings, before: Settings | None) -> str:
    if before is None:
        return "the settings at the compared commit can't be read"
    moved = [name for name in _EVERYWHERE if getattr(now, name) != getattr(before, name)]
    return f"{', '.join(moved)} changed in the settings" if moved else ""


def _settings_moved(estate: Estate, before: Settings | None) -> Iterator[Notice]:
    if before is None:
        yield Notice(
            code="guard_loosened",
            subject="reconciler.yaml",
            before="could not be read",
            after="as it stands",
            source=_place(estate, ""),
        )
        return
    for name, is_ in asdict(estate.settings.limits).items():
        was = getattr(before.limits, name)
        if is_ != was:
            yield _notice(estate, "guard_loosened" if is_ > was else "guard_tightened", f"limits.{name}", (was, is_))
    if estate.settings.names is not before.names:
        strict = estate.settings.names is NameCheck.STRICT
        moved = (before.names, estate.settings.names)
        yield _notice(estate, "guard_tightened" if strict else "guard_loosened", "names", moved)
    yield from _waits_moved(estate, before.wait)
    for name in ("cloud", "lineage", "state"):
        was, is_ = (_shown(getattr(each, name), estate) for each in (before, estate.settings))
        if was != is_:
            yield _notice(estate, "guard_moved", name, (was, is_))
    for name, is_ in asdict(estate.settings.partner).items():
        was = getattr(before.partner, name)
        if was != is_:
            yield _notice(estate, "guard_moved", f"partner.{name}", (was, is_))


def _waits_moved(estate: Estate, before: Wait) -> Iterator[Notice]:
    """Compares the waits. A lost answer is settled by them: to look for less long, or less often, lets more through."""
    for name, is_ in asdict(estate.settings.wait).items():
        was = getattr(before, name)
        if is_ != was:
            looser = is_ > was if name == "interval_seconds" else is_ < was
            yield _notice(estate, "guard_loosened" if looser else "guard_tightened", f"wait.{name}", (was, is_))


def _named_freely(estate: Estate, before: Catalogue) -> Iterator[Notice]:
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


def _allowed(today: Mapping[str, tuple[Desired, ...]], before: Mapping[str, tuple[Desired, ...]]) -> Iterator[Notice]:
    """Yields the allowances that addresses have now and did not have before."""
    known = {desired.address: desired for each in before.values() for desired in each}
    for desired in (desired for each in today.values() for desired in each):
        for flag in _ALLOWANCES:
            if getattr(desired, flag) and not getattr(known.get(desired.address), flag, False):
                yield Notice(
                    code="guard_loosened",
                    subject=f"{desired.address}: {flag}",
                    before="false",
                    after="true",
                    source=desired.source,
                )


def _notice(
    estate: Estate,
    code: Literal["guard_loosened", "guard_moved", "guard_tightened"],
    subject: str,
    values: tuple[Any, Any],
) -> Notice:
    was, is_ = (
        "not set" if value is None else f"{value:g}" if isinstance(value, float) else str(value) for value in values
    )
    return Notice(code=code, subject=subject, before=was, after=is_, source=_place(estate, subject))


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
