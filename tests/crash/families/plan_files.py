"""One plan file that is carried out twice: one run after the other, both at once, or again after an accident."""

import signal

from reconciler.sandbox import Fault
from tests.crash.program import Process
from tests.crash.scene import Scene
from tests.crash.settling import Settled, obey, settle


def play(scene: Scene, seed: int) -> Settled:
    """Each further run of the same plan counts as a fault, and so does the accident before it."""
    scene.open(customers=scene.dice.randint(1, 2))
    scene.run("plan", "--out", "plan.json")
    (_one_after_the_other, _at_once, _after_a_kill, _after_a_lost_answer)[seed % 4](scene)
    return settle(scene)


def _carried_out(scene: Scene) -> Process:
    return scene.start("apply", "plan.json")


def _again(scene: Scene) -> None:
    said = _carried_out(scene).ended()
    scene.struck += 1
    obey(scene, said)


def _one_after_the_other(scene: Scene) -> None:
    obey(scene, _carried_out(scene).ended())
    _again(scene)


def _at_once(scene: Scene) -> None:
    for process in [_carried_out(scene) for _ in range(scene.dice.randint(2, 3))]:
        process.ended()
        scene.struck += 1
    scene.struck -= 1


def _after_a_kill(scene: Scene) -> None:
    process = _carried_out(scene)
    process.wait_for_text("ing, ", scene.dice.randint(0, 3))
    scene.struck += process.signal(signal.SIGKILL)
    obey(scene, process.ended())
    _again(scene)
    _again(scene)


def _after_a_lost_answer(scene: Scene) -> None:
    scene.arm(Fault.parse(scene.dice.choice(["performed_then_dropped", "dropped_before"]) + "::POST"))
    obey(scene, _carried_out(scene).ended())
    scene.count_faults()
    _again(scene)
