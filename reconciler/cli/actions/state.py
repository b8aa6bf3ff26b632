"""Carries out `reconciler state list`, `show` and `pull`."""

import json

from reconciler.cli.chosen import Chosen
from reconciler.cli.parameters import parse_address
from reconciler.cli.terminal import Screen, output
from reconciler.cli.wiring import Wiring
from reconciler.documents import state
from reconciler.documents.escaping import json_safe
from reconciler.model.errors import StateMissing
from reconciler.operations.states import read_state, read_states
from reconciler.operations.untracked import unremembered, untracked
from reconciler.rendering.reports.states import state_report, states_report
from reconciler.system.clock import utc_now


def list_addresses(form: str, chosen: Chosen) -> None:
    """Lists every address, the subscription it means, and how its last change ended."""
    screen = output(no_color=chosen.no_color, forms=(form,))
    show_stored(Wiring(chosen=chosen), form, screen)


def show_address(text: str, chosen: Chosen) -> None:
    """Shows the chain, the pending change and the results of one address."""
    address = parse_address(text)
    wiring = Wiring(chosen=chosen)
    known = read_state(wiring.store, address.customer, wiring.settings.lineage)
    if known is None or address.name not in {*known.subscriptions, *known.pending}:
        raise StateMissing(untracked(address, read_states(wiring.store, wiring.settings.lineage)))
    screen = output(no_color=chosen.no_color)
    screen.show(state_report(known, address, utc_now()), chosen.invocation)


def pull(customer: str | None, chosen: Chosen) -> None:
    """Prints a customer's state as it is stored, or all of it as one JSON object by customer."""
    wiring = Wiring(chosen=chosen)
    screen = output(no_color=True, forms=("json",))
    if customer is None:
        show_stored(wiring, "json", screen)
        return
    known = read_state(wiring.store, customer, wiring.settings.lineage)
    if known is None:
        raise StateMissing(unremembered(customer, read_states(wiring.store, wiring.settings.lineage)))
    screen.write(json_safe(state.dump(known)))


def show_stored(wiring: Wiring, form: str, screen: Screen) -> None:
    """Shows everything that the state location holds: a table, or one JSON object by customer."""
    states = read_states(wiring.store, wiring.settings.lineage)
    if form == "json":
        documents = {known.customer.name: json.loads(state.dump(known)) for known in states}
        screen.write(json_safe(json.dumps(documents, indent=2, ensure_ascii=False)))
    else:
        screen.show(states_report(states, utc_now()), wiring.chosen.invocation, form)
