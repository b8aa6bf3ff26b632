"""The words that members of a world file may have, and words that nobody documents: `unknown(WORD)` in a file."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

Path = tuple[str | int, ...]

_STATUSES = ("active", "suspended", "deleted", "expired", "disabled", "pending")
_ORDERS = (
    "completed",
    "pending",
    "cancelled",
    "suspended",
    "pending_review",
    "pending_po_upload",
    "po_upload_complete",
    "po_review_rejected",
    "partial_success",
    "error",
)
_TERMS = ("P1M", "P1Y", "P3Y")
_BILLING = ("monthly", "annual", "triennial", "one_time", "none")
_WORDS: dict[str, tuple[str, ...]] = {
    "status": _STATUSES,
    "meanwhile": _ORDERS,
    "term": _TERMS,
    "termDuration": _TERMS,
    "billing_cycle": _BILLING,
    "billingCycle": _BILLING,
    "billing": _BILLING,
    "cycle": _BILLING,
    "actionType": ("RenewToNewTerm", "Cancel", "RenewToExtendedServiceTerm"),
    "scheduleType": ("TermEnd",),
    "scheduledType": ("TermEnd",),
    "platform": ("OnlineServicesNCE", "Azure", "Software"),
    "relationship": ("reseller", "advisor", "syndication", "microsoft_support", "none"),
}
"""The words by the last key of a member's path (Partner Center's subscription, order and customer resources)."""

_EMPTY = frozenset(("term", "billing", "platform"))
"""Members that may say nothing."""

_CLOSED = frozenset(("actionType", "scheduleType", "scheduledType"))
"""Members by which the sandbox acts: it can do nothing by any other word."""

_OTHERS = frozenset(("extra", "answered", "pricing"))
"""Members below which the service's own documents stand as they are."""

_UNDOCUMENTED = re.compile(r"unknown\((.+)\)")


def choices(path: Path) -> tuple[str, ...]:
    """Returns the words that a member may have; none where it may have any text."""
    key = path[-1] if path else ""
    return _ORDERS if key == "status" and path[0] == "orders" else _WORDS.get(str(key), ())


def undocumented(text: str) -> str:
    """Returns a word as the service says it: of `unknown(WORD)` the word."""
    found = _UNDOCUMENTED.fullmatch(text)
    return found[1] if found else text


def members(data: Any, path: Path = ()) -> Iterator[tuple[Any, str, Path]]:
    """Yields the members whose words are known: what has each, its key, and its path."""
    pairs: Sequence[tuple[str | int, Any]] = ()
    if isinstance(data, dict):
        pairs = [(key, value) for key, value in data.items() if key not in _OTHERS]
    elif isinstance(data, list):
        pairs = list(enumerate(data))
    for key, value in pairs:
        within = (*path, key)
        if isinstance(value, str) and choices(within):
            yield data, str(key), within
        else:
            yield from members(value, within)


def is_open(path: Path) -> bool:
    """Returns whether a member may have a word that nobody documents."""
    return path[-1] not in _CLOSED


def is_known(value: str, path: Path) -> bool:
    """Returns whether a member may have a word: one of its own, or any as `unknown(WORD)` where it is open."""
    other = is_open(path) and _UNDOCUMENTED.fullmatch(value) is not None
    return value in choices(path) or other or (not value and path[-1] in _EMPTY)
