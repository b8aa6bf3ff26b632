"""Drafts a manifest of live subscriptions that changes nothing: which can be declared, and under which names."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.manifests.catalogue import is_offer_id
from reconciler.manifests.destination import destination
from reconciler.manifests.details import Details
from reconciler.manifests.naming import slug, unique
from reconciler.manifests.writing import Entry, LeftOut, Sheet
from reconciler.model.address import Address
from reconciler.model.renewal import EndOfTerm
from reconciler.model.settings import Defaults
from reconciler.model.state import CustomerState
from reconciler.model.subscription import MAXIMUM_QUANTITY, Customer, Desired, LicenseTransfer, Listing, Live
from reconciler.model.term import FewerSeats, Platform


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One customer on the way to its file: what it has, what is declared of it already, and what is remembered.

    New names are given in the order of the ids. `mpn_id` is the reseller's own partner id, `resellers` are those it
    sells through. `details` are those that the customer's document has, `defaults` the estate's own.
    `perhaps_bought` are the subscriptions, by id, that a request for an address made or may have made: only the
    address may have them. `unfinished` are the names of which a change was sent and may still show.
    """

    customer: Customer
    display_name: str
    declared: Mapping[str, Desired]
    state: CustomerState | None
    listing: Listing
    mpn_id: str | None
    resellers: tuple[str, ...] = ()
    details: Details = field(default_factory=Details)
    defaults: Defaults = field(default_factory=Defaults)
    perhaps_bought: Mapping[str, Address] = field(default_factory=dict)
    unfinished: AbstractSet[str] = frozenset()

    @cached_property
    def _lives(self) -> tuple[Live, ...]:
        return tuple(sorted(self.listing.lives, key=lambda live: live.id))

    @cached_property
    def kept(self) -> tuple[tuple[str, Live, Desired | None], ...]:
        """A subscription to be declared: its name, and the declaration that there is."""
        taken = {*self.declared, *(self.state.subscriptions if self.state else ())}
        found: list[tuple[str, Live, Desired | None]] = []
        for live in self._lives:
            name = self._name(live.id)
            if self._why_not(live, known=name in self.declared):
                continue
            if name is None:
                base = slug(live.friendly_name, live.offer.name) or f"subscription-{live.id[:8]}"
                name = unique(base, taken)
                taken.add(name)
            found.append((name, live, self.declared.get(name)))
        return tuple(found)

    @property
    def unmet(self) -> tuple[tuple[Desired, Live | None], ...]:
        """The values that the manifest asks for and that are not live: writing the file takes them back. None where the
        whole entry goes.
        """
        kept = {name: live for name, live, _ in self.kept}
        unseen = self.unseen
        return tuple(
            (desired, live)
            for name, desired in sorted(self.declared.items())
            if name not in unseen
            if (live := kept.get(name)) is None
            or live.offer.id != desired.offer.id
            or destination(live).differs(desired)
        )

    def sheet(self, offers: Mapping[str, str], schema: str, misnamed: AbstractSet[str] = frozenset()) -> Sheet:
        """The file, with its offers by these names, by their ids. It says what the service calls a `misnamed` one."""
        return Sheet(
            customer=self.customer,
            display_name=self.display_name,
            details=self.details,
            entries=(
                *(self._entry(name, live, before, offers, misnamed) for name, live, before in self.kept),
                *self._unseen_entries(),
            ),
            left_out=tuple(self._left_out()),
            schema=schema,
        )

    def _entry(
        self, name: str, live: Live, before: Desired | None, offers: Mapping[str, str], misnamed: AbstractSet[str]
    ) -> Entry:
        called = (f"the service calls its offer {live.offer.name}",) if live.offer.id in misnamed else ()
        found = destination(live)
        entry = Entry(
            name=name,
            id=before.subscription_id if before else live.id,
            offer=offers[live.offer.id],
            quantity=found.quantity,
            fewer_seats=found.fewer_seats,
            term=found.term,
            billing=found.billing,
            renew=found.renew,
            note=", ".join((live.friendly_name or live.offer.name, *called, *self._notes(live))),
        )
        kept = self._with_preferences(entry, before) if before else entry
        return replace(kept, fewer_seats=self._stated(found.fewer_seats or kept.fewer_seats))

    @cached_property
    def unseen(self) -> Mapping[str, str]:
        """The reason that a declared subscription can't be seen though it is there, or may be: by its name."""
        kept = {name for name, _, _ in self.kept}
        bound = self.state.subscriptions.items() if self.state else ()
        why: dict[str | None, str] = dict.fromkeys(self.unfinished, "a change of it was sent and is not final")
        why |= {name: "it was bought and does not show yet" for name, found in bound if not found.visible}
        why |= {self._name(item.id): str(item) for item in self.listing.unreadable if item.id}
        return {name: why[name] for name in sorted(self.declared) if name in why and name not in kept}

    def _unseen_entries(self) -> Iterator[Entry]:
        """Keeps the declaration of a subscription that can't be seen now."""
        for name, why in self.unseen.items():
            before = self.declared[name]
            entry = Entry(
                name=name,
                id=before.subscription_id,
                offer=before.offer.name or before.offer.id,
                quantity=before.quantity,
                note=f"kept as it was: {why}",
            )
            commitments = replace(entry, term=before.term, billing=before.billing, renew=before.renew)
            yield self._with_preferences(commitments, before)

    def _with_preferences(self, entry: Entry, before: Desired) -> Entry:
        """The entry with what its declaration says beside its commitments. What a default says has no line."""
        transfer = self._effective.license_transfer or LicenseTransfer.PREFERRED
        return replace(
            entry,
            license_transfer=None if before.license_transfer is transfer else before.license_transfer,
            fewer_seats=self._stated(before.fewer_seats),
            change_term=before.change_term,
            allow_duplicate_offer=before.allow_duplicate_offer,
            labels=tuple(sorted(before.labels - {*self.details.labels})),
        )

    def _stated(self, wanted: FewerSeats | None) -> FewerSeats | None:
        """The permission, where no default grants it."""
        return None if wanted is (self._effective.fewer_seats or FewerSeats.REFUSE) else wanted

    @cached_property
    def _effective(self) -> Defaults:
        return self.details.defaults.or_else(self.defaults)

    def _notes(self, live: Live) -> Iterator[str]:
        if live.is_add_on:
            yield f"an add-on of {live.parent_subscription_id}"
        if live.partner_id and self.mpn_id and live.partner_id not in {self.mpn_id, *self.resellers}:
            yield "sold by another partner"
        if live.is_trial:
            yield "a trial"
        if not live.active:
            yield live.status
        if live.commitment and not live.is_trial:
            yield from _NOTED.get(live.commitment.renewal.outcome, ())

    def _left_out(self) -> Iterator[LeftOut]:
        kept = {live.id for _, live, _ in self.kept}
        for live in self._lives:
            if live.id not in kept:
                named = live.friendly_name or live.offer.name or live.offer.id
                why = self._why_not(live, known=False)
                yield LeftOut(what=f"{live.id} {named}, {live.quantity} seats", why=why)
        for item in self.listing.unreadable:
            if not (item.id and self._name(item.id) in self.declared):
                yield LeftOut(what=item.id or f"item {item.position}", why=f"it {item.why}")

    def _name(self, subscription_id: str) -> str | None:
        """The name of the subscription in state, else in the manifest."""
        bound = self.state.subscriptions.items() if self.state else ()
        remembered = next((name for name, entry in bound if entry.id == subscription_id), None)
        declared = (name for name, entry in self.declared.items() if entry.subscription_id == subscription_id)
        return remembered or next(declared, None)

    def _why_not(self, live: Live, *, known: bool) -> str:
        """Returns the reason why a subscription can't be declared; empty where it can."""
        bound = self.state.subscriptions.items() if self.state else ()
        owner = next((name for name, entry in bound if live.id in entry.previous_ids), None)
        if owner:
            return f"{self.customer.name}/{owner} was upgraded from it; it is {live.status}"
        if not 1 <= live.quantity <= MAXIMUM_QUANTITY:
            return "its number of seats can't be written in a manifest"
        if not is_offer_id(live.offer.id):
            return f"its offer {live.offer.id} is of no kind that a manifest can name"
        if not_writable := destination(live).not_writable:
            return not_writable
        if known:
            return ""
        if address := self.perhaps_bought.get(live.id):
            return f"a request for {address} bought it or may have: the next apply settles that"
        if not live.active:
            return f"it is {live.status}"
        ends = live.is_trial and live.platform is Platform.TRADITIONAL
        return "it is a trial, which ends by itself" if ends else ""


_NOTED: Mapping[str, tuple[str, ...]] = {
    EndOfTerm.LAPSES: ("auto-renew is off and nothing is scheduled",),
    EndOfTerm.EXTENDED_TERM: ("goes on in the extended service term",),
    EndOfTerm.UNCLEAR: ("what becomes of it when its term ends is unclear",),
}
"""The outcomes at the end of a term that no line leads to: they stand in the comment."""
