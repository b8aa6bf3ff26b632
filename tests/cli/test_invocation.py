"""A command that advice shows works on the estate that the run was about."""

import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from reconciler.cli.chosen import Chosen
from reconciler.cli.main import program
from reconciler.cli.options import flags_of
from reconciler.model.invocation import Invocation

ELSEWHERE = Invocation(chdir="my estates", manifests="book", cloud="china", state="az://state/csp")


def test_a_command_repeats_the_flags_in_force_quoted_for_a_shell() -> None:
    assert ELSEWHERE.command("adopt", "contoso/office", "SUBSCRIPTION_ID") == (
        "reconciler --chdir 'my estates' adopt contoso/office SUBSCRIPTION_ID"
        " --manifests book --cloud china --state az://state/csp"
    )


@pytest.mark.parametrize("flag", ["--cloud worldwide", "--cloud=worldwide"])
def test_a_flag_of_the_command_itself_is_not_given_twice(flag: str) -> None:
    assert ELSEWHERE.command("auth", "login", *flag.split()).count("--cloud") == 1


HERE = replace(ELSEWHERE, flags_of=partial(flags_of, program))


@pytest.mark.parametrize("run", ["guide costs", "completion bash", "version"])
def test_a_command_without_an_estate_gets_no_flag(run: str) -> None:
    assert HERE.command(*run.split()) == f"reconciler {run}"


@pytest.mark.parametrize(
    "run", ["state resolve contoso/office --not-done", "adopt contoso/office ID", "auth check", "explain undeclared"]
)
def test_a_command_of_an_estate_gets_the_flags_that_it_takes(run: str) -> None:
    assert HERE.command(*run.split()) == ELSEWHERE.command(*run.split())


def test_an_argument_with_a_line_break_stays_on_the_line() -> None:
    assert Invocation().command("apply", "a\nb's\x1b.json") == r"reconciler apply $'a\x0ab\'s\x1b.json'"


def test_nothing_chosen_is_nothing_repeated() -> None:
    assert Invocation().command("plan", "--target", "fabrikam/*") == "reconciler plan --target 'fabrikam/*'"


def test_a_state_location_of_the_environment_is_repeated_only_where_it_is_surely_no_secret(here: Path) -> None:
    def shown(state: str) -> str | None:
        return Chosen(state=state, of_environment=frozenset({"state_location"})).invocation.state

    assert shown("az://state/csp") == "az://state/csp"
    assert shown("hunter2") is None
    (here / "hunter2").mkdir()
    assert (shown("hunter2"), shown("./hunter2")) == (None, "./hunter2")
    assert "hunter2" in shlex.split(Chosen(state="hunter2").invocation.command("plan"))
