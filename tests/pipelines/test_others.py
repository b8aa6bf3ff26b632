"""The pipelines for Azure and GitLab, the hook, the container: their shape, and their shell run on the sandbox."""

import json
import shlex
import shutil

import pytest
import yaml

from tests.cli.estates import KIOSKS
from tests.pipelines.runner import EXAMPLES, Runner, parsed, shells
from tests.worlds import SOURCE

AZURE = {
    "TF_BUILD": "True",
    "BUILD_REASON": "PullRequest",
    "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
    "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
    "SYSTEM_COLLECTIONURI": "https://azure.example/ops/",
    "SYSTEM_TEAMPROJECTID": "1234",
    "BUILD_REPOSITORY_ID": "5678",
    "SYSTEM_ACCESSTOKEN": "made-up",
}


BRANCH = {"CI_DEFAULT_BRANCH": "main"}


def azure(name: str, stage: int = 0) -> str:
    return dict(shells(parsed("azure-pipelines.yaml")["stages"][stage]))[name]


def gitlab(name: str) -> str:
    lines = parsed("gitlab-ci.yaml")[name]["script"]
    return "\n".join(item for line in lines for item in (line if isinstance(line, list) else [line]))


def on_origin(runner: Runner) -> None:
    """As a runner's clone: the target branch is known as origin's."""
    runner.run("git update-ref refs/remotes/origin/main refs/heads/main")


def merged(runner: Runner) -> None:
    """As after the merge: main holds the change, and the clone knows where it came from."""
    runner.run("git branch --force main HEAD && git remote add origin .")


def test_azure_plans_a_pull_request_and_shows_it_on_the_runs_page(runner: Runner) -> None:
    on_origin(runner)

    answer = runner.run(azure("Plan"), AGENT_TEMPDIRECTORY=str(runner.estate.root), **AZURE)

    assert answer.code == 0, answer.err
    assert "##vso[task.uploadsummary]" in answer.out
    assert "##vso[task.setvariable variable=changes;isOutput=true]1" in answer.out
    assert "fabrikam/kiosks" in runner.file("plan.xml")


@pytest.mark.skipif(shutil.which("jq") is None, reason="the agents have jq, this machine has none")
@pytest.mark.parametrize(
    ("threads", "call"),
    [
        (
            [],
            "--request POST --data @- https://azure.example/ops/1234/_apis/git/repositories/5678/pullRequests/7/threads?",
        ),
        ([{"id": 3, "comments": [{"id": 1, "content": "<!-- reconciler plan -->\nold"}]}], "threads/3/comments/1?"),
    ],
)
def test_azure_has_one_thread_brought_up_to_date(runner: Runner, threads: list[object], call: str) -> None:
    (runner.estate.root / "comment.md").write_text("<!-- reconciler plan -->\n## 1 change can go ahead\n")

    answer = runner.run(azure("Comment"), json.dumps({"value": threads}), **AZURE)

    assert answer.code == 0, answer.err
    assert call in runner.host_requests
    assert "1 change can go ahead" in runner.host_requests


def test_azure_applies_the_plan_that_was_approved(runner: Runner) -> None:
    runner.run(azure("Plan"), **AZURE | {"BUILD_REASON": "IndividualCI"})
    runner.run("mkdir -p ../plan && cp plan.json ../plan/")
    merged(runner)
    runner.run(azure("Take main as it is now", stage=1))

    answer = runner.run(azure("Apply", stage=1), PIPELINE_WORKSPACE=str(runner.estate.root.parent), **AZURE)

    assert answer.code == 0, answer.err
    assert len(runner.estate.bought) == 3


def test_azure_keeps_what_could_not_be_recorded(runner: Runner) -> None:
    answer = runner.run(f"touch events.jsonl errored.contoso.json\n{azure('Collect', stage=1)}\nls kept")

    assert answer.out.split() == ["errored.contoso.json", "events.jsonl"]


def test_azure_fails_a_plan_that_apply_would_refuse(runner: Runner) -> None:
    on_origin(runner)
    runner.estate.settings("limits: {max_changes: 0}\n")

    answer = runner.run(azure("Plan"), AGENT_TEMPDIRECTORY=str(runner.estate.root), **AZURE)

    assert answer.code == 0, answer.err
    assert "##vso[task.setvariable variable=verdict;isOutput=true]refused" in answer.out
    assert runner.run(azure("Fail where apply would refuse")).code == 5


