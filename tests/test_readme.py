"""The README is short, and it is run: every console block, in order, in one scratch copy of the sample estate."""

import re
from pathlib import Path

import pytest

from tests.console import README, ROOT, Story, run, stories


@pytest.mark.parametrize("story", stories(README), ids=str)
def test_every_console_block_prints_what_the_readme_shows(tmp_path: Path, story: Story) -> None:
    story.check(tmp_path)


def test_it_is_at_most_200_lines() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 200


def test_every_other_command_block_is_run_by_ci() -> None:
    """The blocks that install are run from the README's own text by `.ci/run`."""
    shells = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert len(shells) == 2
    assert "README.md" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize(
    "estate", sorted(path.name for path in (ROOT / "examples").glob("*/") if (path / "manifests").is_dir())
)
def test_each_example_is_valid(estate: str) -> None:
    assert run("reconciler validate", ROOT / "examples" / estate).startswith("The manifests are valid")
