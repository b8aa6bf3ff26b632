"""Runs the console blocks of a Markdown page as its reader would, and compares what they print with what it shows."""

import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.sandbox import tenants
from reconciler.system import clock
from tests import forked
from tests.accidents import accident, staged

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "reconciler" / "guides"
README = ROOT / "README.md"

BLOCK = re.compile(r"(?P<mark><!-- accident: (?P<accident>\w+) -->\n)?```console\n(?P<shown>.*?)```", re.DOTALL)
"""A block, and what is to go wrong in it: then it is run in a copy of the estate of its own."""

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MANIFESTS = sorted((ROOT / "manifests").glob("*.yaml"))
KNOWN = {
    guid
    for path in (*MANIFESTS, *(ROOT / "reconciler" / "sandbox").glob("first_day.*"))
    for guid in GUID.findall(path.read_text("utf-8").lower())
}
"""The ids of the sample estate. All others are made by a run, and differ from run to run, as times do."""

TIME = re.compile(r"(?P<hour>\d{4}-\d\d-\d\d(?:T|\s+)1[01]:)\d\d(?P<second>:\d\d)?(?:\.\d+)?(?=\s+UTC|Z|\+00:00)")
"""Times of the run, and those that follow from them: minutes, seconds and fractions differ from run to run."""

AGE = re.compile(r"\(just\s+now\)|\(\d+\s+\w+\s+ago\)")
COMMIT = re.compile(r"\(commit [0-9a-f]{12}\)|sha256:[0-9a-f]{64}")
"""A commit's id and a plan's fingerprint hold the time of their making."""

HOLDER = re.compile(
    r"locked by\s+\S+\s+on\s+\S+\s+\(process\s+\d+\)\s+for\s+apply\s+since\s+2026-11-21\s+10:00:00\s+UTC"
    r"(?:\s+\(just now\),\s+(?P<url>https://\S+\s+\[lock_held\]))?"
    r"(?:\s+(?P<age>\(just now\)\.)(?:\s+(?P<code>\[lock_held\])|\s+That\s+process\s+is\s+gone,(?P<gone>[^.]+\.)))?"
)
"""The holder of a lock: names and numbers of the machine, on which the breaks of the lines depend."""

TYPED = re.compile(r"^\$ (?:.*\\\n)*.*", re.MULTILINE)
"""A command of a block. A line that ends with a backslash goes on."""

CUT = "…\n"
"""Stands for any number of lines that a page leaves out."""

EXAMPLE = "0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1"
BEGAN = time.time()
"""The time at which the pages' clock shows 10:00 on 21 November 2026, the sample estate's first day."""

COLUMNS = "76"
"""A guide sets a block in by four columns; so it fits a terminal of 80."""


def settled(text: str) -> str:
    """The text with what differs from run to run, and from machine to machine, replaced by an example of it."""
    text = TIME.sub(lambda match: f"{match['hour'][:-3]}10:00{':00' if match['second'] else ''}", text)
    text = AGE.sub("(just now)", text)
    text = COMMIT.sub(
        lambda match: re.sub("[0-9a-f]{12,}", lambda digits: ("4f0c1d2e" * 8)[: len(digits[0])], match[0]), text
    )
    text = HOLDER.sub(_example_of_a_holder, text)
    return GUID.sub(lambda match: match[0] if match[0] in KNOWN else EXAMPLE, text)


def _example_of_a_holder(match: re.Match[str]) -> str:
    held = "locked by deploy\n    on runner-7 (process 4711) for apply since 2026-11-21 10:00:00 UTC"
    if match["url"]:
        return f"{held}\n    (just now), {match['url']}"
    if match["gone"]:
        return f"{held}\n    {match['age']} That process is gone, so its lock {' '.join(match['gone'].split()[3:])}"
    return f"{held}\n    {match['age']} {match['code']}" if match["code"] else held


