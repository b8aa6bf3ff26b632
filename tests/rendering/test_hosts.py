"""The place where a plan will be read, from the variables of a pipeline."""

from pathlib import Path

import pytest

from reconciler.cli.identity import current_run
from reconciler.model.place import Place
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.places import source_url
from tests.rendering.shown import a_view

SECRET = "Zq9~S3cr3t-0123456789"
PLACE = Place(file="manifests/my customers/contoso.yaml", line=8, column=3)
FILE = "manifests/my%20customers/contoso.yaml"

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "ops/estate",
    "GITHUB_SHA": "4f0c",
    "GITHUB_RUN_ID": "7",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_URL": "https://gitlab.example/ops/estate",
    "CI_COMMIT_SHA": "4f0c",
    "CI_JOB_URL": "https://gitlab.example/ops/estate/-/jobs/7",
}
AZURE = {
    "TF_BUILD": "True",
    "SYSTEM_COLLECTIONURI": "https://azure.example/ops/",
    "SYSTEM_TEAMPROJECT": "My Estate",
    "BUILD_BUILDID": "7",
    "BUILD_SOURCEVERSION": "4f0c",
    "BUILD_REPOSITORY_URI": "https://ops@azure.example/ops/My%20Estate/_git/estate",
}


@pytest.mark.parametrize(
    ("variables", "run", "source", "limit"),
    [
        (GITHUB, "https://github.example/ops/estate/actions/runs/7", f"/ops/estate/blob/4f0c/{FILE}#L8", 65_536),
        (GITLAB, "https://gitlab.example/ops/estate/-/jobs/7", f"/ops/estate/-/blob/4f0c/{FILE}#L8", 1_000_000),
        (
            AZURE,
            "https://azure.example/ops/My%20Estate/_build/results?buildId=7",
            f"?path=/{FILE}&version=GC4f0c",
            150_000,
        ),
    ],
)
def test_each_host_shows_its_own_pages(variables: dict[str, str], run: str, source: str, limit: int) -> None:
    view = of_pipeline(a_view(), variables)

    assert (view.run_url, view.commit, view.limit) == (run, "4f0c", limit)
    assert source in (source_url(PLACE, view) or "")
    assert "@" not in (view.source_url or "")


def test_a_pull_request_is_known_by_its_own_last_commit_and_its_lines_by_the_merge_that_was_read() -> None:
    view = of_pipeline(a_view(), GITHUB, "beef")

    assert view.commit == "beef"
    assert "/blob/4f0c/" in (source_url(PLACE, view) or "")


def test_azures_pipeline_of_a_repository_on_github_links_to_github() -> None:
    repository = {
        "BUILD_REPOSITORY_PROVIDER": "GitHub",
        "BUILD_REPOSITORY_URI": "https://github.example/ops/estate.git",
    }
    view = of_pipeline(a_view(), AZURE | repository)

    assert source_url(PLACE, view) == f"https://github.example/ops/estate/blob/4f0c/{FILE}#L8"
    assert view.limit == a_view().limit


def test_outside_of_a_pipeline_nothing_is_linked() -> None:
    assert of_pipeline(a_view(), {"HOME": "/root"}) == a_view()
    assert source_url(PLACE, a_view()) is None


@pytest.mark.parametrize("file", ["/etc/passwd", "../elsewhere/contoso.yaml"])
def test_a_file_outside_the_repository_has_no_page(file: str) -> None:
    assert source_url(Place(file=file, line=1, column=1), of_pipeline(a_view(), GITHUB)) is None


@pytest.mark.parametrize("template", ["javascript:alert({line})//{file}", "data:text/html,{file}", "//host/{file}"])
def test_only_pages_of_the_web_and_files_are_linked(template: str) -> None:
    assert source_url(PLACE, a_view(source_url=template)) is None


@pytest.mark.parametrize("variables", [GITHUB, GITLAB, AZURE])
def test_no_credential_in_a_pipelines_variables_is_shown_or_kept(variables: dict[str, str], tmp_path: Path) -> None:
    pasted = {
        name: value.replace("https://", f"https://user:{SECRET}@") if "://" in value else value
        for name, value in variables.items()
    }
    commits = {name: SECRET for name in variables if name.endswith(("_SHA", "SOURCEVERSION"))}
    view, run = of_pipeline(a_view(), pasted | commits), current_run(pasted | commits, tmp_path)

    assert SECRET not in f"{view}{run}"
    assert view.run_url == of_pipeline(a_view(), variables).run_url
