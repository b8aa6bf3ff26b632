"""Carries out `reconciler sandbox clock`."""

from datetime import datetime, timedelta

from reconciler import sandbox
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.model.utc import utc_minute


def clock(by: timedelta | None, to: datetime | None, chosen: Chosen) -> None:
    """Moves the sandbox's clock, prints what has happened on the way, and shows the time."""
    screen, world_file = output(no_color=chosen.no_color), Wiring(chosen=chosen).world_file
    moved = sandbox.clock_of(world_file)
    done = moved.set(to) if to else moved.advance(by) if by else []
    for sentence in sandbox.happenings(world_file, done):
        screen.write(sentence)
    screen.write(f"The sandbox's clock shows {utc_minute(moved.now())}.")