def run(command: str, folder: Path, **variables: str) -> str:
    """Returns what a reader sees without colour: both streams, as they come."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "COLUMNS": COLUMNS,
        "NO_COLOR": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        forked.BEGAN: str(BEGAN),
        "GITHUB_ACTOR": "deploy",
        **variables,
    }
    done = subprocess.run(
        re.sub(r"^reconciler\b", forked.command(), command),
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
    assert "This is a fault in reconciler" not in done.stdout
    unsaid = done.returncode == -signal.SIGKILL  # of some shells; others say it themselves
    return done.stdout + "Killed\n" * unsaid


@dataclass
class Reader:
    """The person who types the commands, in a folder: a `cd` lasts."""

    folder: Path

    def follows(self, command: str) -> None:
        if changed := re.fullmatch(r"(?:.* && )?cd (\S+)", command):
            self.folder = (self.folder / changed[1]).resolve()


def real_output(block: str, reader: Reader, after_first: Callable[[], object] = str, **variables: str) -> str:
    """The block with the output of its commands. The example of an id is the one that the command before printed."""
    shown, last = "", EXAMPLE
    for command in TYPED.findall(block):
        printed = run(command[2:].replace(EXAMPLE, last), reader.folder, **variables)
        reader.follows(command[2:].replace("\\\n", ""))
        last = next((guid for guid in reversed(GUID.findall(printed)) if guid not in KNOWN), last)
        shown += f"{command}\n{settled(printed)}"
        after_first()
        after_first = str
    return shown


def kept(shown: str, real: str) -> str:
    """Returns what the page shows, where the real output is that; else the real output, cut where the page cuts."""
    pattern = re.escape(shown).replace(re.escape(CUT), r"(?:.*\n)*?")
    return shown if re.fullmatch(pattern, real) else _cut_again(shown.splitlines(True), real.splitlines(True))


def _cut_again(shown: list[str], real: list[str]) -> str:
    """The real lines, less those between the neighbours of each cut, where both are still there."""
    done: list[str] = []
    for at, line in enumerate(shown):
        if line != CUT or shown[at - 1] not in real:
            continue
        begin = real.index(shown[at - 1]) + 1
        after = shown[at + 1 : at + 2]
        end = real.index(after[0], begin) if after and after[0] in real[begin:] else None if after else len(real)
        if end is not None:
            done += [*real[:begin], CUT]
            real = real[end:]
    return "".join([*done, *real])


class Story:
    """The blocks of a page that are run in one folder, in order: all that are no accidents, or one accident."""

    def __init__(self, page: Path, accident_name: str = "") -> None:
        self._page = page
        self.accident = accident_name

    def __str__(self) -> str:
        return ":".join(filter(None, (self._page.stem, self.accident)))

    def check(self, folder: Path) -> None:
        """Fails where a block prints something else than the page shows. RECONCILER_REWRITE=1 (with -n 0) writes the
        real output into the page instead; read the difference before committing it.
        """
        text = self._page.read_text("utf-8")
        reader = Reader(folder / "reconciler")

        def real_block(match: re.Match[str]) -> str:
            if (match["accident"] or "") != self.accident:
                return match[0]
            shown = match["shown"]
            real = self._gone_wrong(shown, folder) if self.accident else real_output(shown, reader)
            return f"{match['mark'] or ''}```console\n{kept(shown, real)}```"

        if not self.accident:
            _sample_estate(reader.folder)
        real = BLOCK.sub(real_block, text)
        if os.environ.get("RECONCILER_REWRITE"):
            self._page.write_text(real, "utf-8")
        written = self._page.read_text("utf-8")
        difference = difflib.unified_diff(written.splitlines(True), real.splitlines(True), "shown", "printed", n=1)
        assert real == written, "".join(difference)

    def _gone_wrong(self, block: str, folder: Path) -> str:
        def planned(root: Path) -> None:
            if "plan.json" in block:
                run("reconciler plan --target contoso/office --out plan.json", root)

        with _example_day(), accident(self.accident, staged(folder / "reconciler", planned)) as stage:
            return real_output(block, Reader(stage.folder), stage.after_first, **stage.variables)


@contextmanager
def _example_day() -> Iterator[None]:
    """Sets the clock of this process, which serves the sandbox, to the day of the pages."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (clock, tenants):
            patched.setattr(module, "datetime", module.datetime)
        forked.show_example_day(BEGAN)
        yield


def stories(page: Path) -> list[Story]:
    """The stories of a page, each of which can be run by itself."""
    names = [match["accident"] or "" for match in BLOCK.finditer(page.read_text("utf-8"))]
    return [Story(page, name) for name in dict.fromkeys(names)]


def _sample_estate(folder: Path) -> None:
    shutil.copytree(ROOT / "manifests", folder / "manifests")
