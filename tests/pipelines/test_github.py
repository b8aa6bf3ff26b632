"""The workflows for GitHub Actions: linted, and every step's shell run on the sandbox."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.estates import MAIL
from tests.pipelines.actionlint import complaints
from tests.pipelines.runner import EXAMPLES, Runner, parsed, shells

WORKFLOWS = sorted((EXAMPLES / "pipelines" / "github").glob("*.yaml"))
GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "ops/estate",
    "GITHUB_RUN_ID": "7",
    "GITHUB_SHA": "4f0c1d2",
    "NUMBER": "7",
    "FORK": "false",
}


def step(workflow: str, name: str) -> str:
    return dict(shells(parsed(f"github/reconciler-{workflow}.yaml")))[name]


def steps(workflow: str) -> list[dict[str, Any]]:
    return list(parsed(f"github/reconciler-{workflow}.yaml")["jobs"]["plan"]["steps"])


def test_actionlint_has_nothing_to_say() -> None:
    assert complaints(WORKFLOWS) == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_no_shell_is_put_together_from_what_a_pull_request_says(workflow: Path) -> None:
    assert all("${{" not in shell for _, shell in shells(parsed(f"github/{workflow.name}")))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_no_secret_is_stored_and_the_token_of_each_job_may_little(workflow: Path) -> None:
    jobs = parsed(f"github/{workflow.name}")["jobs"].values()

    assert "secrets." not in workflow.read_text("utf-8")
    assert {job["permissions"]["contents"] for job in jobs} == {"read"}
    assert {job["permissions"]["id-token"] for job in jobs} == {"write"}


@pytest.mark.parametrize("workflow", ["apply", "nightly"])
def test_no_merge_is_dropped_and_apply_asks_main_as_it_is(workflow: str) -> None:
    """A concurrency group would cancel the run that waits, and a late approval would carry out what was taken back."""
    document = parsed(f"github/reconciler-{workflow}.yaml")
    checkout = document["jobs"]["apply"]["steps"][0]

    assert "concurrency" not in {*document, *document["jobs"]["apply"]}
    assert document["jobs"]["apply"]["environment"] == "production"
    assert checkout["with"]["ref"] == "main"


def test_a_pull_request_is_planned_as_far_as_it_touches_customers(runner: Runner) -> None:
    answer = runner.run(step("plan", "Plan"), **GITHUB)

    plan = json.loads(runner.file("plan.json"))
    assert answer.code == 0, answer.err
    assert [change["address"] for change in plan["changes"]] == ["fabrikam/kiosks"]
    assert plan["selection"]["customers"] == 1
    assert "::notice file=manifests/fabrikam.yaml" in answer.out
    assert "changes=1\n" in runner.file("GITHUB_OUTPUT.txt")
    assert "## 1 change can go ahead" in runner.file("GITHUB_STEP_SUMMARY.txt")


def test_a_plan_that_apply_would_refuse_fails_the_check(runner: Runner) -> None:
    runner.estate.settings("limits: {max_changes: 0}\n")

    assert runner.run(step("plan", "Plan"), **GITHUB).code == 0
    assert "verdict=refused\n" in runner.file("GITHUB_OUTPUT.txt")
    for workflow in ("plan", "nightly"):
        refuse = next(item for item in steps(workflow) if item.get("name") == "Fail where apply would refuse")
        assert "verdict == 'refused'" in refuse["if"]
        assert runner.run(refuse["run"], **GITHUB).code == 5


def test_what_is_blocked_fails_the_check_and_is_commented_all_the_same(runner: Runner) -> None:
    runner.estate.customer("contoso", mail=(MAIL, "Exchange", 1))

    assert runner.run(step("plan", "Plan"), **GITHUB).code == 3
    assert "### Blocked: " in runner.file("comment.md")


def test_manifests_that_are_wrong_are_commented_too(runner: Runner) -> None:
    (runner.estate.root / "manifests" / "contoso.yaml").write_text("customer: {nam: contoso}\n")

    assert runner.run(step("plan", "Plan"), **GITHUB).code == 1
    assert "## There is no plan" in runner.file("comment.md")


@pytest.mark.parametrize(
    ("found", "call"),
    [
        ("", "api --silent --method POST repos/ops/estate/issues/7/comments --field body=@comment.md"),
        ("4711", "api --silent --method PATCH repos/ops/estate/issues/comments/4711 --field body=@comment.md"),
    ],
)
def test_there_is_one_comment_brought_up_to_date(runner: Runner, found: str, call: str) -> None:
    (runner.estate.root / "comment.md").write_text("<!-- reconciler plan -->\n## 1 change can go ahead\n")

    answer = runner.run(step("plan", "Comment"), found, **GITHUB)

    assert answer.code == 0, answer.err
    assert runner.host_requests.splitlines()[-1] == call
