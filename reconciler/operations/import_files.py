"""Turns drafts of customers into the files that an import writes: edits of those that there are, and new ones."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reconciler.manifests.comments import comments_gone
from reconciler.manifests.drafting import Draft
from reconciler.manifests.editing import Edits, Values, edited_file
from reconciler.manifests.editors import KINDS, json_schema
from reconciler.manifests.estate import Estate, edited_estate
from reconciler.manifests.files import Source
from reconciler.manifests.naming import is_misspelt, is_poor, offer_names, slug
from reconciler.manifests.writing import Entry, LeftOut, customer_text, offers_text
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.encoding import MARK
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.offer import Offer
from reconciler.model.term import SeatPermission
from reconciler.operations.editing import Line, lines_of, source_of, with_sources
from reconciler.operations.import_values import EntryComparison, Imported, ImportMode, Kept, UnreadCustomer

SCHEMAS = ".schema"
"""The folder of the schemas that editors read. Hidden, so it is no part of the estate."""

_CATALOGUES = ("offers.yaml", "offers.yml")


def imported(
    drafts: Sequence[Draft],
    *,
    files: Mapping[str, str],
    known: Estate | None,
    comparisons: Iterable[EntryComparison],
    mode: ImportMode,
    unread: tuple[UnreadCustomer, ...],
    leaving: tuple[Customer, ...],
    rehearsal: bool | None,
) -> Imported:
    """Returns what an import writes. `files` are the customers' files by their names.

    Raises InvalidInput where the estate would not be valid afterwards.
    """
    by_address = sorted(comparisons, key=lambda comparison: comparison.desired.address)
    work = _Work(drafts=drafts, files=files, known=known, comparisons=tuple(by_address), mode=mode)
    found = work.imported()
    if known and found.files:
        edited_estate(known, found.files, rehearsal=rehearsal)
    return replace(found, unread=unread, leaving=leaving)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """One import, once everything is read."""

    drafts: Sequence[Draft]
    files: Mapping[str, str]
    known: Estate | None
    comparisons: tuple[EntryComparison, ...]
    mode: ImportMode

    def imported(self) -> Imported:
        """The files, and what is to be said of them."""
        contents, refused = self._edited
        new = {self._file(draft): self._new_text(draft).encode() for draft in self.drafts if not self._is_known(draft)}
        schemas = {kind: json_schema(kind, {*self._catalogue, *self._new_offers}) for kind in KINDS}
        return Imported(
            files={**self._offers_file(), **contents, **new},
            schemas={f"{SCHEMAS}/{kind}.json": schema for kind, schema in schemas.items()},
            customers=len(self.drafts),
            subscriptions=sum(len(draft.declared) + len(draft.new) for draft in self.drafts) - len(self._removed),
            not_declared=sum(len(draft.left_out) for draft in self.drafts if not self._is_known(draft)),
            lines=tuple(line for line in self._lines if line.address not in refused),
            added={file: there for file, edits in self._edits.items() if (there := _but(edits.new_addresses, refused))},
            removed=_but(sorted(self._removed), refused),
            new_files=tuple(sorted(new)),
            kept=tuple(self._kept()),
            left_out=tuple(self._left_out()),
            poor=tuple(self._poor()),
            refused=tuple(dict.fromkeys(refused.values())),
            named_otherwise=self._named_otherwise,
            extended=_but(sorted(self._extended), refused),
            comments_gone=tuple(
                item for file, after in contents.items() for item in comments_gone(self._source(file), after)
            ),
        )

    @property
    def _catalogue(self) -> Mapping[str, Offer]:
        return self.known.catalogue if self.known else {}

    def _is_known(self, draft: Draft) -> bool:
        return self.known is not None and draft.customer.name in self.known.customer_files

    def _file(self, draft: Draft) -> str:
        return self.files[draft.customer.name]

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """The names of the offers that an entry may get, by their ids."""
        compared = (comparison.live for comparison in self.comparisons)
        new = (live for draft in self.drafts for _, live in draft.new)
        return offer_names(self._catalogue, (live.offer for live in (*new, *compared) if live))

    @cached_property
    def _named_otherwise(self) -> tuple[tuple[Offer, str], ...]:
        """The catalogue's offers that customers have, and that the service calls otherwise."""
        declared = (draft.listing.find(draft.meant(name)) for draft in self.drafts for name in draft.declared)
        new = (live for draft in self.drafts for _, live in draft.new)
        called = {live.offer.id: live.offer.name for live in (*declared, *new) if live}
        known = (offer for _, offer in sorted(self._catalogue.items()) if offer.id in called)
        return tuple((offer, called[offer.id]) for offer in known if not offer.agrees_with(called[offer.id]))

    @cached_property
    def _values(self) -> Mapping[Address, Values]:
        """The values to write, whether or not the entries say so already."""
        return {
            comparison.desired.address: {**comparison.current_id, **comparison.merged(self._names).edits}
            for comparison in self.comparisons
        }

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        if self.known is None:
            return ()
        compared = {comparison.desired.address: comparison.desired for comparison in self.comparisons}
        lines = (
            line
            for address, values in sorted(self._values.items())
            for line in lines_of(compared[address], values, self.known)
        )
        return tuple(with_sources(lines, self.known))

    @property
    def _extended(self) -> Iterator[Address]:
        """The addresses that are written as what the extended service term made of them."""
        for draft in self.drafts:
            yield from (draft.address(name) for name, live in draft.new if live.named_extended)
        edited = (comparison for comparison in self.comparisons if comparison.merged(self._names).extended)
        yield from (comparison.desired.address for comparison in edited)

    @cached_property
    def _removed(self) -> frozenset[Address]:
        """The entries that go, since their subscriptions are gone."""
        gone = (comparison for comparison in self.comparisons if comparison.gone and self.mode.overwrite)
        return frozenset(comparison.desired.address for comparison in gone)

    @cached_property
    def _edits(self) -> Mapping[str, Edits]:
        """The edits of each file that there is."""
        values: dict[str, dict[Address, dict[str, str | int | SeatPermission]]] = defaultdict(lambda: defaultdict(dict))
        for line in self._lines:
            of_file = values[self.files[line.address.customer]]
            of_file[line.address][line.key] = self._values[line.address][line.key]
        added: dict[str, dict[str, tuple[Entry, ...]]] = defaultdict(dict)
        for draft in self.drafts:
            if self._is_known(draft) and draft.new:
                added[self._file(draft)][draft.customer.name] = draft.entries(self._names, self._misnamed)
        removed: dict[str, set[Address]] = defaultdict(set)
        for address in self._removed:
            removed[self.files[address.customer]].add(address)
        return {
            file: Edits(values=values.get(file, {}), added=added.get(file, {}), removed=removed.get(file, frozenset()))
            for file in sorted({*values, *added, *removed})
        }

    @property
    def _misnamed(self) -> frozenset[str]:
        return frozenset(offer.id for offer, _ in self._named_otherwise)

    @cached_property
    def _edited(self) -> tuple[Mapping[str, bytes], Mapping[Address, Problem]]:
        """The contents of the files that there are, after their edits; the addresses that could not be edited."""
        contents: dict[str, bytes] = {}
        refused: dict[Address, Problem] = {}
        for file, edits in self._edits.items():
            before = self._source(file)
            after = _with_edits(before, edits, refused)
            if after != before.content:
                contents[file] = after
        return contents, refused

    def _source(self, file: str) -> Source:
        if self.known is None:
            return Source(relative=file, shown=file, content=b"")
        return source_of(file, self.known)

    def _new_text(self, draft: Draft) -> str:
        return customer_text(draft.sheet(self._names, _schema(self._file(draft)), self._misnamed))

    @cached_property
    def _new_offers(self) -> Mapping[str, str]:
        """The ids of the offers that the catalogue does not have and an entry is written with, by their names."""
        edited = {address for address, values in self._values.items() if "offer" in values}
        compared = (comparison.live for comparison in self.comparisons if comparison.desired.address in edited)
        new = (live for draft in self.drafts for _, live in draft.new)
        used = {live.offer.id for live in (*new, *compared) if live}
        found = {self._names[offer_id]: offer_id for offer_id in used if self._names[offer_id] != offer_id}
        return {name: offer_id for name, offer_id in found.items() if name not in self._catalogue}

    def _offers_file(self) -> Mapping[str, bytes]:
        """The catalogue's file, where an offer is added or there is none."""
        files = self.known.files if self.known else {}
        file = next((name for name in _CATALOGUES if name in files), _CATALOGUES[0])
        before = files.get(file, b"")
        live = (live for draft in self.drafts for live in draft.listing.lives)
        called = {live.offer.id: live.offer.name for live in live}
        schema = f"{SCHEMAS}/offers.json"
        text = offers_text(self._new_offers, before.removeprefix(MARK).decode(), schema, called)
        after = (MARK if before.startswith(MARK) else b"") + text.encode()
        return {} if after == before else {file: after}

    def _kept(self) -> Iterator[Kept]:
        for comparison in self.comparisons:
            desired, why = comparison.desired, comparison.merged(self._names).why_not
            lines = tuple(lines_of(desired, comparison.wishes(self._names), self.known)) if self.known else ()
            if lines or why or comparison.gone:
                taken_back = self.mode.overwrite and desired.address not in self._edited[1]
                yield Kept(desired=desired, lines=lines, why=why, is_open=comparison.is_open, taken_back=taken_back)

    def _left_out(self) -> Iterator[tuple[str, LeftOut]]:
        """The subscriptions that are not declared and that no comment of the file names: new files have one."""
        for draft in self.drafts:
            if self._is_known(draft):
                content = self._source(self._file(draft)).content
                unsaid = (item for item in draft.left_out if not (item.id and item.id.encode() in content))
                yield from ((self._file(draft), item) for item in unsaid)

    def _poor(self) -> Iterator[tuple[str, str]]:
        customers = {draft.customer.name for draft in self.drafts}
        for draft in self.drafts:
            file, customer = self._file(draft), draft.customer.name
            tracked = draft.state.names_in_use if draft.state else frozenset()
            called = draft.display_name
            misspelt = not self._is_known(draft) and slug(called) and is_misspelt(called)
            if not tracked and (misspelt or is_poor(customer, customers)):
                yield file, customer
            names = {*draft.declared, *dict(draft.new)}
            poor = draft.misspelt.union(name for name in names if is_poor(name, names))
            yield from ((file, f"{customer}/{name}") for name in sorted(poor - tracked))


def _with_edits(before: Source, edits: Edits, refused: dict[Address, Problem]) -> bytes:
    """A file's content after its edits. Where one can't be made, the others are, and it is added to `refused`."""
    try:
        return edited_file(before, edits)
    except InvalidInput:
        content = before.content
        for single in edits.singly():
            try:
                content = edited_file(replace(before, content=content), single)
            except InvalidInput as error:
                refused.update(dict.fromkeys(single.addresses, error.problems[0]))
        return content


def _but(addresses: Iterable[Address], refused: Mapping[Address, Problem]) -> tuple[Address, ...]:
    return tuple(address for address in addresses if address not in refused)


def _schema(file: str) -> str:
    """Returns the path of the customers' schema, relative to a file."""
    return f"{'../' * file.count('/')}{SCHEMAS}/customer.json"
