"""Terms that end soon, and renewals that have just been: what becomes of each, and what a person must look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from reconciler.model.address import Address
from reconciler.model.alarm import SCHEDULE_UNREAD, SUBSCRIPTION_UNREADABLE, Alarm
from reconciler.model.cost import NoPrice
from reconciler.model.customer import Customer
from reconciler.model.drift import Unread
from reconciler.model.place import Place
from reconciler.model.remedy import Remedy
from reconciler.model.task import Task
from reconciler.model.term import Term
from reconciler.model.timeline import Month


class TermEvent(StrEnum):
    """The event at the end of a term. The last two are over: the term has ended within the last seven days.

    STOPS: it is suspended, and is disabled when its term ends, whatever auto-renew says (subscription-lifecycle).
    """

    RENEWS = "renews"
    RENEWS_CHANGED = "renews_changed"
    TURNS_PAID = "turns_paid"
    ENDS = "ends"
    STOPS = "stops"
    LAPSES = "lapses"
    EXTENDED_TERM = "extended_term"
    UNCLEAR = "unclear"
    RENEWED = "renewed"
    ENDED = "ended"

    @property
    def over(self) -> bool:
        """Returns True if it has happened."""
        return self in {TermEvent.RENEWED, TermEvent.ENDED}

    @property
    def renews(self) -> bool:
        """Returns True if another term follows."""
        return self in {TermEvent.RENEWS, TermEvent.RENEWS_CHANGED, TermEvent.TURNS_PAID}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermValues:
    """A subscription in one of its terms. `price` is that of a seat and month, as text; None where it is not known.
    `offer_id` is empty of the paid offer that a trial turns into, where the service does not say which that is.

    `price_estimate`: it is not from a sheet of the month in which the term begins; None where there is no price.
    `no_price` says why there is none, where the estate has sheets.
    """

    offer_id: str
    offer_name: str
    quantity: int
    term: str
    billing: str
    price: str | None = field(default=None, compare=False)
    price_estimate: bool | None = field(default=None, compare=False)
    no_price: NoPrice | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermFinding:
    """A reason to look at the end of a term before it comes, or while it can still be undone."""

    code: str
    description: str
    remedy: Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEnd:
    """The end of a subscription's term.

    `ends_on` is the last day of the term (UTC), that day included. `address` is None where no manifest declares the
    subscription and no state knows it; `source` is its entry in the manifests. `before` is None where the ended term is
    not known any more, `after` where none follows, or the service does not say which.

    `ends_after` is the last day of the next term where a common end date is scheduled, which makes it shorter.

    `change_until` is the last moment to arrange something else for the end of the term. `undo_until` is the last moment
    to give back seats of the new term, or to cancel it: seven days after it begins (new-commerce-cancellation-policy).
    """

    ends_on: date
    address: Address | None
    customer: Customer
    subscription_id: str
    event: TermEvent
    before: TermValues | None
    after: TermValues | None
    ends_after: date | None = None
    change_until: datetime | None = None
    undo_until: datetime | None = None
    source: Place | None = None
    findings: tuple[TermFinding, ...] = ()

    @property
    def declared(self) -> bool:
        """Returns True if a manifest declares the subscription."""
        return self.source is not None

    @property
    def routine(self) -> bool:
        """Returns True if it is the plain renewal of a monthly term: there are many, and nothing is to be done."""
        plain = self.event is TermEvent.RENEWS or (
            self.event is TermEvent.RENEWED and self.before in {None, self.after}
        )
        return plain and self.after is not None and self.after.term == Term.MONTHLY and not self.findings

    @property
    def to_price(self) -> tuple[TermValues, ...]:
        """The values that price sheets are asked about: not those of a term that a renewal has followed already."""
        sides = (self.after,) if self.event is TermEvent.RENEWED else (self.before, self.after)
        return tuple(values for values in sides if values)

    @property
    def subject(self) -> str:
        """The address, else the customer's name."""
        return self.address or self.customer.name

    @property
    def order(self) -> tuple[object, ...]:
        """Returns the key by which terms are sorted: by date."""
        return self.ends_on, self.subject, self.subscription_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """The list of renewals, sorted by date when made.

    `terms` end within `within_days` days, or have ended in the last seven. `routine` counts the plain renewals of
    monthly terms within these days, listed or not. `priced` is whether the estate has price sheets: then a term whose
    price is None has none in them. `subscriptions` are those with a term that were read. `months` is
    the timeline of the coming twelve, whatever `within_days` says. `tasks` are what earlier changes left for people to
    do, `warnings` are of what could not be understood, and of customers that no manifest declares: it may renew, and is
    not listed.
    """

    created_at: datetime
    cloud: str
    observed_from: Literal["live", "snapshot"] = "live"
    within_days: int
    customers: int
    subscriptions: int
    terms: tuple[TermEnd, ...] = ()
    routine: int = 0
    priced: bool = False
    months: tuple[Month, ...] = ()
    unread: tuple[Unread, ...] = ()
    tasks: tuple[Task, ...] = ()
    warnings: tuple[Alarm, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(sorted(self.terms, key=lambda term: term.order)))
        object.__setattr__(self, "unread", tuple(sorted(self.unread, key=lambda unread: unread.customer.name)))
        object.__setattr__(self, "tasks", tuple(sorted(self.tasks, key=lambda task: (task.address, task.since))))
        object.__setattr__(self, "warnings", tuple(sorted(self.warnings, key=lambda alarm: alarm.subject)))

    @property
    def today(self) -> date:
        """The day on which it was made, in UTC."""
        return self.created_at.astimezone(UTC).date()

    @property
    def until(self) -> date:
        """The last day that it looks at."""
        return self.today + timedelta(days=self.within_days)

    @property
    def needs_somebody(self) -> bool:
        """Returns True if a term needs a look, something can't be understood, or something is left to do by hand."""
        return bool(self.needing or self.unjudged or self.tasks)

    @property
    def unjudged(self) -> tuple[Alarm, ...]:
        """The warnings of subscriptions whose terms may end otherwise than is listed, or are not listed at all."""
        return tuple(alarm for alarm in self.warnings if alarm.code in {SUBSCRIPTION_UNREADABLE, SCHEDULE_UNREAD})

    @property
    def unpriced(self) -> Mapping[str, tuple[TermEnd, NoPrice | None]]:
        """The first term, by subscription, that price sheets have no price for, now or after the end, and why."""
        found: dict[str, tuple[TermEnd, NoPrice | None]] = {}
        for term in self.terms if self.priced else ():
            missing = next((values for values in term.to_price if values.price is None), None)
            if missing:
                found.setdefault(term.subscription_id, (term, missing.no_price))
        return found

    @property
    def needing(self) -> tuple[TermEnd, ...]:
        """The terms that need a look."""
        return tuple(term for term in self.terms if term.findings)
