"""From the pull request to the purchase, and the nights between: what main does with what was reviewed."""

import json

import pytest

from reconciler.sandbox import ALWAYS, Fault, FaultKind, Tenant
from tests.cli.estates import KIOSKS, MAIL
from tests.pipelines.runner import Runner
from tests.pipelines.test_github import GITHUB, step

PUSH = GITHUB | {"BEFORE": "aaaa", "GITHUB_REF_NAME": "main"}
FETCH, APPLY = step("apply", "Fetch the reviewed plans"), step("apply", "Apply")
FETCH_OTHERS = step("apply", "Fetch the reviewed plans of other pull requests")


def test_main_carries_out_what_was_reviewed_and_nothing_else(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.estate.customer("contoso", mail=(MAIL, "Exchange", 99))
    runner.run(FETCH, **PUSH)

    answer = runner.run(APPLY, **PUSH)

    assert answer.code == 0, answer.err
    assert len(runner.estate.bought) == 1
    assert "fabrikam/kiosks" in runner.file("result/7.md")


def test_what_came_to_a_reviewed_customer_since_is_listed_and_left(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 11))
    runner.run(FETCH, **PUSH)

    assert runner.run(APPLY, **PUSH).code == 6
    assert runner.estate.bought == []
    told = {line.get("address"): line["type"] for line in map(json.loads, runner.file("result/7.jsonl").splitlines())}
    assert told["fabrikam/kiosks"] == "stale"


def test_each_pull_request_of_a_push_is_carried_out_by_its_own_plan_and_told(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)

    answer = runner.run(FETCH, PULLS="7 abc123\n8 def456\n7 abc123", **PUSH)
    runner.run(APPLY, **PUSH)
    runner.run(step("apply", "Comment"), **PUSH)

    assert answer.code == 0, answer.err
    assert "--event pull_request --commit abc123" in runner.host_requests
    assert "--event pull_request --commit def456" in runner.host_requests
    assert len(runner.estate.bought) == 1
    assert "issues/7/comments" in runner.host_requests.splitlines()[-2]
    assert "issues/8/comments" in runner.host_requests.splitlines()[-1]


def test_what_another_merged_pull_request_has_is_left_to_its_run(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.run(FETCH, **PUSH)
    runner.estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 11))
    runner.run("reconciler plan --target fabrikam --out other.json")
    merged = {"MERGED": "7 abc123\n8 def456\n9 none", "PLANNED": "def456 12\nabc123 11", "OTHER": "other.json"}

    fetched = runner.run(FETCH_OTHERS, **PUSH | merged)
    answer = runner.run(APPLY, **PUSH)

    assert (fetched.code, answer.code) == (0, 0), fetched.err + answer.err
    assert "run download 12 --repo ops/estate --name plan --dir others/8" in runner.host_requests
    assert "others/8/plan.json has this change" in " ".join(runner.file("result/7.md").split())
    assert runner.estate.bought == []


