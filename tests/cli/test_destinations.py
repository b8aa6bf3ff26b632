"""Everything that a run writes beside its work, failing at every moment: the work's own verdict and code stay."""

import errno
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.actions import apply as applies
from reconciler.cli.actions import plan as plans
from reconciler.cli.main import run
from reconciler.model.event import Event, Succeeded
from reconciler.operations.apply import apply_plan
from reconciler.operations.plan import plan_estate
from tests.cli.estates import Answer, Estate, build

Program = Callable[..., Answer]

DESTINATIONS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "a report": (("--report=markdown=out/file.txt",), {}),
    "the licence report": (("--license-report=out/file.txt",), {}),
    "the saved plan": (("--out=out/file.txt",), {}),
    "GitHub's summary": (("--report=github=-",), {"GITHUB_STEP_SUMMARY": "out/file.txt"}),
    "GitHub's outputs": (("--report=github=-",), {"GITHUB_OUTPUT": "out/file.txt"}),
    "Azure's summary": (("--report=azure-devops=-",), {"TF_BUILD": "True", "AGENT_TEMPDIRECTORY": "out"}),
}
"""The arguments and variables that make a run write to `out/file.txt`, or a file in `out`."""


Accident = Callable[[pytest.MonkeyPatch], None]


def _without_folder(_: pytest.MonkeyPatch) -> None:
    shutil.rmtree("out", ignore_errors=True)


def _no_folder_but_a_file(patch: pytest.MonkeyPatch) -> None:
    _without_folder(patch)
    Path("out").write_text("in the way")


def _a_directory(_: pytest.MonkeyPatch) -> None:
    if Path("out/file.txt").is_file():
        Path("out/file.txt").unlink()
    Path("out/file.txt/deeper").mkdir(parents=True, exist_ok=True)


def _a_full_disk(patch: pytest.MonkeyPatch) -> None:
    """No new file finds room in `out`."""
    really = tempfile.mkstemp

    def mkstemp(*given: Any, **named: Any) -> Any:
        if Path(str(named.get("dir"))).name == "out":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really(*given, **named)

    patch.setattr(tempfile, "mkstemp", mkstemp)


def _a_full_device(_: pytest.MonkeyPatch) -> None:
    """A place that a CI system named: it can be opened, and takes nothing."""
    Path("out/file.txt").unlink(missing_ok=True)
    Path("out/file.txt").symlink_to("/dev/full")


APPLY = [
    # of what, what happens                         before planning   plan and apply  after a purchase
    ("a report", _without_folder, "refused", "refused", "told"),
    ("a report", _no_folder_but_a_file, "refused", "refused", "told"),
    ("a report", _a_directory, "refused", "refused", "told"),
    ("a report", _a_full_disk, "refused", "refused", "told"),
    ("the licence report", _without_folder, "refused", "refused", "told"),
    ("the licence report", _a_directory, "refused", "refused", "told"),
    ("the licence report", _a_full_disk, "refused", "refused", "told"),
    ("GitHub's summary", _without_folder, "told", "told", "told"),
    ("GitHub's summary", _a_directory, "told", "told", "told"),
    ("GitHub's summary", _a_full_device, "told", "told", "told"),
    ("GitHub's outputs", _without_folder, "told", "told", "told"),
    ("GitHub's outputs", _a_full_device, "told", "told", "told"),
    ("Azure's summary", _without_folder, "told", "told", "told"),
    ("Azure's summary", _no_folder_but_a_file, "told", "told", "told"),
]
"""`refused`: nothing is sent, exit 1 or 64. `told`: the work is done and shown, exit 0, and the file is named."""

PLAN = [
    # of what, what happens                       before planning  while planning  the plan's own code is 3
    ("a report", _without_folder, "refused", 3),
    ("a report", _a_full_disk, "refused", 3),
    ("the saved plan", _without_folder, "refused", 1),
    ("the saved plan", _a_directory, "refused", 1),
    ("the saved plan", _a_full_disk, "refused", 1),
    ("GitHub's summary", _without_folder, 3, 3),
    ("GitHub's outputs", _a_full_device, 3, 3),
    ("Azure's summary", _without_folder, 3, 3),
]
"""`refused`: exit 1 or 64, and no plan is made; else the plan is shown, with this code."""


@pytest.fixture
def estates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Estate]]:
    """Makes one estate after the other, each in a working directory of its own with a folder `out`."""
    number = 0

    def make() -> Estate:
        nonlocal number
        number += 1
        root = tmp_path / str(number)
        (root / "out").mkdir(parents=True)
        monkeypatch.chdir(root)
        return build(root)

    yield make
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", ["plan --out link/plan.json", "plan --report markdown=link/../link/plan.md"])
def test_no_file_is_written_through_a_folder_that_a_commit_may_hold_as_a_link(
    estate: Estate, reconciler: Program, command: str
) -> None:
    (estate.root / ".git").mkdir()
    (estate.root / "elsewhere").mkdir()
    (estate.root / "link").symlink_to("elsewhere")

    answer = reconciler(*command.split())

    assert answer.code == 1
    assert "link is a link, and a commit may hold it" in answer.text
    assert list((estate.root / "elsewhere").iterdir()) == []


def test_a_link_of_the_machine_itself_is_followed(estate: Estate, reconciler: Program) -> None:
    (estate.root / "elsewhere").mkdir()
    (estate.root / "link").symlink_to("elsewhere")

    assert reconciler("plan", "--out", "link/plan.json").code == 0
    assert (estate.root / "elsewhere" / "plan.json").exists()


