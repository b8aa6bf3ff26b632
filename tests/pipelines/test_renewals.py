"""The weekly list of renewals on the three hosts: one issue that is kept, a comment where something else is needed."""

import json
import os
import shutil
from importlib.util import find_spec

import pytest

from reconciler.sandbox import ALWAYS, Fault, FaultKind, Tenant
from tests.cli.estates import Answer
from tests.pipelines.runner import Runner, parsed, shells
from tests.pipelines.test_github import GITHUB, step
from tests.pipelines.test_others import AZURE, gitlab

GITLAB = {"CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "9", "NOTES_TOKEN": "made-up"}
TITLE = "Renewals in Partner Center"
FABRIKAM = Tenant(name="fabrikam").tenant

calendars = pytest.mark.skipif(
    find_spec("icalendar") is None and "CI" not in os.environ, reason="the library that writes calendars is missing"
)
jq = pytest.mark.skipif(shutil.which("jq") is None, reason="the runners have jq, this machine has none")


def azure(name: str) -> str:
    return dict(shells(parsed("azure-renewals.yaml")))[name]


def without_calendar(shell: str) -> str:
    return shell.replace("--report ics=renewals.ics", "")


def needing(runner: Runner, *addresses: str) -> None:
    """A list in which these need somebody, as the step before has left it."""
    terms = [
        {"address": address, "ends_on": "2026-12-01", "findings": [{"code": "renews_otherwise"}]}
        for address in addresses
    ]
    listed = {"terms": terms, "warnings": [], "tasks": [], "unread": []}
    (runner.estate.root / "renewals.json").write_text(json.dumps(listed))
    (runner.estate.root / "renewals.md").write_text("## Terms\n\n| a | b |\n|---|---|\n| 1 | **2** |\n")


def unreadable(runner: Runner) -> None:
    path = f"/customers/{FABRIKAM}/subscriptions"
    runner.estate.arm(Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="GET", path=path))


def signed_out(runner: Runner) -> dict[str, str]:
    """Sign-in fails: there is no list."""
    (runner.estate.root / "manifests" / "reconciler.yaml").write_text("cloud: worldwide\nstate: ../state\n")
    return {"RECONCILER_ENDPOINT": ""}


class TestGitHub:
    """The workflow's two steps."""

    LIST, KEEP = step("renewals", "List the renewals"), step("renewals", "Keep one issue")

    @calendars
    @jq
    def test_the_renewals_are_one_issue_and_a_calendar(self, runner: Runner) -> None:
        listed = runner.run(self.LIST, **GITHUB)
        assert listed.code == 0, listed.err
        assert runner.file("renewals.md").startswith("<!-- reconciler renewals: sandbox -->\n")
        assert runner.file("renewals.ics").startswith("BEGIN:VCALENDAR")

        for issue, call in (("", "issue create"), ("5", "issue edit 5")):
            kept = runner.run(self.KEEP, issue, **GITHUB)
            assert kept.code == 0, kept.err
            assert call in runner.host_requests
        assert "issue comment" not in runner.host_requests

    @jq
    def test_a_comment_tells_what_else_needs_somebody_once(self, runner: Runner) -> None:
        needing(runner, "contoso/office")
        kept = runner.run(self.KEEP, "5", MENTION="@ops/csp", **GITHUB)
        assert "issue comment 5" in runner.host_requests, kept.text
        assert "::warning title=Renewals need somebody::" in kept.out
        comment = runner.file("comment.md")
        assert comment.startswith("@ops/csp These need somebody.")
        assert "- contoso/office, 2026-12-01: renews_otherwise\n" in comment

        runner.run(self.KEEP, "5", SAID=comment, **GITHUB)
        assert runner.host_requests.count("issue comment") == 1
        needing(runner)
        runner.run(self.KEEP, "5", SAID=comment, **GITHUB)
        assert runner.file("comment.md").startswith("Nothing needs anybody any more.")

    @jq
    def test_a_search_that_fails_makes_no_second_issue(self, runner: Runner) -> None:
        needing(runner)
        assert runner.run(self.KEEP, "5", REFUSED="issue list", **GITHUB).code != 0
        assert "issue create" not in runner.host_requests

    def test_a_customer_that_could_not_be_read_fails_the_job_after_the_issue_is_kept(self, runner: Runner) -> None:
        unreadable(runner)
        listed = runner.run(without_calendar(self.LIST), **GITHUB)
        assert listed.code == 0, listed.err
        assert "`fabrikam`" in runner.file("renewals.md")
        assert "code=1\n" in runner.file("GITHUB_OUTPUT.txt")
        assert runner.run(step("renewals", "Fail where a customer could not be read")).code == 1

    def test_where_there_is_no_list_the_issue_stays_as_it_is(self, runner: Runner) -> None:
        listed = runner.run(without_calendar(self.LIST), **GITHUB | signed_out(runner))
        assert listed.code not in {0, 2}


