"""A working directory, an environment that says nothing, and the program in this process."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.main import run
from tests import pauses
from tests.cli.estates import Answer, Estate, build

_SAID_BY_OTHERS = ("RECONCILER_", "GITHUB_", "BUILD_", "SYSTEM_", "CI_")
_COUNTING = {"CI", "TF_BUILD", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name in _COUNTING or name.startswith(_SAID_BY_OTHERS):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses.shorten(monkeypatch.setattr)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", str(tmp_path))
    return tmp_path


@pytest.fixture
def estate(here: Path) -> Estate:
    """A small estate in the working directory."""
    return build(here)


@pytest.fixture
def reconciler(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The program, run here: `reconciler("plan", "--format", "json")`. No answer may hold a traceback."""

    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run(list(arguments))
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "fault in reconciler" not in err
        return Answer(code=code, out=out, err=err)

    return call
