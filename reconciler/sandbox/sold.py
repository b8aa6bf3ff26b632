"""One subscription of a customer, of either platform: plain mutable data. Ids are lower case inside, times UTC."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from reconciler.sandbox.calendar import CYCLE_MONTHS, DAY, MONTHS, TRIAL_DAYS, last_day, midnight, months_later

LONG_AGO = datetime(2019, 3, 4, 9, 30, 15, 120_000, tzinfo=UTC)
"""Time of purchases, unless a world says otherwise."""

WINDOW = timedelta(hours=168)
"""Time after a purchase, an addition or a completed renewal in which new commerce gives seats back."""

_TRADITIONAL_DAYS = {"P1M": 30, "P3Y": 3 * 365}
LICENSED = "OnlineServicesNCE"
"""Product type of licences of new commerce; other platforms have their own."""


@dataclass(kw_only=True, slots=True)
class User:
    """A user of the customer whose licence does not move with an upgrade. Made-up people only."""

    object_id: str
    name: str = ""
    email: str = ""


@dataclass(kw_only=True, slots=True)
class Upcoming:
    """A change that was accepted and is carried out when it is due. `begins_term`: it starts a new term then.

    `ends_windows`: no seat can be given back afterwards.
    """

    due: datetime
    quantity: int | None = None
    status: str | None = None
    offer: str | None = None
    term: str | None = None
    billing_cycle: str | None = None
    begins_term: bool = False
    ends_windows: bool = False
    promotion: str = ""


@dataclass(kw_only=True, slots=True)
class Batch:
    """Seats of new commerce that were bought by one operation, and until when they can be given back."""

    quantity: int
    until: datetime


@dataclass(kw_only=True, slots=True)
class Transition:
    """A move of new-commerce seats to another item, from when it was accepted until it is `due` to be done.

    `licensed` is when the users' licences have moved, or have failed to.
    """

    operation: str
    kind: str
    source_offer: str
    offer: str
    quantity: int
    target: str
    at: datetime
    due: datetime
    licensed: datetime | None = None
    failed: bool = False
    licenses_failed: bool = False
    promotion: str = ""


@dataclass(kw_only=True, slots=True)
class Sold:
    """One subscription of a customer.

    `withheld` are upgrade targets that the service does not list for it, `refusal` is a general reason (code 0) why it
    can't be upgraded, `stuck_users` are those whose licences an upgrade leaves behind. Until `provisioned_from` its
    order is still being processed; before `visible_from`, and for `hidden_reads` more reads, it is not shown. `extra`
    are members of its document that nobody documents; a PATCH without them loses them.

    Of new commerce only
        `platform`: another product type than licences (Azure, Software). `trial`: of 30 days. `term_start`: where its
        term did not begin with its purchase. `custom_end`: the last day of the term, where it was aligned with others.
        `window_from`: when the purchase or the latest renewal was completed. `batches`: seats that may be given back
        (None: as bought). `next_term`, `actions`: what is arranged for the end of the term, by its older and by its
        newer member, and `next_charge` for the charge at `next_charge_at`, all as the service writes them. `extended`:
        it is in the extended service term. `lapse`: what becomes of it when its term ends without renewal (empty: as
        the date says). `status_since`: when it expired or was disabled. `promotion`, `migrated_from`: ids. `updates`:
        how often it was changed. `held_until`: a pending operation keeps changes out. `transitions`: moves that began
        here. `hidden_change`: what reads show until the change that was accepted becomes visible.
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
    extra: dict[str, Any] = field(default_factory=dict)
    platform: str = ""
    trial: bool = False
    term_start: datetime | None = None
    custom_end: datetime | None = None
    window_from: datetime | None = None
    batches: list[Batch] | None = None
    next_term: dict[str, Any] | None = None
    actions: list[dict[str, Any]] | None = None
    next_charge: dict[str, Any] | None = None
    next_charge_at: datetime | None = None
    extended: bool = False
    lapse: Literal["", "extended", "expired"] = ""
    status_since: datetime | None = None
    promotion: str = ""
    migrated_from: str = ""
    updates: int = 0
    held_until: datetime | None = None
    transitions: list[Transition] = field(default_factory=list)
    hidden_change: "HiddenChange | None" = None

    def __post_init__(self) -> None:
        self.id = self.id.lower()
        self.parent = self.parent.lower() if self.parent else None
        self.withheld = [item.upper() for item in self.withheld]

    @property
    def new_commerce(self) -> bool:
        """True of new commerce: the offer id has three parts."""
        return ":" in self.offer

    @property
    def product_type(self) -> str:
        """Product type of new commerce: licences, Azure, software."""
        return self.platform or LICENSED

    @property
    def licensed(self) -> bool:
        """True of licences of new commerce."""
        return self.new_commerce and self.product_type == LICENSED

    @property
    def product_sku(self) -> str:
        """Product and SKU of new commerce, which stay while availabilities change."""
        return self.offer.upper().rpartition(":")[0]

    @property
    def started(self) -> datetime:
        """Start of its term."""
        return self.term_start or self.created

    @property
    def commitment_end(self) -> datetime:
        """The end of its term, at midnight: an inclusive day in new commerce, an exclusive one elsewhere."""
        if not self.new_commerce:
            return midnight(self.started) + timedelta(days=_TRADITIONAL_DAYS.get(self.term, 365))
        if self.trial:
            return midnight(self.started) + (TRIAL_DAYS - 1) * DAY
        return self.custom_end or last_day(self.started, MONTHS.get(self.term, 12))

    @property
    def cancellable_until(self) -> datetime:
        """Until when the whole subscription can be given back."""
        return (self.window_from or self.created) + WINDOW

    def next_charge_after(self, moment: datetime) -> datetime:
        """Returns the beginning of the first charge cycle after a moment."""
        months, start = CYCLE_MONTHS.get(self.billing_cycle, 1), midnight(self.started)
        passed = (moment.year - start.year) * 12 + moment.month - start.month
        count = max(0, passed // months - 1)
        while months_later(start, count * months) <= moment:
            count += 1
        return min(months_later(start, count * months), self.commitment_end + DAY)

    def provisioned(self, now: datetime) -> bool:
        """Returns whether its order has been processed."""
        return self.provisioned_from is None or self.provisioned_from <= now

    def shown(self, now: datetime) -> bool:
        """Returns whether reads show it."""
        return self.hidden_reads <= 0 and (self.visible_from is None or self.visible_from <= now)

    def settle(self, now: datetime) -> None:
        """Carries out an accepted change once it is due."""
        change = self.upcoming
        if change is None or change.due > now:
            return
        self.quantity = change.quantity or self.quantity
        if change.offer:
            self.offer, self.offer_name, self.promotion = change.offer, "", change.promotion
            self.trial = self.extended = False
        self.status = change.status or self.status
        self.term = change.term or self.term
        self.billing_cycle = change.billing_cycle or self.billing_cycle
        if change.begins_term:
            self.term_start, self.custom_end = change.due, None
        if change.ends_windows:
            self.batches = []
        self.upcoming = None
        self.version += 1


@dataclass(kw_only=True, slots=True)
class HiddenChange:
    """A change that was made and does not show before it is due: until then reads show what `was`."""

    due: datetime
    was: Sold
