"""Results of changes. Written once, never altered."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.offer import Offer
from reconciler.model.pending import Key, Pending
from reconciler.model.request import Request
from reconciler.model.run import Run
from reconciler.model.upgrade import UpgradeError


class Outcome(StrEnum):
    """The end of a change. NOT_SECURED: the service took a schedule, and does not show it."""

    SUCCEEDED = "succeeded"
    SUCCEEDED_WITH_LICENSE_ERRORS = "succeeded_with_license_errors"
    RECOVERED = "recovered"
    FAILED = "failed"
    NOT_DONE = "not_done"
    NOT_SECURED = "not_secured"

    @property
    def performed(self) -> bool:
        """Returns True if the service carried the change out."""
        return self not in {Outcome.FAILED, Outcome.NOT_DONE, Outcome.NOT_SECURED}


class Licenses(StrEnum):
    """The fate of users' licences after a transition. UNKNOWN: the service had not finished with them."""

    MOVED = "moved"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignedUser:
    """A user left to assign after an upgrade: the directory's object id and the service's codes, no name or address."""

    user_object_id: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of one change. Written once, never altered.

    `before_offer_id` is the offer that the change began with, `before_quantity` its seats, `before_term` and
    `before_billing` its terms: None in results of versions that did not record them, and where they are unknown.
    `request_id` and `operation` are as in `Pending`.

    `licenses` is what became of the users' licences, None where the service does not tell of them apart.

    `unanswered` is the change as it was pending, where nobody answered and it was given up as not done: by it a target
    that shows late is told, and the same change asked again goes under the same request id. `by_hand`: a person said
    so. `settled_by` is the run that found out how it ended, where that is not `run`, which sent it.
    """

    address: Address
    request: Request
    outcome: Outcome
    subscription_id: str
    target_subscription_id: str | None = None
    before_offer_id: str | None = None
    before_offer_name: str | None = None
    before_quantity: int | None = None
    before_term: str | None = None
    before_billing: str | None = None
    request_id: str
    correlation_id: str
    operation: str | None = None
    started_at: datetime
    finished_at: datetime
    upgrade_errors: tuple[UpgradeError, ...] = ()
    license_errors: tuple[UnassignedUser, ...] = ()
    licenses: Licenses | None = None
    plan_fingerprint: str | None = None
    unanswered: Pending | None = None
    by_hand: bool = False
    run: Run
    settled_by: Run | None = None

    @property
    def action(self) -> str:
        """Returns what a plan calls the change."""
        return self.request.action

    @property
    def offer(self) -> Offer:
        """The offer that the change led to. Its id is empty where that was not recorded."""
        return self.request.new_offer or Offer(id=self.before_offer_id or "", name=self.before_offer_name or "")

    @property
    def key(self) -> Key:
        """Returns which change it is of."""
        return self.request_id, self.started_at


def ended(
    pending: Pending,
    address: Address,
    outcome: Outcome,
    finished_at: datetime,
    target_id: str | None,
    run: Run,
    operation: str | None = None,
) -> Result:
    """The result of a pending change: what it asked, how it ended, the run that sent it, and the one that found out."""
    return Result(
        address=address,
        request=pending.request,
        outcome=outcome,
        subscription_id=pending.subscription_id,
        target_subscription_id=target_id,
        before_offer_id=pending.before.offer_id,
        before_offer_name=pending.before.offer_name,
        before_quantity=pending.before.quantity,
        before_term=pending.before.term,
        before_billing=pending.before.billing,
        request_id=pending.request_id,
        correlation_id=pending.correlation_id,
        operation=operation or pending.operation,
        started_at=pending.started_at,
        finished_at=finished_at,
        run=replace(pending.run, process=None),
        settled_by=replace(run, process=None) if run.id != pending.run.id else None,
    )


def given_up(pending: Pending, address: Address, finished_at: datetime, run: Run) -> Result:
    """The result of a pending change without a visible effect, whose lease has expired."""
    result = ended(pending, address, Outcome.NOT_DONE, finished_at, None, run)
    return replace(result, unanswered=replace(pending, run=replace(pending.run, process=None)))
