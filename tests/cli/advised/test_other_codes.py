"""Codes whose command reads only, and is run for another code in a situation of its own: it does as much for each."""

import shutil
from collections.abc import Iterator

import pytest

from tests.cli.advised.coverage import of_situations, of_the_table
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.advised.test_sign_in import LOGIN, authority, directory, signed_in
from tests.worlds import SOURCE

__all__ = ["authority", "directory"]

OTHERS = sorted(of_the_table() - of_situations())
APPLIED = "contoso/frontline"
SHOWN = {
    "plan": "1 change can go ahead",
    "plan --out plan.json": "reconciler apply plan.json",
    "plan --target ADDRESS": "Nothing to do",
    "state list": "contoso/frontline",
    "snapshot snapshot.json": "snapshot.json",
    "offers": "Office 365 Enterprise E1",
    "state show ADDRESS": "contoso/frontline",
    "guide costs": "price sheet",
    "guide renewals": "reconciler renewals",
    "prices check": "2026-11",
    "sandbox reset": "back to its first day",
}
"""The words that a command shows of the estate after a part of it was applied."""


def _commands() -> Iterator[object]:
    """Yields each command that signs nobody in, and all codes for which it is run here."""
    runs: dict[str, list[str]] = {}
    for code, run in OTHERS:
        runs.setdefault(run, []).append(code)
    del runs[LOGIN]
    for run, codes in runs.items():
        yield pytest.param(run, codes, marks=[advised(code, run) for code in codes], id=run)


@pytest.mark.parametrize(("run", "codes"), [*_commands()])
def test_the_command_that_is_advised_for_a_code_does_what_it_does_for_others(
    elsewhere: Elsewhere, run: str, codes: list[str]
) -> None:
    """It only reads: one estate does for all its codes."""
    shutil.copytree(SOURCE / "manifests" / "prices", elsewhere.root / "prices")
    (sheet,) = (elsewhere.root / "prices").glob("*_US.csv")
    elsewhere.settings(f"prices: {{sheets: [prices/{sheet.name}]}}\n")
    elsewhere.apply("--target", APPLIED)
    filled = {"ADDRESS": APPLIED} if "ADDRESS" in run else {}
    for code in codes:
        explained = elsewhere.run("explain", code, code=0)
        followed = elsewhere.follow(explained, code, run, **filled)
        assert (code, followed.code, SHOWN[run] in followed.text) == (code, 0, True)


@pytest.mark.parametrize(
    ("code", "run"), [pytest.param(*step, marks=advised(*step), id=step[0]) for step in OTHERS if step[1] == LOGIN]
)
@pytest.mark.usefixtures("directory")
def test_the_sign_in_that_is_advised_for_a_code_signs_in(elsewhere: Elsewhere, code: str, run: str) -> None:
    explained = elsewhere.run("explain", code, code=0)
    assert elsewhere.follow(explained, code, run).code == 0
    signed_in(elsewhere)
