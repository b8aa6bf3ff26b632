"""An object store that fails between two writes: before or after a write took effect; and runs that die just then."""

import signal
from collections.abc import Callable

from tests.crash.program import Process, Said
from tests.crash.scene import Scene
from tests.crash.settling import Settled, settle
from tests.state.proxy import Fault, Proxy

_UNAVAILABLE = (503, "<Error><Code>ServiceUnavailable</Code></Error>")


def play(scene: Scene, seed: int) -> Settled:
    with scene.bucket.location() as (location, between, variables):
        scene.variables = variables
        scene.open(state=location)
        said = _failing(scene, between, seed)
        if scene.dice.random() < 0.5:
            between.deliver()  # what was on its way arrives after all
        return settle(scene, said)


def _failing(scene: Scene, between: Proxy, seed: int) -> Said:
    """In every third case the run is killed at that write; in the others it may be more than its patience bears."""
    running: list[Process] = []

    def strike() -> None:
        scene.struck += 1
        if seed % 3 == 0:
            running[0].signal(signal.SIGKILL)

    between.faults = [_fault(scene, strike)]
    running.append(scene.apply())
    said = running[0].ended()
    between.faults = []
    return said


def _fault(scene: Scene, strike: Callable[[], None]) -> Fault:
    return Fault(
        method="PUT",
        ends=scene.dice.choice(["", ".json", ".json", ".lock"]),
        skip=scene.dice.randint(0, 5),
        times=scene.dice.choice([1, 1, 2, 4]),
        performed=scene.dice.random() < 0.5,
        answer=_UNAVAILABLE if scene.dice.random() < 0.3 else None,
        then=strike,
    )