class TestGitLab:
    """The job is one piece of shell."""

    KEEP = without_calendar(gitlab("renewals"))

    def test_without_a_token_they_are_artifacts(self, runner: Runner) -> None:
        answer = runner.run(self.KEEP, **GITLAB | {"NOTES_TOKEN": ""})
        assert answer.code == 0, answer.text
        assert "</html>" in runner.file("renewals.html")
        assert not runner.host_requests

    @pytest.mark.parametrize(
        ("titles", "call"),
        [
            ([], f"--form title={TITLE} "),
            ([f"{TITLE}: notes", TITLE], "--request PUT --form description=<renewals.md"),
        ],
    )
    def test_they_are_the_issue_of_exactly_this_title(self, runner: Runner, titles: list[str], call: str) -> None:
        found = json.dumps([{"iid": number, "title": title} for number, title in enumerate(titles, start=4)])
        unreadable(runner)
        answer = runner.run(self.KEEP, found, **GITLAB)
        assert answer.code == 1, answer.text
        assert call in runner.host_requests
        issue = 5 if titles else 31
        assert (
            f"--form body=<note.md https://gitlab.example/api/v4/projects/9/issues/{issue}/notes"
            in runner.host_requests
        )
        assert "- fabrikam: could not be read\n" in runner.file("note.md")

        said = json.dumps([{"body": "Thanks"}, {"body": runner.file("note.md")}])
        before = runner.host_requests.count("<note.md")
        runner.run(self.KEEP, found, SAID=said, **GITLAB)
        assert runner.host_requests.count("<note.md") == before

    def test_where_there_is_no_list_the_issue_stays_as_it_is(self, runner: Runner) -> None:
        answer = runner.run(self.KEEP, "[]", **GITLAB | signed_out(runner))
        assert (answer.code in {0, 2}, runner.host_requests) == (False, "")


@jq
class TestAzure:
    """The steps of the job."""

    LIST, KEEP = azure("List the renewals"), azure("Keep one work item")

    def test_they_are_one_work_item_of_readable_html(self, runner: Runner) -> None:
        needing(runner, "contoso/office")
        kept = run_plainly(runner, self.KEEP)
        assert kept.code == 0, kept.err
        assert "_apis/wit/workitems/$Issue?api-version=7.1" in runner.host_requests
        assert "<h2>Terms</h2>" in runner.host_requests
        assert "<td><strong>2</strong></td>" in runner.host_requests
        assert "_apis/wit/workItems/31/comments?api-version" in runner.host_requests
        assert "<li>contoso/office, 2026-12-01: renews_otherwise</li>" in runner.host_requests

    def test_a_search_that_fails_makes_no_second_work_item(self, runner: Runner) -> None:
        needing(runner)
        assert run_plainly(runner, self.KEEP, REFUSED="/wiql").code != 0
        assert "workitems/" not in runner.host_requests

    def test_what_could_not_be_read_is_kept_and_no_list_stops_the_job(self, runner: Runner) -> None:
        unreadable(runner)
        listed = run_plainly(runner, without_calendar(self.LIST))
        assert (listed.code, "variable=code]1" in listed.out) == (0, True), listed.text
        assert run_plainly(runner, without_calendar(self.LIST), **signed_out(runner)).code not in {0, 2}


def run_plainly(runner: Runner, shell: str, **variables: str) -> Answer:
    """As the Bash task of an agent: nothing stops it unless the script says so."""
    return runner.run(f"set +e +o pipefail\n{shell}", **AZURE | variables)
