"""Eligibility of upgrades: the service's own rules, applied when upgrades are listed and again at a purchase."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from reconciler.sandbox import catalogue, items
from reconciler.sandbox.behaviour import Behaviour, Cloud
from reconciler.sandbox.catalogue import Offer
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.tokens import Caller


class Kind(StrEnum):
    """The ways to upgrade."""

    NONE = "none"
    UPGRADE_ONLY = "upgrade_only"
    WITH_LICENSE_TRANSFER = "upgrade_with_license_transfer"

    @property
    def number(self) -> int:
        """The integer the service uses for it in places."""
        return list(Kind).index(self)


class Code(IntEnum):
    """Reasons of a refused upgrade, by the service's numbers."""

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


DESCRIPTIONS = {
    Code.OTHER: "The subscription can't be upgraded.",
    Code.DELEGATED_ADMIN_PERMISSIONS_DISABLED: "The customer has not granted delegated administration.",
    Code.SUBSCRIPTION_STATUS_NOT_ACTIVE: "The source subscription is not active; the details hold its state.",
    Code.CONFLICTING_SERVICE_TYPES: "The customer has another subscription with services that the target adds.",
    Code.CONCURRENCY_CONFLICTS: "The customer has as many subscriptions of the target offer as are allowed.",
    Code.USER_CONTEXT_REQUIRED: "Licences can't be transferred in the context of an application alone.",
    Code.SUBSCRIPTION_ADD_ONS_PRESENT: "The source subscription has add-ons.",
    Code.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS: "The source subscription has no upgrade paths.",
    Code.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND: "The target offer is not an upgrade of the source subscription.",
    Code.SUBSCRIPTION_NOT_PROVISIONED: "The order of the source subscription is still being processed.",
    Code.OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE: "The target offer lacks the billing cycle of the source subscription.",
    Code.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS: "The granular delegated roles do not suffice.",
}

READERS = {"Directory Readers", "Global Reader", "Directory Writers", "Global Administrator"}
"""Roles of which one is needed to upgrade at all, where granular delegation is in use."""
WRITERS = {"Directory Writers", "Global Administrator"}
"""Roles of which one is needed to transfer licences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection:
    """One reason against an upgrade."""

    code: Code
    details: str = ""
    description: str = ""


def paths(sold: Sold) -> tuple[Offer, ...]:
    """The offers that the service lists as targets of a subscription."""
    own = catalogue.offer(sold.offer)
    found = (catalogue.offer(path) for path in (own.paths if own else ()))
    return tuple(item for item in found if item is not None and item.id not in sold.withheld)


def in_china(tenant: Tenant, behaviour: Behaviour) -> bool:
    """True where 21Vianet's rules apply to a customer."""
    return tenant.china or behaviour.cloud is Cloud.CHINA


@dataclass(frozen=True, kw_only=True, slots=True)
class Judge:
    """Decides about upgrades of one subscription at one time, for one caller."""

    tenant: Tenant
    sold: Sold
    caller: Caller
    behaviour: Behaviour
    now: datetime

    def objections(self, target: Offer, kind: Kind) -> tuple[Objection, ...]:
        """Every reason against an upgrade to a target that is a path; empty where it may go ahead."""
        return (*self.of_source(), *self.of_rights(kind), *self._of_target(target))

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The ways to upgrade that the cloud has: partners can't manage users' licences in 21Vianet."""
        return (Kind.UPGRADE_ONLY,) if self._china else (Kind.UPGRADE_ONLY, Kind.WITH_LICENSE_TRANSFER)

    @property
    def _china(self) -> bool:
        return in_china(self.tenant, self.behaviour)

    def of_source(self) -> tuple[Objection, ...]:
        """Returns objections of the subscription itself."""
        found = []
        if self.sold.refusal:
            found.append(Objection(code=Code.OTHER, details=self.sold.refusal))
        if self.sold.status != "active":
            found.append(Objection(code=Code.SUBSCRIPTION_STATUS_NOT_ACTIVE, details=self.sold.status))
        if any(sold.parent == self.sold.id and sold.status != "deleted" for sold in self.tenant.subscriptions):
            found.append(Objection(code=Code.SUBSCRIPTION_ADD_ONS_PRESENT))
        if not self.sold.provisioned(self.now):
            found.append(Objection(code=Code.SUBSCRIPTION_NOT_PROVISIONED))
        return tuple(found)

    def of_rights(self, kind: Kind) -> tuple[Objection, ...]:
        """Returns the rights that caller and partner lack in the customer's directory."""
        transfer = kind is Kind.WITH_LICENSE_TRANSFER
        found = []
        if transfer and not self.caller.user:
            found.append(Objection(code=Code.USER_CONTEXT_REQUIRED))
        if self.tenant.gdap_roles is not None and not self._china:
            if not set(self.tenant.gdap_roles) & (WRITERS if transfer else READERS):
                found.append(Objection(code=Code.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS))
        elif not self.tenant.delegated_admin and (transfer or self._delegation_always_needed):
            found.append(Objection(code=Code.DELEGATED_ADMIN_PERMISSIONS_DISABLED))
        return tuple(found)

    @property
    def _delegation_always_needed(self) -> bool:
        return self._china or self.behaviour.delegation_for_every_upgrade

    def _of_target(self, target: Offer) -> tuple[Objection, ...]:
        found = []
        if overlapping := self._overlapping(target):
            names = ", ".join(f"{item.name or _offer_name(item)} ({item.id})" for item in overlapping)
            found.append(Objection(code=Code.CONFLICTING_SERVICE_TYPES, details=f"Overlapping: {names}"))
        held = sum(sold.offer.upper() == target.id and sold.status in {"active", "suspended"} for sold in self.others)
        if target.concurrent_limit is not None and held >= target.concurrent_limit:
            found.append(Objection(code=Code.CONCURRENCY_CONFLICTS))
        if self.sold.billing_cycle not in {*target.cycles, "none"}:
            found.append(Objection(code=Code.OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE))
        return tuple(found)

    @property
    def others(self) -> tuple[Sold, ...]:
        """Subscriptions that the service shows by now: a purchase that is not shown yet blocks no other."""
        return tuple(sold for sold in self.tenant.subscriptions if sold.id != self.sold.id and sold.shown(self.now))

    def _overlapping(self, target: Offer) -> tuple[Sold, ...]:
        added = target.services - services(self.sold)
        traditional = (sold for sold in self.others if not sold.new_commerce)
        return tuple(item for item in traditional if item.status == "active" and added & services(item))


def services(sold: Sold) -> frozenset[str]:
    """The service plans that a subscription includes."""
    found = catalogue.offer(sold.offer) or items.item(sold.offer)
    return found.services if found else frozenset()


def _offer_name(sold: Sold) -> str:
    found = catalogue.offer(sold.offer)
    return found.name if found else sold.offer_name
