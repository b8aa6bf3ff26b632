"""Decides which customers of an earlier snapshot must be read again. Pure: it is told what the log says, and the time.

A customer stays as the snapshot has it only where nothing is known that could have changed it, and where nothing is to
be done for it: what a plan changes or blocks is never decided by an old answer.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.advice import sentence
from reconciler.changes.facts import Facts
from reconciler.model.audit import AUDIT_KEPT, AuditRecord
from reconciler.model.recent import WhyRead
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.term import Platform
from reconciler.planning.planner import CustomerPlan

MARGIN = timedelta(days=1)
"""The time before the snapshot from which on the log counts, and the time before the end of a term from which on it may
have ended. A list may show a purchase a day late, a transition may take a day, and the service's days are not ours.
"""

_APART = timedelta(minutes=5)
"""The time by which two clocks may differ that are both right."""

_OF_CUSTOMERS = ("subscription", "order", "license", "transfer", "migration", "customer", "unknown")
"""Parts of the log's words for what belongs to some customer. `unknown` is a word that is not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The tenants that a log names; with `unplaced`, a record about some customer that does not say which."""

    tenants: frozenset[str] = frozenset()
    unplaced: AuditRecord | None = None


def log_wanted(begun_at: datetime) -> datetime:
    """Returns from when on the log must be read for a snapshot whose reading began then."""
    return begun_at - MARGIN


def uncovered(begun_at: datetime, now: datetime) -> str:
    """Returns why the service's log does not cover the time since a snapshot's reading began; empty where it does."""
    if log_wanted(begun_at) < now - AUDIT_KEPT:
        return sentence("snapshot_before_log")
    return "" if begun_at <= now + _APART else sentence("snapshot_from_the_future")


def named_by(records: Iterable[AuditRecord], listings: Mapping[str, Listing]) -> Named:
    """Returns the tenants that the records are about: by their customer, else by the subscriptions that they name.
    Whatever became of an operation, and whoever did it, its customer counts.
    """
    owner = {live_id: tenant for tenant, listing in listings.items() for live_id in listing.ids}
    tenants: set[str] = set()
    unplaced = None
    for record in records:
        owners = {owner[live_id] for live_id in record.subscription_ids if live_id in owner}
        tenants |= owners | ({record.tenant} if record.tenant else set())
        if not (record.tenant or owners) and _of_some_customer(record):
            unplaced = unplaced or record
    return Named(tenants=frozenset(tenants), unplaced=unplaced)


def why_read(
    facts: Facts, named: Named, begun_at: datetime, now: datetime, listed: Collection[str] | None = None
) -> tuple[WhyRead, ...]:
    """Returns why a customer must be read again, before anything is planned for it; nothing where it need not.

    `facts` are of the snapshot, whose reading began at `begun_at`; their subscriptions are an error where it has none.
    `listed` are the tenants in the partner's list of customers as it is now; None where it was not read.
    """
    if facts.unread or facts.listing.unreadable:
        return ("not_in_snapshot",)
    state, listing = facts.state, facts.listing
    reasons: dict[WhyRead, bool] = {
        "not_listed": listed is not None and facts.customer.tenant not in listed,
        "in_log": facts.customer.tenant in named.tenants,
        "applied_since": state is not None and _recorded_since(state, log_wanted(begun_at)),
        "unsettled": state is not None and _unsettled(state, listing),
        "term_over": any(_ended_by(live, now + MARGIN) for live in listing.lives),
        "status_moves_on": any(_moves_on(live, managed=live.id in facts.meant_by) for live in listing.lives),
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def something_to_do(part: CustomerPlan) -> bool:
    """Returns whether a customer's part of the plan has anything that must not rest on an old answer."""
    return bool(part.questions or part.changes or part.blocked or part.pending or part.drift)


def _of_some_customer(record: AuditRecord) -> bool:
    words = f"{record.resource} {record.operation}"
    return not record.resource or any(word in words for word in _OF_CUSTOMERS)


def _recorded_since(state: CustomerState, since: datetime) -> bool:
    seen = (bound.observed_at for bound in state.subscriptions.values())
    return any(time >= since for time in (*seen, *(result.finished_at for result in state.results)))


def _unsettled(state: CustomerState, listing: Listing) -> bool:
    """Returns whether anything of ours is open, does not show yet, or is billed until the service retires it."""
    bound = state.subscriptions.values()
    earlier = {identity for binding in bound for identity in binding.previous_ids}
    unseen = any(not binding.visible or binding.to_be_bought for binding in bound)
    return bool(state.open_changes()) or unseen or any(live.active and live.id in earlier for live in listing.lives)


def _ended_by(live: Live, time: datetime) -> bool:
    """Returns whether a term or a trial may have ended by then."""
    if live.over:
        return False
    ends_at = live.commitment.ends_at if live.commitment else None
    if ends_at is None:
        return live.platform is Platform.NEW_COMMERCE or live.is_trial
    return ends_at <= time


def _moves_on(live: Live, *, managed: bool) -> bool:
    """Returns whether time alone gives a subscription another status: the service is still at work on it, or, of one
    that an address means, it is suspended and will be deleted.
    """
    return not (live.active or live.over) and (managed or not live.suspended)
