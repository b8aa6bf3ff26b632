"""Carries out `reconciler import`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path

import click

from reconciler.advice import sentence
from reconciler.cli.actions.editing import edited_lines, gone_comments, in_extended_term
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.files import read, rewrite_all, write
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.estate import Estate, read_estate
from reconciler.manifests.special_files import OFFERS
from reconciler.manifests.writing import LeftOut
from reconciler.model.address import canonical, is_guid
from reconciler.model.withheld import description
from reconciler.operations.import_values import Imported, ImportMode, Kept
from reconciler.operations.imports import Importer

_MOST = 10
"""The poor names and the subscriptions not declared that are listed; beyond that they are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of `import`, as typed: some customers, or everyone."""

    customers: tuple[str, ...]
    everyone: bool
    into: Path | None
    overwrite: bool
    new_only: bool
    update_ids: bool
    parallelism: int | None

    @property
    def mode(self) -> ImportMode:
        """The extent of the import."""
        return ImportMode(overwrite=self.overwrite, new_only=self.new_only, update_ids=self.update_ids)


def import_(options: ImportOptions, chosen: Chosen) -> int:
    """Merges what is live into the manifests; returns 1 where an edit could not be made or a customer was not read."""
    if options.everyone == bool(options.customers):
        raise click.UsageError(sentence("import_of_nobody"))
    if options.new_only and (options.overwrite or options.update_ids):
        raise click.UsageError(sentence("import_of_new_only"))
    tenants = list(dict.fromkeys(map(_tenant, options.customers))) or None
    here = options.into or chosen.root
    wiring = Wiring(chosen=_settled(here, chosen), parallelism=options.parallelism)
    practised = rehearsal(chosen.cloud)
    known = read_estate(here, empty_allowed=True, rehearsal=practised) if here.is_dir() else None
    with ending_at_once(), wiring.service.commerce() as commerce:
        made = Importer(
            commerce=commerce,
            store=wiring.store,
            settings=wiring.settings,
            known=known,
            mode=options.mode,
            rehearsal=practised,
        ).bring_in(tenants)
    _write(here, made, known)
    screen, aside = output(no_color=chosen.no_color), messages(no_color=chosen.no_color)
    screen.say(*_summary(made, here, known))
    written = _of_what_is_written(here, chosen, wiring.settings.cloud)
    if notes := [*_notes(made, here, written)]:
        aside.say(*notes)
    if made.files:
        screen.say("Look at what was written, then plan:", again("plan", chosen=written))
    return 1 if made.refused or made.unread or (made.gone and not options.new_only) else 0


def _notes(made: Imported, here: Path, chosen: Chosen) -> Iterator[str]:
    """Yields what the files do not say, line by line: what was kept or taken back, what is not declared, whose names
    say little, offers named otherwise, and what could not be read or edited.
    """
    yield from _kept(made, chosen)
    for file, items in groupby(islice(made.left_out, _MOST), key=lambda item: item[0]):
        yield f"Not declared in {here / file}:"
        for _, item in items:
            yield from _left_out(item, chosen)
    if len(made.left_out) > _MOST:
        yield f"Not declared elsewhere: {len(made.left_out) - _MOST:,} more"
    if made.poor:
        names = [f"    {name}  {here / file}" for file, name in made.poor]
        more = [f"    and {len(names) - _MOST:,} more"] if len(names) > _MOST else []
        yield from (sentence("names_say_little"), *names[:_MOST], *more)
    for offer, service_name in made.named_otherwise:
        called = sentence("offers_go_by_catalogue", id=offer.id, name=offer.name, service_name=service_name)
        yield f"{called} What to do:"
        yield again("explain", "offer_named_otherwise", chosen=chosen)
    yield from in_extended_term(made.extended, chosen)
    yield from _failures(made, chosen)


def _kept(made: Imported, chosen: Chosen) -> Iterator[str]:
    """Yields what entries ask for and is not live, and the entries that were not compared."""
    wishes = [kept for kept in made.kept if not kept.why]
    if kept_wishes := [kept for kept in wishes if not kept.taken_back]:
        yield sentence("wishes_kept")
        yield from _values(kept_wishes)
    if taken_back := [str(kept.desired.address) for kept in wishes if kept.taken_back]:
        yield sentence("wishes_taken_back", addresses=", ".join(taken_back))
    if skipped := [kept for kept in made.kept if kept.why]:
        yield sentence("not_compared")
        yield from (f"    {kept.desired.address}: {kept.why}" for kept in skipped)
    if any(kept.is_open for kept in skipped):
        yield "Changes without an outcome are settled by"
        yield again("apply", "--settle", chosen=chosen)


def _left_out(item: LeftOut, chosen: Chosen) -> Iterator[str]:
    yield f"    {item.what}: {item.why}"
    if item.adopts:
        yield again("adopt", item.adopts, item.id, chosen=chosen)


def _failures(made: Imported, chosen: Chosen) -> Iterator[str]:
    for problem in made.refused:
        yield f"Not edited: {problem.where}: {problem.what}."
        for step in problem.steps:
            yield from chosen.invocation.lines(step.text, step.run)
    if made.leaving:
        yield f"Not imported, since moves.yaml removes them: {', '.join(customer.name for customer in made.leaving)}"
    for customer in made.gone:
        yield f"Not compared: {customer.name} ({customer.tenant}). {sentence('not_listed_as_customer')}"
    if made.gone:
        yield "What to do about it:"
        yield again("drift", chosen=chosen)
    for unread in made.unread:
        why = " ".join(problem.what for problem in unread.error.problems)
        yield f"Not imported: {unread.account.tenant}. {why}"


def _values(kept: list[Kept]) -> Iterator[str]:
    """Yields the values that entries ask for, each with what is live."""
    gone = (item.desired for item in kept if not item.lines)
    missing = (f"{desired.address}  {desired.source}\n        it is not live" for desired in gone)
    return (f"    {line}" for line in (*edited_lines(line for item in kept for line in item.lines), *missing))


def _settled(here: Path, chosen: Chosen) -> Chosen:
    """The settings are those of the directory that is written to, where it has some."""
    return replace(chosen, manifests=str(here)) if _settings_in(here) else chosen


def _settings_in(here: Path) -> bool:
    return any((here / name).exists() for name in ("reconciler.yaml", "reconciler.yml"))


def _tenant(text: str) -> str:
    if not is_guid(text):
        raise click.UsageError(sentence("import_of_no_tenant", shown=description(text)))
    return canonical(text)


def _write(here: Path, made: Imported, known: Estate | None) -> None:
    """Writes the files that differ, what others rest on first; of the files that there are all or none."""
    for file, text in made.schemas.items():
        path = here / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or read(path) != text:
            write(path, text)
    there = known.files if known else {}
    new = {file: content.decode() for file, content in made.files.items() if file not in there}
    for file in OFFERS:
        if file in new:
            write(here / file, new.pop(file))
    rewrite_all((here / file, content, there[file]) for file, content in made.files.items() if file in there)
    for file, text in new.items():
        write(here / file, text)


def _summary(made: Imported, here: Path, known: Estate | None) -> Iterator[str]:
    """Yields what was read, and what of it was written."""
    customers, subscriptions = _count(made.customers, "customer"), _count(made.subscriptions, "subscription")
    yield f"Imported into {here}: {customers}, {subscriptions}."
    if made.not_declared and made.new_files:
        yield f"Not declared: {made.not_declared:,}. Comments in the manifests say which, and why."
    if known and made.new_files:
        more = f" and {len(made.new_files) - _MOST:,} more" if len(made.new_files) > _MOST else ""
        yield f"New: {', '.join(str(here / file) for file in made.new_files[:_MOST])}{more}"
    for file, addresses in made.added.items():
        yield f"Added to {here / file}: {', '.join(addresses)}"
    yield from edited_lines(made.lines)
    if made.removed:
        yield f"Removed: {', '.join(made.removed)}"
    yield from gone_comments(made.comments_gone)
    if not made.files:
        yield "Nothing to write: the manifests say so already."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _of_what_is_written(here: Path, chosen: Chosen, cloud: str) -> Chosen:
    """Returns the choice by which a further command is about the estate that was written: its cloud, too, where nothing
    written names that.
    """
    shown = replace(chosen, manifests=None if str(here) == "manifests" else str(here))
    return shown if _settings_in(here) else replace(shown, cloud=cloud)
