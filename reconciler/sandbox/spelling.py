"""How enumerations are spelt: the service writes one thing as a word here and as an integer there."""

from typing import Any

from reconciler.sandbox.eligibility import Code, Kind

STATUSES = ("none", "active", "suspended", "deleted", "expired", "pending", "disabled")
"""The statuses that have an integer, which is their place."""


def with_integers(document: Any, member: str = "") -> Any:
    """The document with upgrade types, statuses and the codes of errors as integers. Unknown words stay words."""
    if isinstance(document, dict):
        return {key: with_integers(value, key) for key, value in document.items()}
    if isinstance(document, list):
        return [with_integers(one, member) for one in document]
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
        return [with_words(one, member) for one in document]
    return document
