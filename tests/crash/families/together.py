"""Two and three runs at once, some of them stopped for a while, the locks working or forcibly broken."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.program import Process
from tests.crash.scene import Scene
from tests.crash.settling import Settled, obey, settle

_BEATEN = {6, 7}
"""The exit codes of a run that met another: stale, locked."""


def play(scene: Scene, seed: int) -> Settled:
    """By turns: locks that work; locks that are deleted as soon as they are seen; a lock that a person breaks."""
    scene.open(customers=scene.dice.randint(1, 2), behaviour=scene.service(scene.dice.choice([0, 0.02])))
    (_side_by_side, _without_locks, _broken_by_hand)[seed % 3](scene)
    return settle(scene)


def _side_by_side(scene: Scene) -> None:
    processes = [scene.apply() for _ in range(scene.dice.randint(2, 3))]
    _halt(scene, scene.dice.choice(processes))
    said = [process.ended() for process in processes]
    scene.struck += sum(text.code in _BEATEN for text in said)


def _without_locks(scene: Scene) -> None:
    with _deleting_locks(scene):
        processes = [scene.apply() for _ in range(scene.dice.randint(2, 3))]
        _halt(scene, scene.dice.choice(processes))
        for process in processes:
            process.ended()


def _broken_by_hand(scene: Scene) -> None:
    """A run is stopped in the middle; somebody takes it for dead and breaks its lock; then it goes on."""
    stopped = scene.apply()
    stopped.wait_for_text("ing, ", scene.dice.randint(1, 2))
    scene.struck += stopped.signal(signal.SIGSTOP)
    for _ in range(scene.dice.randint(1, 2)):
        obey(scene, scene.apply().ended())
    stopped.signal(signal.SIGCONT)
    stopped.ended()


def _halt(scene: Scene, process: Process) -> None:
    """Stops a run somewhere in the middle for a while."""
    process.wait_for_text("ing, ", scene.dice.randint(0, 2))
    scene.struck += process.signal(signal.SIGSTOP)
    threading.Event().wait(scene.dice.uniform(0.1, 0.8))
    process.signal(signal.SIGCONT)


@contextmanager
def _deleting_locks(scene: Scene) -> Iterator[None]:
    done = threading.Event()
    thread = threading.Thread(target=_delete_locks, args=(scene, done))
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _delete_locks(scene: Scene, done: threading.Event) -> None:
    while not done.wait(0.005):
        for lock in Path(scene.state).glob("*.lock"):
            try:
                lock.unlink()
            except FileNotFoundError:
                continue
            scene.struck += 1
