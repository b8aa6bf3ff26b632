"""Values as JSON for machines: whole documents, or a line for each event."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from reconciler import __version__
from reconciler.documents.escaping import json_safe
from reconciler.model.catalogue import CatalogueCheck
from reconciler.model.drift import DriftReport
from reconciler.model.errors import Problem
from reconciler.model.event import Event
from reconciler.model.history import NameRecord, Record
from reconciler.model.invocation import Invocation
from reconciler.model.offer import CatalogueOffer
from reconciler.model.place import Place
from reconciler.model.renewals import Renewals
from reconciler.rendering.reports.price_facts import OF_SHEET, OF_UNPRICED, members

if TYPE_CHECKING:
    from reconciler.model.price_check import PriceCheck

_DRIFT_VERSION = "1.0"
_RENEWALS_VERSION = "1.0"
_HISTORY_VERSION = "1.0"
_VALIDATION_VERSION = "1.0"
_PRICES_VERSION = "1.0"

_EXCLUDED: Mapping[str, Any] = {"license_errors": True, "state": True, "result": {"run": True, "unanswered": True}}
"""Users' names and addresses, whole states, and who ran the program."""

_STEPS = {"next", "remedy"}
"""Members that are steps of advice: each is written as text, with the command that a reader types."""


def event_json(event: Event, invocation: Invocation) -> str:
    """The event as one line of JSON, `type` and `time` first, then its members as in plan files and state files.

    No personal data: of a user only the directory's object id. The state that a StateNotWritten carries is left out;
    it belongs in a file.
    """
    kind: Any = type(event)
    members: dict[str, Any] = _adapter(kind).dump_python(event, mode="json", exclude=_EXCLUDED)
    members.pop("at", None)
    for name in _STEPS & members.keys():
        members[name] = [invocation.shown(step.text, step.run) for step in getattr(event, name)]
    document = {"type": event.type, "time": _rfc3339(event.at), **members}
    return json_safe(json.dumps(document, ensure_ascii=False)) + "\n"


def drift_json(drift: DriftReport, invocation: Invocation) -> str:
    """The drift as one JSON document; commands of advice have the flags in force."""
    members = _adapter(DriftReport).dump_python(drift, mode="json", context={"invocation": invocation})
    head = {"format_version": _DRIFT_VERSION, "reconciler_version": __version__, "found": drift.has_drift}
    return _document(head | members)


def renewals_json(renewals: Renewals, invocation: Invocation) -> str:
    """The list of renewals as one JSON document; commands in remedies have the flags in force."""
    members = _adapter(Renewals).dump_python(renewals, mode="json", context={"invocation": invocation})
    head = {"format_version": _RENEWALS_VERSION, "reconciler_version": __version__, "found": renewals.needs_somebody}
    return _document(head | members)


def history_json(records: Sequence[Record | NameRecord]) -> str:
    """The record of what was applied as one JSON document, the oldest change first; moved and removed names apart."""
    kind, kind_of_names = tuple[Record, ...], tuple[NameRecord, ...]
    changes = tuple(record for record in records if isinstance(record, Record))
    names = tuple(record for record in records if isinstance(record, NameRecord))
    head = {"format_version": _HISTORY_VERSION, "reconciler_version": __version__}
    members = {
        "changes": _adapter(kind).dump_python(changes, mode="json"),
        "names": _adapter(kind_of_names).dump_python(names, mode="json"),
    }
    return _document(head | members)


def validation_json(problems: Sequence[Problem], customers: int, subscriptions: int, invocation: Invocation) -> str:
    """The problems of manifests as one JSON document, each with its place, and its remedy as commands are typed."""
    head = {"format_version": _VALIDATION_VERSION, "reconciler_version": __version__, "valid": not problems}
    found = [
        {
            "code": problem.code,
            "where": None if problem.where is None else str(problem.where),
            **({"source": _adapter(Place).dump_python(problem.where)} if isinstance(problem.where, Place) else {}),
            "what": problem.what,
            "remedy": [invocation.shown(step.text, step.run) for step in problem.steps],
        }
        for problem in problems
    ]
    return _document({**head, "customers": customers, "subscriptions": subscriptions, "problems": found})


def offers_json(offers: Sequence[CatalogueOffer], country: str) -> str:
    """The catalogue as one JSON document."""
    kind: Any = tuple[CatalogueOffer, ...]
    return _document({"country": country, "offers": _adapter(kind).dump_python(tuple(offers), mode="json")})


def check_json(check: CatalogueCheck) -> str:
    """The comparison of the catalogues as one JSON document."""
    return _document(_adapter(CatalogueCheck).dump_python(check, mode="json"))


def prices_json(check: "PriceCheck") -> str:
    """The check of price sheets as one JSON document. Of a sheet it has how many prices, and none of them."""
    head = {"format_version": _PRICES_VERSION, "reconciler_version": __version__}
    kind: Any = list[dict[str, str | int | bool | Place]]
    sheets = [{**members(OF_SHEET, sheet), "stale": sheet in check.stale} for sheet in check.sheets]
    unpriced = _adapter(kind).dump_python([members(OF_UNPRICED, item) for item in check.unpriced])
    return _document(
        {**head, "sheets": sheets, "unpriced": unpriced, "priced": check.priced, "traditional": check.traditional}
    )


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _document(members: Mapping[str, Any]) -> str:
    return json_safe(json.dumps(members, indent=2, ensure_ascii=False)) + "\n"


def _rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
