"""A plan as its JSON document, and the fingerprint over it. What `--format json` prints is what a plan file holds."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, Self

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, to_json

from reconciler import __version__
from reconciler.model.address import Address
from reconciler.model.change import Blocked, Change
from reconciler.model.plan import (
    Alarm,
    Breach,
    CatalogueName,
    Drift,
    Estate,
    Notice,
    Observed,
    Plan,
    Selection,
    Summary,
    Unsettled,
)
from reconciler.rendering.safe import json_safe

FORMAT_VERSION = "1.5"
"""Major.minor: a minor version adds members, which older programs ignore; a major one changes their meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """The document's members in their order, all but the fingerprint, which is over them."""

    format_version: str
    reconciler_version: str
    created_at: datetime
    cloud: str
    estate: Estate
    token_kind: str
    observed_from: Literal["live", "snapshot"]
    selection: Selection
    errored: bool
    notices: tuple[Notice, ...] = ()
    catalogue: tuple[CatalogueName, ...] = ()
    changes: tuple[Change, ...]
    blocked: tuple[Blocked, ...]
    pending: tuple[Unsettled, ...]
    drift: tuple[Drift, ...]
    warnings: tuple[Alarm, ...]
    undeclared: tuple[Address, ...]
    dropped: tuple[Address, ...] = ()
    asked_before: tuple[Address, ...] = ()
    observed: tuple[Observed, ...]
    limits: tuple[Breach, ...]
    summary: Summary

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The document of a plan, written by this version of the program. Times are in UTC."""
        return cls(
            format_version=FORMAT_VERSION,
            reconciler_version=__version__,
            created_at=plan.created_at.astimezone(UTC),
            cloud=plan.cloud,
            estate=plan.estate,
            token_kind=plan.token_kind,
            observed_from=plan.observed_from,
            selection=plan.selection,
            errored=plan.errored,
            notices=plan.notices,
            catalogue=plan.catalogue,
            changes=plan.changes,
            blocked=plan.blocked,
            pending=tuple(replace(item, since=item.since.astimezone(UTC)) for item in plan.pending),
            drift=plan.drift,
            warnings=plan.warnings,
            undeclared=plan.undeclared,
            dropped=plan.dropped,
            asked_before=plan.asked_before,
            observed=plan.observed,
            limits=plan.limits,
            summary=plan.summary,
        )

    def plan(self) -> Plan:
        """The plan again."""
        return Plan(
            created_at=self.created_at,
            cloud=self.cloud,
            estate=self.estate,
            token_kind=self.token_kind,
            observed_from=self.observed_from,
            selection=self.selection,
            errored=self.errored,
            changes=self.changes,
            blocked=self.blocked,
            pending=self.pending,
            drift=self.drift,
            warnings=self.warnings,
            undeclared=self.undeclared,
            dropped=self.dropped,
            asked_before=self.asked_before,
            observed=self.observed,
            limits=self.limits,
            notices=self.notices,
            catalogue=self.catalogue,
            unchanged=self.summary.unchanged,
        )


@cache
def spelling() -> TypeAdapter[PlanDocument]:
    """How the document is spelt. Members that a newer minor version added are ignored.

    Made when it is first asked for: most runs show a plan, and neither save nor read one.
    """
    return TypeAdapter(PlanDocument)


def plan_json(plan: Plan) -> str:
    """The plan's document: UTF-8 text, indented by two, byte for byte the same for the same plan and program."""
    members = _members(plan)
    at = list(members).index("errored")
    document = {
        **dict(list(members.items())[:at]),
        "fingerprint": digest(canonical(members)),
        **dict(list(members.items())[at:]),
    }
    return json_safe(to_json(document, indent=2).decode()) + "\n"


def fingerprint(plan: Plan) -> str:
    """`sha256:…` over the document's other members: the same as in the file that this version writes of the plan."""
    return digest(canonical(_members(plan)))


def canonical(members: dict[str, Any]) -> bytes:
    """The one spelling that is hashed: members sorted, no blanks, ASCII."""
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """The fingerprint of a document's canonical spelling."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _members(plan: Plan) -> dict[str, Any]:
    members: dict[str, Any] = spelling().dump_python(PlanDocument.of(plan), mode="json")
    try:
        to_json(members)
    except PydanticSerializationError:  # half a surrogate pair: the service may send it, no file can hold it
        encoded = json.dumps(members, ensure_ascii=False).encode("utf-8", "replace")
        members = json.loads(encoded)
    return members