def test_what_was_taken_back_since_the_plan_is_not_carried_out(runner: Runner) -> None:
    runner.run(gitlab("plan-main"))
    runner.estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    runner.run("git add manifests && git -c user.name=ops -c user.email=ops@example.com commit --quiet --message back")
    merged(runner)

    answer = runner.run(gitlab("apply"), **BRANCH)

    assert answer.code == 6, answer.err
    assert "fabrikam/kiosks: " in answer.text
    assert len(runner.estate.bought) == 2


def test_gitlab_fails_a_plan_that_apply_would_refuse(runner: Runner) -> None:
    runner.estate.settings("limits: {max_changes: 0}\n")

    answer = runner.run(gitlab("plan"), GITLAB_CI="true", CI_MERGE_REQUEST_DIFF_BASE_SHA="main")

    assert answer.code == 1
    assert "A limit refuses this plan, and apply would send nothing: max_changes" in answer.err


def test_gitlab_tells_what_a_limit_holds_back_and_fails_where_that_is_everything(runner: Runner) -> None:
    runner.estate.settings("limits: {max_seats_added: 0}\n")

    answer = runner.run(gitlab("plan"), GITLAB_CI="true", CI_MERGE_REQUEST_DIFF_BASE_SHA="main")

    assert answer.code == 5, answer.text
    assert "Limits hold back 1 of 1 changes: max_seats_added" in answer.out


def test_gitlab_settles_and_begins_nothing(runner: Runner) -> None:
    assert runner.run(gitlab("settle")).code == 0
    assert runner.estate.bought == []


def test_azure_settles_and_begins_nothing(runner: Runner) -> None:
    assert runner.run(dict(shells(parsed("azure-renewals.yaml")))["Settle"], **AZURE).code == 0
    assert runner.estate.bought == []


def test_azure_tells_what_limits_hold_back(runner: Runner) -> None:
    tell = azure("Tell what limits hold back")
    assert [runner.run(tell, HELD="1", VERDICT=verdict).code for verdict in ("held", "changes")] == [5, 0]


def test_gitlab_plans_a_merge_request(runner: Runner) -> None:
    answer = runner.run(gitlab("plan"), GITLAB_CI="true", CI_MERGE_REQUEST_DIFF_BASE_SHA="main")

    assert answer.code == 0, answer.err
    assert "fabrikam/kiosks" in runner.file("plan.html")
    assert '<testsuites name="reconciler plan"' in runner.file("plan.xml")


def test_gitlab_plans_and_applies_on_main(runner: Runner) -> None:
    merged(runner)
    assert runner.run(gitlab("plan-main")).code == 0

    answer = runner.run(gitlab("apply"), **BRANCH)

    assert answer.code == 0, answer.err
    assert len(runner.estate.bought) == 3
    assert '<testsuites name="reconciler apply"' in runner.file("result.xml")


def test_gitlabs_jobs_are_of_stages_that_there_are() -> None:
    document = parsed("gitlab-ci.yaml")
    jobs = [job for job in document.values() if isinstance(job, dict) and "script" in job]

    assert {job["stage"] for job in jobs} == set(document["stages"])
    assert all(job["rules"] for job in jobs)


def test_the_hook_of_pre_commit_is_the_offline_check(runner: Runner) -> None:
    (hook,) = yaml.safe_load((SOURCE / ".pre-commit-hooks.yaml").read_text("utf-8"))

    assert runner.run(hook["entry"]).out == "The manifests are valid: 2 customers, 4 subscriptions.\n"
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)


def test_the_container_runs_the_program_and_not_as_root() -> None:
    lines = (EXAMPLES / "container" / "Dockerfile").read_text("utf-8").splitlines()
    final = lines[max(at for at, line in enumerate(lines) if line.startswith("FROM ")) :]

    assert shlex.split(final[-2].partition(" ")[2]) == ["[reconciler]"]
    assert "USER reconciler" in final
