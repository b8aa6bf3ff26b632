"""The jobs that the guide to sign-in shows install and sign in as the pipelines of `examples/` do."""

import re
from typing import Any

import pytest
import yaml

from reconciler.guides import read
from tests.pipelines.runner import parsed


def shown(title: str) -> Any:
    """The YAML below a way of signing in."""
    _, _, below = read("sign-in").partition(f"\n### {title}\n")
    found = re.search(r"```yaml\n(.*?)```", below, re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


@pytest.mark.parametrize("workflow", ["apply", "drift", "plan", "snapshot"])
def test_the_job_for_github_has_the_head_of_every_workflow(workflow: str) -> None:
    job = shown("GitHub Actions")["jobs"]["sign-in"]
    (real,) = parsed(f"github/reconciler-{workflow}.yaml")["jobs"].values()

    assert job["env"].items() <= real["env"].items()
    assert job["permissions"].items() <= real["permissions"].items()
    installs = [step.get("run") for step in real["steps"]]
    assert [step["run"] for step in job["steps"] if "run" in step] == [installs[2], "reconciler auth check"]


def test_the_steps_for_azure_install_and_sign_in_as_the_pipeline_does() -> None:
    install, check = shown("Azure Pipelines")["steps"]
    _, real, plan, *_ = parsed("azure-pipelines.yaml")["stages"][0]["jobs"][0]["steps"]

    assert (install["script"], install["env"]) == (real["script"], real["env"])
    assert check["env"] == plan["env"]
