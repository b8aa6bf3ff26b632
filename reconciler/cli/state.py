"""`reconciler state …`."""

import json
from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import customers, tracked
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared
from reconciler.cli.terminal import Screen, output

if TYPE_CHECKING:
    from reconciler.model.ports import StateStore
    from reconciler.model.state import CustomerState

COMMANDS = {
    "list": Entry("reconciler.cli.state:list_", "Every address, and the subscription it means."),
    "show": Entry("reconciler.cli.state:show_one", "One address: its chain, what is pending, its results."),
    "mv": Entry("reconciler.cli.surgery:move", "Rename an address."),
    "pull": Entry("reconciler.cli.state:pull", "Print the state as it is stored."),
    "push": Entry("reconciler.cli.surgery:push", "Put back a state that could not be written."),
    "resolve": Entry("reconciler.cli.surgery:resolve", "Settle a change whose outcome is unknown."),
}


@click.group("state", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def state(ctx: click.Context, chosen: Chosen) -> None:
    """Look at and repair what is remembered. Nothing here writes to the service.

    \b
    reconciler state list
    reconciler state show contoso/office
    reconciler state mv contoso/office contoso/headquarters
    reconciler state resolve contoso/office --not-done
    """
    ctx.obj = chosen


@click.command("list")
@shared
def list_(chosen: Chosen) -> None:
    """Every address, the subscription it means, and how its last change ended."""
    from reconciler.cli.wiring import Wiring

    screen = output(no_color=chosen.no_color)
    screen.write(remembered(Wiring(chosen=chosen).store, "text", screen))


@click.command("show")
@click.argument("address", shell_complete=tracked)
@shared
def show_one(address: str, chosen: Chosen) -> None:
    """One address: every subscription it has meant, what is pending, its results."""
    from reconciler.cli.surgery import parsed
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import StateMissing
    from reconciler.rendering import state_text

    wanted = parsed(address)
    found = Wiring(chosen=chosen).store.read(wanted.customer)
    if found is None or wanted.name not in {*found.state.subscriptions, *found.state.pending}:
        raise StateMissing.because(f"{wanted} is not tracked.", "What is tracked: reconciler state list")
    screen = output(no_color=chosen.no_color)
    screen.write(state_text(found.state, wanted, width=screen.width, color=screen.color))


@click.command()
@click.argument("customer", required=False, shell_complete=customers)
@shared
def pull(customer: str | None, chosen: Chosen) -> None:
    """Print a customer's state as it is stored; without CUSTOMER, all of it as one JSON object by customer."""
    from reconciler import state as states
    from reconciler.cli.wiring import Wiring
    from reconciler.documents.escaping import json_safe
    from reconciler.model.errors import StateMissing

    store = Wiring(chosen=chosen).store
    screen = output(no_color=True, forms=("json",))
    if customer is None:
        screen.write(remembered(store, "json", screen))
        return
    found = store.read(customer)
    if found is None:
        raise StateMissing.because(f"Nothing is remembered of {customer}.", "What is tracked: reconciler state list")
    screen.write(json_safe(states.dump(found.state)))


def remembered(store: "StateStore", form: str, screen: Screen) -> str:
    """Everything the store holds: a table, or one JSON object by customer."""
    from reconciler import state as states
    from reconciler.documents.escaping import json_safe
    from reconciler.rendering import states_text

    found = _all(store)
    if form == "json":
        documents = {one.customer.name: json.loads(states.dump(one)) for one in found}
        return json_safe(json.dumps(documents, indent=2, ensure_ascii=False))
    return states_text(found, width=screen.width, color=screen.color)


def _all(store: "StateStore") -> list["CustomerState"]:
    read = (store.read(name) for name in store.customers())
    return [found.state for found in read if found]
