"""Reads `reconciler.yaml` as `Settings`."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from reconciler.advice import problem
from reconciler.manifests.check import check
from reconciler.manifests.files import Directory, Source, source
from reconciler.manifests.parse import only_document
from reconciler.manifests.schema import DefaultsSection
from reconciler.manifests.settings_schema import HINTS, SettingsFile, WaitSection
from reconciler.manifests.tree import Document, place_of
from reconciler.model.desired import LicenseTransfer
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.limits import LIMITS, Limits, Unit
from reconciler.model.locations import is_bare_name, is_url
from reconciler.model.place import Place
from reconciler.model.settings import (
    LEAST_WAIT,
    Defaults,
    NameCheck,
    Orders,
    Partner,
    PriceSettings,
    Settings,
    Unpriced,
    Wait,
)
from reconciler.model.term import FewerSeats

FILES = ("reconciler.yaml", "reconciler.yml")
"""The names of the settings' file, at the estate's root."""


def read_settings(root: Path, *, shown_as: Path | None = None, rehearsal: bool | None = None) -> Settings:
    """The settings of an estate; every default where it has no settings file.

    `shown_as` is the root as messages show it. A `rehearsal` buys nothing and may wait for less; None: by the file's
    own cloud. Raises InvalidInput with all problems of the file.
    """
    problems: list[Problem] = []
    directory = Directory(path=root, shown=shown_as or root)
    names = [name for name in FILES if os.path.lexists(root / name)]
    found = [file for name in names if (file := source(directory, name, problems))]
    settings = settings_of(found, directory, problems, rehearsal=rehearsal)
    if problems:
        raise InvalidInput.of(problems)
    return settings


def place_of_setting(root: Path, keys: Iterable[str]) -> Place | None:
    """Returns the place of a setting in the settings' file of an estate, each key beneath the one before; None where it
    has no such file.
    """
    directory = Directory(path=root, shown=root)
    found = [file for name in FILES if os.path.lexists(root / name) and (file := source(directory, name, []))]
    document = only_document(found, [])
    return place_of(document, keys) if document else None


def settings_of(
    files: list[Source], directory: Directory, problems: list[Problem], *, rehearsal: bool | None = None
) -> Settings:
    """The settings that these files hold: one file at most, at the root. What is wrong is added to `problems`."""
    document = only_document(files, problems)
    read = check(document, SettingsFile, problems, hints=HINTS, quoting=False) if document else None
    if document is None or read is None:
        return Settings()
    problems.extend(_without_sheets(document, read))
    if not (read.cloud == "sandbox" if rehearsal is None else rehearsal):
        problems.extend(_too_short(document, read.wait))
    return Settings(
        cloud=read.cloud,
        partner=Partner(**(dict(read.partner) | {"resellers": tuple(read.partner.resellers)})),
        state=read.state and _absolute(read.state, directory),
        state_is_name=is_bare_name(read.state or "."),
        lineage=read.lineage,
        limits=Limits(**dict(read.limits)),
        wait=Wait(**dict(read.wait)),
        names=NameCheck(read.names),
        orders=Orders(**dict(read.orders)),
        defaults=defaults_of(read.defaults),
        prices=PriceSettings(sheets=tuple(dict.fromkeys(read.prices.sheets)), unpriced=Unpriced(read.prices.unpriced)),
        parallelism=read.parallelism,
        requests_per_minute=read.requests_per_minute,
    )


def defaults_of(section: DefaultsSection) -> Defaults:
    """Returns the defaults that a file states."""
    fewer, transfer = section.fewer_seats, section.license_transfer
    return Defaults(
        fewer_seats=fewer and FewerSeats(fewer),
        license_transfer=transfer and LicenseTransfer(transfer),
        market=section.market,
        segment=section.segment,
    )


def _too_short(document: Document, wait: WaitSection) -> Iterator[Problem]:
    """The settings of `wait` that end too early what protects against buying twice, each at its place."""
    for name, least in LEAST_WAIT.items():
        value = getattr(wait, name)
        if value < least:
            place = place_of(document, ("wait", name), at_value=True)
            yield problem("wait_too_short", place, name=name, value=f"{value:g}", least=f"{least:g}")


def _without_sheets(document: Document, read: SettingsFile) -> Iterator[Problem]:
    """The settings that look like guards and can't be any without price sheets, each at its place."""
    if read.prices.sheets:
        return
    limits = (limit.name for limit in LIMITS.values() if limit.unit is Unit.MONEY)
    idle = [("limits", name) for name in limits if getattr(read.limits, name) is not None]
    if Unpriced(read.prices.unpriced) is Unpriced.REFUSE:
        idle.append(("prices", "unpriced"))
    for keys in idle:
        yield problem("needs_price_sheets", place_of(document, keys), name=".".join(keys))


def _absolute(location: str, directory: Directory) -> str:
    return location if is_url(location) else os.path.normpath(directory.path.absolute() / location)
