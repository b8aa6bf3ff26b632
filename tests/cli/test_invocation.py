"""A command that advice shows works on the estate that the run was about."""

import shlex

import pytest

from reconciler.cli.chosen import Chosen
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


@pytest.mark.parametrize("run", ["explain seat_loss_not_allowed", "guide apply", "version"])
def test_what_is_the_same_everywhere_is_shown_bare(run: str) -> None:
    assert ELSEWHERE.command(*run.split()) == f"reconciler {run}"


def test_nothing_chosen_is_nothing_repeated() -> None:
    assert Invocation().command("plan", "--target", "fabrikam/*") == "reconciler plan --target 'fabrikam/*'"


def test_a_state_location_of_the_environment_is_repeated_only_where_it_is_surely_no_secret() -> None:
    def shown(state: str) -> str | None:
        return Chosen(state=state, state_in_environment=True).invocation.state

    assert shown("az://state/csp") == "az://state/csp"
    assert shown("hunter2") is None
    assert "hunter2" in shlex.split(Chosen(state="hunter2").invocation.command("plan"))
