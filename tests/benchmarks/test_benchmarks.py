"""Every benchmark runs, however small, so that none can rot. How fast anything is fails nothing."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from click.testing import CliRunner

from reconciler.guides import read
from tests import forked
from tests.benchmarks.__main__ import BENCHMARKS, main
from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import Run
from tests.benchmarks.peers import peers, terraform
from tests.benchmarks.tables import Report, as_markdown, inserted, verdict
from tests.benchmarks.workshop import Figure, Workshop, planned, slower


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_measures_something(name: str, tmp_path: Path) -> None:
    if name == "changed-since" and not which("git"):
        pytest.skip("git is not installed")
    shop = Workshop(root=tmp_path, scale=0.0001, times=1, processes=(2,), program=forked.words, peers=False)
    figures = list(BENCHMARKS[name](shop))

    assert all(figure.value >= 0 for figure in figures)
    assert figures


@pytest.mark.skipif(which("terraform") is None, reason="terraform is not on the PATH")
def test_terraform_plans_as_many_changes(tmp_path: Path) -> None:
    assert terraform(Workshop(root=tmp_path, times=1), Estate(customers=4)) is not None


def test_a_peer_that_can_not_be_had_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", "no-python")

    assert not list(peers(Workshop(root=tmp_path, times=1), Estate(customers=4)))
    told = capsys.readouterr().err
    assert "octoDNS's plan" in told
    assert "Terraform's plan" in told


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    ran = CliRunner().invoke(main, ["--only", "starting", "--times", "1", "--markdown", "--json", str(report)])

    assert "| `reconciler version` | time |" in ran.stdout
    assert '"verdict"' in report.read_text()


def test_what_was_measured_before_a_failure_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def failing(_: Workshop) -> Iterator[Figure]:
        yield Figure(work="half of it", what="time", value=1, unit="s")
        message = "the other half broke"
        raise RuntimeError(message)

    monkeypatch.setitem(BENCHMARKS, "starting", failing)
    report = tmp_path / "figures.json"
    ran = CliRunner().invoke(main, ["--only", "starting", "--only", "starting", "--json", str(report)])

    assert ran.exit_code == 1
    assert ran.stdout.startswith("half of it\n    time ")
    assert "the other half broke" in ran.stderr
    assert json.loads(report.read_text())["failed"] == ["starting"]


def test_no_figure_of_another_scale_is_judged_or_put_into_a_page(tmp_path: Path) -> None:
    judged = Figure(work="some of it", what="time", value=1, unit="s", aim=2)
    page = tmp_path / "page.md"
    page.touch()

    assert "| met |" in as_markdown(Report(figures=[judged]))
    assert "| met |" not in as_markdown(Report(figures=[judged], scale=0.5))
    assert CliRunner().invoke(main, ["--scale", "0.5", "--into", str(page)]).exit_code == 2


def test_a_plan_of_something_else_has_no_speed() -> None:
    run = Run(wall=1, cpu=1, megabytes=1, ended=1, out="2 changes can go ahead.\n")

    assert planned(run, 2) is run
    with pytest.raises(RuntimeError, match="2 instead of 3"):
        planned(run, 3)


def test_growth_leaves_out_what_starting_takes() -> None:
    assert slower({10: 5.0 + 1, 20: 5.0 + 2, 30: 5.0 + 4}) == 2


def test_the_guide_takes_the_table_and_keeps_the_rest() -> None:
    page = read("speed")

    filled = inserted(page, "| work |\n")

    assert "| work |" in filled
    assert inserted(filled, "") == inserted(page, "")


@pytest.mark.parametrize(("value", "said"), [(0.9, "met"), (1.0, "met"), (1.5, "missed by 50 %")])
def test_an_aim_is_met_or_missed_by_so_much(value: float, said: str) -> None:
    assert verdict(Figure(work="", what="", value=value, unit="s", aim=1.0)) == said


@pytest.mark.parametrize(("value", "said"), [(9, "missed by -1"), (10, "met"), (12, "missed by +2")])
def test_an_exact_aim_is_missed_from_both_sides(value: float, said: str) -> None:
    assert verdict(Figure(work="", what="", value=value, unit="", aim=10, exact=True)) == said
