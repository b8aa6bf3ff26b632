"""The offer catalogue: resolves the names in manifests to ids, offline and the same way on every machine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from reconciler.manifests.editions import nearest_offer
from reconciler.manifests.scalars import Wrong, quoted
from reconciler.model.address import is_guid
from reconciler.model.offer import Offer, canonical_offer
from reconciler.model.place import Place

FILE = "offers.yaml"

_AZURE = re.compile(r"MS-[A-Z0-9]+(-[A-Z0-9]+)+", re.IGNORECASE)
_NEW_COMMERCE = re.compile(r"[A-Z0-9]{12}:[A-Z0-9]{4}|[A-Z0-9]+(:[A-Z0-9]+){2}", re.IGNORECASE)

_MAXIMUM_COMPARISONS = 50_000
"""Bounds the comparisons in search of suggestions, so that an estate full of unknown names is refused soon."""

OFFER_ID_PATTERN = (
    r"^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    r"|[Mm][Ss]-[A-Za-z0-9]+(-[A-Za-z0-9]+)+|[A-Za-z0-9]{12}:[A-Za-z0-9]{4}|[A-Za-z0-9]+(:[A-Za-z0-9]+){2})$"
)
"""The pattern of `is_offer_id` for editors, which know no flag for casing."""

OFFER_ID = "a GUID, MS-AZR-0145P, or product:sku"


def is_offer_id(text: str) -> bool:
    """Returns whether a text has the shape of an offer id: a GUID, Azure's `MS-…`, or product:sku with or
    without the availability.
    """
    return is_guid(text) or any(shape.fullmatch(text) for shape in (_AZURE, _NEW_COMMERCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Names and their offers. `readable` is false where `offers.yaml` has faults that may hide names.

    Two names may stand for one id. An id in a manifest takes the first name that stands for it.
    """

    offers: Mapping[str, Offer] = field(default_factory=dict)
    present: bool = True
    readable: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    """The first name of every id."""
    places: Mapping[str, Place] = field(default_factory=dict)
    """The place of each name in the file."""
    suggested: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    """The suggestion for each unknown name: one renamed offer may stand in ten thousand places."""

    @classmethod
    def of(
        cls,
        offers: Mapping[str, Offer],
        places: Mapping[str, Place] = MappingProxyType({}),
        *,
        present: bool = True,
        readable: bool = True,
    ) -> Self:
        """Makes the catalogue of these offers, by their names."""
        names = {offer.id: name for name, offer in reversed(tuple(offers.items()))}
        return cls(
            offers=MappingProxyType(dict(offers)),
            names=MappingProxyType(names),
            places=MappingProxyType(dict(places)),
            present=present,
            readable=readable,
        )

    def offer(self, text: str) -> Offer:
        """Returns the offer that a manifest's `offer` means. Raises Wrong for a name that isn't here."""
        named = self.offers.get(text)
        if named is not None:
            return named
        if is_offer_id(text):
            offer_id = canonical_offer(text)
            return self.offers.get(self.names.get(offer_id, ""), Offer(id=offer_id, name=offer_id))
        raise self._unknown(text)

    def check(self, text: str) -> None:
        """Raises Wrong for an offer that no name and no id explains, as far as the catalogue could be read."""
        if self.readable:
            self.offer(text)

    def _unknown(self, text: str) -> Wrong:
        if not self.present:
            return Wrong("catalogue_missing", offer=quoted(text), file=FILE)
        near = self._suggestion(text)
        return Wrong("offer_unknown", offer=quoted(text), file=FILE, form=OFFER_ID, near=near, far=not near or None)

    def _suggestion(self, text: str) -> str | None:
        if text not in self.suggested and len(self.suggested) * len(self.offers) < _MAXIMUM_COMPARISONS:
            self.suggested[text] = nearest_offer(text, self.offers)
        return self.suggested.get(text)
