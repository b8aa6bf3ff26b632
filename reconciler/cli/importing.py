"""`reconciler import`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen, again
from reconciler.cli.completing import tenants
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Folder
from reconciler.cli.terminal import messages, output
from reconciler.model.withheld import description

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.cli.wiring import Wiring
    from reconciler.model.subscription import Desired, Live
    from reconciler.operations.imports import Imported


@click.command("import")
@click.option(
    "--customer",
    "customers",
    metavar="TENANT",
    multiple=True,
    shell_complete=tenants,
    help="This customer; may be repeated.",
)
@click.option("--all", "everyone", is_flag=True, help="Every customer of the partner.")
@click.option(
    "--into",
    metavar="DIR",
    type=Folder(),
    help="Where to write [the estate's manifests].",
)
@click.option("--overwrite", is_flag=True, help="Replace manifests that say something else.")
@parallelism_option
@shared
def import_(
    customers: tuple[str, ...],
    everyone: bool,
    into: Path | None,
    overwrite: bool,
    parallelism: int | None,
    chosen: Chosen,
) -> int:
    """Write manifests and offers.yaml from live subscriptions, a file for each customer. A plan right after is empty.

    Customers, subscriptions and offers that are declared already keep their names. What can't be declared stands in a
    comment, with the reason; a customer who has nothing gets no file. Run again, it writes the same bytes; a manifest
    that says something else is kept unless --overwrite is given. Nothing is sent but reads.

    \b
    reconciler import --customer c8faf55f-096c-48e5-b657-816d1edd2c3b
    reconciler import --all --into manifests
    """
    if everyone == bool(customers):
        raise click.UsageError("Say which: --customer TENANT, or --all.")
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.rendering import visible

    here = into or Path(chosen.manifests or "manifests")
    wiring = Wiring(chosen=_settled(here, chosen), parallelism=parallelism)
    with ending_at_once():
        made = _made(wiring, here, list(dict.fromkeys(map(_tenant, customers))) or None)
    screen, told = output(no_color=chosen.no_color), messages(no_color=chosen.no_color)
    kept = _kept(here, made, overwrite=overwrite)
    for file in sorted(made.unmet):
        told.write(_unmet(here / file, made.unmet[file], kept=str(here / file) in kept))
    _write(here, made, kept)
    screen.write(_summary(made, here, kept))
    for one in made.unread:
        why = " ".join(problem.what for problem in one.error.problems)
        told.write(visible(f"Not imported: {one.account.tenant}. {why}"))
    for offer, service_name in made.named_otherwise:
        told.write(
            visible(f'offers.yaml calls {offer.id} "{offer.name}"; the service calls it "{service_name}".')
            + " The manifests go by offers.yaml. What to do:\n    reconciler explain offer_named_otherwise"
        )
    if kept:
        told.write(
            f"Kept, since they say something else: {', '.join(kept)}. To replace a customer's own file: --overwrite"
        )
    if len(kept) < len(made.customers):
        screen.write(f"Look at what was written, then plan:\n    {_plan(here, chosen, wiring.settings.cloud)}")
    return 1 if kept or made.unread else 0


def _settled(here: Path, chosen: Chosen) -> Chosen:
    """The settings are those of the directory that is written to, where it has some."""
    return replace(chosen, manifests=str(here)) if _settings_in(here) else chosen


def _settings_in(here: Path) -> bool:
    return any((here / name).exists() for name in ("reconciler.yaml", "reconciler.yml"))


def _tenant(text: str) -> str:
    from reconciler.model.address import canonical, is_guid

    if not is_guid(text):
        raise click.UsageError(
            f"--customer is not a tenant's id, such as c8faf55f-096c-48e5-b657-816d1edd2c3b. {description(text)}"
        )
    return canonical(text)


def _made(wiring: "Wiring", here: Path, tenants: list[str] | None) -> "Imported":
    from reconciler import manifests
    from reconciler.cli.files import read
    from reconciler.cli.wiring import rehearsal
    from reconciler.operations.imports import Importer

    catalogue = _catalogue(here)
    practised = rehearsal(wiring.chosen.cloud)
    with wiring.commerce() as commerce:
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


def _kept(here: Path, made: "Imported", *, overwrite: bool) -> list[str]:
    """The manifests that say something else and must be kept, as paths."""
    from reconciler.cli.files import read

    differing = (file for file, text in made.customers.items() if (here / file).exists() and read(here / file) != text)
    return [str(here / file) for file in differing if not overwrite or file in made.shared]


def _unmet(path: Path, unmet: "Iterable[tuple[Desired, Live | None]]", *, kept: bool) -> str:
    """What a manifest asks for that is not live: what replacing the file takes back, or would."""
    from reconciler.rendering import visible

    head = f"{path} asks for what is not live. " + (
        "Replacing it would take this back:" if kept else "It is replaced, which takes this back:"
    )
    lines = (head, *(f"    {_taken_back(desired, live)}" for desired, live in unmet))
    return "\n".join(map(visible, lines))


def _taken_back(desired: "Desired", live: "Live | None") -> str:
    asked = f"{desired.address}: {_said(desired)}"
    if live is None:
        return f"{asked} -> no entry: it is not live, or can't be declared"
    return f"{asked} -> {_said(live)}"


def _said(item: "Desired | Live") -> str:
    """Offer and seats. The id goes along: two offers may have one name."""
    name = f"{item.offer.name} ({item.offer.id})" if item.offer.name else item.offer.id
    return f"{name}, {item.quantity} {'seat' if item.quantity == 1 else 'seats'}"


def _write(here: Path, made: "Imported", kept: list[str]) -> None:
    """Writes the files that differ and are not kept, what others rest on first."""
    from reconciler.cli.files import read, write

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


def _summary(made: "Imported", here: Path, kept: list[str]) -> str:
    """What was read, and what of it stands in the manifests now: a file that was kept says what it said before."""
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
