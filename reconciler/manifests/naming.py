"""Names for what has none yet: stable, unique, and harmless whatever the service called it."""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping

from reconciler.manifests.catalogue import is_offer_id
from reconciler.model.characters import replaced
from reconciler.model.subscription import Offer

_LONGEST = 60
_LONGEST_OFFER = 200


def slug(*texts: str) -> str:
    """The first of the texts of which small Latin letters and digits can say three quarters, as a name in a manifest;
    empty where there is none.
    """
    for text in texts:
        apart = unicodedata.normalize("NFKD", text[: 4 * _LONGEST])
        letters = sum(character.isalnum() for character in apart)
        plain = apart.encode("ascii", "ignore").decode().lower()
        found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].rstrip("-")
        if found and 4 * sum(character.isalnum() for character in plain) >= 3 * letters:
            return found
    return ""


def unique(base: str, taken: Container[str]) -> str:
    """The name, or with the first number behind it that makes it unlike all that are taken."""
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def offer_names(catalogue: Mapping[str, Offer], found: Iterable[Offer]) -> dict[str, str]:
    """Returns what a manifest writes for each offer, by id: the catalogue's name, a new one, or else the id itself.

    New names are the service's own, made printable. Where it has given two offers one name, both can't keep it: the
    one whose id comes later gets a part of its id behind it.
    """
    ids = {name: offer.id for name, offer in catalogue.items()}
    names: dict[str, str] = {}
    for name, offer_id in ids.items():
        names.setdefault(offer_id, name)
    for offer in sorted(found, key=lambda offer: (offer.id, offer.name)):
        if offer.id not in names:
            names[offer.id] = _offer_name(offer, ids)
            ids.setdefault(names[offer.id], offer.id)
    return names


def _offer_name(offer: Offer, ids: Mapping[str, str]) -> str:
    name = printable(offer.name)[:_LONGEST_OFFER].strip()
    if not name or is_offer_id(name):
        return offer.id
    tail = offer.id.rpartition(":")[2] if ":" in offer.id else offer.id.partition("-")[0]
    free = (candidate for candidate in (name, f"{name} ({tail})") if candidate not in ids)
    return next(free, offer.id)


def printable(text: str) -> str:
    """The text on one line, without anything that acts instead of being read, or that nobody sees."""
    return " ".join(replaced(text, lambda _: " ").split())
