"""Changes that would be made, and items that are blocked."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Self

from reconciler.model.address import Address
from reconciler.model.cost import Cost, NoPrice
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.offer import same_name
from reconciler.model.place import Place
from reconciler.model.reason import Reason
from reconciler.model.renewal import SCHEDULED, AtRenewal, EndOfTerm
from reconciler.model.request import Request
from reconciler.model.subscription import Live, Status, terms_of
from reconciler.model.term import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One attribute that differs. `path` is dotted: `offer_id`, `quantity`, `status`."""

    path: str
    before: str | int | bool | None
    after: str | int | bool | None

    @property
    def declarable(self) -> bool:
        """Returns True if an entry of a manifest can ask for it: none asks for a status, for who sold it, or for a term
        that lapses.
        """
        if self.path.startswith("renewal."):
            return self.after not in {None, EndOfTerm.LAPSES, EndOfTerm.UNCLEAR}
        return self.path not in {"status", "partner_id"}

    @property
    def lapses(self) -> bool:
        """Returns True if the term lapses by it: auto-renew was switched off, and no end is scheduled."""
        return self.path == "renewal.outcome" and self.after == EndOfTerm.LAPSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A subscription as planning saw it; what apply finds must be the same, its etag apart.

    `partner_id` is who sold it: empty where the service names nobody, None where an older version wrote this. `term`,
    `billing`, `term_ends` and `renewal` are None where they are unknown.
    """

    offer_id: str
    offer_name: str
    quantity: int
    status: str
    etag: str | None
    partner_id: str | None = None
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None

    @classmethod
    def of(cls, live: Live) -> Self:
        """Returns what of a live subscription a change depends on."""
        return cls(
            offer_id=live.offer.id,
            offer_name=live.offer.name,
            quantity=live.quantity,
            status=live.status,
            etag=live.etag,
            partner_id=live.partner_id or "",
            **terms_of(live),
        )

    @property
    def values(self) -> tuple[object, ...]:
        """Returns what a change depends on, the version of the subscription and names of offers apart."""
        terms = (self.term, self.billing, self.term_ends, self.renewal)
        return (self.offer_id, self.quantity, self.status, *terms)

    @property
    def absent(self) -> bool:
        """Returns whether there was no subscription yet."""
        return self.status == Status.ABSENT

    @property
    def new_commerce(self) -> bool:
        """Returns whether the subscription has a commitment. No etag guards its PATCHes."""
        return self.renewal is not None

    @property
    def platform(self) -> Platform:
        """Returns the platform: only subscriptions of these two are changed. NONE of what was still to be bought."""
        if self.absent:
            return Platform.NONE
        return Platform.NEW_COMMERCE if self.new_commerce else Platform.TRADITIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """A subscription as the manifest wants it.

    `offer_name` is the service's name of the offer; ours where the service's is not known. `catalogue_name` is what
    `offers.yaml` calls it, empty where it has no name there. `term`, `billing`, `term_ends` and `renewal` are None
    where they are not managed.
    """

    offer_id: str
    offer_name: str
    quantity: int
    catalogue_name: str = ""
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None

    @classmethod
    def of(cls, desired: Desired, service_name: str = "") -> Self:
        """Returns what of a manifest's entry a change brings about, by the service's name where it is known."""
        offer = desired.offer
        return cls(
            offer_id=offer.id,
            offer_name=service_name.strip() or offer.name,
            quantity=desired.quantity,
            catalogue_name="" if offer.name == offer.id else offer.name,
            term=desired.term,
            billing=desired.billing,
        )

    @property
    def other_name(self) -> str:
        """The catalogue's name where it is another than `offer_name`, letter case and blanks apart; else empty."""
        return "" if same_name(self.catalogue_name, self.offer_name) else self.catalogue_name


_NO_ATTRIBUTES = {"offer_name", "catalogue_name", "term_ends", "renewal"}
ATTRIBUTES = tuple(member.name for member in fields(After) if member.name not in _NO_ATTRIBUTES)
"""The members of `After` that changes can make otherwise; `Before` has each of them."""


def attributes(values: Before | After) -> dict[str, str | int | None]:
    """Returns what changes can make otherwise, by the paths of differences: `ATTRIBUTES`, and of what happens when the
    term ends `renewal.outcome` and its like, where that is known.
    """
    present = {name: getattr(values, name) for name in ATTRIBUTES}
    return present | (values.renewal.values if values.renewal else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The binding of the address in state when the change was planned.

    `lineage` is None where state had nothing of this customer yet; `last_request_id` is that of the address's latest
    result. Any difference at apply time means that somebody applied in between.
    """

    lineage: str | None
    id: str
    last_request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Something to know before approving a change; it blocks nothing."""

    code: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that apply would do: one item of an address, which may have several of different actions.

    `before` of a later item is what the earlier ones leave, None where there is no subscription yet. `request` is what
    the service is asked for. `cost` is None without price sheets, and where they have no price: `no_price` says why.
    """

    address: Address
    customer: Customer
    subscription_id: str
    action: str
    before: Before | None
    after: After
    differences: tuple[Difference, ...]
    request: Request
    binding: Binding
    warnings: tuple[Caution, ...] = ()
    source: Place
    cost: Cost | None = None
    no_price: NoPrice | None = None

    @property
    def item(self) -> tuple[Address, str]:
        """Returns what tells it from every other change of a plan."""
        return self.address, self.action

    def costing(self, cost: Cost | NoPrice) -> "Change":
        """Returns the change with what it costs, or with why it has no price."""
        if isinstance(cost, NoPrice):
            return replace(self, cost=None, no_price=cost)
        return replace(self, cost=cost, no_price=None)

    @property
    def seats(self) -> int:
        """Seats added; negative where they are removed."""
        return self.after.quantity - (self.before.quantity if self.before else 0)

    @property
    def moves_offer(self) -> bool:
        """Returns True if a subscription that is there has another offer afterwards."""
        return self.before is not None and self.before.offer_id != self.after.offer_id

    @property
    def deletes_schedule(self) -> bool:
        """Returns True if it takes effect at once, and so deletes what is scheduled for the end of the term."""
        then = self.before.renewal if self.before else None
        return then is not None and then.outcome in SCHEDULED and self.request.at_end is None

    @property
    def seats_upgraded(self) -> int:
        """Seats bought under another offer, those that are added included."""
        return self.after.quantity if self.moves_offer else 0

    @property
    def seats_removed_at_renewal(self) -> int:
        """The seats that the next term has fewer by it; none where the subscription ends with its term."""
        following = self.request.next_term
        return max(self.before.quantity - following.quantity, 0) if self.before and following else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """An address whose desired state can't be reached now. `before` is None where nothing live could be read, or there
    is no subscription yet.

    `recorded`: an apply has recorded what the address means.
    """

    address: Address
    customer: Customer
    subscription_id: str
    before: Before | None
    after: After
    source: Place
    reasons: tuple[Reason, ...]
    recorded: bool = True

    @property
    def unread(self) -> bool:
        """Returns True if it is blocked for nothing but a question that the service did not answer."""
        return all(reason.code == "customer_unreadable" for reason in self.reasons)
