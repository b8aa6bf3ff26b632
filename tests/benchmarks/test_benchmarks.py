"""Every benchmark runs, however small, so that none can rot. How fast anything is fails nothing."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks.__main__ import BENCHMARKS, main
from tests.benchmarks.tables import inserted, verdict
from tests.benchmarks.workshop import Figure, Workshop, slower


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_measures_something(name: str, tmp_path: Path) -> None:
    figures = list(BENCHMARKS[name](Workshop(root=tmp_path, scale=0.0001, times=1, processes=(2,))))

    assert all(one.value >= 0 for one in figures)
    assert figures


def test_the_command_prints_a_table_and_writes_json(tmp_path: Path) -> None:
    report = tmp_path / "figures.json"
    ran = CliRunner().invoke(main, ["--only", "starting", "--times", "1", "--markdown", "--json", str(report)])

    assert "| `reconciler version` | time |" in ran.stdout
    assert '"verdict"' in report.read_text()


def test_growth_leaves_out_what_starting_takes() -> None:
    assert slower({10: 5.0 + 1, 20: 5.0 + 2, 30: 5.0 + 4}) == 2


def test_the_readme_takes_the_table_and_keeps_the_rest() -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text("utf-8")

    filled = inserted(page, "| work |\n")

    assert "| work |" in filled
    assert inserted(filled, "") == inserted(page, "")


@pytest.mark.parametrize(("value", "said"), [(0.9, "met"), (1.0, "met"), (1.5, "missed by 50 %")])
def test_an_aim_is_met_or_missed_by_so_much(value: float, said: str) -> None:
    assert verdict(Figure(work="", what="", value=value, unit="s", aim=1.0)) == said


@pytest.mark.parametrize(("value", "said"), [(9, "missed by -1"), (10, "met"), (12, "missed by +2")])
def test_an_exact_aim_is_missed_from_both_sides(value: float, said: str) -> None:
    assert verdict(Figure(work="", what="", value=value, unit="", aim=10, exact=True)) == said
