"""`--report FORMAT=FILE`: the same value in further formats, whatever the exit code, and what CI systems collect."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.rendering.formats.github import SUMMARY_LIMIT
from tests.cli.estates import Answer, Estate, build, denied

Program = Callable[..., Answer]

FORMATS = ("text", "json", "markdown", "html", "github", "azure-devops", "junit", "sarif")


@pytest.mark.usefixtures("estate")
def test_every_format_can_be_had_beside_the_text_on_the_screen(here: Path, reconciler: Program) -> None:
    answer = reconciler("plan", *(f"--report={name}={name}.out" for name in FORMATS))

    assert "Sandbox (an emulator: nothing is bought)" in answer.out
    assert all("contoso/office" in (here / f"{name}.out").read_text() for name in FORMATS)


def test_reports_are_written_of_a_plan_that_is_blocked(estate: Estate, reconciler: Program) -> None:
    estate.block()

    assert reconciler("plan", "--report", "markdown=plan.md").code == 3
    assert "fabrikam/kiosks" in (estate.root / "plan.md").read_text()


def test_a_plan_that_fails_reports_the_failure_where_a_format_can(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "contoso.yaml").write_text("customer: {nam: contoso}\n")
    reports = ("markdown=plan.md", "junit=plan.xml", "github=plan.txt", "json=plan.json")

    answer = reconciler("plan", *(f"--report={report}" for report in reports))

    assert answer.code == 1
    assert "## There is no plan:" in (estate.root / "plan.md").read_text()
    assert "<failure" in (estate.root / "plan.xml").read_text()
    assert "::error file=manifests/contoso.yaml,line=1" in (estate.root / "plan.txt").read_text()
    assert not (estate.root / "plan.json").exists()


def test_no_earlier_report_is_left_to_be_taken_for_this_runs(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--report", "json=plan.json")
    (estate.root / "manifests" / "contoso.yaml").unlink()

    assert reconciler("plan", "--report", "json=plan.json").code == 1
    assert not (estate.root / "plan.json").exists()


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("leads_to", ["/dev/null", "elsewhere.txt", "nowhere.txt"])
def test_a_link_that_a_commit_brought_along_swallows_no_report_and_sends_it_nowhere(
    here: Path, reconciler: Program, leads_to: str
) -> None:
    (here / "elsewhere.txt").write_text("untouched")
    (here / "plan.md").symlink_to(leads_to)

    reconciler("plan", "--report", "markdown=plan.md")

    assert "contoso/office" in (here / "plan.md").read_text()
    assert (here / "elsewhere.txt").read_text() == "untouched"
    assert not (here / "nowhere.txt").exists()


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        ("pdf=plan.pdf", 64, "it names no format"),
        ("plan.md", 64, "it names no format"),
        ("markdown=", 64, "names no file"),
        ("markdown=nowhere/plan.md", 1, "There is no folder nowhere"),
        ("markdown=manifests", 1, "This is a directory"),
    ],
)
def test_a_report_that_can_not_be_is_refused_before_anything_is_read(
    reconciler: Program, report: str, code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_ENDPOINT", "http://127.0.0.1:1")

    answer = reconciler("plan", "--report", report)

    assert (answer.code, answer.out) == (code, "")
    assert said in answer.text


@pytest.mark.parametrize(
    ("command", "file", "said"),
    [
        (("plan", "--report=text=manifests/contoso.yaml"), "manifests/contoso.yaml", "a file of the estate itself"),
        (("plan", "--out=manifests/contoso.yaml"), "manifests/contoso.yaml", "a file of the estate itself"),
        (("snapshot", "manifests/contoso.yaml"), "manifests/contoso.yaml", "a file of the estate itself"),
        (("plan", "--report=json=state/contoso.json"), "state/contoso.json", "a file of the estate itself"),
        (("apply", "plan.json", "--report=json=./plan.json"), "plan.json", "This run reads the file"),
        (("show", "plan.json", "--report=json=plan.json"), "plan.json", "This run reads the file"),
        (("plan", "--out=plan.json", "--report=json=plan.json"), "plan.json", "Two things are to be written"),
        (("plan", "--report=json=plan.json", "--report=html=plan.json"), "plan.json", "Two things are to be written"),
    ],
)
def test_no_file_is_overwritten_that_is_needed(
    estate: Estate, reconciler: Program, command: tuple[str, ...], file: str, said: str
) -> None:
    reconciler("apply", "--auto-approve")
    reconciler("plan", "--out", "plan.json")
    before = (estate.root / file).read_bytes()

    answer = reconciler(*command)

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.text
    assert (estate.root / file).read_bytes() == before


@pytest.mark.usefixtures("estate")
def test_githubs_runner_gets_annotations_a_summary_and_outputs(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        (here / name).write_text("before\n")
        monkeypatch.setenv(name, str(here / name))

    answer = reconciler("plan", "--report", "github=-")

    assert "\n::notice title=reconciler plan::" in answer.out
    assert "## 2 changes can go ahead" in (here / "GITHUB_STEP_SUMMARY").read_text()
    assert (here / "GITHUB_OUTPUT").read_text().startswith("before\nverdict=changes\nchanges=2\n")


def crowd(estate: Estate) -> None:
    """Declares twelve subscriptions that there are not."""
    estate.customer("fabrikam", **{f"s{n}": (f"90000000-0000-4000-8000-{n:012}", "F1", 5) for n in range(12)})


def test_annotations_of_several_commands_keep_to_what_a_step_and_a_job_show(
    estate: Estate, here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(estate)
    monkeypatch.setenv("RUNNER_TEMP", str(here))
    shown = []
    for step in ("__run", "__run", "__run_2", "__run_3", "__run_4", "__run_5", "__run_6"):
        monkeypatch.setenv("GITHUB_ACTION", step)
        answer = reconciler("plan", "--format", "github")
        assert answer.out.count("fabrikam/s11") == answer.out.count("fabrikam/s9") >= 1
        shown.append(answer.out.count("\n::error "))

    assert shown[:3] == [10, 0, 10]
    assert sum(shown) <= 50


def test_summaries_of_several_commands_stay_within_what_a_step_takes(
    estate: Estate, here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(estate)
    summary = here / "summary"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    room = 40_000
    summary.write_text("x" * (SUMMARY_LIMIT - room))
    answers = [reconciler("plan", "--format", "github") for _ in range(12)]

    assert summary.stat().st_size <= SUMMARY_LIMIT
    assert {answer.code for answer in answers} == {3}
    assert summary.read_text().count("## 2 changes can go ahead; 12 blocked") >= 2
    assert "What belongs here is left out" in summary.read_text()
    assert answers[0].err == ""
    assert "The step's summary is full" in answers[-1].text


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("event", "commit"),
    [
        ('{"pull_request": {"head": {"sha": "beef"}}}', "beef"),
        ('{"ref": "main"}', "4f0c"),
        ("[]", "4f0c"),
        ("", "4f0c"),
    ],
)
def test_the_comment_names_the_commit_that_the_pull_request_ends_with(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch, event: str, commit: str
) -> None:
    (here / "event.json").write_text(event)
    for name, value in {"ACTIONS": "true", "SHA": "4f0c", "EVENT_PATH": str(here / "event.json")}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)

    assert f"commit `{commit}`" in reconciler("plan", "--format", "markdown").out


@pytest.mark.usefixtures("estate")
def test_without_githubs_format_its_files_stay_as_they_are(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_OUTPUT", str(here / "outputs"))
    reconciler("plan")

    assert not (here / "outputs").exists()


@pytest.mark.usefixtures("estate")
def test_azures_agent_gets_a_summary_and_variables(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_BUILD", "True")
    monkeypatch.setenv("AGENT_TEMPDIRECTORY", str(here))

    lines = reconciler("plan", "--format", "azure-devops").out.splitlines()

    (summary,) = (line for line in lines if line.startswith("##vso[task.uploadsummary]"))
    assert "2 changes can go ahead" in Path(summary.partition("]")[2]).read_text()
    assert "##vso[task.setvariable variable=verdict;isOutput=true]changes" in lines


@pytest.mark.usefixtures("estate")
def test_annotations_count_from_the_repositorys_root(
    here: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(here.parent))

    answer = reconciler("plan", "--format", "github")

    assert f"file={here.name}/manifests/contoso.yaml" in answer.out


@pytest.mark.parametrize(
    ("root", "chdir", "manifests"),
    [
        ("real", "real/china", "manifests"),
        ("link", "real/china", "manifests"),
        ("real", "link/china", "manifests"),
        ("link", "link/china", "./manifests"),
        ("link", "real/china", "linked"),
        ("link", "real", "china/manifests"),
        ("link", "link", "{here}/real/china/manifests"),
        ("real", "real/other", "../china/manifests"),
        ("link", "real", "{here}/link/china/../china/manifests"),
    ],
)
def test_files_and_the_estate_have_one_name_whichever_link_leads_there(
    here: Path,
    reconciler: Program,
    monkeypatch: pytest.MonkeyPatch,
    root: str,
    chdir: str,
    manifests: str,
) -> None:
    (here / "real" / "china").mkdir(parents=True)
    (here / "real" / "other").mkdir()
    build(here / "real" / "china")
    (here / "link").symlink_to("real")
    (here / "real" / "china" / "linked").symlink_to("manifests")
    variables = ("GITHUB_WORKSPACE", "BUILD_SOURCESDIRECTORY", "CI_PROJECT_DIR")
    monkeypatch.setenv(variables[len(chdir + manifests) % 3], str(here / root))
    choose = ("--chdir", chdir, "-m", manifests.format(here=here))

    answer = reconciler(*choose, "plan", "--format", "markdown", "--report", "github=-")

    assert "file=china/manifests/contoso.yaml,line=3" in answer.out
    own = "china" if chdir.endswith("china") else "china-manifests"
    assert answer.out.startswith(f"<!-- reconciler plan: {own} -->")


def test_apply_reports_what_it_did(estate: Estate, reconciler: Program) -> None:
    reports = ("json", "markdown", "junit", "github", "text", "azure-devops")

    answer = reconciler("apply", "--auto-approve", *(f"--report={name}={name}.out" for name in reports))

    told = {name: (estate.root / f"{name}.out").read_text() for name in reports}
    assert answer.code == 0
    assert [json.loads(line)["type"] for line in told["json"].splitlines()].count("succeeded") == 2
    assert told["markdown"].startswith("<!-- reconciler apply -->\n## Apply finished: 2 succeeded\n")
    assert all("contoso/office" in text for text in told.values())


def test_apply_reports_what_failed_and_who_must_act(estate: Estate, reconciler: Program) -> None:
    estate.arm(denied("POST"))

    answer = reconciler("apply", "--auto-approve", "--report", "markdown=a.md", "--report", "junit=a.xml")

    assert answer.code == 4
    assert "### Somebody must act: 1" in (estate.root / "a.md").read_text()
    assert '<failure message="' in (estate.root / "a.xml").read_text()


def test_apply_that_a_limit_refuses_reports_that(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_changes: 1}\n")

    answer = reconciler("apply", "--auto-approve", "--report", "markdown=a.md")

    assert answer.code == 5
    assert "## Apply began nothing: 1 problem" in (estate.root / "a.md").read_text()
    assert estate.bought == []


@pytest.mark.usefixtures("estate")
def test_show_reports_a_saved_plan(here: Path, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json", "--report", "html=direct.html")
    reconciler("show", "plan.json", "--report", "html=shown.html", "--report", "markdown=shown.md")

    assert "contoso/office" in (here / "shown.html").read_text()
    assert "## 2 changes can go ahead" in (here / "shown.md").read_text()


@pytest.mark.usefixtures("estate")
def test_show_reads_several_plans_as_one(reconciler: Program) -> None:
    reconciler("plan", "--target", "contoso/office", "--out", "a.json")
    reconciler("plan", "--target", "contoso/frontline", "--target", "contoso/mail", "--out", "b.json")

    answer = reconciler("show", "a.json", "b.json", "--format", "json")

    plan = json.loads(answer.out)
    assert [change["address"] for change in plan["changes"]] == ["contoso/frontline", "contoso/office"]
    assert (plan["selection"]["subscriptions"], plan["summary"]["unchanged"]) == (3, 1)


@pytest.mark.usefixtures("estate")
def test_plans_that_overlap_are_not_one(reconciler: Program) -> None:
    for name in ("a.json", "b.json"):
        reconciler("plan", "--out", name)

    answer = reconciler("show", "a.json", "b.json")

    assert (answer.code, answer.out) == (1, "")
    assert "More than one of these plans has contoso/frontline" in answer.text
