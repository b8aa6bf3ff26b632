"""From the pull request to the purchase, and the nights between: what main does with what was reviewed."""

import json

import pytest

from tests.cli.estates import KIOSKS, MAIL
from tests.pipelines.runner import Runner
from tests.pipelines.test_github import GITHUB, step


def test_main_carries_out_what_was_reviewed_and_nothing_else(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.estate.customer("contoso", mail=(MAIL, "Exchange", 99))

    answer = runner.run(step("apply", "Apply"), **GITHUB)

    assert answer.code == 0, answer.err
    assert len(runner.estate.bought) == 1
    assert "fabrikam/kiosks" in runner.file("result.md")


def test_what_came_to_a_reviewed_customer_since_is_listed_and_left(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 11))

    answer = runner.run(step("apply", "Apply"), **GITHUB)

    assert answer.code == 6, answer.err
    assert runner.estate.bought == []
    told = {one.get("address"): one["type"] for one in map(json.loads, runner.file("events.jsonl").splitlines())}
    assert told["fabrikam/kiosks"] == "stale"


def test_the_reviewed_plan_is_the_one_of_the_merged_pull_request(runner: Runner) -> None:
    answer = runner.run(step("apply", "Fetch the reviewed plan"), **GITHUB)

    assert answer.code == 0, answer.err
    assert runner.file("GITHUB_ENV.txt") == "NUMBER=7\n"
    assert "--commit abc123" in runner.asked
    assert runner.asked.endswith("run download 11 --repo ops/estate --name plan\n")


def test_a_fork_is_planned_from_the_snapshot_without_a_service(runner: Runner) -> None:
    assert runner.run(step("snapshot", "Snapshot"), **GITHUB).code == 0

    answer = runner.run(step("plan", "Plan"), **GITHUB | {"FORK": "true", "RECONCILER_ENDPOINT": "http://127.0.0.1:1"})

    assert answer.code == 0, answer.err
    assert "planned from a snapshot" in runner.file("comment.md")


@pytest.mark.parametrize(
    ("found", "issue", "call"),
    [
        ("true", "", "issue create --repo ops/estate --title Drift in Partner Center --body-file drift.md"),
        ("true", "5", "issue edit 5 --repo ops/estate --body-file drift.md"),
        ("false", "5", "issue close 5 --repo ops/estate --comment Nothing drifts any more."),
    ],
)
def test_drift_is_one_issue(runner: Runner, found: str, issue: str, call: str) -> None:
    answer = runner.run(step("drift", "Keep one issue"), issue, FOUND=found, **GITHUB)

    assert answer.code == 0, answer.err
    assert runner.asked.splitlines()[-1] == call


def test_a_night_with_drift_is_told_from_one_without_and_from_one_that_failed(runner: Runner) -> None:
    look = step("drift", "Look for drift")
    runner.run("reconciler apply --auto-approve --target contoso")
    runner.run(look, **GITHUB)
    outputs = runner.file("GITHUB_OUTPUT.txt")
    failed = runner.run(look, **GITHUB | {"RECONCILER_ENDPOINT": "http://127.0.0.1:1"})

    assert outputs.splitlines()[-1] in {"found=true", "found=false"}
    assert failed.code not in {0, 2}
