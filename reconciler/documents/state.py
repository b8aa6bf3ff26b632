"""The document of a customer's state. It is edited by hand at times, and it is the record of what was bought.

No secret and no personal data can be in it: of a user it has nothing but the directory's object id, and mail addresses
in the service's own words are taken out on the way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Annotated, Any

from pydantic import Field

from reconciler.documents.damage import Origin, damaged, state_damaged
from reconciler.documents.format import Format
from reconciler.documents.requests import requests_of_state
from reconciler.documents.text import indented, parse
from reconciler.documents.unreadable import Unreadable
from reconciler.model.address import NAME
from reconciler.model.binding import Bound
from reconciler.model.offer import canonical_offer
from reconciler.model.pending import Pending
from reconciler.model.state import CustomerState

_Name = Annotated[str, Field(pattern=f"^(?:{NAME.pattern})$")]


def _contradiction(state: CustomerState) -> str | None:
    """Returns where a change is pending under another action than its own, or a consent names what is no address."""
    misplaced = (
        f"pending.{name}.{action} holds a change of another action"
        for name, actions in state.pending.items()
        for action, change in actions.items()
        if change.action != action
    )
    unnamed = (
        f"a consent ({consent.code}) names what is no address"
        for consent in state.consents
        if not all(map(NAME.fullmatch, consent.names))
    )
    return next(chain(misplaced, unnamed), None)


FORMAT = Format(
    CustomerState,
    2,
    upgrades=(requests_of_state,),
    types={
        "lineage": Annotated[str, Field(min_length=1)],
        "serial": Annotated[int, Field(ge=0)],
        "subscriptions": dict[_Name, Bound],
        "pending": dict[_Name, dict[str, Pending]],
        "released": dict[_Name, tuple[str, ...]],
    },
    required=frozenset({"serial", "subscriptions", "pending", "results"}),
    closed=True,
    contradiction=_contradiction,
)
_STAMPS = ("found", "asked", "closed", "ended")
_LEFT_OUT = {
    "results": {"__all__": {"run": {"process"}, "settled_by": {"process"}}},
    "tasks_done": {"__all__": {"run": {"process"}}},
    "name_changes": {"__all__": {"run": {"process"}}},
    "consents": {"__all__": {stamp: {"run": {"process"}} for stamp in _STAMPS}},
}
"""A process is of use only while its change is pending."""

_GUID = re.compile(r'(?P<lineage>"lineage": *)?"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"')
_OFFER = re.compile(r'(?P<member>"(target_|before_)?offer_id": *")(?P<id>\w+(:\w+)+)(?=")', re.ASCII)
_MAIL_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]+@[^\s@<>()\[\]\"',;:]+")


def dump(state: CustomerState) -> str:
    """Returns a customer's state as text: names sorted, results in the order they came.

    Members that have no value are written as null, so that every entry of a kind shows the same members.
    """
    members = FORMAT.members(state, exclude=_LEFT_OUT)
    for entries in ("subscriptions", "pending", "released"):
        members[entries] = dict(sorted(members[entries].items()))
    members["pending"] = {name: dict(sorted(actions.items())) for name, actions in members["pending"].items()}
    for result in members["results"]:
        result["upgrade_errors"] = list(_without_mail_addresses(result["upgrade_errors"]))
    return indented(members)


def load(text: str, where: str, origin: Origin = "stored") -> CustomerState:
    """Returns the state that the text is. `where` names it in errors.

    Raises StateDamaged for anything but a whole state of a known format; nothing is guessed, nothing is passed over.
    """
    try:
        state = FORMAT.value(parse(_with_canonical_ids(text), by_hand=True))
    except Unreadable as error:
        raise state_damaged(error, where, origin) from None
    if not NAME.fullmatch(state.customer.name):
        raise damaged("state_name_invalid", where, origin)
    return state


def _with_canonical_ids(text: str) -> str:
    """The text with its ids in their canonical spelling: ids that a person typed would be compared in vain.

    A lineage is nobody's id, and stays as it is.
    """
    guids = _GUID.sub(lambda match: match[0] if match["lineage"] else match[0].lower(), text)
    return _OFFER.sub(lambda match: f"{match['member']}{canonical_offer(match['id'])}", guids)


def _without_mail_addresses(upgrade_errors: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for error in upgrade_errors:
        words = {member: _MAIL_ADDRESS.sub("(mail address)", error[member]) for member in ("description", "details")}
        yield {**error, **words}
