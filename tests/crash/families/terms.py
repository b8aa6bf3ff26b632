"""Accidents of new commerce: upgrades that take a while, what is scheduled after them, and seats that are added.

A third of the cases are killed, a third have connections broken, and a third both.
"""

from reconciler.sandbox import Behaviour, Fault, FaultKind
from tests.crash.estates import WAIT_SECONDS
from tests.crash.families.kills import cancelled
from tests.crash.scene import Scene
from tests.crash.settling import Settled, obey, settle

_LOST = (
    FaultKind.PERFORMED_THEN_DROPPED,
    FaultKind.DROPPED_BEFORE,
    FaultKind.HTTP_500_AFTER,
    FaultKind.HALF_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.UNAVAILABLE_503,
)
_TAKES = (0, WAIT_SECONDS / 2, 2.5 * WAIT_SECONDS)


def play(scene: Scene, seed: int) -> Settled:
    """Kills, lost answers, or both, while upgrades are done at once, within the wait, or after it."""
    behaviour = Behaviour(
        idempotent=scene.dice.random() < 0.5,
        latency=scene.dice.choice([0, 0.01]),
        transitioned_after=_TAKES[seed % len(_TAKES)],
        schedules_in_lists=scene.dice.random() < 0.5,
        operation_ids=scene.dice.random() < 0.5,
    )
    kind = seed // len(_TAKES) % 3
    faults = [] if kind == 0 else _faults(scene, seed)
    scene.open(customers=2, behaviour=behaviour, faults=faults, modern=True)
    for _ in range(scene.dice.randint(1, 3) if kind != 1 else 0):
        obey(scene, cancelled(scene))
    said = scene.run("apply", "--auto-approve") if kind else None
    scene.count_faults()
    return settle(scene, said)


def _faults(scene: Scene, seed: int) -> list[Fault]:
    """Answers of updates, and of upgrades, that are lost before or after they were carried out."""
    kind = _LOST[seed % len(_LOST)]
    updates = Fault(kind=kind, times=scene.dice.randint(3, 5), method="PATCH", skip=scene.dice.randint(0, 1), seconds=0)
    upgrades = Fault(kind=scene.dice.choice(_LOST), times=2, method="POST", path="/transitions", seconds=0)
    return [updates, upgrades]
