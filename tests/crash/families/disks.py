"""Disks that are full: a small file system that fills up before or during a run; else a limit on the size of files."""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.crash.program import Said
from tests.crash.scene import Scene
from tests.crash.settling import Settled, settle

_PAGE = 4096
_PAGES = 12


def play(scene: Scene, seed: int) -> Settled:
    """Every third case limits the size of files, so that not even the file that saves the day can be written."""
    scene.variables["PYTHONDONTWRITEBYTECODE"] = "1"  # half a compiled module would break the runs of other cases
    if seed % 3 == 0 or not can_mount():
        scene.open()
        said = scene.apply(under=["prlimit", f"--fsize={scene.dice.randint(300, 3500)}"]).ended()
        scene.struck += "File too large" in said.text
        return settle(scene, said)
    with _small_disk(scene.root / "disk") as disk:
        scene.open(customers=scene.dice.randint(1, 2), state=disk / "state")
        said = _filled(scene, disk)
        scene.struck += "No space left" in said.text
        (disk / "filler").unlink()
        return settle(scene, said)


def _filled(scene: Scene, disk: Path) -> Said:
    """The disk is nearly full to begin with, or fills up while something is being bought."""
    before = scene.dice.random() < 0.6
    if before:
        _fill(disk, leaving=scene.dice.randint(0, 6))
    process = scene.apply()
    if not before:
        process.wait_for_text("ing, ", scene.dice.randint(1, 3))
        _fill(disk, leaving=scene.dice.randint(0, 1))
    return process.ended()


def _fill(disk: Path, *, leaving: int) -> None:
    """Leaves so many pages free: a small file takes one, and an empty one none."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(_PAGE))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, file.tell() // _PAGE - leaving) * _PAGE)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_PAGES * _PAGE},mode=700", "tmpfs"]
    subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


@cache
def can_mount() -> bool:
    """Returns True if this machine lets us mount a small file system."""
    if os.name != "posix" or shutil.which("mount") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        try:
            with _small_disk(Path(folder) / "disk"):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def missing() -> str:
    """Returns why this family can't be played here; nothing where it can."""
    return "" if shutil.which("prlimit") else "prlimit is missing"
