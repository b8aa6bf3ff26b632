"""Customers and what was sold to them: plain mutable data. Ids are lower case inside, times UTC."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

LONG_AGO = datetime(2019, 3, 4, 9, 30, 15, 120_000, tzinfo=UTC)
"""Time of purchases, unless a world says otherwise."""

_TERM_DAYS = {"P1M": 30, "P3Y": 3 * 365}


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def derived_id(*parts: object) -> str:
    """A GUID that looks random and is the same for the same parts, on every machine."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def is_guid(text: str) -> bool:
    """Returns whether this is a GUID as the service writes them, in any casing."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE) is not None


@dataclass(kw_only=True, slots=True)
class User:
    """A user of the customer whose licence does not move with an upgrade. Made-up people only."""

    object_id: str
    name: str = ""
    email: str = ""


@dataclass(kw_only=True, slots=True)
class Upcoming:
    """A change that was accepted and does not show yet."""

    due: datetime
    quantity: int | None = None
    status: str | None = None
    offer: str | None = None


@dataclass(kw_only=True, slots=True)
class Addition:
    """Seats of new commerce that were bought after the subscription itself."""

    at: datetime
    quantity: int


@dataclass(kw_only=True, slots=True)
class Transition:
    """A move of new-commerce seats to another item, from when it was accepted until it is `due` to be done."""

    operation: str
    kind: str
    source_offer: str
    offer: str
    quantity: int
    target: str
    at: datetime
    due: datetime
    failed: bool = False


@dataclass(kw_only=True, slots=True)
class Sold:
    """One subscription of a customer.

    `withheld` are upgrade targets that the service does not list for it, `refusal` is a general reason (code 0) why it
    can't be upgraded, `stuck_users` are those whose licences an upgrade leaves behind. Until `provisioned_from` its
    order is still being processed; before `visible_from`, and for `hidden_reads` more reads, it is not shown. `extra`
    are members of its document that nobody documents; a PATCH without them loses them.

    Of new commerce only: `additions`, `next_term` (the instructions for its renewal, as the service writes them),
    `transitions` (the moves that began here), and `term_start` where its term did not begin with its purchase.
    """

    offer: str
    quantity: int = 1
    id: str = ""
    name: str = ""
    offer_name: str = ""
    status: str = "active"
    version: int = 1
    parent: str | None = None
    partner_id: str | None = None
    billing_cycle: str = "monthly"
    auto_renew: bool = True
    order: str = ""
    created: datetime = LONG_AGO
    term: str = "P1Y"
    suspension_reasons: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    refusal: str = ""
    stuck_users: list[User] = field(default_factory=list)
    provisioned_from: datetime | None = None
    visible_from: datetime | None = None
    hidden_reads: int = 0
    upcoming: Upcoming | None = None
    additions: list[Addition] = field(default_factory=list)
    next_term: dict[str, Any] | None = None
    transitions: list[Transition] = field(default_factory=list)
    term_start: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = self.id.lower()
        self.parent = self.parent.lower() if self.parent else None
        self.withheld = [item.upper() for item in self.withheld]

    @property
    def new_commerce(self) -> bool:
        """True of new commerce: the offer id has three parts."""
        return ":" in self.offer

    @property
    def started(self) -> datetime:
        """Start of its term."""
        return self.term_start or self.created

    @property
    def commitment_end(self) -> datetime:
        """The end of its term: midnight, UTC."""
        start = self.started.replace(hour=0, minute=0, second=0, microsecond=0)
        return start + timedelta(days=_TERM_DAYS.get(self.term, 365))

    def provisioned(self, now: datetime) -> bool:
        """Returns whether its order has been processed."""
        return self.provisioned_from is None or self.provisioned_from <= now

    def shown(self, now: datetime) -> bool:
        """Returns whether reads show it."""
        return self.hidden_reads <= 0 and (self.visible_from is None or self.visible_from <= now)

    def settle(self, now: datetime) -> None:
        """Lets an accepted change show once it is due."""
        if self.upcoming is None or self.upcoming.due > now:
            return
        self.quantity = self.upcoming.quantity or self.quantity
        if self.upcoming.offer:
            self.offer, self.offer_name = self.upcoming.offer, ""
        self.status = self.upcoming.status or self.status
        self.upcoming = None
        self.version += 1


@dataclass(kw_only=True, slots=True)
class Tenant:
    """One customer.

    `delegated_admin` is the old delegated administration (DAP). `gdap_roles` are the directory roles granted instead
    of it; None where granular delegation is not in use. `relationship` other than "reseller" closes the subscriptions.
    """

    name: str
    tenant: str = ""
    display_name: str = ""
    country: str = "US"
    relationship: str = "reseller"
    delegated_admin: bool = True
    gdap_roles: list[str] | None = None
    subscriptions: list[Sold] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tenant = (self.tenant or derived_id("tenant", self.name)).lower()
        self.display_name = self.display_name or self.name
        for index, sold in enumerate(self.subscriptions):
            sold.id = sold.id or derived_id("subscription", self.tenant, index, sold.offer)
            sold.order = sold.order or derived_id("order", sold.id)

    @property
    def china(self) -> bool:
        """True where the cloud operated by 21Vianet serves it."""
        return self.country == "CN"

    def settle(self, now: datetime) -> None:
        """Lets accepted changes show once they are due."""
        for sold in self.subscriptions:
            sold.settle(now)

    def put(self, sold: Sold) -> None:
        """Sets a subscription in the place of the one with its id, or adds it."""
        ids = [item.id for item in self.subscriptions]
        place = ids.index(sold.id) if sold.id in ids else len(ids)
        self.subscriptions[place : place + 1] = [sold]

    def find(self, subscription_id: str) -> Sold | None:
        """The subscription of this id, in any casing."""
        return next((sold for sold in self.subscriptions if sold.id == subscription_id.lower()), None)
