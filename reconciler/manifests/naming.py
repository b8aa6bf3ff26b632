"""Names for what has none yet: stable, unique, and harmless whatever the service called it."""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from collections.abc import Set as AbstractSet

from anyascii import anyascii

from reconciler.manifests.catalogue import is_offer_id
from reconciler.manifests.editions import EDITION, EDITIONS
from reconciler.model.address import DEVICES
from reconciler.model.characters import replaced
from reconciler.model.offer import Offer, same_name
from reconciler.model.subscription import Live

RESERVED = frozenset(("moves", "offers", "reconciler", *DEVICES))
"""Names that no customer gets: the estate's own files have them, or no file can."""

_LONGEST = 60
_LONGEST_OFFER = 200

_MADE_UP = re.compile(r"(customer|subscription)-[0-9a-f]{8}(-\d+)?")
_NUMBERED = re.compile(r"(.+)-\d+")


def slug(*texts: str) -> str:
    """The first of the texts that small Latin letters and digits can say, as a name in a manifest; empty where there is
    none. Letters of other scripts are transliterated; what is no letter counts as a gap.
    """
    for text in texts:
        composed = unicodedata.normalize("NFC", text[: 4 * _LONGEST])
        spelt = [anyascii(sign) if sign.isalnum() else sign for sign in composed]
        found = re.sub(r"[^a-z0-9]+", "-", "".join(spelt).lower()).strip("-")[:_LONGEST].rstrip("-")
        if found:
            return found
    return ""


def customer_name(display_name: str, domain: str, tenant: str) -> str:
    """A name for a customer: its own, else that of its domain, else one made up of its tenant's id."""
    return slug(display_name, domain.partition(".")[0]) or f"customer-{tenant[:8]}"


def subscription_name(live: Live, offers: AbstractSet[str]) -> str:
    """A name for a subscription that an upgrade does not make wrong: its own; where it is called as one of the offers
    is, the offer's family; else one made up of its id.
    """
    own = live.friendly_name
    is_own = not any(same_name(own, name) for name in (live.offer.name, *offers))
    return slug(*([own] if is_own else []), family(live.offer.name), family(own)) or f"subscription-{live.id[:8]}"


def family(offer_name: str) -> str:
    """An offer's name without what tells it from others of its family: `Microsoft 365 Business Premium` is one of
    `Microsoft 365 Business`, `Exchange Online (Plan 1)` of `Exchange Online`.
    """
    words = re.sub(r"\([^)]*\)", " ", offer_name).split()
    while len(words) > 1:
        if len(words) > 2 and EDITION.fullmatch(" ".join(words[-2:])):  # noqa: PLR2004 - something is left of it
            words = words[:-2]
        elif words[-1].casefold() in EDITIONS or EDITION.fullmatch(words[-1]):
            words = words[:-1]
        else:
            break
    return " ".join(words)


def is_poor(name: str, others: Container[str]) -> bool:
    """Returns whether a name says nothing of what it names: it is made up of an id, or only a number tells
    it from another, or from a name that it can't have.
    """
    numbered = _NUMBERED.fullmatch(name)
    return bool(_MADE_UP.fullmatch(name) or (numbered and (numbered[1] in others or numbered[1] in RESERVED)))


def is_misspelt(text: str) -> bool:
    """Returns whether a text can't be spelt in Latin letters as it is read: it has no letter and no digit, or it is
    Japanese, of which `slug` reads the ideographs as Chinese.
    """
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in text}
    return bool(text.strip()) and (not slug(text) or ("CJK" in scripts and bool(scripts & {"HIRAGANA", "KATAKANA"})))


def unique_name(base: str, taken: Container[str]) -> str:
    """The name, or with the first number behind it that makes it unlike all that are taken."""
    number, name = 1, base
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def offer_names(catalogue: Mapping[str, Offer], offers: Iterable[Offer]) -> dict[str, str]:
    """Returns what a manifest writes for each offer, by id: the catalogue's name, a new one, or else the id itself.

    New names are the service's own, made printable. Where it has given two offers one name, both can't keep it: the
    one whose id comes later gets a part of its id behind it.
    """
    ids = {name: offer.id for name, offer in catalogue.items()}
    names: dict[str, str] = {}
    for name, offer_id in ids.items():
        names.setdefault(offer_id, name)
    for offer in sorted(offers, key=lambda offer: (offer.id, offer.name)):
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
