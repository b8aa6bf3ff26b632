"""Drafts a manifest of live subscriptions that changes nothing: which can be declared, and under which names."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.manifests.catalogue import is_offer_id
from reconciler.manifests.destination import destination
from reconciler.manifests.details import Details
from reconciler.manifests.naming import subscription_name, unique
from reconciler.manifests.writing import Entry, LeftOut, Sheet
from reconciler.model.address import DEVICES, Address
from reconciler.model.binding import Bound
from reconciler.model.customer import Customer
from reconciler.model.desired import MAXIMUM_QUANTITY, Desired
from reconciler.model.moves import Moves
from reconciler.model.order import order_key
from reconciler.model.renewal import EndOfTerm
from reconciler.model.settings import Defaults
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.term import Platform

NOT_FINAL = "a change of it was sent and is not final"
"""The reason that an entry is not compared while nobody knows what its change has done."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One customer on the way to its document: what it has, what is declared of it already, and what is remembered.

    New names are given in the order of the ids. `mpn_id` is the reseller's own partner id, `resellers` are those it
    sells through. `details` are those that the customer's document has, `defaults` the estate's own, `moves` what the
    estate moves and removes.
    `perhaps_bought` are the subscriptions, by id, that a request for an address made or may have made: only the
    address may have them. `unfinished` are the names of which a change was sent and may still show. `offers` are the
    names of offers: a subscription that is called as its offer is named by the offer's family.
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
    moves: Moves = field(default_factory=Moves)
    perhaps_bought: Mapping[str, Address] = field(default_factory=dict)
    unfinished: AbstractSet[str] = frozenset()
    offers: AbstractSet[str] = frozenset()

    @cached_property
    def _lives(self) -> tuple[Live, ...]:
        return tuple(sorted(self.listing.lives, key=lambda live: live.id))

    @cached_property
    def bound(self) -> Mapping[str, Bound]:
        """The binding of each declared name in state: by the id, under it, or under a name that is moved to it."""
        of_names = {self.moves.last(name): bound for name, bound in self._remembered.items()}
        of_ids = {known: bound for bound in self._remembered.values() for known in bound.chain}
        return {
            name: bound
            for name, desired in self.declared.items()
            if (bound := of_ids.get(desired.subscription_id) or of_names.get(name))
        }

    @property
    def _remembered(self) -> Mapping[str, Bound]:
        return self.state.subscriptions if self.state else {}

    def address(self, name: str) -> Address:
        """The address of a name of the customer."""
        return Address(f"{self.customer.name}/{name}")

    def meant(self, name: str) -> str:
        """The id of the subscription that a declared name means now."""
        bound, desired = self.bound.get(name), self.declared[name]
        return bound.id if bound and desired.subscription_id in bound.chain else desired.subscription_id

    @cached_property
    def new(self) -> tuple[tuple[str, Live], ...]:
        """The subscriptions that nothing declares and that can be declared, each with its name."""
        taken = {*self.declared, *self._remembered, *self.moves.moved, *self.moves.removed, *DEVICES}
        found: list[tuple[str, Live]] = []
        for live in self._undeclared:
            if not self._why_not(live):
                name = next((name for name, bound in self._remembered.items() if bound.id == live.id), None)
                if name is None:
                    name = unique(subscription_name(live, self.offers), taken)
                    taken.add(name)
                found.append((name, live))
        return tuple(found)

    @cached_property
    def _undeclared(self) -> tuple[Live, ...]:
        """The subscriptions that no entry means, whichever id of theirs it names."""
        chains = (bound.chain for bound in self.bound.values())
        known = {desired.subscription_id for desired in self.declared.values()}.union(*chains)
        return tuple(live for live in self._lives if live.id not in known)

    def sheet(self, offers: Mapping[str, str], schema: str, misnamed: AbstractSet[str] = frozenset()) -> Sheet:
        """The file of a customer that has none, with its offers by these names, by their ids."""
        return Sheet(
            customer=self.customer,
            display_name=self.display_name,
            entries=self.entries(offers, misnamed),
            left_out=self.left_out,
            schema=schema,
        )

    def entries(self, offers: Mapping[str, str], misnamed: AbstractSet[str] = frozenset()) -> tuple[Entry, ...]:
        """The entries of what is new. They say what the service calls a `misnamed` offer."""
        return tuple(self._entry(name, live, offers, misnamed) for name, live in self.new)

    def _entry(self, name: str, live: Live, offers: Mapping[str, str], misnamed: AbstractSet[str]) -> Entry:
        called = (f"the service calls its offer {live.offer.name}",) if live.offer.id in misnamed else ()
        found = destination(live)
        granted = self.details.defaults.or_else(self.defaults).fewer_seats
        return Entry(
            name=name,
            id=live.id,
            offer=offers[live.offer.id],
            quantity=found.quantity,
            fewer_seats=None if found.fewer_seats is granted else found.fewer_seats,
            term=found.term,
            billing=found.billing,
            renew=found.renew,
            note=", ".join((live.friendly_name or live.offer.name, *called, *self._notes(live))),
        )

    def not_compared(self, name: str) -> str:
        """Returns why a declared entry is not compared with what is live; "" where it can be."""
        if name in map(self.moves.last, self.unfinished):
            return NOT_FINAL
        bound = self.bound.get(name)
        if bound and self.declared[name].subscription_id not in bound.chain:
            return "state has another subscription under this address"
        if bound and not bound.visible:
            return "it was bought and does not show yet"
        if order_key(self.meant(name)) is not None:
            return "nothing is bought for it yet"
        unreadable = self.listing.perhaps(self.meant(name))
        return str(unreadable) if unreadable else ""

    def _notes(self, live: Live) -> Iterator[str]:
        if live.is_add_on:
            yield f"an add-on of {live.parent_subscription_id}"
        if live.partner_id and self.mpn_id and live.partner_id not in {self.mpn_id, *self.resellers}:
            yield "sold by another partner"
        if live.is_trial:
            yield "a trial"
        if not live.active:
            yield live.status
        if live.named_extended:
            yield "in the extended service term: by the month, at a higher price, until it is renewed or ended"
        elif live.commitment and not live.is_trial:
            yield from _NOTED.get(live.commitment.renewal.outcome, ())

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The subscriptions that nothing declares and that can't be declared, or that can't be understood."""
        lives = ((live, self._why_not(live)) for live in self._undeclared)
        known = {self.meant(name) for name in self.declared}
        unread = (item for item in self.listing.unreadable if item.id not in known)
        return (
            *(self._unfit(live, why) for live, why in lives if why),
            *(
                LeftOut(id=item.id or "", what=item.id or f"item {item.position}", why=f"it {item.why}")
                for item in unread
            ),
        )

    def _unfit(self, live: Live, why: str) -> LeftOut:
        address = self._perhaps_upgraded(live)
        adopts = address if address and why == _upgraded(address) else None
        return LeftOut(id=live.id, what=_described(live), why=why, adopts=adopts)

    def _perhaps_upgraded(self, live: Live) -> Address | None:
        """The declared address whose subscription is over, or gone, where this one has its offer, or the offer that it
        had: under a name of its own it could not be adopted any more.
        """
        for name, desired in self.declared.items():
            before, bound = self.listing.find(self.meant(name)), self.bound.get(name)
            if (before is None or before.over) and not self.not_compared(name):
                had = before.offer.id if before else bound.offer_id if bound else desired.offer.id
                if live.offer.id in {desired.offer.id, had}:
                    return desired.address
        return None

    @property
    def _removed(self) -> frozenset[str]:
        """The subscriptions that the manifests remove: of names that state has still, and that it tracks no more."""
        tracked = (bound.id for name, bound in self._remembered.items() if name in self.moves.removed)
        return frozenset(tracked) | (self.state.let_go(self.moves) if self.state else frozenset())

    def _why_not(self, live: Live) -> str:
        """Returns the reason why a subscription can't be declared; empty where it can."""
        for name, bound in self._remembered.items():
            if live.id in bound.previous_ids:
                return f"{self.customer.name}/{name} was upgraded from it; it is {live.status}"
        if live.id in self._removed:
            return "the manifest removes it"
        if not 1 <= live.quantity <= MAXIMUM_QUANTITY:
            return "its number of seats can't be written in a manifest"
        if not is_offer_id(live.offer.id):
            return f"its offer {live.offer.id} is of no kind that a manifest can name"
        if not_writable := destination(live).not_writable:
            return not_writable
        if address := self.perhaps_bought.get(live.id):
            return f"a request for {address} bought it or may have: the next apply settles that"
        if address := self._perhaps_upgraded(live):
            return _upgraded(address)
        if not live.active:
            return f"it is {live.status}"
        ends = live.is_trial and live.platform is Platform.TRADITIONAL
        return "it is a trial, which ends by itself" if ends else ""


def _upgraded(address: Address) -> str:
    return f"it may be what {address} was upgraded to"


def _described(live: Live) -> str:
    return f"{live.id} {live.friendly_name or live.offer.name or live.offer.id}, {live.quantity} seats"


_NOTED: Mapping[str, tuple[str, ...]] = {
    EndOfTerm.LAPSES: ("auto-renew is off and nothing is scheduled",),
    EndOfTerm.EXTENDED_TERM: ("goes on in the extended service term",),
    EndOfTerm.UNCLEAR: ("what becomes of it when its term ends is unclear",),
}
"""The outcomes at the end of a term that no line leads to: they stand in the comment."""
