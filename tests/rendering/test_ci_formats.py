"""A plan as CI systems read it. The texts are in golden/; RECONCILER_UPDATE_GOLDEN=1 writes them anew for review."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest

from reconciler.rendering.formats.github import SUMMARY_LIMIT, github_outputs
from reconciler.rendering.outputs.plans import plan_outputs
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.attacked import SOURCE
from tests.rendering.golden_files import check
from tests.rendering.shown import a_view

VIEW = a_view(
    now=plans.NOON + timedelta(minutes=5),
    next_command=("apply", "plan.json"),
    commit="4f0c1d2",
    run_url="https://git.example/runs/7",
    source_url=SOURCE,
)


@pytest.mark.parametrize("name", ["markdown", "github", "azure-devops", "junit", "sarif"])
def test_the_showcase_reads_as_reviewed(name: str) -> None:
    check(f"showcase.{name}", FORMATS[name](plans.showcase(), VIEW))


def test_an_annotation_stands_on_the_manifests_line_from_the_repositorys_root() -> None:
    shown = FORMATS["github"](plans.plan(plans.upgrade()), replace(VIEW, folder="estates/europe"))

    assert "::notice file=estates/europe/manifests/contoso.yaml,line=8,col=3,title=contoso/office%3A upgrade" in shown


def test_a_file_outside_the_repository_is_not_named_as_if_it_were_in_it() -> None:
    for name in ("github", "azure-devops", "sarif"):
        shown = FORMATS[name](plans.showcase(), replace(VIEW, folder="../elsewhere"))

        assert not re.search(r"file=|sourcepath=|artifactLocation", shown)


@pytest.mark.parametrize(("fails", "level"), [(True, "error"), (False, "warning")])
def test_what_is_blocked_is_as_grave_as_the_pipeline_holds_it(fails: bool, level: str) -> None:
    blocked = plans.plan(blocked=(plans.blocked("contoso/office"),))
    view = replace(VIEW, blocked_fails=fails)

    assert f"\n::{level} file=" in FORMATS["github"](blocked, view)
    assert f"[task.logissue type={level};" in FORMATS["azure-devops"](blocked, view)
    assert f'"level": "{level}"' in FORMATS["sarif"](blocked, view)


CROWD = plans.plan(
    blocked=tuple(plans.blocked(f"a/b{number}") for number in range(12)), pending=(plans.unsettled("z/z"),)
)
"""Thirteen errors, the gravest of them the last by address."""


@pytest.mark.parametrize(("name", "command"), [("github", "::error "), ("azure-devops", "##vso[task.logissue")])
def test_the_gravest_come_first_since_hosts_show_ten_of_a_kind_and_the_log_has_all(name: str, command: str) -> None:
    lines = FORMATS[name](CROWD, VIEW).splitlines()
    errors = [line for line in lines if line.startswith(command)]

    assert "13 errors: only the first 9 may be shown here" in errors[0]
    assert "outcome_unknown" in errors[1]
    assert len(errors) == 10
    assert len([line for line in lines if line.startswith("error: a/b")]) == 4


def test_where_a_step_has_no_room_for_annotations_the_log_says_so_and_has_all() -> None:
    full = replace(VIEW, annotations={"error": 0, "warning": 0, "note": 0})
    for name in ("github", "azure-devops"):
        shown = FORMATS[name](CROWD, full)

        assert "13 errors: none may be shown here, all are in the log." in shown
        assert shown.count("blocked:") >= 12
        assert not re.search(r"^(::|##vso\[task.logissue)", shown, re.MULTILINE)


def test_a_junit_report_keeps_to_what_gitlab_takes_the_gravest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.rendering.formats.junit._CASES", 2)
    many = plans.plan(plans.resize("a/note"), blocked=(plans.blocked("y/y"), plans.blocked("z/z")))
    report = fromstring(FORMATS["junit"](many, VIEW))

    assert [case.get("name") for case in report.iter("testcase")] == ["limits", "y/y", "z/z"]
    assert "1 finding left out" in (report.findtext("testsuite/testcase/system-out") or "")


def test_cases_of_several_estates_have_names_of_their_own() -> None:
    report = fromstring(FORMATS["junit"](plans.showcase(), replace(VIEW, name="eu/china")))

    assert {case.get("classname") for case in report.iter("testcase")} >= {
        "reconciler plan: eu-china",
        "eu-china.contoso",
    }


def test_the_outputs_of_a_step_are_counts_and_the_fingerprint() -> None:
    outputs = dict(line.split("=") for line in github_outputs(plan_outputs(plans.showcase())).splitlines())

    assert outputs.pop("fingerprint").startswith("sha256:")
    assert outputs == {
        "verdict": "changes",
        "notices": "0",
        "changes": "3",
        "upgrades": "2",
        "resizes": "1",
        "terms": "0",
        "renewals": "0",
        "orders": "0",
        "asked_before": "0",
        "blocked": "5",
        "waiting": "1",
        "unknown": "1",
        "tasks": "1",
        "unchanged": "9",
        "drift": "2",
        "undeclared": "2",
        "dropped": "0",
        "moves": "0",
        "limits_exceeded": "0",
        "held": "0",
        "seats_added": "5",
        "seats_removed": "2",
        "seats_removed_at_renewal": "0",
        "seats_upgraded": "70",
        "errored": "false",
    }


def test_a_plan_that_waits_for_an_earlier_change_is_no_plan_with_nothing_to_do() -> None:
    waits = replace(plans.plan(), pending=(plans.unsettled("contoso/lab", "waiting"),))
    assert [plan_outputs(plan)["verdict"] for plan in (plans.plan(), waits)] == ["nothing", "waiting"]


def test_a_steps_summary_is_the_comment_with_more_room() -> None:
    many = plans.plan(*(plans.resize(f"a/b{number}") for number in range(1000)))
    summary = FORMATS["markdown"](many, replace(VIEW, limit=SUMMARY_LIMIT))

    assert "`a/b999`" in summary
    assert "`a/b999`" not in FORMATS["markdown"](many, VIEW)


def test_a_junit_report_counts_its_cases() -> None:
    report = fromstring(FORMATS["junit"](plans.showcase(), VIEW))

    assert report.attrib | {"name": ""} == {"name": "", "tests": "15", "failures": "5", "errors": "1", "skipped": "1"}
    assert {case.get("file") for case in report.iter("testcase") if case.get("name") == "litware/branch"} == {
        "manifests/litware.yaml"
    }


def test_an_exceeded_limit_fails_in_junit_and_is_an_error_elsewhere() -> None:
    exceeding = plans.plan(plans.resize(seats=(10, 1510)), limits=(plans.breach(),))
    report = fromstring(FORMATS["junit"](exceeding, VIEW))

    assert report.find("testsuite/testcase[@name='limits']/failure") is not None
    assert "::error title=LIMIT EXCEEDED%3A nothing will be sent" in FORMATS["github"](exceeding, VIEW)


def test_code_scanning_gets_no_more_results_than_it_shows_and_the_gravest_of_them() -> None:
    many = plans.plan(
        *(plans.resize(f"a/b{number}") for number in range(5_000)), blocked=(plans.blocked("y/y"), plans.blocked("z/z"))
    )
    (run,) = json.loads(FORMATS["sarif"](many, VIEW))["runs"]
    (left,) = (item for item in run["invocations"][0]["toolExecutionNotifications"] if "descriptor" in item)

    assert len(run["results"]) == 5_000
    assert [item["level"] for item in run["results"][:3]] == ["error", "error", "note"]
    assert "2 results left out" in left["message"]["text"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"left_out", "resize", "seat_loss_not_allowed"}


@pytest.mark.parametrize(("name", "category"), [("", "reconciler plan/"), ("eu/China", "reconciler plan/eu-china/")])
def test_code_scanning_tells_estates_apart_as_comments_do(name: str, category: str) -> None:
    view = replace(VIEW, name=name)

    assert json.loads(FORMATS["sarif"](plans.showcase(), view))["runs"][0]["automationDetails"] == {"id": category}
    assert f"<!-- {category.strip('/').replace('/', ': ')} -->" in FORMATS["markdown"](plans.showcase(), view)


@pytest.mark.parametrize("name", ["markdown", "github", "sarif", "junit"])
def test_of_changes_that_a_host_cuts_the_one_way_upgrades_stay(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.rendering.formats.junit._CASES", 2)
    monkeypatch.setattr("reconciler.rendering.formats.sarif._RESULTS", 2)
    resizes = [plans.resize(f"a/b{number}") for number in range(12)]
    short = replace(VIEW, limit=3_500, annotations={"note": 4})
    shown = FORMATS[name](plans.plan(*resizes, plans.upgrade("z/z"), plans.upgrade("z/y")), short)

    marks = {
        "markdown": "^` upgrade | ",
        "github": "::notice file",
        "sarif": '"ruleId": "upgrade"',
        "junit": 'name="z/',
    }
    assert shown.count(marks[name]) == 2
    assert "a/b9" not in shown or name == "github"
