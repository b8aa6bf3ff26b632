"""The estate's offer catalogue held against the service's own."""

from dataclasses import dataclass
from typing import Literal

from reconciler.model.offer import CatalogueOffer
from reconciler.model.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDifference:
    """A name of `offers.yaml` whose offer the service calls otherwise (`service_name`), or does not list.

    `namesakes` are the offers that the service lists under our name: perhaps what is meant.
    """

    name: str
    offer_id: str
    code: Literal["offer_named_otherwise", "offer_not_listed"]
    service_name: str = ""
    namesakes: tuple[CatalogueOffer, ...] = ()
    source: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueCheck:
    """All of the catalogue, sorted by name. `incomparable` are names of offers that the service's list never holds."""

    country: str
    compared: int
    differences: tuple[CatalogueDifference, ...] = ()
    incomparable: tuple[str, ...] = ()
