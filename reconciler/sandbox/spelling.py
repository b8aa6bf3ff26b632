"""The service's spellings: the same value as a word here and as an integer there, and offers by new names."""

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.eligibility import Code, Kind

STATUSES = ("none", "active", "suspended", "deleted", "expired", "pending", "disabled")
"""The statuses that have an integer, which is their place."""


def with_integers(document: Any, member: str = "") -> Any:
    """The document with upgrade types, statuses and the codes of errors as integers. Unknown words stay words."""
    if isinstance(document, dict):
        return {key: with_integers(value, key) for key, value in document.items()}
    if isinstance(document, list):
        return [with_integers(item, member) for item in document]
    if member == "upgradeType":
        return Kind(document).number
    if member == "status" and document in STATUSES:
        return STATUSES.index(document)
    return int(document) if member == "code" and str(document).isdecimal() else document


def with_words(document: Any, member: str = "") -> Any:
    """The document with the codes of upgrade errors as snake_case words."""
    if isinstance(document, dict):
        code = {"code": Code(document["code"]).name.lower()} if member == "upgradeErrors" else {}
        return {key: with_words(value, key) for key, value in document.items()} | code
    if isinstance(document, list):
        return [with_words(item, member) for item in document]
    return document


def with_offer_names(document: Any, names: Mapping[str, str]) -> Any:
    """The document with other names for these offers, wherever one stands: as an offer, or by a subscription."""
    called = {offer_id.upper(): name for offer_id, name in names.items()}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if not isinstance(value, dict):
            return value
        found = {key: renamed(item) for key, item in value.items()}
        for key, name in (("offerId", "offerName"), ("id", "name")):
            if name in found and str(found.get(key)).upper() in called:
                found[name] = called[str(found[key]).upper()]
        return found

    return renamed(document)
