"""The reads without which a block that waits for the customer can't be explained."""

from collections.abc import Iterable

from reconciler.changes.case import Case
from reconciler.changes.facts import Question, RelationshipLinkWanted, RelationshipWanted
from reconciler.model.reason import Reason

_DELEGATION = "delegated_admin_permissions_disabled"
_LINKED = {_DELEGATION, "not_our_customer"}
"""Codes whose remedy is the link by which the customer accepts the reseller."""


def explaining(case: Case, reasons: Iterable[Reason]) -> set[Question]:
    """Returns what more must be read before these reasons can be explained."""
    codes = {reason.code for reason in reasons}
    relationship = _DELEGATION in codes and case.facts.relationship is None
    known = case.facts.relationship_link is not None or not case.circumstances.capabilities.relationship_link.available
    wanted: set[Question] = {RelationshipWanted()} if relationship else set()
    return wanted | (set() if known or not codes & _LINKED else {RelationshipLinkWanted()})


def link(case: Case) -> dict[str, str]:
    """The reseller-relationship link where it is known, else the way through the portal."""
    found = case.facts.relationship_link
    return (
        {"link": found}
        if isinstance(found, str) and found
        else {"portal": "Customers > Request a reseller relationship"}
    )
