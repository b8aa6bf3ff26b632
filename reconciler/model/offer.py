"""Offers: what is sold, its names, and when it can be bought."""

from dataclasses import dataclass
from sys import intern

from reconciler.model.address import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer by its canonical id; that of new commerce is product:sku.

    The name is for people, and never decides which offer is meant: Microsoft reuses names.

    An offer of the catalogue has our name. `alias` says that the service may call it anything else, `service_name` what
    the service calls it where that is another name.
    """

    id: str
    name: str
    alias: bool = False
    service_name: str = ""

    @property
    def new_commerce(self) -> bool:
        """Returns whether the id is one of new commerce, product:sku."""
        return ":" in self.id

    def agrees_with(self, service_name: str) -> bool:
        """Returns True if the catalogue expects this name of the service. No name at all contradicts nothing."""
        expected = self.service_name or self.name
        return self.alias or not service_name.strip() or self.name == self.id or same_name(expected, service_name)


def product_and_sku(offer_id: str) -> tuple[str, str]:
    """Splits the canonical id of an offer into the part that is compared and the availability, which Microsoft rotates.

    Any id but product:sku:availability has no availability.
    """
    product, _, rest = offer_id.partition(":")
    sku, _, availability = rest.partition(":")
    return (intern(f"{product}:{sku}"), availability) if availability else (offer_id, "")


def canonical_offer(offer_id: str) -> str:
    """Returns the one spelling in which ids of offers are compared and kept, without an availability."""
    return product_and_sku(canonical(offer_id))[0]


def same_name(first: str, second: str) -> bool:
    """Returns True if two names are one, letter case and blanks apart."""
    return first == second or _folded(first) == _folded(second)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueOffer:
    """An offer as the catalogue of a country lists it.

    `upgrades` are ids of the offers that it advertises as upgrades, None where it says nothing. They are hints: for a
    subscription the service lists targets that the catalogue does not, and the other way round.
    """

    id: str
    name: str
    upgrades: tuple[str, ...] | None = None
    add_on: bool = False
    trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The availability of a new-commerce offer (product:sku): Microsoft replaces its id from time to time.

    `terms` are the pairs of term and billing that it is sold with. `catalog_item_id` names it in a cart, `currency` is
    what it is sold in: both empty where the service does not say.
    """

    id: str
    purchasable: bool
    terms: tuple[tuple[str, str], ...] = ()
    catalog_item_id: str = ""
    currency: str = ""

    def sells(self, term: str, billing: str) -> bool:
        """Returns True if it can be bought with this term and billing."""
        return self.purchasable and (term, billing) in self.terms
