"""The README is run: every console block, in order, in one scratch copy of the sample estate."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))
SAMPLE = [*MANIFESTS, ROOT / "reconciler" / "sandbox" / "first_day.py"]
KNOWN = {found for path in SAMPLE for found in GUID.findall(path.read_text("utf-8").lower())}
"""The ids of the sample estate. All others are made by a run, and differ from run to run, as times do."""

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?")
COMMIT = re.compile(r"\(commit [0-9a-f]{12}\)|sha256:[0-9a-f]{64}")
"""A commit's id and a plan's fingerprint hold the time of their making."""

AGE = re.compile(r"\(just now\)|\(\d+ \w+ ago\)")


def settled(text: str) -> str:
    """The text with what differs from run to run replaced by an example of it."""
    text = TIME.sub("2026-11-21 10:00 UTC", text)
    text = AGE.sub("(just now)", text)
    text = COMMIT.sub(
        lambda found: re.sub("[0-9a-f]{12,}", lambda one: ("4f0c1d2e" * 8)[: len(one[0])], found[0]), text
    )
    return GUID.sub(lambda found: found[0] if found[0] in KNOWN else "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1", text)


def ran(command: str, folder: Path) -> str:
    """What a reader sees at 80 columns without colour: both streams, as they come."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_{part}": "ops@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")},
    }
    words = re.sub(r"^reconciler\b", f"{sys.executable} -m reconciler", command)
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
    return done.stdout


def as_run(block: str, folder: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{settled(ran(command[2:], folder))}" for command in commands)


def test_every_console_block_prints_what_the_readme_shows(tmp_path: Path) -> None:
    """RECONCILER_REWRITE=1 writes the real output into the README instead; read the difference before committing it."""
    (tmp_path / "manifests").mkdir()
    for path in MANIFESTS:
        (tmp_path / "manifests" / path.name).write_bytes(path.read_bytes())
    text = README.read_text("utf-8")
    real = BLOCK.sub(lambda found: f"```console\n{as_run(found[1], tmp_path)}```", text)
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
