"""Upgrades as the service offers, refuses and answers them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Self

from reconciler.model.offer import Offer


class UpgradeType(StrEnum):
    """The ways to upgrade. The service may send others: `UpgradeOption.type` is text."""

    NONE = "none"
    UPGRADE_ONLY = "upgrade_only"
    WITH_LICENSE_TRANSFER = "upgrade_with_license_transfer"


class UpgradeErrorCode(IntEnum):
    """A reason for which the service refuses an upgrade. Numbers 0-9 are documented, 10 and 11 stand only in
    Microsoft's SDK.
    """

    OTHER = 0
    DELEGATED_ADMIN_PERMISSIONS_DISABLED = 1
    SUBSCRIPTION_STATUS_NOT_ACTIVE = 2
    CONFLICTING_SERVICE_TYPES = 3
    CONCURRENCY_CONFLICTS = 4
    USER_CONTEXT_REQUIRED = 5
    SUBSCRIPTION_ADD_ONS_PRESENT = 6
    SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS = 7
    SUBSCRIPTION_TARGET_OFFER_NOT_FOUND = 8
    SUBSCRIPTION_NOT_PROVISIONED = 9
    OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE = 10
    INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS = 11

    @property
    def word(self) -> str:
        """The documented snake_case name."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeError:
    """One reason in the service's own words. `code` is the snake_case name, or `unknown(<raw>)`."""

    code: str
    number: int | None = None
    description: str = ""
    details: str = ""

    @classmethod
    def known(cls, code: UpgradeErrorCode, description: str = "", details: str = "") -> Self:
        """The error of a documented code."""
        return cls(code=code.word, number=code.value, description=description, details=details)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeOption:
    """One (target offer, type) pair that the service lists for a subscription, permitted or not.

    `quantity` is what the service would buy by itself (the source's); `minimum` and `maximum` bound what may be asked.
    `body` is the item as it came; performing the upgrade echoes it back whole. Nothing is ever decided by it.
    """

    target: Offer
    type: str
    quantity: int
    eligible: bool
    errors: tuple[UpgradeError, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    body: Mapping[str, Any] | None = None

    @property
    def permitted(self) -> bool:
        """Returns True if the service lets it happen. An item that is eligible and yet carries errors contradicts
        itself.
        """
        known = self.type in {UpgradeType.UPGRADE_ONLY, UpgradeType.WITH_LICENSE_TRANSFER}
        return known and self.eligible and not self.errors


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseError:
    """A user whose licences did not move. `name` and `email` are personal data: they reach the licence report only."""

    user_object_id: str
    codes: tuple[str, ...] = ()
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeResult:
    """The service's answer to an upgrade.

    A non-empty `upgrade_errors` means it was not performed. `license_errors` alone mean that it was performed and
    that those users are left to assign (upgrade-resources, "UpgradeResult").
    """

    source_subscription_id: str
    target_subscription_id: str | None
    upgrade_type: str
    upgrade_errors: tuple[UpgradeError, ...] = ()
    license_errors: tuple[LicenseError, ...] = ()

    @property
    def performed(self) -> bool:
        """Returns True if the service says that it bought the target."""
        return not self.upgrade_errors and self.target_subscription_id is not None
