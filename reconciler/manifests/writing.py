"""Manifests and the catalogue as text, byte for byte the same for the same content.

Nothing that the service said leaves the scalar or the comment it is put into: what is written is read back first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yaml import MappingNode

from reconciler.advice import problem
from reconciler.manifests.check import check
from reconciler.manifests.compose import compose
from reconciler.manifests.estate_files import OffersFile
from reconciler.manifests.files import Source
from reconciler.manifests.inserting import Addition, added_below
from reconciler.manifests.naming import printable
from reconciler.manifests.parse import only_document
from reconciler.manifests.scalar_text import double_quoted, scalar_text
from reconciler.manifests.schema import Manifest, SubscriptionEntry
from reconciler.manifests.splices import Splice, pair, spliced
from reconciler.model.address import Address
from reconciler.model.characters import escaped
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.offer import Offer, same_name
from reconciler.model.term import Billing, FewerSeats, Renew, Term

_LONGEST_COMMENT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A subscription to be declared. `note` is a comment beside its id, in the service's words or ours.

    What is None has no line: a default says it, or nothing manages it.
    """

    name: str
    id: str
    offer: str
    quantity: int
    note: str = ""
    fewer_seats: FewerSeats | None = None
    term: Term | None = None
    billing: Billing | None = None
    renew: Renew | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A subscription that is not declared: its id, "" where it has none, what it is, and why not. `adopts` is the
    address that it may belong to, where that is the reason.
    """

    id: str = ""
    what: str
    why: str
    adopts: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A customer's whole file. `schema` is where an editor finds the schema, counted from the file."""

    customer: Customer
    display_name: str
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...] = ()
    schema: str


def customer_text(sheet: Sheet) -> str:
    """The file's text. Raises InvalidInput where reading it back would give anything else."""
    lines = [f"# yaml-language-server: $schema={sheet.schema}", "customer:"]
    lines += [f"  name: {scalar_text(sheet.customer.name)}", f"  tenant: {scalar_text(sheet.customer.tenant)}"]
    if sheet.display_name:
        lines.append(f"  display_name: {scalar_text(sheet.display_name)}")
    lines.append("subscriptions:" if sheet.entries else "subscriptions: {}")
    for entry in sorted(sheet.entries, key=lambda entry: entry.name):
        lines += (f"  {line}" for line in addition(entry).lines)
    if sheet.left_out:
        lines += ["", "  # Not declared:"]
        lines += [f"  # - {_comment(entry.what)}: {_comment(entry.why)}" for entry in sheet.left_out]
    text = "".join(f"{line}\n" for line in lines)
    _check_customer(sheet, text)
    return text


def offers_text(
    names: Mapping[str, str], existing: str, schema: str, service_names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The catalogue with these names and ids; what exists of it stays as it is, and new lines follow.

    `service_names` are the service's own by id: they stand beside a new name that is another.

    Raises InvalidInput where the new lines can't follow what is there.
    """
    before = _offers(existing)
    new = {
        name: Offer(id=offer_id, name=name, service_name=_other_name(name, service_names.get(offer_id, "")))
        for name, offer_id in sorted(names.items())
        if name not in before
    }
    if not new and existing:
        return existing
    head = f"# yaml-language-server: $schema={schema}\n"
    if not existing.strip():
        existing = f"{head}# Only the ids count: Microsoft renames offers and reuses names.\noffers: {{}}\n"
    text = spliced(existing, _offers_added(existing, new)) if new else existing
    if _offers(text) != before | new:
        raise InvalidInput(problem("catalogue_not_appendable", "offers.yaml"))
    return text


def _offers_added(text: str, new: Mapping[str, Offer]) -> Iterator[Splice]:
    """New offers, behind the last one that is there."""
    root = next(compose(text), None)
    found = pair(root, "offers")
    if found and isinstance(root, MappingNode):
        lines = (f"{scalar_text(name)}: {_offer(offer)}" for name, offer in new.items())
        yield from added_below(text, root, *found, [Addition(lines=(line,), braces=line) for line in lines])


def _other_name(name: str, service_name: str) -> str:
    """The service's name, where the catalogue must say it because its own is another."""
    shown = printable(service_name)
    return "" if same_name(name, shown) else shown


def _offer(offer: Offer) -> str:
    """An offer as the catalogue has it."""
    if not offer.service_name:
        return scalar_text(offer.id)
    return f"{{id: {scalar_text(offer.id)}, service_name: {double_quoted(offer.service_name)}}}"


def entry_values(entry: Entry) -> dict[str, str | int]:
    """The values of an entry by their keys, in the order in which they are written."""
    optional = {key: getattr(entry, key) for key in ("fewer_seats", "term", "billing", "renew")}
    stated = {key: str(value) for key, value in optional.items() if value}
    return {"id": entry.id, "offer": entry.offer, "quantity": entry.quantity, **stated}


def addition(entry: Entry) -> Addition:
    """The entry as it is added to a document: its lines, with its note as a comment beside the id; or in braces."""
    written = {key: _value(value) for key, value in entry_values(entry).items()}
    note = f"  # {_comment(entry.note)}" if entry.note else ""
    lines = (f"  {key}: {value}{note if key == 'id' else ''}" for key, value in written.items())
    inside = ", ".join(f"{key}: {value}" for key, value in written.items())
    name = scalar_text(entry.name)
    return Addition(lines=(f"{name}:", *lines), braces=f"{name}: {{{inside}}}")


def _value(value: str | int) -> str:
    return scalar_text(value) if isinstance(value, str) else str(value)


def _comment(text: str) -> str:
    """The text on one line, whatever would act in it as an escape."""
    shown = escaped(text[:_LONGEST_COMMENT])
    return shown if len(text) <= _LONGEST_COMMENT else f"{shown}..."


def _check_customer(sheet: Sheet, text: str) -> None:
    problems: list[Problem] = []
    document = only_document([_source(sheet.customer.name, text)], problems)
    read = check(document, Manifest, problems) if document else None
    wanted = {entry.name: _compared(entry) for entry in sheet.entries}
    found = {name: _compared(entry) for name, entry in read.subscriptions.items()} if read else None
    if problems or read is None or found != wanted or read.customer.display_name != sheet.display_name:
        name = sheet.customer.name
        raise InvalidInput(problem("customer_not_writable", name, name=name, tenant=sheet.customer.tenant), *problems)


def _compared(entry: Entry | SubscriptionEntry) -> tuple[object, ...]:
    """The values of an entry that must be read as they were written."""
    return (entry.id, entry.offer, entry.quantity, entry.fewer_seats, entry.term, entry.billing, entry.renew)


def _offers(text: str) -> dict[str, Offer]:
    """The offers in a catalogue's text; none where it can't be read."""
    problems: list[Problem] = []
    document = only_document([_source("offers", text)], problems)
    read = check(document, OffersFile, problems) if document else None
    return {name: entry.offer(name) for name, entry in read.offers.items()} if read else {}


def _source(name: str, text: str) -> Source:
    return Source(relative=f"{name}.yaml", shown=f"{name}.yaml", content=text.encode("utf-8", "backslashreplace"))
