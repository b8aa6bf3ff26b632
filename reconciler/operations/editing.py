"""Edits of manifests by command: values as typed, or as they are live. Writes no file, and nothing to the service."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from itertools import groupby

from reconciler import manifests
from reconciler.advice import problem, sentence
from reconciler.manifests import Edits, Estate, Merged, Values
from reconciler.manifests.files import Source
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.commerce import Commerce
from reconciler.model.desired import MAXIMUM_QUANTITY, Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.evidence import is_open
from reconciler.model.offer import canonical_offer
from reconciler.model.order import order_key
from reconciler.model.place import Place
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.term import FewerSeats, SeatPermission
from reconciler.operations.workspace import Workspace


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
    term made of them.
    """

    files: Mapping[str, bytes]
    lines: tuple[Line, ...]
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
    return _edited(estate, edits, rehearsal)


def take_live(
    workspace: Workspace,
    addresses: Iterable[Address],
    *,
    drift_only: bool = False,
    named: bool = False,
    rehearsal: bool | None = None,
) -> Edited:
    """Returns the estate's files with these entries as their subscriptions are, and as they are scheduled. What an
    entry does not manage stays out of it, unless what is scheduled needs a line.

    With `drift_only` an entry takes only what was changed since state last saw it: what it asks for and was not carried
    out yet stays. Where somebody changed that very value too, it is taken with `named`: a person named the
    address.

    Raises InvalidInput where a subscription does not show, a change of it is pending or in doubt, or no line leads to
    what is scheduled for it.
    """
    chosen, lineage = set(addresses), workspace.lineage()
    names = {offer.id: name for name, offer in reversed(tuple(workspace.estate.catalogue.items()))}
    taking = _Taking(commerce=workspace.commerce, names=names, drift_only=drift_only, named=named)
    taken: dict[Address, _Taken] = {}
    for customer in workspace.customers_of(chosen):
        state = workspace.state_of(customer, lineage)
        listing = workspace.commerce.subscriptions(customer.tenant)
        for desired in workspace.desired_of(customer):
            if desired.address in chosen:
                taken[desired.address] = taking.taken(desired, state, listing)
    return replace(
        _edited(workspace.estate, {address: entry.values for address, entry in taken.items()}, rehearsal),
        unwritten={address: entry.unwritten for address, entry in taken.items() if entry.unwritten},
        extended=tuple(address for address, entry in taken.items() if entry.extended),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """The values of an entry as its subscription has them; `unwritten` and `extended` as `Edited` has them."""

    values: Values
    unwritten: str
    extended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Takes live values of single entries. `names` is the catalogue's name of an offer by its id; the rest is as for
    `take_live`.
    """

    commerce: Commerce
    names: Mapping[str, str]
    drift_only: bool
    named: bool

    def taken(self, desired: Desired, state: CustomerState | None, listing: Listing) -> _Taken:
        """Returns the values of an entry. Raises InvalidInput where its subscription has none that can be declared."""
        if state and is_open(state, desired.address.name, self.commerce.clocks.earliest):
            raise InvalidInput(problem("live_not_final", desired.source, address=desired.address))
        bound = state.subscriptions.get(desired.address.name) if state else None
        if state and _means_another(desired, state):
            if not self.drift_only:
                raise InvalidInput(problem("entry_means_another", desired.source, address=desired.address))
            return _Taken(values={}, unwritten=sentence("entry_means_another", address=desired.address), extended=False)
        live = self._live(desired, bound.id if bound else desired.subscription_id, listing)
        now = self.commerce.now()
        found = manifests.merged(desired, live, bound, self.names, now, overwrite=not self.drift_only)
        if found.why_not and not self.drift_only:
            known = {"address": desired.address, "why": found.why_not}
            raise InvalidInput(problem("live_not_declarable", desired.source, **known))
        values = {**found.edits, **(found.contested if self.named else {})}
        return _Taken(
            values={**_bought_id(desired, bound.id if bound else desired.subscription_id), **values},
            unwritten=found.why_not or _of_no_entry(bound, live) or _left(found, values, desired),
            extended=found.extended,
        )

    def _live(self, desired: Desired, subscription_id: str, listing: Listing) -> Live:
        """Returns the entry's subscription, of new commerce with what only its own resource shows."""
        live = listing.find(subscription_id)
        if live is None:
            key = order_key(subscription_id)
            known = {"address": desired.address, **({"id": subscription_id} if key is None else {"order": key})}
            raise InvalidInput(problem("not_live", desired.source, **known))
        if live.commitment is None:
            return live
        return self.commerce.subscription(desired.customer.tenant, subscription_id)


def _means_another(desired: Desired, state: CustomerState) -> bool:
    """Returns whether state has another subscription under the entry's address, or the entry's under another one."""
    name = desired.address.name
    bound, owner = state.subscriptions.get(name), state.claimed_by(desired.subscription_id)
    return owner not in {None, name} or (bound is not None and desired.subscription_id not in bound.chain)


def _of_no_entry(bound: Bound | None, live: Live) -> str:
    """Returns what of a live subscription no entry can say; empty for nothing."""
    if bound and bound.resold(live):
        return sentence("resold_and_not_written", partner=live.partner_id)
    return "" if live.active else sentence("status_not_written", status=live.status)


def _left(merged: Merged, taken: Values, desired: Desired) -> str:
    """Returns what was changed outside and is left, since the entry asks for something else; empty for nothing."""
    left = {key: value for key, value in merged.contested.items() if key not in taken}
    wanted = {key: desired.offer.name if key == "offer" else getattr(desired, key) for key in left}
    values = "; ".join(f"{key}: {wanted[key]} is asked for, {value} is live" for key, value in left.items())
    return sentence("contested_and_not_written", values=values) if left else ""


def _bought_id(desired: Desired, subscription_id: str) -> Values:
    """The id of what was bought, for an entry that has only the key of its order."""
    bought = order_key(desired.subscription_id) is not None and order_key(subscription_id) is None
    return {"id": subscription_id} if bought else {}


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


def _edited(estate: Estate, edits: Mapping[Address, Values], rehearsal: bool | None) -> Edited:
    by_address = {desired.address: desired for desired in estate.desired}
    of_files: dict[str, dict[Address, Values]] = {}
    lines: list[Line] = []
    for address, values in sorted(edits.items()):
        found = list(lines_of(by_address[address], values, estate))
        lines += found
        if found:
            file = estate.customer_files[address.customer]
            of_files.setdefault(file, {})[address] = {line.key: values[line.key] for line in found}
    files = {
        file: manifests.edited_file(
            Source(relative=file, shown=(estate.root / file).as_posix(), content=estate.files[file]),
            Edits(values=of_file),
        )
        for file, of_file in of_files.items()
    }
    manifests.edited_estate(estate, files, rehearsal=rehearsal)
    return Edited(files=files, lines=tuple(with_sources(lines, estate)))


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
        content = Source(relative=file, shown=(estate.root / file).as_posix(), content=estate.files[file])
        sources = manifests.sources_of(content, values)
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
