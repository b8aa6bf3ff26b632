"""The estate elsewhere, and the check that a test runs just the commands that it declares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.advised.situations import Elsewhere, Program


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "advised(code, *runs): the test runs these commands of the step of a code")


@pytest.fixture
def elsewhere(here: Path, reconciler: Program, request: pytest.FixtureRequest) -> Iterator[Elsewhere]:
    """An estate whose manifests and state are in another folder than the one in which the program runs."""
    found = Elsewhere.at(here, reconciler)
    failures = request.session.testsfailed
    yield found
    if request.session.testsfailed > failures:
        return
    declared = {(mark.args[0], run) for mark in request.node.iter_markers("advised") for run in mark.args[1:]}
    assert found.followed == declared
