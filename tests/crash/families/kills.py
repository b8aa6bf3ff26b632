"""Runs that are killed at a random instant, once or several times over, as a cancelled CI job is."""

import signal
import threading

from tests.crash.program import Process, Said
from tests.crash.scene import Scene
from tests.crash.settling import Settled, obey, settle


def play(scene: Scene, _seed: int) -> Settled:
    """Up to three kills, each between any two lines of output, then peace."""
    scene.open(customers=scene.dice.randint(1, 3), behaviour=scene.service(scene.dice.choice([0, 0.01, 0.04])))
    for _ in range(scene.dice.randint(1, 3)):
        obey(scene, cancelled(scene))
    return settle(scene)


def cancelled(scene: Scene) -> Said:
    """SIGKILL, or what CI systems do: SIGTERM or SIGINT, and SIGKILL when they lose patience."""
    process = scene.apply()
    process.wait_for_text("ing, ", scene.dice.randint(0, 4))
    _pause(scene, 0.08)
    first = scene.dice.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    scene.struck += process.signal(first)
    if first is not signal.SIGKILL:
        _ended_or_killed(scene, process)
    return process.ended()


def _ended_or_killed(scene: Scene, process: Process) -> None:
    _pause(scene, 0.2)
    if scene.dice.random() < 0.3:
        process.signal(signal.SIGTERM)
    process.signal(signal.SIGKILL)


def _pause(scene: Scene, seconds: float) -> None:
    threading.Event().wait(scene.dice.uniform(0, seconds))
