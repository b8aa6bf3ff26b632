"""Carries out `reconciler set` and `reconciler accept`."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from itertools import groupby

import click

from reconciler.advice import sentence
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.files import rewrite_all
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.estate import Estate, read_estate
from reconciler.model.address import Address
from reconciler.model.drift import DriftReport
from reconciler.model.place import Place
from reconciler.model.term import FewerSeats
from reconciler.operations.accept import take_live
from reconciler.operations.drift import find_drift
from reconciler.operations.editing import Edited, Line, Quantity, Wanted
from reconciler.operations.editing import set_values as with_values
from reconciler.planning import Globs
from reconciler.rendering.safe import visible
from reconciler.system.clock import utc_now

_MANY = 5
"""The addresses that the command to plan names; beyond that it plans everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOptions:
    """The options of `set`, as typed."""

    addresses: tuple[str, ...]
    quantity: Quantity | None
    offer: str | None
    fewer_seats: str | None
    term: str | None
    billing: str | None
    change_term: str | None
    renew: str | None
    license_transfer: str | None
    until: date | None
    from_live: bool
    dry_run: bool

    @property
    def wanted(self) -> Wanted:
        """The new values."""
        keys = ("offer", "fewer_seats", "term", "billing", "change_term", "renew", "license_transfer")
        lines = {key: value for key in keys if (value := getattr(self, key)) is not None}
        once = ONCE.get(lines.get("fewer_seats", ""))
        if once:
            del lines["fewer_seats"]
        return Wanted(quantity=self.quantity, lines=lines, once=once, until=self.until)


ONCE = {"once": FewerSeats.NOW, "once_at_renewal": FewerSeats.AT_RENEWAL}
"""The words for a permission to remove seats once, down to the entry's quantity, and when it removes them."""


def set_values(options: SetOptions, chosen: Chosen) -> None:
    """Edits the entries, or shows how."""
    wanted = options.wanted
    if wanted.until and not wanted.once:
        raise click.UsageError(sentence("set_until_of_once"))
    if wanted.until and wanted.until < utc_now().date():
        raise click.UsageError(sentence("set_until_is_over", day=str(wanted.until)))
    typed = bool(wanted.lines or wanted.quantity or wanted.once)
    if typed == options.from_live:
        raise click.UsageError(sentence("set_of_nothing"))
    if options.from_live:
        _from_live(options.addresses, dry_run=options.dry_run, wiring=Wiring(chosen=chosen))
        return
    practised = rehearsal(chosen.cloud)
    estate = read_estate(chosen.root, rehearsal=practised)
    edited = with_values(estate, _selected(estate, options.addresses), wanted, rehearsal=practised)
    _finish(estate, edited, dry_run=options.dry_run, chosen=chosen)


def accept(addresses: tuple[str, ...], *, dry_run: bool, parallelism: int | None, chosen: Chosen) -> int:
    """Writes what was changed outside into the entries; without addresses into all of which something was. Returns 1
    where a customer could not be read.
    """
    wiring = Wiring(chosen=chosen, parallelism=parallelism)
    return _from_live(addresses, dry_run=dry_run, drift_only=True, wiring=wiring)


def _from_live(globs: tuple[str, ...], *, dry_run: bool, wiring: Wiring, drift_only: bool = False) -> int:
    chosen = wiring.chosen
    with ending_at_once(), wiring.workspace() as workspace:
        estate = workspace.estate
        drift = None if globs else find_drift(workspace)
        selected = {moved.address for moved in drift.moved} if drift else _selected(estate, globs)
        practised = rehearsal(chosen.cloud)
        edited = take_live(workspace, selected, drift_only=drift_only, named=bool(globs), rehearsal=practised)
    if drift_only and not edited.files and not edited.unwritten:
        _tell_nothing_drifted(globs, drift, chosen)
    elif edited.files or not edited.unwritten:
        _finish(estate, edited, dry_run=dry_run, chosen=chosen)
    aside = messages(no_color=chosen.no_color)
    for address, what in edited.unwritten.items():
        aside.say(f"{address}: {what}.")
    if extended := [*in_extended_term(edited.extended, chosen)]:
        aside.say(*extended)
    if edited.unwritten:
        target = tuple(map(str, edited.unwritten)) if len(edited.unwritten) <= _MANY else ()
        aside.say("What follows from it, and who must act:", again("plan", chosen=chosen, target=target))
    for unread in drift.unread if drift else ():
        aside.say(f"Not compared: {unread.customer.name}. {unread.what}")
    if drift and drift.unread:
        aside.say("What to do about it:", again("drift", chosen=chosen))
    return 1 if drift and drift.unread else 0


