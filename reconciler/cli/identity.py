"""Names who runs this: for locks, for results, and for whoever finds one of them."""

import getpass
import socket
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from reconciler import git
from reconciler.model.ci_variables import presentable
from reconciler.model.run import Run
from reconciler.state import current_process

_AZURE_PIPELINES = ("SYSTEM_TEAMFOUNDATIONCOLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")


def current_run(environment: Mapping[str, str], root: Path) -> Run:
    """Returns whose execution this is, where to read about it if a CI system runs it, and which commit's manifests it
    works on.

    `root` is the directory of the manifests.
    """
    shown = presentable(environment)
    return Run(
        id=str(uuid4()),
        actor=_first(shown, "GITHUB_ACTOR", "BUILD_REQUESTEDFOR", "GITLAB_USER_LOGIN") or _user(),
        url=_url(shown),
        commit=_first(shown, "GITHUB_SHA", "BUILD_SOURCEVERSION", "CI_COMMIT_SHA") or git.commit(root),
        process=current_process(),
    )


def _url(environment: Mapping[str, str]) -> str | None:
    def joined(template: str, *names: str) -> str | None:
        values = [environment.get(name) for name in names]
        return template.format(*values) if all(values) else None

    return (
        environment.get("CI_JOB_URL")
        or joined("{}/{}/actions/runs/{}", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        or joined(
            "{}{}/_build/results?buildId={}",
            "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI",
            "SYSTEM_TEAMPROJECT",
            "BUILD_BUILDID",
        )
    )


def _first(environment: Mapping[str, str], *names: str) -> str | None:
    return next((environment[name] for name in names if environment.get(name)), None)


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        name = "unknown"
    return f"{name}@{socket.gethostname()}"
