"""Terms and billing cycles of new-commerce subscriptions, as manifests and documents spell them."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm


class Platform(StrEnum):
    """The commerce platform that a subscription was sold on. OTHER is modern, but not license-based new commerce:
    Azure, software, reservations, marketplace. NONE: there is no subscription yet.
    """

    TRADITIONAL = "traditional"
    NEW_COMMERCE = "new_commerce"
    OTHER = "other"
    NONE = "none"


class Term(StrEnum):
    """The length of the commitment. The service may send others: `Commitment.term` is text."""

    MONTHLY = "monthly"
    ANNUAL = "annual"
    TRIENNIAL = "triennial"

    @property
    def months(self) -> int:
        """Returns the length of the term in months."""
        return _MONTHS[self]


class Billing(StrEnum):
    """The time between two charges. `annual` on an annual term is billing up front. The service may send others:
    `Live.billing` is text.
    """

    MONTHLY = "monthly"
    ANNUAL = "annual"
    TRIENNIAL = "triennial"

    @property
    def months(self) -> int:
        """Returns the time between two charges in months."""
        return _MONTHS[self]

    @property
    def period(self) -> str:
        """Returns what a charge is for, after an amount."""
        return _PERIODS[self]


_MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
_PERIODS = {"monthly": "a month", "annual": "a year", "triennial": "for three years"}
_BILLED = {"monthly": "billed monthly", "annual": "billed annually", "triennial": "billed every three years"}


def billed(billing: str) -> str:
    """`billed annually`; `not billed` of a trial, whose billing cycle is `none`. Others are in the service's word."""
    return _BILLED.get(billing, "not billed" if billing == "none" else f"billed {billing}")


def months_later(day: date, months: int) -> date:
    """Returns the same day so many months later, or the last day of that month; earlier where months are negative."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


class FewerSeats(StrEnum):
    """The manifest's permission to remove seats, and the time (contract, section 8.1)."""

    REFUSE = "refuse"
    AT_RENEWAL = "at_renewal"
    NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPermission:
    """A one-off permission to remove seats, down to exactly `to`: it is used up once that many are live.

    `until` is the last day (UTC) on which the removal may be asked for; None: any day.
    """

    to: int
    when: FewerSeats = FewerSeats.NOW
    until: date | None = None

    def __str__(self) -> str:
        """As a manifest has it."""
        when = "" if self.when is FewerSeats.NOW else f", when: {self.when}"
        return f"{{to: {self.to}{when}{f', until: {self.until}' if self.until else ''}}}"


class ChangeTerm(StrEnum):
    """The time at which another term or billing takes effect. NOW begins a new commitment."""

    AT_RENEWAL = "at_renewal"
    NOW = "now"


class Renew(StrEnum):
    """The outcome that the manifest asks for when the term ends. END is a cancellation at the end of the term."""

    AUTO = "auto"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundableSeats:
    """Seats of one purchase, addition or renewal that can still be given back, and until when
    (subscription-resources, `refundableQuantity`).
    """

    quantity: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """The commitment of a new-commerce subscription, and the outcome at the end of its term.

    `ends_at` is the last moment of the term, UTC; None where the service does not state it. `renewal` is the outcome at
    the end of the term as far as all of the service's members tell; `next_term` what is scheduled for the next term,
    None where nothing is; `form` how that is stated at the service. `refundable` is empty where no seat can be given
    back. `custom_end` is a coterminous end that was agreed for this term.
    """

    term: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    auto_renew: bool | None = None
    renewal: AtRenewal
    next_term: NextTerm | None = None
    form: ScheduleForm = ScheduleForm.NONE
    refundable: tuple[RefundableSeats, ...] = ()
    cancellable_until: datetime | None = None
    promotion_id: str = ""
    custom_end: datetime | None = None
    migrated_from: str | None = None

    @property
    def begins_on(self) -> date | None:
        """The first day of the term, UTC: as stated, else counted back from its end. None without an end."""
        if self.ends_at is None:
            return None
        if self.starts_at:
            return self.starts_at.astimezone(UTC).date()
        if self.term not in set(Term):
            return None
        return months_later(self.ends_at.astimezone(UTC).date() + timedelta(days=1), -Term(self.term).months)

    def refundable_at(self, now: datetime) -> int:
        """Returns how many seats can be given back at a time."""
        return sum(seats.quantity for seats in self.refundable if seats.until > now)

    def refundable_until(self, quantity: int, now: datetime) -> datetime | None:
        """Returns until when so many seats can be given back; None where they can't any more."""
        left = 0
        for seats in sorted(self.refundable, key=lambda seats: seats.until, reverse=True):
            left += seats.quantity
            if left >= quantity:
                return seats.until if seats.until > now else None
        return None
