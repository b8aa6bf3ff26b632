"""Carries out `reconciler import`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from reconciler import manifests
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.files import read, write
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.destination import destination
from reconciler.model.address import canonical, is_guid
from reconciler.model.subscription import Desired, Live
from reconciler.model.term import Renew
from reconciler.model.withheld import description
from reconciler.operations.imports import Imported, Importer
from reconciler.rendering import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """The options of `import`, as typed: some customers, or everyone."""

    customers: tuple[str, ...]
    everyone: bool
    into: Path | None
    overwrite: bool
    parallelism: int | None


def import_(options: ImportOptions, chosen: Chosen) -> int:
    """Writes manifests of what is live; returns 1 where a manifest was kept or a customer was not read."""
    if options.everyone == bool(options.customers):
        raise click.UsageError("Say which: --customer TENANT, or --all.")
    here = options.into or chosen.root
    wiring = Wiring(chosen=_settled(here, chosen), parallelism=options.parallelism)
    with ending_at_once():
        made = _made(wiring, here, list(dict.fromkeys(map(_tenant, options.customers))) or None)
    screen, aside = output(no_color=chosen.no_color), messages(no_color=chosen.no_color)
    kept = _kept(here, made, overwrite=options.overwrite)
    for file in sorted(made.unmet):
        aside.write(_unmet(here / file, made.unmet[file], kept=str(here / file) in kept))
    for line in _pending(here, made, kept, chosen):
        aside.write(line)
    _write(here, made, kept)
    screen.write(_summary(made, here, kept))
    for note in _notes(made, kept):
        aside.write(note)
    if len(kept) < len(made.customers):
        screen.write(f"Look at what was written, then plan:\n    {_plan(here, chosen, wiring.settings.cloud)}")
    return 1 if kept or made.unread else 0


def _notes(made: Imported, kept: list[str]) -> Iterable[str]:
    """Yields what the files do not say: customers that were not read, offers named otherwise, manifests kept."""
    for unread in made.unread:
        why = " ".join(problem.what for problem in unread.error.problems)
        yield visible(f"Not imported: {unread.account.tenant}. {why}")
    for offer, service_name in made.named_otherwise:
        yield (
            visible(f'offers.yaml calls {offer.id} "{offer.name}"; the service calls it "{service_name}".')
            + " The manifests go by offers.yaml. What to do:\n    reconciler explain offer_named_otherwise"
        )
    if kept:
        yield f"Kept, since they say something else: {', '.join(kept)}. To replace a customer's own file: --overwrite"


def _settled(here: Path, chosen: Chosen) -> Chosen:
    """The settings are those of the directory that is written to, where it has some."""
    return replace(chosen, manifests=str(here)) if _settings_in(here) else chosen


def _settings_in(here: Path) -> bool:
    return any((here / name).exists() for name in ("reconciler.yaml", "reconciler.yml"))


def _tenant(text: str) -> str:
    if not is_guid(text):
        raise click.UsageError(
            f"--customer is not a tenant's id, such as c8faf55f-096c-48e5-b657-816d1edd2c3b. {description(text)}"
        )
    return canonical(text)


def _made(wiring: Wiring, here: Path, tenants: list[str] | None) -> Imported:
    catalogue = _catalogue(here)
    practised = rehearsal(wiring.chosen.cloud)
    with wiring.service.commerce() as commerce:
        return Importer(
            commerce=commerce,
            store=wiring.store,
            settings=wiring.settings,
            known=manifests.read(here, empty_allowed=True, rehearsal=practised) if here.is_dir() else None,
            offers=read(catalogue) if catalogue.exists() else "",
        ).bring_in(tenants)


def _catalogue(here: Path) -> Path:
    other = here / "offers.yml"
    return other if other.exists() else here / "offers.yaml"


def _kept(here: Path, made: Imported, *, overwrite: bool) -> list[str]:
    """The manifests that say something else and must be kept, as paths."""
    differing = (file for file, text in made.customers.items() if (here / file).exists() and read(here / file) != text)
    return [str(here / file) for file in differing if not overwrite or file in made.shared]


def _pending(here: Path, made: Imported, kept: list[str], chosen: Chosen) -> Iterable[str]:
    """Yields a warning for every change without an outcome, of which a file that is replaced would say nothing."""
    for file, addresses in sorted(made.pending.items()):
        path = here / file
        if str(path) not in kept and path.exists() and read(path) != made.customers[file]:
            for address in addresses:
                yield (
                    f"{path} is replaced while a change of {address} is not final: it was sent, and its outcome is"
                    " unknown. The manifest now says what shows today. Settle the change, then import again:\n"
                    f"    {again('apply', chosen=chosen)}"
                )


def _unmet(path: Path, unmet: Iterable[tuple[Desired, Live | None]], *, kept: bool) -> str:
    """Returns what a manifest asks for that is not live: what replacing the file takes back, or would."""
    head = f"{path} asks for what is not live. " + (
        "Replacing it would take this back:" if kept else "It is replaced, which takes this back:"
    )
    lines = (head, *(f"    {_taken_back(desired, live)}" for desired, live in unmet))
    return "\n".join(map(visible, lines))


def _taken_back(desired: Desired, live: Live | None) -> str:
    """Returns what an entry asks for, and what is written in its place."""
    wanted = _described(desired, desired.quantity)
    if live is None:
        return f"{desired.address}: {wanted} -> no entry: it is not live, or can't be declared"
    lines = destination(live)
    pairs = (
        ("term", desired.term, lines.term),
        ("billing", desired.billing, lines.billing),
        ("renew", desired.renew, lines.renew or Renew.AUTO),
    )
    others = [(name, asked, written) for name, asked, written in pairs if asked and asked != written]
    asked = ", ".join((wanted, *(f"{name}: {value}" for name, value, _ in others)))
    written = ", ".join((_described(live, lines.quantity), *(f"{name}: {value}" for name, _, value in others if value)))
    return f"{desired.address}: {asked} -> {written}"


def _described(item: Desired | Live, quantity: int) -> str:
    """Offer and seats. The id goes along: two offers may have one name."""
    name = f"{item.offer.name} ({item.offer.id})" if item.offer.name else item.offer.id
    return f"{name}, {quantity} {'seat' if quantity == 1 else 'seats'}"


def _write(here: Path, made: Imported, kept: list[str]) -> None:
    """Writes the files that differ and are not kept, what others rest on first."""
    catalogue = {_catalogue(here): made.offers}
    for path, text in (catalogue | {here / file: text for file, text in made.schemas.items()}).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or read(path) != text:
            write(path, text)
    for file, text in made.customers.items():
        path = here / file
        if str(path) not in kept and (not path.exists() or read(path) != text):
            path.parent.mkdir(parents=True, exist_ok=True)
            write(path, text)


def _summary(made: Imported, here: Path, kept: list[str]) -> str:
    """Returns what was read, and what of it the manifests declare now: a file that was kept is as it was before."""
    customers, written = len(made.customers), len(made.customers) - len(kept)
    counted = (
        f"{customers:,} {'customer' if customers == 1 else 'customers'}, "
        f"{made.subscriptions:,} {'subscription' if made.subscriptions == 1 else 'subscriptions'}."
    )
    if kept:
        return f"Read: {counted} Imported into {here}: {written:,} of {customers:,} manifests; the others are kept."
    left = f"\nNot declared: {made.left_out:,}. Comments in the manifests say which, and why." if made.left_out else ""
    return f"Imported into {here}: {counted}{left}"


def _plan(here: Path, chosen: Chosen, cloud: str) -> str:
    """The plan of what was written; it names the cloud where nothing written does."""
    said = replace(chosen, manifests=None if str(here) == "manifests" else str(here))
    return again("plan", chosen=said if _settings_in(here) else replace(said, cloud=cloud))
