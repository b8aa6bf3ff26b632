"""Edits of manifests by command: values as typed, and the lines that they change. Writes no file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import groupby

from reconciler.advice import problem
from reconciler.manifests.comments import comments_gone
from reconciler.manifests.editing import Edits, Values, edited_file, sources_of
from reconciler.manifests.estate import Estate, edited_estate
from reconciler.manifests.files import Source
from reconciler.model.address import Address
from reconciler.model.desired import MAXIMUM_QUANTITY, Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.offer import canonical_offer
from reconciler.model.order import order_key
from reconciler.model.place import Place
from reconciler.model.term import FewerSeats, SeatPermission


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A quantity as typed: `number` as it is, or added where `relative`; where `percent`, of what is declared.

    A fraction of a seat counts in favour of the seats: +10% of 25 is 28, -10% is 23.
    """

    number: int
    relative: bool = False
    percent: bool = False

    def of(self, declared: int) -> int:
        """The quantity to write for an entry that declares so many."""
        if not self.relative:
            return self.number
        moved = Fraction(declared * self.number, 100) if self.percent else Fraction(self.number)
        return declared + -(-moved.numerator // moved.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The new values of entries, as typed. `lines` are by the manifest's key; `offer` is a name or an id. With `once`
    an entry permits one removal of seats, down to the quantity that it has then, asked for until the day `until`.
    """

    quantity: Quantity | None = None
    lines: Mapping[str, str] = field(default_factory=dict)
    once: FewerSeats | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value that is edited. `before` is empty where the entry says nothing of it; `source` is the alias, or `<<`,
    that it came from where it was not the entry's own.
    """

    address: Address
    place: Place
    key: str
    before: str
    after: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The files with other contents, by their paths within the estate, and what of them is edited. `unwritten` is what
    no entry can say of live subscriptions; `extended` are the addresses that are written as what the extended service
    term made of them. `comments_gone` are the comments, each with its place, that stood in what was replaced.
    """

    files: Mapping[str, bytes]
    lines: tuple[Line, ...]
    comments_gone: tuple[tuple[Place, str], ...] = ()
    unwritten: Mapping[Address, str] = field(default_factory=dict)
    extended: tuple[Address, ...] = ()


def set_values(
    estate: Estate, addresses: Iterable[Address], wanted: Wanted, *, rehearsal: bool | None = None
) -> Edited:
    """Returns the estate's files with these entries edited.

    Raises InvalidInput with what `validate` would say of them.
    """
    chosen = set(addresses)
    edits = {desired.address: _typed_values(desired, wanted) for desired in estate.desired if desired.address in chosen}
    return edited(estate, edits, rehearsal)


def _typed_values(desired: Desired, wanted: Wanted) -> Values:
    values: dict[str, str | int | SeatPermission] = dict(wanted.lines)
    if wanted.quantity:
        quantity = wanted.quantity.of(desired.quantity)
        if not 1 <= quantity <= MAXIMUM_QUANTITY:
            code = "quantity_would_be" if quantity < 1 else "quantity_would_be_too_large"
            platform = "modern" if ":" in desired.offer.id else "traditional"
            known = {"address": desired.address, "declared": desired.quantity, "quantity": quantity, platform: "true"}
            raise InvalidInput(problem(code, desired.quantity_place or desired.source, **known))
        values["quantity"] = quantity
    if wanted.once:
        seats = wanted.quantity.of(desired.quantity) if wanted.quantity else desired.quantity
        values["fewer_seats"] = SeatPermission(to=seats, when=wanted.once, until=wanted.until)
    return values


def edited(estate: Estate, edits: Mapping[Address, Values], rehearsal: bool | None) -> Edited:
    """Returns the estate's files with these values. Raises InvalidInput with what `validate` would say of them."""
    by_address = {desired.address: desired for desired in estate.desired}
    of_files: dict[str, dict[Address, Values]] = {}
    lines: list[Line] = []
    for address, values in sorted(edits.items()):
        found = list(lines_of(by_address[address], values, estate))
        lines += found
        if found:
            file = estate.customer_files[address.customer]
            of_files.setdefault(file, {})[address] = {line.key: values[line.key] for line in found}
    sources = {file: source_of(file, estate) for file in of_files}
    files = {file: edited_file(sources[file], Edits(values=values)) for file, values in of_files.items()}
    edited_estate(estate, files, rehearsal=rehearsal)
    gone = (item for file, content in files.items() for item in comments_gone(sources[file], content))
    return Edited(files=files, lines=tuple(with_sources(lines, estate)), comments_gone=tuple(gone))


def source_of(file: str, estate: Estate) -> Source:
    """Returns a file of the estate as it was read."""
    return Source(relative=file, shown=(estate.root / file).as_posix(), content=estate.files[file])


def with_sources(lines: Iterable[Line], estate: Estate) -> Iterator[Line]:
    """Yields the lines, those of values that are not the entries' own with what these come from, at the entry's
    place.
    """
    entries = {desired.address: desired.source for desired in estate.desired}
    for file, of_file in groupby(lines, key=lambda line: estate.customer_files[line.address.customer]):
        known = list(of_file)
        values: dict[Address, dict[str, str]] = {}
        for line in known:
            values.setdefault(line.address, {})[line.key] = line.after
        sources = sources_of(source_of(file, estate), values)
        for line in known:
            source = sources.get((line.address, line.key), "")
            yield replace(line, source=source, place=entries[line.address]) if source else line


def lines_of(desired: Desired, values: Values, estate: Estate) -> Iterator[Line]:
    """Yields what of the values an entry does not say yet."""
    for key, value in values.items():
        before = desired.offer.name if key == "offer" else getattr(desired, _MEMBERS.get(key, key))
        if key == "id" and order_key(desired.subscription_id) is not None:
            before = None
        if key == "fewer_seats":
            before = desired.fewer_seats_once or before
        if before == value or (key == "offer" and _offer_id(str(value), estate) == desired.offer.id):
            continue
        place = getattr(desired, f"{key}_place", None) or desired.source
        text = "" if before is None else str(before)
        yield Line(address=desired.address, place=place, key=key, before=text, after=str(value))


_MEMBERS = {"id": "subscription_id"}
"""The members of a declaration that are not called as their keys are."""


def _offer_id(text: str, estate: Estate) -> str:
    named = estate.catalogue.get(text)
    return named.id if named else canonical_offer(text)
