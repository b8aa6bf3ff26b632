"""The findings of a check of price sheets against an estate."""

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.model.prices import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutPrice:
    """A subscription of new commerce that no sheet has a price for, and why. `why` is a sentence, `code` what it is
    explained by, `source` its entry.
    """

    address: Address
    offer: str
    code: str
    why: str
    source: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCheck:
    """The sheets, those of them that are of an earlier month than today, and what of the estate has no price.

    `priced` counts the subscriptions of new commerce that have one, `traditional` those of the older kind: no sheet has
    their prices.
    """

    sheets: tuple[Sheet, ...]
    stale: tuple[Sheet, ...]
    unpriced: tuple[WithoutPrice, ...]
    priced: int
    traditional: int
