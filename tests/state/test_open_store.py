"""The locations that there are."""

import importlib.util
import logging
from pathlib import Path

import pytest

from reconciler.model.errors import InvalidInput
from reconciler.state import open_store

OBJECT_STORES = {
    "az": {"AZURE_STORAGE_ACCOUNT_NAME": "account"},
    "s3": {"AWS_REGION": "eu-west-1"},
    "gs": {},
}


@pytest.fixture(params=OBJECT_STORES)
def scheme(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    chosen = str(request.param)
    for name, value in OBJECT_STORES[chosen].items():
        monkeypatch.setenv(name, value)
    return chosen


def test_a_path_is_a_directory_and_the_store_says_it_as_it_was_typed(tmp_path: Path) -> None:
    assert open_store("state").location == "state"
    assert open_store(str(tmp_path)).location == str(tmp_path)


@pytest.mark.parametrize("rest", ["estate", "estate/", "estate/prefix", "estate/a/b-c_d.e=f/", "my.bucket/0"])
def test_an_object_store_is_a_location_and_says_it_as_it_was_typed(scheme: str, rest: str) -> None:
    """Nothing is asked of any server yet."""
    assert open_store(f"{scheme}://{rest}").location == f"{scheme}://{rest}"


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/",
        "/prefix",
        "estate//prefix",
        "estate/../other",
        "estate/.",
        "estate/a b",
        "estate/(a)",
        "estate/a%2fb",
        "estate/a\\b",
        "-estate",
        "key:secret@estate/prefix",
        "estate/prefix?sig=secret",
        "estate/prefix#secret",
    ],
)
def test_what_is_no_container_and_prefix_is_refused_and_not_repeated(scheme: str, rest: str) -> None:
    with pytest.raises(InvalidInput, match=r"The state location (is not|names no|has credentials)") as refused:
        open_store(f"{scheme}://{rest}")
    problem = refused.value.problems[0]
    assert f"{scheme}://" in problem.remedy or "no credentials and no options" in problem.remedy
    assert "secret" not in f"{problem.what}{problem.remedy}{problem.where}"


def test_google_cloud_storage_says_that_it_is_experimental(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        open_store("gs://estate/prefix")
    assert "Google Cloud Storage (experimental)" in caplog.text


def test_without_the_library_the_command_that_installs_it_is_told(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(InvalidInput, match="needs the library obstore") as refused:
        open_store(f"{scheme}://estate/prefix")
    assert refused.value.problems[0].remedy.splitlines()[-1] == "python3 -m pip install 'reconciler[stores]'"


def test_the_library_knows_the_location_only_by_its_kind_in_a_refusal() -> None:
    with pytest.raises(InvalidInput, match="The state location begins with ftp://") as refused:
        open_store("ftp://me:secret@host/state")
    assert refused.value.problems[0].where == "state location"
