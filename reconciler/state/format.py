"""The text of a customer's state and of the estate's lineage. Every format ever written stays readable.

No secret and no personal data can be in it: of a user it has nothing but the directory's object id, and mail addresses
in the service's own words are taken out on the way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from reconciler.model.address import NAME, canonical
from reconciler.model.state import Bound, CustomerState, Pending, Result
from reconciler.model.subscription import Customer
from reconciler.state.document import RESTORE, Document, damaged, render

_Name = Annotated[str, Field(pattern=f"^(?:{NAME.pattern})$")]
_GUID = re.compile(r'(?P<lineage>"lineage": *)?"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"')
_OFFER = re.compile(r'(?P<member>"(target_|before_)?offer_id": *")(?P<id>\w+(:\w+)+)(?=")', re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2199
"""No run can have recorded a time outside these years."""
_MAIL_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:]+@[^\s@<>()\[\]\"',;:]+")


class _StateDocument(Document):
    lineage: Annotated[str, Field(min_length=1)]
    serial: Annotated[int, Field(ge=0)]
    customer: Customer
    subscriptions: dict[_Name, Bound]
    pending: dict[_Name, Pending]
    results: tuple[Result, ...]


class _EstateDocument(Document):
    lineage: Annotated[str, Field(min_length=1)]


def dump(state: CustomerState) -> str:
    """A customer's state as text. The same text for the same state; names sorted, results in the order they came.

    Members that have no value are written as null, so that every entry of a kind shows the same members.
    """
    document = _StateDocument.model_construct(
        format_version=_StateDocument.newest(),
        lineage=state.lineage,
        serial=state.serial,
        customer=state.customer,
        subscriptions=dict(sorted(state.subscriptions.items())),
        pending=dict(sorted(state.pending.items())),
        results=state.results,
    )
    data = document.model_dump(warnings=False, exclude={"results": {"__all__": {"run": {"process"}}}})
    return render({**data, "results": [_without_mail_addresses(result) for result in data["results"]]})


def load(text: str, where: str, restore: str = RESTORE) -> CustomerState:
    """The state that the text is. `where` names it in errors; `restore` says what to do about a damaged one.

    Raises StateDamaged for anything but a whole state of a known format; nothing is guessed, nothing is passed over.
    """
    document = _StateDocument.read(_canonical(text), where, restore)
    if not NAME.fullmatch(document.customer.name):
        raise damaged("is damaged at customer.name: that is not a customer's name", where, restore)
    if place := next(_impossible_times(document), None):
        raise damaged(f"is damaged at {place}: no run can have recorded that time", where, restore)
    return CustomerState(**{field.name: getattr(document, field.name) for field in fields(CustomerState)})


def _impossible_times(document: _StateDocument) -> Iterator[str]:
    """The places of times that can't be right: by them a protection would end at once, or not within any lifetime."""
    for name, bound in document.subscriptions.items():
        yield from _impossible_of(f"subscriptions.{name}", bound)
    for name, pending in document.pending.items():
        yield from _impossible_of(f"pending.{name}", pending)
    for number, result in enumerate(document.results):
        yield from _impossible_of(f"results.{number}", result)
        if result.unanswered:
            yield from _impossible_of(f"results.{number}.unanswered", result.unanswered)


def _impossible_of(place: str, recorded: Bound | Pending | Result) -> Iterator[str]:
    for member in fields(recorded):
        moment = getattr(recorded, member.name)
        if isinstance(moment, datetime) and not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            yield f"{place}.{member.name}"


def dump_lineage(lineage: str) -> str:
    """The text of the document that makes a location an estate's own."""
    return render({"format_version": _EstateDocument.newest(), "lineage": lineage})


def load_lineage(text: str, where: str) -> str:
    """The lineage in such a text. Raises StateDamaged."""
    return _EstateDocument.read(text, where).lineage


def _canonical(text: str) -> str:
    """The text with its ids in their one spelling: edited by hand or copied from the portal, they would be compared in
    vain. A lineage is nobody's id, and stays as it is.
    """
    guids = _GUID.sub(lambda found: found[0] if found["lineage"] else found[0].lower(), text)
    return _OFFER.sub(lambda found: f"{found['member']}{canonical(found['id'])}", guids)


def _without_mail_addresses(result: Mapping[str, Any]) -> dict[str, Any]:
    return {**result, "upgrade_errors": list(_scrubbed(result["upgrade_errors"]))}


def _scrubbed(upgrade_errors: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    for error in upgrade_errors:
        spoken = {member: _MAIL_ADDRESS.sub("(mail address)", error[member]) for member in ("description", "details")}
        yield {**error, **spoken}
