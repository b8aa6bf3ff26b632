"""The README is run: every console block, in order, in one scratch copy of the sample estate."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import forked
from tests.accidents import accident, staged

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(?P<told><!-- accident: (?P<accident>\w+) -->\n)?```console\n(?P<shown>.*?)```", re.DOTALL)
"""A block, and what is to go wrong in it: then it is run in a copy of the estate of its own."""


GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))
SAMPLE = [*MANIFESTS, ROOT / "reconciler" / "sandbox" / "first_day.json"]
KNOWN = {found for path in SAMPLE for found in GUID.findall(path.read_text("utf-8").lower())}
"""The ids of the sample estate. All others are made by a run, and differ from run to run, as times do."""

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?")
COMMIT = re.compile(r"\(commit [0-9a-f]{12}\)|sha256:[0-9a-f]{64}")
"""A commit's id and a plan's fingerprint hold the time of their making."""

AGE = re.compile(r"\(just now\)|\(\d+ \w+ ago\)")


CUT = "…"
EXAMPLE = "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1"
HOLDER = re.compile(r"locked by\s\S+\son\s\S+\s\(process\s+\d+\)\s+for\s+apply\s+since\s+2026-11-21 10:00 UTC")


def settled(text: str) -> str:
    """The text with what differs from run to run, and from machine to machine, replaced by an example of it."""
    text = TIME.sub("2026-11-21 10:00 UTC", text)
    text = AGE.sub("(just now)", text)
    text = COMMIT.sub(
        lambda found: re.sub("[0-9a-f]{12,}", lambda one: ("4f0c1d2e" * 8)[: len(one[0])], found[0]), text
    )
    text = HOLDER.sub("locked by deploy on runner-7 (process\n    4711) for apply since 2026-11-21 10:00 UTC", text)
    return GUID.sub(lambda found: found[0] if found[0] in KNOWN else EXAMPLE, text)


def ran(command: str, folder: Path, **variables: str) -> str:
    """What a reader sees at 80 columns without colour: both streams, as they come."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        **variables,
    }
    words = re.sub(r"^reconciler\b", forked.command(), command)
    done = subprocess.run(
        words,
        shell=True,
        cwd=folder,
        env=environment,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
    )
    assert "Traceback" not in done.stdout
    unsaid = done.returncode == -signal.SIGKILL  # of some shells; others say it themselves
    return done.stdout + "Killed\n" * unsaid


@dataclass
class Reader:
    """Who types the commands, and where: a `cd` lasts."""

    folder: Path

    def follows(self, command: str) -> None:
        if gone := re.fullmatch(r"(?:.* && )?cd (\S+)", command):
            self.folder = (self.folder / gone[1]).resolve()


def as_run(block: str, reader: Reader, after_first: Callable[[], object] = str, **variables: str) -> str:
    """The block with the output of its commands. The example of an id is the one that the command before printed."""
    shown, last = "", EXAMPLE
    for command in (line for line in block.splitlines() if line.startswith("$ ")):
        said = ran(command[2:].replace(EXAMPLE, last), reader.folder, **variables)
        reader.follows(command[2:])
        last = next((one for one in reversed(GUID.findall(said)) if one not in KNOWN), last)
        shown += f"{command}\n{settled(said)}"
        after_first()
        after_first = str
    return shown


def kept(shown: str, real: str) -> str:
    """What the README shows, where the real output is that; a line with … alone stands for any number of lines."""
    pattern = re.escape(shown).replace(re.escape(f"{CUT}\n"), r"(?:.*\n)*?")
    return shown if re.fullmatch(pattern, real) else real


def gone_wrong(name: str, block: str, folder: Path) -> str:
    def planned(root: Path) -> None:
        if "plan.json" in block:
            ran("reconciler plan --target contoso/office --out plan.json", root)

    with accident(name, staged(folder, planned)) as stage:
        return as_run(block, Reader(stage.folder), stage.after_first, **stage.variables)


def test_every_console_block_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """RECONCILER_REWRITE=1 writes the real output into the README instead; read the difference before committing it."""
    reader = Reader(tmp_path / "reconciler")
    (reader.folder / "manifests").mkdir(parents=True)
    for path in MANIFESTS:
        (reader.folder / "manifests" / path.name).write_bytes(path.read_bytes())
    text = README.read_text("utf-8")

    def real_block(found: re.Match[str]) -> str:
        name, shown = found["accident"], found["shown"]
        real = gone_wrong(name, shown, tmp_path / name) if name else as_run(shown, reader)
        return f"{found['told'] or ''}```console\n{kept(shown, real)}```"

    real = BLOCK.sub(real_block, text)
    if os.environ.get("RECONCILER_REWRITE"):
        README.write_text(real, "utf-8")
    assert real == README.read_text("utf-8")


def test_every_other_command_block_is_run_by_ci() -> None:
    """The blocks that install are run from the README's own text by `.ci/run`."""
    shells = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(shells) == 2
    assert "README.md" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize(
    "estate", sorted(path.name for path in (ROOT / "examples").glob("*/") if (path / "manifests").is_dir())
)
def test_each_example_is_valid(estate: str) -> None:
    assert ran("reconciler validate", ROOT / "examples" / estate).startswith("The manifests are valid")
