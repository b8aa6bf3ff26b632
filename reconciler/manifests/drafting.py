"""Drafts a manifest of live subscriptions that changes nothing: which can be declared, and under which names."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.advice import sentence
from reconciler.manifests.catalogue import is_offer_id
from reconciler.manifests.destination import destination
from reconciler.manifests.details import Details
from reconciler.manifests.naming import is_misspelt, subscription_name, unique_name
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


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One customer on the way to its document: its subscriptions, its declared entries, and its state.

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
                    name = unique_name(subscription_name(live, self.offers), taken)
                    taken.add(name)
                found.append((name, live))
        return tuple(found)

    @property
    def misspelt(self) -> frozenset[str]:
        """The new names of subscriptions whose own names can't be spelt in them."""
        return frozenset(name for name, live in self.new if is_misspelt(live.friendly_name))

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
        called = (sentence("called_by_service", name=live.offer.name),) if live.offer.id in misnamed else ()
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

    def is_open(self, name: str) -> bool:
        """Returns whether a change of a declared name was sent, and nobody knows yet what it has done."""
        return name in map(self.moves.last, self.unfinished)

    def not_compared(self, name: str) -> str:
        """Returns why a declared entry is not compared with what is live; "" where it can be."""
        if self.is_open(name):
            return sentence("not_final")
        bound = self.bound.get(name)
        if bound and self.declared[name].subscription_id not in bound.chain:
            return sentence("bound_to_another")
        if bound and not bound.visible:
            return sentence("bought_and_not_shown")
        if order_key(self.meant(name)) is not None:
            return sentence("not_bought_yet")
        unreadable = self.listing.perhaps(self.meant(name))
        return str(unreadable) if unreadable else ""

    def _notes(self, live: Live) -> Iterator[str]:
        if live.is_add_on:
            yield sentence("add_on_of", parent=live.parent_subscription_id)
        if live.partner_id and self.mpn_id and live.partner_id not in {self.mpn_id, *self.resellers}:
            yield sentence("sold_elsewhere")
        if live.is_trial:
            yield sentence("is_trial")
        if not live.active:
            yield live.status
        if live.named_extended:
            yield sentence("extended_until_renewed")
        elif live.commitment and not live.is_trial:
            code = _NOTED.get(live.commitment.renewal.outcome)
            yield from (sentence(code),) if code else ()

    @cached_property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The subscriptions that nothing declares and that can't be declared, or that can't be understood."""
        lives = ((live, self._why_not(live)) for live in self._undeclared)
        known = {self.meant(name) for name in self.declared}
        unread = (item for item in self.listing.unreadable if item.id not in known)
        return (
            *(self._unfit(live, why) for live, why in lives if why),
            *(
                LeftOut(
                    id=item.id or "",
                    what=item.id or f"item {item.position}",
                    why=sentence("item_not_understood", why=item.why),
                )
                for item in unread
            ),
        )

    def _unfit(self, live: Live, why: "_Cause") -> LeftOut:
        adopts = self._perhaps_upgraded(live) if why.code == "perhaps_upgraded_to" else None
        return LeftOut(id=live.id, what=_described(live), why=why.text, adopts=adopts)

    def _perhaps_upgraded(self, live: Live) -> Address | None:
        """The declared address whose subscription is over, or gone, where this one has its offer, or the offer that it
        had: under a name of its own it could not be adopted any more. So too of one that is out of use, where this one
        looks like what it was upgraded to.
        """
        tracked = any(live.id in bound.chain for bound in self._remembered.values())
        for name, desired in self.declared.items():
            before, bound = self.listing.find(self.meant(name)), self.bound.get(name)
            if (before is None or before.over) and not self.not_compared(name):
                had = before.offer.id if before else bound.offer_id if bound else desired.offer.id
                if live.offer.id in {desired.offer.id, had}:
                    return desired.address
            replaced = before is not None and before.may_have_become(live) and before.resembles(live)
            if replaced and not tracked and not self.not_compared(name):
                return desired.address
        return None

    @property
    def _removed(self) -> frozenset[str]:
        """The subscriptions that the manifests remove: of names that state has still, and that it tracks no more."""
        tracked = (bound.id for name, bound in self._remembered.items() if name in self.moves.removed)
        return frozenset(tracked) | (self.state.let_go(self.moves) if self.state else frozenset())

    def _why_not(self, live: Live) -> "_Cause | None":
        """Returns the cause for which a subscription can't be declared; None where it can."""
        for name, bound in self._remembered.items():
            if live.id in bound.previous_ids:
                return _Cause("upgraded_from", address=f"{self.customer.name}/{name}", status=live.status)
        if live.id in self._removed:
            return _Cause("removed_by_manifest")
        if not 1 <= live.quantity <= MAXIMUM_QUANTITY:
            return _Cause("seats_not_writable")
        if not is_offer_id(live.offer.id):
            return _Cause("offer_not_writable", offer=live.offer.id)
        if not_writable := destination(live).not_writable:
            return _Cause("next_term_not_writable", why=not_writable)
        if address := self.perhaps_bought.get(live.id):
            return _Cause("perhaps_bought_by_request", address=address)
        if address := self._perhaps_upgraded(live):
            return _Cause("perhaps_upgraded_to", address=address)
        if not live.active:
            return _Cause("not_in_use", status=live.status)
        ends = live.is_trial and live.platform is Platform.TRADITIONAL
        return _Cause("trial_ends_by_itself") if ends else None


class _Cause:
    """A cause for which a subscription can't be declared: its code in the table of advice, and its data."""

    def __init__(self, code: str, **data: object) -> None:
        self.code, self.text = code, sentence(code, **data)


def _described(live: Live) -> str:
    return f"{live.id} {live.friendly_name or live.offer.name or live.offer.id}, {live.quantity} seats"


_NOTED: Mapping[str, str] = {
    EndOfTerm.LAPSES: "ends_without_schedule",
    EndOfTerm.EXTENDED_TERM: "goes_on_extended",
    EndOfTerm.UNCLEAR: "end_is_unclear",
}
"""The outcomes at the end of a term that no line leads to, with the codes of what the comment says of them."""
