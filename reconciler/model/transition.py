"""Transitions: another offer for a new-commerce subscription (transition-resources)."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from reconciler.model.offer import Offer
from reconciler.model.upgrade import UpgradeError


class TransitionType(StrEnum):
    """The ways to carry out a transition. The service may send others: `TransitionOption.type` is text."""

    ONLY = "transition_only"
    WITH_LICENSE_TRANSFER = "transition_with_license_transfer"


class TransitionErrorCode(IntEnum):
    """The reasons of the service against a transition, in eligibilities and in events."""

    OTHER = 0
    DELEGATED_ADMIN_PERMISSIONS_DISABLED = 1
    SUBSCRIPTION_STATUS_NOT_ACTIVE = 2
    CONFLICTING_SERVICE_TYPES = 3
    CONCURRENCY_CONFLICTS = 4
    USER_CONTEXT_REQUIRED = 5
    SUBSCRIPTION_ADD_ONS_PRESENT = 6
    SUBSCRIPTION_DOES_NOT_HAVE_ANY_TRANSITION_PATHS = 7
    SUBSCRIPTION_TARGET_OFFER_NOT_FOUND = 8
    SUBSCRIPTION_NOT_PROVISIONED = 9
    OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE = 10
    CONVERSIONS_NOT_FOUND = 11
    USER_LICENSE_ERROR = 12
    INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS = 13


class TargetErrorCode(IntEnum):
    """The reasons of the service against moving seats into an existing subscription."""

    TARGET_NOT_ACTIVE = 1
    TARGET_IN_REFUND_WINDOW = 2
    TARGET_TERM_SHORTER = 3
    TARGET_ENDS_EARLIER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionTarget:
    """An existing subscription that the seats could move into, with the reasons against it."""

    subscription_id: str
    name: str = ""
    term: str = ""
    billing: str = ""
    eligible: bool
    errors: tuple[UpgradeError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionOption:
    """One (target offer, type) pair of a subscription's transition eligibilities, permitted or not.

    `target.id` is product:sku; `catalog_item_id` is the answer's own, and goes back unchanged. `type` is empty where
    the item lists no type. `into` are existing subscriptions of the target offer.
    """

    target: Offer
    catalog_item_id: str
    type: str
    quantity: int
    eligible: bool
    errors: tuple[UpgradeError, ...] = ()
    into: tuple[TransitionTarget, ...] = ()

    @property
    def permitted(self) -> bool:
        """Returns whether the service permits it. An item that is eligible and carries errors contradicts itself."""
        return self.type in set(TransitionType) and self.eligible and not self.errors


class EventStatus(StrEnum):
    """The status of one part of a transition."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One transition as the service reports it. `operation` is the service's id of it, None where it gave none.

    `conversion` is what became of the purchase, `licenses` what became of the users' licences: the last event of each,
    None where there is none. `target_offer_id` is product:sku. `errors` are those of failed events.
    """

    operation: str | None = None
    target_offer_id: str = ""
    quantity: int | None = None
    target_subscription_id: str | None = None
    started_at: datetime | None = None
    conversion: EventStatus | None = None
    licenses: EventStatus | None = None
    errors: tuple[UpgradeError, ...] = ()

    @property
    def key(self) -> str:
        """Returns what tells it from the other transitions of its subscription; empty where it can't be understood."""
        if self.operation or not self.target_offer_id:
            return self.operation or ""
        return f"{self.target_offer_id} {self.quantity} {self.started_at and self.started_at.isoformat()}"
