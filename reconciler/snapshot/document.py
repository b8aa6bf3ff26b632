"""The snapshot as a value and as text: versioned, with a fingerprint over all that follows it.

One customer stands on a line, so that two snapshots can be compared line by line.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler import __version__
from reconciler.model.change import Action, Remedy
from reconciler.model.errors import InvalidInput
from reconciler.model.state import CustomerState, Result, Run
from reconciler.model.subscription import Live, Relationship, UnreadableItem
from reconciler.model.upgrade import UpgradeOption

FORMAT_VERSION = 1

MAXIMUM_BYTES = 256 * 1024 * 1024
"""The largest file that is read: several times a partner of ten thousand subscriptions with all their upgrades."""

_VERSION = re.compile(r'"format_version":([0-9]{1,9}),')

_AGAIN = "Take a new one, with credentials: reconciler snapshot snapshot.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A question that the service did not answer, as far as planning looks at it."""

    what: str
    status: int | None = None
    code: str = ""
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One customer as the service showed it. `upgrades` are by the source's id, as JSON: few are ever asked for."""

    tenant: str
    subscriptions: tuple[Live, ...] = ()
    unreadable: tuple[UnreadableItem, ...] = ()
    unread: Refusal | None = None
    upgrades: Mapping[str, Any] = field(default_factory=dict)
    upgrades_unread: Mapping[str, Refusal] = field(default_factory=dict)
    relationship: Relationship | None = None
    relationship_unread: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The customers, and what the state location remembered of them. `taken_at` is the service's time."""

    format_version: int = FORMAT_VERSION
    reconciler_version: str = __version__
    taken_at: datetime
    cloud: str
    token_kind: str
    lineage: str | None = None
    relationship_link: str | None = None
    states: tuple[CustomerState, ...] = ()
    customers: tuple[Recorded, ...] = ()


_DOCUMENT = TypeAdapter(Snapshot)
_OPTIONS = TypeAdapter(tuple[UpgradeOption, ...])


def options_json(options: Iterable[UpgradeOption]) -> Any:
    """Upgrades as a snapshot keeps them: without the service's own documents."""
    return _OPTIONS.dump_python(tuple(replace(one, body=None) for one in options), mode="json", exclude_defaults=True)


def options(kept: Any) -> tuple[UpgradeOption, ...]:
    """The upgrades again."""
    return _OPTIONS.validate_json(json.dumps(kept), strict=True)


def without_people(state: CustomerState) -> CustomerState:
    """What planning needs of a state: no run's actor, no user; of each address's results the last, and its upgrades."""
    last = {one.address: one.key for one in state.results}
    kept = [one for one in state.results if last[one.address] == one.key or _upgraded(one)]
    pending = {name: replace(one, run=_nobody(one.run)) for name, one in state.pending.items()}
    return replace(state, pending=pending, results=tuple(_lean(one) for one in kept))


def dump(snapshot: Snapshot) -> str:
    """The snapshot as text, the same for the same snapshot; ASCII, so that nothing in it acts on a terminal."""
    whole = _DOCUMENT.dump_python(replace(snapshot, taken_at=snapshot.taken_at.astimezone(UTC)), mode="json")
    lists = {name: whole.pop(name) for name in ("states", "customers")}
    compact = _DOCUMENT.dump_python(snapshot, mode="json", exclude_defaults=True)
    members = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in whole.items()]
    for name in lists:
        lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in compact.get(name, ()))
        members.append(f"{json.dumps(name)}:[\n{lines}\n]")
    rest = ",\n".join(members) + "}\n"
    return f"{_head(rest)}{rest}"


def load(text: str, where: str) -> Snapshot:
    """The snapshot that `dump` wrote. `where` is the file's name as the user typed it.

    Raises InvalidInput for anything that is no snapshot, was altered, or has another format. Line breaks may be those
    of another system: git and editors change them.
    """
    head, _, rest = ("\n".join(text.splitlines()) + "\n").partition("\n")
    if not head.startswith('{"fingerprint":'):
        raise InvalidInput.because("This is no snapshot.", "Give the file that reconciler snapshot wrote.", where)
    if f"{head}\n" != _head(rest):
        raise InvalidInput.because("The snapshot was altered or cut short.", _AGAIN, where)
    version = _VERSION.match(rest)
    if version is None or int(version[1]) != FORMAT_VERSION:
        what = (
            f"The snapshot has format {version[1] if version else 'unknown'}; this reconciler reads {FORMAT_VERSION}."
        )
        raise InvalidInput.because(what, _AGAIN, where)
    try:
        return _DOCUMENT.validate_json(f"{{{rest}", strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the document"
        raise InvalidInput.because(f"The snapshot is damaged: {place}: {fault['msg']}.", _AGAIN, where) from None


def _head(rest: str) -> str:
    return f'{{"fingerprint":"sha256:{sha256(rest.encode()).hexdigest()}",\n'


def _lean(result: Result) -> Result:
    return replace(result, run=_nobody(result.run), upgrade_errors=(), license_errors=())


def _upgraded(result: Result) -> bool:
    return result.action is Action.UPGRADE and result.outcome.performed


def _nobody(run: Run) -> Run:
    return Run(id=run.id, actor="")
