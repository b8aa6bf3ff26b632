"""Connections that break before a request, after it was performed, and during its answer; and answers that are none."""

from reconciler.sandbox import Fault, FaultKind
from tests.crash.program import Said
from tests.crash.scene import Scene
from tests.crash.settling import Settled, settle
from tests.state.proxy import Fault as Break
from tests.state.proxy import proxy

_KINDS = (
    FaultKind.PERFORMED_THEN_DROPPED,
    FaultKind.DROPPED_BEFORE,
    FaultKind.HTTP_500_AFTER,
    FaultKind.HTTP_500_BEFORE,
    FaultKind.HTML_BODY,
    FaultKind.HALF_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.WRONG_CONTENT_TYPE,
    FaultKind.UNAVAILABLE_503,
)
_WRITES = ("POST", "PATCH")


def play(scene: Scene, seed: int) -> Settled:
    """Every third case breaks the connection inside the answer; the others have the emulator do its worst."""
    scene.open(
        customers=scene.dice.randint(1, 2),
        faults=[] if seed % 3 == 0 else _faults(scene, seed),
    )
    said = _broken_within(scene) if seed % 3 == 0 else scene.run("apply", "--auto-approve")
    scene.count_faults()
    return settle(scene, said)


def _faults(scene: Scene, seed: int) -> list[Fault]:
    """One kind on some of the writes, and often another on what is read to find out about them."""
    writes = Fault(
        kind=_KINDS[seed % len(_KINDS)],
        times=scene.dice.randint(1, 3),
        method=scene.dice.choice(_WRITES),
        skip=scene.dice.randint(0, 1),
        seconds=0,
    )
    reads = Fault(kind=scene.dice.choice(_KINDS), times=scene.dice.randint(1, 2), method="GET", skip=5, seconds=0)
    return [writes, reads] if scene.dice.random() < 0.5 else [writes]


def _broken_within(scene: Scene) -> Said:
    """The connection breaks before a write got through, after it was performed, or in the middle of its answer."""
    struck: list[bool] = []
    broken = Break(
        method=scene.dice.choice(_WRITES),
        times=scene.dice.randint(1, 2),
        skip=scene.dice.randint(0, 1),
        cut=scene.dice.choice([0, 1, 60, 300]),
        performed=scene.dice.random() < 0.8,
        then=lambda: struck.append(True),
    )
    with proxy(scene.emulator.address) as between:
        between.faults = [broken]
        said = scene.apply(through=between.url).ended()
    scene.struck += len(struck)
    return said
