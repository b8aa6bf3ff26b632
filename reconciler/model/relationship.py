"""Relationships of customers to the reseller, as far as the service says."""

from dataclasses import dataclass

from reconciler.model.customer import Customer, Relationship
from reconciler.model.errors import RelationshipMissing, ServiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerStanding:
    """A customer's relationship to the reseller; else the error that stands for it."""

    customer: Customer
    found: Relationship | ServiceError

    @property
    def ours(self) -> bool | None:
        """Returns whether the customer is ours; None where that could not be read."""
        if isinstance(self.found, ServiceError):
            return False if isinstance(self.found, RelationshipMissing) else None
        return self.found.kind not in {"none", "unknown"}

    @property
    def delegated(self) -> bool | None:
        """Returns whether the customer grants delegated access; None where the service does not say."""
        return None if isinstance(self.found, ServiceError) else self.found.allow_delegated_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The customers that were asked for. `link` is empty where there is none to be had: `no_link` says why."""

    customers: tuple[CustomerStanding, ...]
    link: str = ""
    no_link: str = ""
