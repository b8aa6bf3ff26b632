"""Records of changes that were applied, for people who were not there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.result import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTask:
    """A task that a change left for people to do, and who said in which run that it is done; None while it is open."""

    code: str
    done_at: datetime | None = None
    run: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRecord:
    """A name that was moved in state, or is not tracked any more (`new` is None): when, by which run, who started it,
    and at which commit. `old` is an address, or a customer's name that was moved with all its addresses.
    """

    at: datetime
    old: str
    new: str | None
    customer: Customer
    run: str
    actor: str
    url: str | None
    commit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One change that was sent: when it was finished, of which address, what it changed, how it ended, and by whom.

    One without a result, `pending`, may have been done all the same: `finished_at` is None. Where it is `held`,
    the service waited for a person when that was last read. One that was given up as not done may have been done until
    `doubted_until`.

    Values before it are None where the version that made it did not record them; values after it where it left them as
    they were, or did nothing (`done` is False). `seats_at_renewal` are those of a scheduled next term. `wanted` is the
    change in words. `address` is the one that it was made under. `run`, `actor`, `url` and `commit` are of the run that
    sent it; `settled_by` is the run that found out how it ended, where that was another, and who started it.
    """

    finished_at: datetime | None
    started_at: datetime
    address: Address
    customer: Customer
    action: str
    wanted: str
    outcome: Outcome | Literal["pending"]
    done: bool
    held: bool = False
    doubted_until: datetime | None = None
    subscription_id: str
    target_subscription_id: str | None
    offer_before: str | None
    offer_after: str | None
    seats_before: int | None
    seats_after: int | None
    seats_at_renewal: int | None
    term_before: str | None
    term_after: str | None
    billing_before: str | None
    billing_after: str | None
    tasks: tuple[RecordTask, ...] = ()
    run: str
    actor: str
    url: str | None
    commit: str | None
    settled_by: str | None
    request_id: str
    correlation_id: str
