"""The work of a person after an accident: runs apply again, and types what its messages say, until nothing is left."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.sandbox import Sold
from tests.crash.estates import WAIT_SECONDS
from tests.crash.program import Said
from tests.crash.scene import Scene

ROUNDS = 12
_PATIENCE = 3
"""The number of times that an unknown outcome is left to apply before a person looks for herself."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The state in the end, by customer; and the reasons why it has not come to rest, where it has not."""

    states: Mapping[str, Any]
    unsettled: str = ""


def settle(scene: Scene, before: Said | None = None) -> Settled:
    """Comes to rest: an apply that ends well, buys nothing, leaves nothing pending and waits for nobody's word.

    `before` is what the run said that met with the accident. What it said may be typed at once, or after all else.
    """
    if before is not None and scene.dice.random() < 0.7:
        obey(scene, before)
    last = Said(code=0, text="")
    for round_ in range(ROUNDS):
        bought = scene.emulator.ledger
        last = scene.run("apply", "--auto-approve")
        waits = any(command[:2] == ("state", "resolve") for command in last.commands)
        if last.code == 0 and scene.emulator.ledger == bought and not scene.pending and not waits:
            return Settled(states=scene.states)
        if last.code < 0:  # nobody kills these
            break
        obey(scene, last, resolving=round_ >= _PATIENCE)
        if scene.pending:
            time.sleep(WAIT_SECONDS / 2)  # what the service is at work on takes its time, however fast applies are
    why = f"it does not settle; the last apply ended with {last.code}:\n{last.text}"
    return Settled(states=scene.states, unsettled=why)


def obey(scene: Scene, said: Said, *, resolving: bool = False) -> None:
    """Types the commands that a run named. All runs have ended by then, so that every lock is a dead one's."""
    _keep(scene, said)
    for command in said.commands:
        match command:
            case ("unlock", *_):
                _type(scene, *command)
            case ("state", "push", *_):
                _type(scene, *command)
            case ("state", "resolve", address, "--not-done") if resolving:
                _type(scene, "state", "resolve", address, *_seen_in_portal(scene, address))
            case _:
                pass


def _keep(scene: Scene, said: Said) -> None:
    """Returns the state to push: it stands in the output alone where no file could be written."""
    for number, document in enumerate(said.rescued):
        rescued = [path for path in scene.root.glob("errored.*.json") if path.read_text("utf-8") == document]
        if not rescued:
            path = Path(scene.root / f"copied-{number}.json")
            path.write_text(document, "utf-8")
            _type(scene, "state", "push", path.name)


def _type(scene: Scene, *command: str) -> None:
    scene.typed[" ".join(command[:2] if command[0] == "state" else command[:1])] += 1
    scene.run(*command)


def _seen_in_portal(scene: Scene, address: str) -> tuple[str, ...]:
    """Returns what a person finds in the portal: the subscription that the change made, or none."""
    name, _, entry = address.partition("/")
    state = scene.states[name]
    changes = list(state["pending"].get(entry, {}).values())
    if not changes:
        return ("--not-done",)
    chained = {
        item for bound in state["subscriptions"].values() for item in (bound["id"], *bound.get("previous_ids", ()))
    }
    made = [sold for sold in _sold(scene, name) if _is_made(sold, changes[0], chained)]
    return ("--succeeded", made[0].id) if made else ("--not-done",)


def _is_made(sold: Sold, change: Mapping[str, Any], chained: set[str]) -> bool:
    request, known = change["request"], {*change["known_subscription_ids"], *chained}
    if request["kind"] == "resize":
        return (sold.id, sold.quantity) == (change["subscription_id"], request["quantity"])
    if request["kind"] == "renewal":
        return sold.id == change["subscription_id"] and sold.next_term is not None
    if request["kind"] == "transition":
        return sold.id == change["subscription_id"] and sold.product_sku == str(request["target_offer_id"]).upper()
    target = (str(request["target_offer_id"]).lower(), request["quantity"])
    return sold.id not in known and (sold.offer.lower(), sold.quantity) == target


def _sold(scene: Scene, name: str) -> list[Sold]:
    return next(tenant.subscriptions for tenant in scene.emulator.world.customers if tenant.name == name)
