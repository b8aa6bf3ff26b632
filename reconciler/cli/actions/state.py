"""Carries out `reconciler state list`, `show` and `pull`."""

import json

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.parameters import parse_address
from reconciler.cli.terminal import Screen, output
from reconciler.cli.wiring import Wiring
from reconciler.documents import state
from reconciler.documents.escaping import json_safe
from reconciler.model.errors import StateMissing
from reconciler.model.ports import StateStore
from reconciler.rendering import state_text, states_text


def list_addresses(chosen: Chosen) -> None:
    """Lists every address, the subscription it means, and how its last change ended."""
    screen = output(no_color=chosen.no_color)
    screen.write(stored(Wiring(chosen=chosen).store, "text", screen))


def show_address(text: str, chosen: Chosen) -> None:
    """Shows the chain, the pending change and the results of one address."""
    address = parse_address(text)
    found = Wiring(chosen=chosen).store.read(address.customer)
    if found is None or address.name not in {*found.state.subscriptions, *found.state.pending}:
        raise StateMissing(problem("not_tracked", address=address))
    screen = output(no_color=chosen.no_color)
    screen.write(state_text(found.state, address, width=screen.width, color=screen.color))


def pull(customer: str | None, chosen: Chosen) -> None:
    """Prints a customer's state as it is stored, or all of it as one JSON object by customer."""
    store = Wiring(chosen=chosen).store
    screen = output(no_color=True, forms=("json",))
    if customer is None:
        screen.write(stored(store, "json", screen))
        return
    found = store.read(customer)
    if found is None:
        raise StateMissing(problem("not_remembered", customer=customer))
    screen.write(json_safe(state.dump(found.state)))


def stored(store: StateStore, form: str, screen: Screen) -> str:
    """Returns everything that the store holds: a table, or one JSON object by customer."""
    read = (store.read(name) for name in store.customers())
    states = [found.state for found in read if found]
    if form == "json":
        documents = {known.customer.name: json.loads(state.dump(known)) for known in states}
        return json_safe(json.dumps(documents, indent=2, ensure_ascii=False))
    return states_text(states, width=screen.width, color=screen.color)