def spoil(patch: pytest.MonkeyPatch, moment: str, accident: Accident) -> None:
    """Lets the accident happen at this moment of the run that follows."""
    plan, apply = plan_estate, apply_plan

    def planned(*given: Any) -> Any:
        accident(patch)
        return plan(*given)

    def applied(*given: Any) -> Iterator[Event]:
        for event in apply(*given):
            yield event
            if isinstance(event, Succeeded):
                accident(patch)

    if moment == "before":
        accident(patch)
    elif moment == "while planning":
        for action in (plans, applies):
            patch.setattr(action, "plan_estate", planned)
    else:
        patch.setattr(applies, "apply_plan", applied)


@pytest.mark.parametrize(("of", "accident", "before", "between", "after"), APPLY)
def test_an_apply_is_refused_before_anything_is_sent_or_says_what_it_did(
    estates: Callable[[], Estate],
    reconciler: Program,
    monkeypatch: pytest.MonkeyPatch,
    of: str,
    accident: Accident,
    before: str,
    between: str,
    after: str,
) -> None:
    arguments, variables = DESTINATIONS[of]
    for moment, wanted in {"before": before, "while planning": between, "after a purchase": after}.items():
        estate = estates()
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            spoil(patch, moment, accident)
            answer = reconciler("apply", "--auto-approve", "--report=text=other.txt", *arguments)

        if wanted == "refused":
            assert (moment, answer.code in {1, 64}, estate.bought) == (moment, True, [])
        else:
            assert (moment, answer.code, len(estate.bought)) == (moment, 0, 2)
            assert "Apply finished: 2 succeeded." in answer.out
            assert "Apply finished: 2 succeeded." in Path("other.txt").read_text()
            assert "out" in answer.err
            assert "missing" in answer.text
            assert "Nothing was sent" not in answer.out + answer.err


@pytest.mark.parametrize(("of", "accident", "before", "while_planning"), PLAN)
def test_a_plan_shows_its_verdict_whatever_becomes_of_its_files(
    estates: Callable[[], Estate],
    reconciler: Program,
    monkeypatch: pytest.MonkeyPatch,
    of: str,
    accident: Accident,
    before: str | int,
    while_planning: str | int,
) -> None:
    arguments, variables = DESTINATIONS[of]
    for moment, wanted in {"before": before, "while planning": while_planning}.items():
        estates().block()
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            spoil(patch, moment, accident)
            kept = () if of == "the saved plan" else ("--out=plan.json",)
            answer = reconciler("plan", "--report=text=other.txt", *kept, *arguments)

        if wanted == "refused":
            assert (moment, answer.code in {1, 64}, answer.out) == (moment, True, "")
            continue
        assert (moment, answer.code) == (moment, wanted)
        assert "2 changes can go ahead; 1 blocked." in answer.out
        assert "2 changes can go ahead; 1 blocked." in Path("other.txt").read_text()
        assert "missing" in answer.text
        assert ("reconciler apply out/file.txt" in answer.out) is False
        assert not kept or json.loads(Path("plan.json").read_text())["summary"]["blocked"] == 1


def test_an_unknown_outcome_is_not_hidden_by_a_report_that_fails(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    answer = reconciler("apply", "--auto-approve", "--report=junit=/dev/full", "--target=contoso/office")

    assert answer.code == 9
    assert "The junit report is missing." in answer.text


def test_an_error_is_reported_as_itself_though_another_report_fails(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_changes: 1}\n")
    answer = reconciler("apply", "--auto-approve", "--report=junit=/dev/full", "--report=markdown=a.md")

    assert answer.code == 5
    assert "Nothing was sent." in (estate.root / "a.md").read_text()


@pytest.mark.usefixtures("estate")
def test_a_report_that_is_missing_is_named_where_the_pipeline_shows_it(reconciler: Program) -> None:
    for form, said in {
        "github": "\n::warning title=reconciler plan%3A a report",
        "azure-devops": "type=warning",
    }.items():
        answer = reconciler("plan", "--format", form, "--report=markdown=/dev/full")

        assert answer.code == 0
        assert said in answer.out
        assert "/dev/full: The markdown report is missing. The file can't be written" in answer.out


@pytest.mark.usefixtures("estate")
def test_later_steps_are_told_how_many_reports_are_missing(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(here / "outputs"))
    reconciler("plan", "--format=github", "--report=markdown=/dev/full")

    assert "\nunwritten=1\n" in (here / "outputs").read_text()


def test_an_apply_whose_output_nobody_reads_is_refused_before_anything_is_sent(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with monkeypatch.context() as patch, os.fdopen(writing, "w", encoding="utf-8") as nobody_reads:
        patch.setattr(sys, "stdout", nobody_reads)
        assert run(["apply", "--auto-approve", "--format", "json"]) == 1

    assert estate.bought == []


@pytest.mark.parametrize("lines", [0, 4])
def test_an_apply_whose_output_breaks_says_elsewhere_what_it_did(
    estate: Estate,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: int,
) -> None:
    class Breaking(io.StringIO):
        """Takes so many lines and no more."""

        def write(self, text: str) -> int:
            if self.getvalue().count("\n") >= lines and text.strip():
                raise BrokenPipeError(32, "Broken pipe")
            return super().write(text)

    with monkeypatch.context() as patch:
        run(["plan", "--out=plan.json"])
        patch.setattr(sys, "stdout", Breaking())
        code = run(["apply", "plan.json", "--report=markdown=a.md"])

    state = json.loads((estate.root / "state" / "contoso.json").read_text())
    bought = len(estate.bought)
    assert len(state["results"]) == bought
    assert state["pending"] == {}
    assert code == (0 if bought == 2 else 1), "the work's own code, unless something was left undone"
    error = capsys.readouterr().err
    assert "The output could not be written any more" in error
    assert f"{bought} succeeded" in error
    assert f"{bought} succeeded" in (estate.root / "a.md").read_text()
    assert ("interrupted" in error) is (bought < 2)
