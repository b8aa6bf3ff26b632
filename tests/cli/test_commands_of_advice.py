"""Every command that advice shows is one that the program takes, with the flags in force."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from reconciler import advice
from reconciler.cli.main import program
from reconciler.cli.options import flags_of
from reconciler.model.invocation import Invocation, operand
from tests.cli.commands import filled, parsed

RUNS = sorted({step.run for explanation in advice.explanations() for step in explanation.remedy.steps if step.run})
FLAGS = partial(flags_of, program)
HERE = Invocation(manifests="elsewhere/estate", cloud="china", state="elsewhere/st", flags_of=FLAGS)


@pytest.mark.parametrize("run", RUNS, ids=" ".join)
def test_a_command_of_the_table_is_taken_with_the_flags_in_force(
    run: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.joinpath("my estates").mkdir()
    here = replace(HERE, chdir="my estates")
    context = parsed(here.command(*map(filled, run)))
    if "--manifests" in flags_of(program, run):
        assert context.params["manifests"] == "elsewhere/estate"
        assert context.params["cloud"] == ("worldwide" if "--cloud" in run else "china")
        assert context.params["state_location"] == "elsewhere/st"
        assert context.find_root().params["chdir"] == Path("my estates")
    else:
        assert context.find_root().params["chdir"] is None


def test_a_file_whose_name_begins_with_a_dash_is_advised_as_a_path() -> None:
    assert Invocation().command("apply", operand(Path("--auto-approve"))) == "reconciler apply ./--auto-approve"
