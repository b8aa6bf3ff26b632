"""The document of a snapshot: versioned, with a fingerprint over all that follows it.

One customer stands on a line, so that two snapshots can be compared line by line.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from reconciler import advice
from reconciler.documents.format import Format
from reconciler.documents.requests import platforms_of_snapshot, requests_of_snapshot
from reconciler.documents.text import digest, parse
from reconciler.documents.unreadable import Unreadable
from reconciler.model.customer import Relationship
from reconciler.model.errors import InvalidInput
from reconciler.model.order import Agreement, Order, Sku
from reconciler.model.promotion import Promotion
from reconciler.model.remedy import Remedy
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.transition import TransitionOption
from reconciler.model.upgrade import UpgradeOption

MAXIMUM_BYTES = 256 * 1024 * 1024
"""The largest file that is read: several times a partner of ten thousand subscriptions with all their upgrades."""

_VERSION = re.compile(r'"format_version":([0-9]{1,9}),')

_LISTS = ("states", "customers")
"""The members whose entries stand on a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A question that the service did not answer, as far as planning looks at it."""

    what: str
    status: int | None = None
    code: str = ""
    remedy: Remedy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One customer as the service showed it. `upgrades` are by the source's id, as JSON: few are ever asked for.
    `transitions` are what new-commerce subscriptions may become, by the source's id. `orders` and `agreement` are None
    where nothing that was planned needed them.
    """

    tenant: str
    subscriptions: tuple[Live, ...] = ()
    unreadable: tuple[UnreadableItem, ...] = ()
    unread: Refusal | None = None
    upgrades: Mapping[str, Any] = field(default_factory=dict)
    upgrades_unread: Mapping[str, Refusal] = field(default_factory=dict)
    transitions: Mapping[str, tuple[TransitionOption, ...]] = field(default_factory=dict)
    transitions_unread: Mapping[str, Refusal] = field(default_factory=dict)
    relationship: Relationship | None = None
    relationship_unread: Refusal | None = None
    orders: tuple[Order, ...] | None = None
    orders_unread: Refusal | None = None
    agreement: Agreement | None = None
    agreement_unread: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The customers, and what the state location remembered of them. `taken_at` is the service's time at the end of the
    reading, `begun_at` at its beginning: None of snapshots that older versions took. `partner` is the partner's tenant,
    None where the settings do not name it. `promotions` are
    by their id and the country, with a blank between; `skus` by the offer's id, the market and the segment (None where
    the market has no such item). `last_orders` are the keys that the state location notes, by tenant.
    """

    taken_at: datetime
    cloud: str
    token_kind: str
    lineage: str | None = None
    begun_at: datetime | None = None
    partner: str | None = None
    relationship_link: str | None = None
    promotions: Mapping[str, Promotion] = field(default_factory=dict)
    skus: Mapping[str, Sku | None] = field(default_factory=dict)
    skus_unread: Mapping[str, Refusal] = field(default_factory=dict)
    last_orders: Mapping[str, str] = field(default_factory=dict)
    states: tuple[CustomerState, ...] = ()
    customers: tuple[Recorded, ...] = ()


FORMAT = Format(Snapshot, 3, upgrades=(requests_of_snapshot, platforms_of_snapshot), names_writer=True)
_OPTIONS = TypeAdapter(tuple[UpgradeOption, ...])


def item_key(offer_id: str, market: str, segment: str | None) -> str:
    """Returns the key of an item of the catalogue."""
    return f"{offer_id} {market} {segment or ''}".rstrip()


def options_json(options: Iterable[UpgradeOption]) -> Any:
    """Returns upgrades as a snapshot has them: without the service's own documents."""
    lean = tuple(replace(option, body=None) for option in options)
    return _OPTIONS.dump_python(lean, mode="json", exclude_defaults=True)


def options(kept: Any) -> tuple[UpgradeOption, ...]:
    """Returns the upgrades that `options_json` wrote."""
    return _OPTIONS.validate_json(json.dumps(kept), strict=True)


def dump(snapshot: Snapshot) -> str:
    """Returns the snapshot as text, the same for the same snapshot; ASCII, so that nothing in it acts on a terminal."""
    head = FORMAT.members(replace(snapshot, states=(), customers=()), exclude=set(_LISTS))
    lists = FORMAT.members(snapshot, include=set(_LISTS), exclude_defaults=True)
    members = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in head.items()]
    for name in _LISTS:
        lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in lists.get(name, ()))
        members.append(f"{json.dumps(name)}:[\n{lines}\n]")
    rest = ",\n".join(members) + "}\n"
    return f"{_first_line(rest)}{rest}"


def load(text: str, where: str) -> Snapshot:
    """Returns the snapshot that `dump` wrote. `where` is the file's name as the user typed it.

    Raises InvalidInput for anything that is no snapshot, was altered, or has a newer format. Line breaks may be those
    of another system: git and editors change them.
    """
    first, _, rest = ("\n".join(text.splitlines()) + "\n").partition("\n")
    if not first.startswith('{"fingerprint":'):
        raise InvalidInput(advice.problem("no_snapshot", where))
    try:
        return _read(first, rest)
    except Unreadable as error:
        data: dict[str, Any] = {"reads": FORMAT.version, **error.data, "fault": next(iter(error.faults), "")}
        raise InvalidInput(advice.problem(f"snapshot_{error.code}", where, **data)) from None


def _read(first: str, rest: str) -> Snapshot:
    """The snapshot of a first line and all that follows it. It is parsed once, unless it has an older format."""
    if f"{first}\n" != _first_line(rest):
        raise Unreadable("altered")
    version = _VERSION.match(rest)
    major = FORMAT.check_version({"format_version": int(version[1])} if version else {})
    content = f"{{{rest}"
    return FORMAT.validated(content) if major == FORMAT.version else FORMAT.value(parse(content))


def _first_line(rest: str) -> str:
    return f'{{"fingerprint":"{digest(rest.encode())}",\n'
