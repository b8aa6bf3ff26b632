"""Services that behave otherwise: what becomes of the source, when the target shows, whether ids are honoured.

The cases go through every combination, each with an answer to a purchase lost, before or after it was performed.
"""

from itertools import product

from reconciler.sandbox import Behaviour, Fault, FaultKind, SourceFate
from tests.crash.estates import WAIT_SECONDS
from tests.crash.scene import Scene
from tests.crash.settling import Settled, settle

_LATE = (0, WAIT_SECONDS / 2, 2.5 * WAIT_SECONDS)
_LOST = (FaultKind.PERFORMED_THEN_DROPPED, FaultKind.DROPPED_BEFORE)
COMBINATIONS = tuple(product(SourceFate, (True, False), _LATE, _LOST))
"""By seed: the source's fate, idempotency, seconds until the target shows, and which answer is lost."""


def play(scene: Scene, seed: int) -> Settled:
    fate, idempotent, late, lost = COMBINATIONS[seed % len(COMBINATIONS)]
    behaviour = Behaviour(
        source_fate=fate, source_suspended_after=WAIT_SECONDS / 2, idempotent=idempotent, visible_after=late
    )
    scene.open(behaviour=behaviour, faults=[Fault(kind=lost, method="POST")])
    said = scene.run("apply", "--auto-approve")
    scene.count_faults()
    return settle(scene, said)
