"""Reads from the variables of a CI system where a plan will be read."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.model.ci_variables import presentable
from reconciler.rendering.view import View

AZURE_LIMIT = 150_000
"""The longest comment of a pull request in Azure DevOps."""

GITLAB_LIMIT = 1_000_000
"""The longest comment in GitLab."""


def of_pipeline(view: View, variables: Mapping[str, str], proposed: str | None = None) -> View:
    """The view with the commit, the run's page, the pages of files and the comment's limit of GitHub Actions, GitLab
    CI or Azure Pipelines, whichever these variables are of; the same view for none.

    `proposed` is the last commit of the pull request that is checked, where GitHub's event names one: what was read is
    its merge, whose files the pages show, and which stands in no history.
    """
    variables = presentable(variables)
    if variables.get("GITHUB_ACTIONS"):
        found = _github(view, variables)
        return replace(found, commit=proposed or found.commit)
    if variables.get("GITLAB_CI"):
        return _gitlab(view, variables)
    return _azure(view, variables) if variables.get("TF_BUILD") else view


def _github(view: View, variables: Mapping[str, str]) -> View:
    repository = f"{variables.get('GITHUB_SERVER_URL', '')}/{variables.get('GITHUB_REPOSITORY', '')}"
    commit = variables.get("GITHUB_SHA", "")
    return replace(
        view,
        commit=commit or None,
        run_url=f"{repository}/actions/runs/{variables.get('GITHUB_RUN_ID', '')}",
        source_url=f"{repository}/blob/{commit}/{{file}}#L{{line}}",
    )


def _gitlab(view: View, variables: Mapping[str, str]) -> View:
    commit = variables.get("CI_COMMIT_SHA", "")
    return replace(
        view,
        commit=commit or None,
        run_url=variables.get("CI_JOB_URL"),
        source_url=f"{variables.get('CI_PROJECT_URL', '')}/-/blob/{commit}/{{file}}#L{{line}}",
        limit=GITLAB_LIMIT,
    )


def _azure(view: View, variables: Mapping[str, str]) -> View:
    commit = variables.get("BUILD_SOURCEVERSION", "")
    repository = variables.get("BUILD_REPOSITORY_URI", "").removesuffix(".git")
    project = f"{variables.get('SYSTEM_COLLECTIONURI', '').rstrip('/')}/{variables.get('SYSTEM_TEAMPROJECT', '')}"
    github = variables.get("BUILD_REPOSITORY_PROVIDER") == "GitHub"
    page = (
        f"/blob/{commit}/{{file}}#L{{line}}"
        if github
        else f"?path=/{{file}}&version=GC{commit}&line={{line}}&lineEnd={{line}}&lineStartColumn=1&lineEndColumn=99"
    )
    return replace(
        view,
        commit=commit or None,
        run_url=f"{project.replace(' ', '%20')}/_build/results?buildId={variables.get('BUILD_BUILDID', '')}",
        source_url=f"{repository.replace(' ', '%20')}{page}",
        limit=view.limit if github else AZURE_LIMIT,
    )
