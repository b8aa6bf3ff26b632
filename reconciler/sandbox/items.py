"""The catalogue of new commerce: items (product and SKU), their terms and promotions, and the availabilities.

Products are public ones, but for those of the extended service term. Availabilities, which the service replaces now and
then, are made up.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from reconciler.sandbox.sold import LICENSED

TERMS = (
    ("P1M", "monthly"),
    ("P1Y", "monthly"),
    ("P1Y", "annual"),
    ("P3Y", "monthly"),
    ("P3Y", "annual"),
    ("P3Y", "triennial"),
)
"""The pairs of term and billing cycle that licences are sold in."""

_PARTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One item: `id` is product, SKU and the first availability. `paths` are the items that seats may move to.

    `extended` is the item of its extended service term, `extends` the reverse; `sold` is False where nobody can buy it.
    `price` is what a seat costs a month where a year is paid at once: invented, in whole dollars (prices.py).
    `no_longer_sold` are pairs of term and billing cycle that run on, and that nothing can be changed into.
    """

    id: str
    name: str
    description: str
    services: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()
    minimum: int = 1
    maximum: int = 10_000_000
    price: int = 0
    terms: tuple[tuple[str, str], ...] = TERMS
    no_longer_sold: tuple[tuple[str, str], ...] = ()
    trial: bool = False
    sold: bool = True
    extended: str = ""
    extends: str = ""
    prerequisites: tuple[str, ...] = ()
    segments: tuple[str, ...] = ("commercial", "education", "government", "nonprofit")
    platform: str = LICENSED

    @property
    def product_sku(self) -> str:
        """Product and SKU."""
        return self.id.rpartition(":")[0]

    def offers(self, term: str, cycle: str) -> bool:
        """Returns whether something may be changed into this pair of term and billing cycle."""
        pair = (term, cycle)
        return pair in self.terms and pair not in self.no_longer_sold

    def current(self, period: int) -> str:
        """Returns the id with the availability of a period: the first one, or one that has replaced it."""
        if not period:
            return self.id
        digest = hashlib.sha256(f"{self.id} {period}".encode()).hexdigest()
        return f"{self.product_sku}:{self.id.rpartition(':')[2][:8]}{digest[:4].upper()}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Promotion:
    """A promotion of one item, for at most `maximum` seats. `automatic`: the service applies it by itself."""

    id: str
    name: str
    item: str
    terms: tuple[tuple[str, str], ...]
    maximum: int
    automatic: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class _Catalogue:
    items: tuple[Item, ...]
    promotions: tuple[Promotion, ...]


@cache
def _catalogue() -> _Catalogue:
    return TypeAdapter(_Catalogue).validate_json(files(__package__).joinpath("items.json").read_bytes())


@cache
def _by_product_sku() -> dict[str, Item]:
    return {entry.product_sku: entry for entry in all_items()}


def all_items() -> tuple[Item, ...]:
    """All items, in the catalogue's order."""
    return _catalogue().items


def item(item_id: str) -> Item | None:
    """The item of a product and SKU, with or without an availability, in any casing."""
    return _by_product_sku().get(":".join(item_id.upper().split(":")[: _PARTS - 1]))


def all_promotions() -> tuple[Promotion, ...]:
    """All promotions, in the catalogue's order."""
    return _catalogue().promotions


def promotion(promotion_id: str) -> Promotion | None:
    """The promotion of this id, whose third part changes now and then."""
    wanted = promotion_id.upper().split(":")[: _PARTS - 1]
    return next((entry for entry in _catalogue().promotions if entry.id.split(":")[: _PARTS - 1] == wanted), None)


def automatic_promotion(item_id: str, term: str, cycle: str, quantity: int) -> str:
    """Returns the id of the promotion that the service applies by itself; empty where there is none."""
    found = item(item_id)
    fitting = (
        entry.id
        for entry in _catalogue().promotions
        if found and entry.automatic and entry.item == found.product_sku and (term, cycle) in entry.terms
        if quantity <= entry.maximum
    )
    return next(fitting, "")