def test_a_plan_of_another_pull_request_that_is_gone_or_no_plan_hinders_nothing(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.run(FETCH, **PUSH)
    merged = {"MERGED": "8 def456", "PLANNED": "def456 12"}
    (runner.estate.root / "none.json").write_text("{}")

    fetched = [runner.run(FETCH_OTHERS, **PUSH | merged | bad).code for bad in ({"LOST": "1"}, {"OTHER": "none.json"})]

    assert fetched == [0, 0]
    assert runner.run(APPLY, **PUSH).code == 0
    assert len(runner.estate.bought) == 1


@pytest.mark.parametrize("nobody", [{"PULLS": ""}, {"RUN": ""}], ids=["a direct push", "no manifest touched"])
def test_a_push_that_nobody_reviewed_fails_and_says_what_applies_it(runner: Runner, nobody: dict[str, str]) -> None:
    answer = runner.run(FETCH, **PUSH | nobody)

    assert answer.code == 1
    assert "::error title=Nothing here was reviewed::4f0c1d2 came without a pull request" in answer.out
    assert "reconciler nightly" in answer.out


def test_a_plan_that_is_gone_fails_the_run_after_the_others_were_applied(runner: Runner) -> None:
    runner.run(step("plan", "Plan"), **GITHUB)
    runner.run("mkdir -p reviewed/8 && cp plan.json reviewed/8/")

    answer = runner.run(FETCH, LOST="expired", **PUSH)

    assert answer.code == 0, answer.err
    assert "::error title=No plan of pull request 7::" in answer.out
    assert runner.file("GITHUB_ENV.txt") == "MISSING=true\n"
    assert runner.run(step("apply", "Fail where a plan was missing")).code == 1


def test_the_night_carries_out_what_was_merged_and_not_applied(runner: Runner) -> None:
    planned = runner.run(step("nightly", "Plan"), **GITHUB)
    outputs = runner.file("GITHUB_OUTPUT.txt")

    answer = runner.run(step("nightly", "Apply"), **GITHUB)

    assert planned.code == 0, planned.err
    assert "verdict=changes\n" in outputs
    assert answer.code == 0, answer.err
    assert len(runner.estate.bought) == 3


def test_a_forks_snapshot_comes_from_the_schedule_and_from_no_run_of_a_pull_request(runner: Runner) -> None:
    fetch = step("plan", "Fetch the snapshot, for a fork that may not sign in")

    runner.run(fetch, DEFAULT_BRANCH="main", **GITHUB)
    without = runner.run(fetch, DEFAULT_BRANCH="main", RUN="", **GITHUB)

    assert "--workflow reconciler-snapshot.yaml --event schedule --branch main" in runner.host_requests
    assert "run download 11 --repo ops/estate --name snapshot" in runner.host_requests
    assert without.code == 1
    assert "::error title=No snapshot::" in without.out


def test_a_snapshot_without_a_customer_who_left_is_kept_with_a_warning(runner: Runner) -> None:
    path = f"/customers/{Tenant(name='fabrikam').tenant}/subscriptions"
    runner.estate.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=path))

    answer = runner.run(step("snapshot", "Snapshot"), **GITHUB)

    assert answer.code == 0, answer.err
    assert "::warning title=Snapshot::" in answer.out
    assert runner.run(step("snapshot", "Snapshot"), **GITHUB | {"RECONCILER_ENDPOINT": "http://127.0.0.1:1"}).code != 0


def test_a_fork_is_planned_from_the_snapshot_without_a_service(runner: Runner) -> None:
    assert runner.run(step("snapshot", "Snapshot"), **GITHUB).code == 0

    answer = runner.run(step("plan", "Plan"), **GITHUB | {"FORK": "true", "RECONCILER_ENDPOINT": "http://127.0.0.1:1"})

    assert answer.code == 0, answer.err
    assert "Planned from a snapshot" in runner.file("comment.md")


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
    assert runner.host_requests.splitlines()[-1] == call


def test_what_an_apply_left_open_is_settled_each_hour_and_nothing_is_begun(runner: Runner) -> None:
    answer = runner.run(step("settle", "Settle"), **GITHUB)

    assert answer.code == 0, answer.err
    assert runner.estate.bought == []


def test_a_plan_that_limits_hold_back_fails_the_check_and_part_of_one_is_told(runner: Runner) -> None:
    for workflow in ("plan", "nightly"):
        tell = step(workflow, "Tell what limits hold back")
        codes = [runner.run(tell, HELD="1", VERDICT=verdict, **GITHUB).code for verdict in ("held", "changes")]
        assert codes == [5, 0]
        assert "::warning title=Limits hold back" in runner.run(tell, HELD="1", VERDICT="changes", **GITHUB).out


def test_a_night_with_drift_is_told_from_one_without_and_from_one_that_failed(runner: Runner) -> None:
    look = step("drift", "Look for drift")
    runner.run("reconciler apply --auto-approve --target contoso")
    runner.run(look, **GITHUB)
    outputs = runner.file("GITHUB_OUTPUT.txt")
    failed = runner.run(look, **GITHUB | {"RECONCILER_ENDPOINT": "http://127.0.0.1:1"})

    assert outputs.splitlines()[-1] in {"found=true", "found=false"}
    assert failed.code not in {0, 2}
