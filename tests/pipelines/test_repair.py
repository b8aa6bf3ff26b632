"""The repairs and overrides of the pipelines: the shell of each host, run on the sandbox with what somebody typed."""

import json
from collections.abc import Callable

import pytest

from reconciler.model.run import Run
from reconciler.sandbox import User
from tests.cli.estates import MAIL, OFFICE
from tests.pipelines.runner import Runner, parsed, shells
from tests.pipelines.test_others import azure, gitlab

HOSTS: dict[str, Callable[[], str]] = {
    "github": lambda: dict(shells(parsed("github/reconciler-repair.yaml")))["Repair"],
    "azure": lambda: dict(shells(parsed("azure-repair.yaml")))["Repair"],
    "gitlab": lambda: gitlab("repair"),
}


@pytest.fixture(params=HOSTS)
def repair(request: pytest.FixtureRequest, runner: Runner) -> Callable[..., int]:
    """Runs a repair as it was typed; returns the exit code."""
    script = HOSTS[request.param]()

    def run(what: str, subject: str, value: str) -> int:
        typed = {"REPAIR": what, "SUBJECT": subject, "VALUE": value, "CI_JOB_TOKEN": "made-up"}
        host = {"CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "9"}
        return runner.run(script, **typed, **host).code

    return run


def test_an_address_is_bound(runner: Runner, repair: Callable[..., int]) -> None:
    assert repair("adopt", "contoso/office", MAIL) == 1  # another address has it
    runner.estate.customer("contoso", office=(OFFICE, "E3", 25))
    assert repair("adopt", "contoso/office", MAIL) == 0
    assert MAIL in (runner.estate.root / "state" / "contoso.json").read_text()


def test_an_unknown_outcome_is_settled(runner: Runner, repair: Callable[..., int]) -> None:
    runner.estate.lose_answers()
    assert runner.run("reconciler apply --auto-approve --target contoso/office").code == 9
    (bought,) = runner.estate.ledger
    with runner.estate.changed() as world:
        world.find(bought.target).visible_from = None
    assert repair("resolve", "contoso/office", bought.target) == 0
    assert bought.target in (runner.estate.root / "state" / "contoso.json").read_text()


def test_a_lock_that_was_left_behind_is_broken(runner: Runner, repair: Callable[..., int]) -> None:
    apply = "reconciler apply --auto-approve --target contoso/frontline"
    with runner.estate.store.lock("contoso", "apply", Run(id="1", actor="a runner that is gone")) as lock:
        assert runner.run(apply).code == 7
        assert repair("unlock", "contoso", lock.id) == 0
        assert runner.run(apply).code == 0


def test_all_locks_that_a_run_left_behind_are_broken(runner: Runner, repair: Callable[..., int]) -> None:
    run = Run(id="0b1c2d3e-4f50-4617-8a9b-acbdcedfe0f1", actor="a runner that is gone")
    with runner.estate.store.lock("contoso", "apply", run), runner.estate.store.lock("fabrikam", "apply", run):
        assert repair("unlock-run", "all", run.id) == 0
        assert runner.run("reconciler apply --auto-approve --target contoso/frontline").code == 0


def test_a_task_is_closed(runner: Runner, repair: Callable[..., int]) -> None:
    runner.estate.stick(User(object_id="05e40000-0000-4000-8000-000000000001", name="Ann", email="ann@example.test"))
    assert runner.run("reconciler apply --auto-approve --target contoso/office").code == 4
    assert repair("done", "contoso/office", "assign_remaining_users") == 0
    assert "assign_remaining_users" not in runner.run("reconciler state list").out


def test_a_rescued_state_is_pushed(runner: Runner, repair: Callable[..., int]) -> None:
    assert runner.run("reconciler apply --auto-approve --target contoso").code == 0
    rescued = "cp state/contoso.json errored.contoso.json; mkdir rescued; cp errored.contoso.json rescued"
    assert runner.run(rescued).code == 0

    assert repair("push", "../contoso", "7") == 0


@pytest.mark.parametrize("typed", ["$(touch hacked)", "; touch hacked", "`touch hacked`", "--help\ntouch hacked"])
def test_what_is_typed_is_never_run(runner: Runner, repair: Callable[..., int], typed: str) -> None:
    for what in ("unlock", "unlock-run", "resolve", "adopt", "done", "push", typed):
        assert repair(what, typed, typed) != 0
    assert not (runner.estate.root / "hacked").exists()


def nightly(name: str) -> str:
    return dict(shells(parsed("github/reconciler-nightly.yaml")))[name]


DISPATCHED = [
    pytest.param(nightly("Plan"), nightly("Apply"), "plan.json", id="github"),
    pytest.param(azure("Plan"), azure("Apply", stage=1), "../plan/plan.json", id="azure"),
    pytest.param(gitlab("plan-main"), gitlab("apply").partition("\n")[2], "plan.json", id="gitlab"),
]


@pytest.mark.parametrize(("plan", "apply", "where"), DISPATCHED)
def test_limits_are_raised_for_one_run_as_typed(runner: Runner, plan: str, apply: str, where: str) -> None:
    runner.estate.settings("limits: {max_changes: 0, max_seats_added: 0}\n")
    typed = {"LIMITS": "max_changes=9 max_seats_added", "TARGETS": "contoso", "SYSTEM_ACCESSTOKEN": "made-up"}
    host = {"PIPELINE_WORKSPACE": str(runner.estate.root.parent), "BUILD_REASON": "Manual"}
    (runner.estate.root.parent / "plan").mkdir(exist_ok=True)

    planned = runner.run(plan, **typed, **host)
    runner.run(f"cp plan.json {where} || true")
    applied = runner.run(apply, **typed, **host)

    assert (planned.code, applied.code) == (0, 0), f"{planned.text}{applied.text}"
    assert len(runner.estate.bought) == 2
    assert applied.text.count("GUARD LOOSENED") >= 2
    assert runner.run(apply, **{**typed, "LIMITS": "$(touch hacked)"}, **host).code == 64
    assert not (runner.estate.root / "hacked").exists()


@pytest.mark.parametrize(("plan", "apply", "where"), DISPATCHED)
def test_the_manifest_wins_over_changes_made_outside_where_that_was_typed(
    runner: Runner, plan: str, apply: str, where: str
) -> None:
    typed = {"ACCEPT_DRIFT": "contoso/office contoso/mail", "TARGETS": "contoso", "SYSTEM_ACCESSTOKEN": "made-up"}
    host = {"PIPELINE_WORKSPACE": str(runner.estate.root.parent), "BUILD_REASON": "Manual"}
    (runner.estate.root.parent / "plan").mkdir(exist_ok=True)

    planned = runner.run(plan, **typed, **host)
    assert planned.code == 0, planned.text
    assert json.loads(runner.file("plan.json"))["selection"]["accepted"] == ["contoso/mail", "contoso/office"]
    runner.run(f"cp plan.json {where} || true")
    assert runner.run(apply, **typed, **host).code == 0
    assert runner.run(plan, **{**typed, "ACCEPT_DRIFT": "$(touch hacked)"}, **host).code != 0
    assert not (runner.estate.root / "hacked").exists()
