"""Declarations: what each customer's document declares, read and checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.advice import problem
from reconciler.manifests import settings
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.check import check
from reconciler.manifests.claims import Claim, claims, contradictions
from reconciler.manifests.details import Details
from reconciler.manifests.estate_files import MovesFile, OffersFile
from reconciler.manifests.fields import FewerSeatsOnce, Section, permission_of
from reconciler.manifests.files import Source
from reconciler.manifests.hints import DEFAULTS_HINTS, hint
from reconciler.manifests.moves import moves_of
from reconciler.manifests.parse import documents
from reconciler.manifests.schema import Manifest
from reconciler.manifests.settings_schema import SettingsFile
from reconciler.manifests.special_files import SPECIAL
from reconciler.manifests.tree import Document, Table, Value
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired, LicenseTransfer
from reconciler.model.errors import Problem
from reconciler.model.moves import Moves
from reconciler.model.order import order_id
from reconciler.model.place import Place
from reconciler.model.settings import Defaults
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Renew, Term

_NO_LABELS = frozenset[str]()
"""Shared: an empty set takes as much memory as the rest of an entry."""


_HINTS = {
    "offers": hint("offers_misplaced"),
    **dict.fromkeys(SettingsFile.model_fields, hint("settings_misplaced")),
    "defaults": hint("defaults_misplaced"),
    **DEFAULTS_HINTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """One customer's document, and what it declares."""

    customer: Customer
    desired: tuple[Desired, ...]
    file: str
    details: Details
    moves: Moves


def declarations(
    files: Iterable[Source], catalogue: Catalogue, defaults: Defaults, problems: list[Problem]
) -> list[Declared]:
    """Returns what customers' files declare; adds to `problems` what is wrong with them, together and alone.

    `defaults` are the estate's.
    """
    declared: list[Declared] = []
    claimed: list[Claim] = []
    for file in files:
        found: list[Problem] = []
        for document in [] if _misplaced(file, found) else documents(file, found):
            if belongs := _other_file(document):
                found.append(problem("file_named_otherwise", document.place(document.mark), name=belongs))
                continue
            claimed += claims(document)
            manifest = check(document, Manifest, found, catalogue=catalogue, hints=_HINTS)
            if manifest is not None and not problems:
                reader = _Reader(document=document, manifest=manifest, catalogue=catalogue, defaults=defaults)
                declared.append(reader.declared(file.relative))
        problems += found
    problems += contradictions(claimed)
    problems[:] = _without_repeats(problems)
    return declared


def _without_repeats(problems: list[Problem]) -> list[Problem]:
    """The problems, with one for each offer that the catalogue lacks, and one for all where there is no catalogue."""
    alike: dict[object, list[Problem]] = {}
    for fault in problems:
        alike.setdefault(_cause(fault), []).append(fault)
    return [_summed_up(same) for same in alike.values()]


def _cause(fault: Problem) -> object:
    """Returns what problems with one cause have in common; the problem itself where it is the only one of its cause."""
    if fault.code == "catalogue_missing":
        return fault.code
    return (fault.code, fault.data["offer"]) if fault.code == "offer_unknown" else id(fault)


def _summed_up(same: list[Problem]) -> Problem:
    first, others = same[0], len(same) - 1
    if not others:
        return first
    counted = "1 other entry names" if others == 1 else f"{others:,} other entries name"
    return problem(first.code, first.where, **{**first.data, "others": counted})


_CONTENTS: Mapping[str, type[Section]] = {
    "moves.yaml": MovesFile,
    "offers.yaml": OffersFile,
    "reconciler.yaml": SettingsFile,
}


def _other_file(document: Document) -> str | None:
    """Returns the name of the file that a document is meant to be: it has nothing but that one's keys."""
    keys = {key for key in document.root if not key.startswith("x-")} if isinstance(document.root, Table) else None
    return next((name for name, content in _CONTENTS.items() if keys and keys <= content.model_fields.keys()), None)


def _misplaced(file: Source, problems: list[Problem]) -> bool:
    name = file.relative.rpartition("/")[2]
    if name not in SPECIAL:
        return False
    problems.append(file.problem("file_misplaced", name=name))
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads what one customer's document declares. `defaults` are the estate's: the customer's own override them."""

    document: Document
    manifest: Manifest
    catalogue: Catalogue
    defaults: Defaults

    def declared(self, file: str) -> Declared:
        section = self.manifest.customer
        customer = Customer(name=section.name, tenant=section.tenant, display_name=section.display_name)
        details = Details(
            market=section.market,
            segment=section.segment,
            reseller=section.reseller,
            labels=tuple(section.labels),
            defaults=settings.defaults_of(self.manifest.defaults),
        )
        return Declared(
            customer=customer,
            desired=tuple(self._desired(customer, details)),
            file=file,
            details=details,
            moves=moves_of(self.document, self.manifest),
        )

    def _desired(self, customer: Customer, details: Details) -> Iterator[Desired]:
        table = self.document.table("subscriptions") or Table(self.document.mark)
        defaults = details.defaults.or_else(self.defaults)
        for name, entry in self.manifest.subscriptions.items():
            once = permission_of(entry.fewer_seats) if isinstance(entry.fewer_seats, FewerSeatsOnce) else None
            standing = entry.fewer_seats if isinstance(entry.fewer_seats, str) else defaults.fewer_seats
            yield Desired(
                address=Address(f"{customer.name}/{name}"),
                customer=customer,
                subscription_id=entry.id or order_id(entry.order or ""),
                order=entry.order,
                max_unit_price=entry.max_unit_price,
                besides=tuple(entry.besides),
                offer=self.catalogue.offer(entry.offer),
                quantity=entry.quantity,
                license_transfer=LicenseTransfer(entry.license_transfer or defaults.license_transfer or "preferred"),
                fewer_seats=once.when if once else FewerSeats(standing or "refuse"),
                fewer_seats_once=once,
                allow_duplicate_offer=entry.allow_duplicate_offer,
                term=entry.term and Term(entry.term),
                billing=entry.billing and Billing(entry.billing),
                change_term=ChangeTerm(entry.change_term),
                renew=entry.renew and Renew(entry.renew),
                market=details.market or defaults.market,
                segment=details.segment or defaults.segment,
                reseller=details.reseller,
                labels=frozenset((*details.labels, *entry.labels)) or _NO_LABELS,
                source=self.document.place(table.marks[name][0]),
                offer_place=_place_in(self.document, table[name], "offer"),
                quantity_place=_place_in(self.document, table[name], "quantity"),
                fewer_seats_place=_place_in(self.document, table[name], "fewer_seats"),
            )


def _place_in(document: Document, entry: Value, key: str) -> Place | None:
    """Returns the place of a key of an entry; None where that is outside of the entry, and others may rest on it."""
    if not isinstance(entry, Table) or key not in entry.marks:
        return None
    at, begins = entry.marks[key][0], entry.mark
    return document.place(at) if (at.line, at.column) >= (begins.line, begins.column) else None