def in_extended_term(addresses: Collection[Address], chosen: Chosen) -> Iterator[str]:
    """Yields the lines of what it means to write entries of the extended service term, and what else can be done."""
    if addresses:
        named, each = ", ".join(addresses), "each" if len(addresses) > 1 else "it"
        yield sentence("written_in_extended_term", named=named, each=each)
        yield again("explain", "in_extended_service_term", chosen=chosen)


def _tell_nothing_drifted(globs: tuple[str, ...], drift: DriftReport | None, chosen: Chosen) -> None:
    """Says that nothing was edited, and how to write what is live where that is not what somebody else changed."""
    text = "Nothing to edit: the manifests have all that was changed outside since the last apply."
    if drift and not drift.compared:
        text = "Nothing to edit: no subscription that is declared was compared with state."
    elif drift and drift.not_compared:
        text = f"Nothing to edit in the {drift.compared} that were compared with state; {drift.not_compared} were not."
    output(no_color=chosen.no_color).say(text)
    if globs:
        command = again("set", *globs, "--from-live", chosen=chosen)
        messages(no_color=chosen.no_color).say("To write what is live in any case:", command)


def _selected(estate: Estate, globs: tuple[str, ...]) -> Iterable[Address]:
    declared = [desired.address for desired in estate.desired]
    return Globs(target=globs).with_labels_of(estate.desired).select(declared, present_name=estate.present_name)


def _finish(estate: Estate, edited: Edited, *, dry_run: bool, chosen: Chosen) -> None:
    """Shows the edits, and writes the files unless this is a dry run."""
    screen, aside = output(no_color=chosen.no_color), messages(no_color=chosen.no_color)
    if not edited.files:
        screen.say("Nothing to edit: the manifests say so already.")
        return
    if dry_run:
        screen.write("".join(_diff(estate, edited)))
        if edited.comments_gone:
            aside.say(*gone_comments(edited.comments_gone))
        aside.say("Nothing was written. To write it, leave --dry-run away.")
        return
    rewrite_all((estate.root / file, content, estate.files[file]) for file, content in edited.files.items())
    screen.say(*edited_lines(edited.lines), *gone_comments(edited.comments_gone))
    addresses = tuple(dict.fromkeys(line.address for line in edited.lines))
    target = tuple(map(str, addresses)) if len(addresses) <= _MANY else ()
    aside.say("Look at the edits, then plan:", again("plan", chosen=chosen, target=target))


def edited_lines(edited: Iterable[Line]) -> Iterator[str]:
    """Yields what was edited: each address with its place, and below it the values before and after."""
    for address, lines in groupby(edited, key=lambda line: line.address):
        for number, line in enumerate(lines):
            if not number:
                yield f"{address}  {line.place}"
            yield f"    {line.key}: {f'{line.before} -> ' if line.before else ''}{line.after}{_own(line)}"


def gone_comments(gone: Iterable[tuple[Place, str]]) -> Iterator[str]:
    """Yields the comments that an edit took away, each with the place where it stood; nothing where none is gone."""
    listed = [f"    {place}: {text}" for place, text in gone]
    if listed:
        yield from (sentence("comments_gone"), *listed)


def _own(line: Line) -> str:
    """Returns where an edited value stands that the entry had from elsewhere."""
    if not line.source:
        return ""
    return (
        " (beside <<, as the entry's own)"
        if line.source == "<<"
        else f" (in place of {line.source}, as the entry's own)"
    )


def _diff(estate: Estate, edited: Edited) -> Iterator[str]:
    for file, content in sorted(edited.files.items()):
        shown = (estate.root / file).as_posix()
        yield from difference(shown, estate.files[file], content)


def difference(shown: str, before: bytes, after: bytes) -> Iterator[str]:
    """Yields the lines of a diff of a file. Nothing in them acts on a terminal; line breaks are not compared."""
    old, new = (text.decode("utf-8-sig").splitlines(keepends=True) for text in (before, after))
    for line in unified_diff(old, new, f"a/{shown}", f"b/{shown}"):
        yield visible(line.rstrip("\r\n")) + "\n"
