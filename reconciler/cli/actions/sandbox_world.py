"""Carries out `reconciler sandbox load` and `dump`."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from reconciler import sandbox
from reconciler.advice import problem, sentence
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.files import named, read, write
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.documents import snapshot as snapshot_document
from reconciler.documents.snapshot import Snapshot
from reconciler.manifests.plain import plain_file, plain_text
from reconciler.model.errors import InvalidInput, ReconcilerError
from reconciler.model.invocation import operand
from reconciler.model.utc import utc_minute
from reconciler.rendering.phrases import count
from reconciler.sandbox.estate import LiveCustomer, unknown_offers, world_of
from reconciler.sandbox.world_file import HEAD, NOTES, as_data, from_data
from reconciler.state import open_store

_SNAPSHOT = '{"fingerprint":'
"""The beginning of every snapshot."""

_LISTED = 8


def dump(file: Path | None, chosen: Chosen, *, overwrite: bool) -> None:
    """Writes the world as YAML. Raises InvalidInput where the file is there with anything else in it, unless it may be
    overwritten: people edit it.
    """
    world = sandbox.saved(Wiring(chosen=chosen).world_file)
    text = plain_text(as_data(world), HEAD, NOTES)
    if file is None:
        output(no_color=chosen.no_color).write(text)
        return
    refuse_loss(chosen=chosen, also=(file,))
    if not overwrite and file.is_file() and file.read_bytes() != text.encode():
        raise InvalidInput(problem("world_file_differs", named(file), file=operand(str(file))))
    write(file, text)
    output(no_color=chosen.no_color).say(
        f"Written: {named(file)}. To go back to it:", again("sandbox", "load", str(file), chosen=chosen)
    )


def load(file: Path, chosen: Chosen) -> None:
    """Puts the world of a snapshot or of a world file in the place of the sandbox's."""
    wiring, text = Wiring(chosen=chosen), read(file, at_most=snapshot_document.MAXIMUM_BYTES)
    screen, aside = output(no_color=chosen.no_color), messages(no_color=chosen.no_color)
    found = snapshot_document.load(text, str(file)) if text.startswith(_SNAPSHOT) else None
    if found is None:
        content = plain_file(text, named(file))
        world = from_data(content.data, content.place)
    else:
        world = world_of(_customers(found, wiring), china=found.cloud == "china")
    sandbox.load(wiring.world_file, world)
    sold = sum(len(customer.subscriptions) for customer in world.customers)
    customers, subscriptions = count(len(world.customers), "customer"), count(sold, "subscription")
    screen.say(f"The sandbox has {customers} with {subscriptions} now.")
    state = _remembered(found, wiring) if found else ""
    for line in _missing(found, unknown_offers(world)) if found else ():
        aside.say(line)
    words = ("--cloud", "sandbox", *(("--state", state) if state else ()))
    screen.say("To rehearse on it, where nothing is bought:", again("plan", *words, chosen=chosen))


def _customers(snapshot: Snapshot, wiring: Wiring) -> Iterator[LiveCustomer]:
    """The customers that the snapshot could read, by the names that state and the manifests give them."""
    names: dict[str, str] = {}
    with suppress(ReconcilerError):
        names |= {customer.tenant: customer.name for customer in wiring.estate.customers}
    names |= {state.customer.tenant: state.customer.name for state in snapshot.states}
    for customer in snapshot.customers:
        if customer.unread is None:
            yield LiveCustomer(
                name=names.get(customer.tenant, f"customer-{customer.tenant[:8]}"),
                tenant=customer.tenant,
                subscriptions=customer.subscriptions,
                relationship=customer.relationship,
            )


def _remembered(snapshot: Snapshot, wiring: Wiring) -> str:
    """Writes what state remembered beside the sandbox's world, in place of an earlier rehearsal's; the folder."""
    folder = wiring.world_file.parent / "rehearsal"
    shutil.rmtree(folder, ignore_errors=True)
    store = open_store(str(folder))
    if snapshot.lineage:
        store.establish(snapshot.lineage)
    for state in snapshot.states:
        store.write(state, None)
    with suppress(ValueError):
        return str(folder.relative_to(Path.cwd()))
    return str(folder)


def _missing(snapshot: Snapshot, unknown: tuple[str, ...]) -> Iterator[str]:
    """Says what of the estate is not in the sandbox, a line each."""
    unread = sum(customer.unread is not None for customer in snapshot.customers)
    items = sum(len(customer.unreadable) for customer in snapshot.customers)
    if unread:
        yield sentence("sandbox_without_unread", what=count(unread, "customer"))
    if items:
        yield sentence("sandbox_without_unfit", what=count(items, "subscription"))
    if unknown:
        more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
        yield sentence("sandbox_without_offers", offers=f"{', '.join(unknown[:_LISTED])}{more}")
    yield sentence("rehearsal_knows_less")
    yield sentence("sandbox_time_is_this_machines", time=utc_minute(snapshot.taken_at))
