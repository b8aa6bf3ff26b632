"""The lines of every command fit the terminal: only a command line, which is copied, may be longer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]


def too_long(answer: Answer) -> list[str]:
    lines = f"{answer.out}\n{answer.err}".splitlines()
    return [line for line in lines if len(line) > 80 and not line.strip().startswith("reconciler ")]


@pytest.fixture(autouse=True)
def _columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("here")
def test_an_import_of_everybody_fits(reconciler: Program) -> None:
    first = reconciler("--cloud", "sandbox", "import", "--all")
    next(Path("manifests").glob("contoso*.yaml")).unlink()
    again = reconciler("--cloud", "sandbox", "import", "--all")

    assert (too_long(first), too_long(again)) == ([], [])
    assert "    reconciler explain in_extended_service_term" in first.err


def test_edits_and_repairs_fit(estate: Estate, reconciler: Program) -> None:
    estate.customer("contoso", office=(estate.world.customers[0].subscriptions[0].id, "E1", 9))
    commands = (
        ("set", "contoso/*", "--from-live"),
        ("apply", "--auto-approve"),
        ("sandbox", "nudge"),
        ("accept",),
        ("accept", "contoso/office"),
        ("snapshot", "recorded.json"),
        ("sandbox", "load", "recorded.json"),
        ("state", "mv", "contoso/office", "contoso/the-office-of-the-whole-company-and-all-its-daughters"),
    )

    for command in commands:
        answer = reconciler(*command)
        assert (answer.code, too_long(answer)) == (0, []), command
