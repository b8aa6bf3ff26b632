"""Carries out `reconciler sandbox reset`, `nudge` and `ledger`."""

import json
from dataclasses import asdict

from reconciler import sandbox
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring


def reset(chosen: Chosen) -> None:
    """Puts the sandbox back to its first day."""
    sandbox.reset(Wiring(chosen=chosen).world_file)
    output(no_color=chosen.no_color).say("The sandbox is back to its first day.")


def nudge(chosen: Chosen, *, papers: bool) -> None:
    """Changes something in the sandbox, as a colleague would in the portal; or sends the papers of held orders."""
    act = sandbox.send_papers if papers else sandbox.nudge
    done = act(Wiring(chosen=chosen).world_file)
    for change in done or (["No order waits for papers."] if papers else []):
        output(no_color=chosen.no_color).say(change)


def ledger(chosen: Chosen) -> None:
    """Prints what was really bought or changed, one JSON object a line."""
    screen = output(no_color=chosen.no_color, forms=("json",))
    for entry in sandbox.ledger(Wiring(chosen=chosen).world_file):
        members = {key: value for key, value in asdict(entry).items() if value != ""}
        screen.write(json.dumps(members | {"at": entry.at.isoformat()}))
