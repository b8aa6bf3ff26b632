"""Codes whose command reads only, and is run for another code in a situation of its own: it does as much for each."""

import shutil

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


def _each(*, signing_in: bool) -> list[object]:
    """Returns the cases of the commands that sign in, or of the others."""
    cases = (step for step in OTHERS if (step[1] == LOGIN) is signing_in)
    return [pytest.param(code, run, marks=advised(code, run), id=f"{code}: {run}") for code, run in cases]


@pytest.mark.parametrize(("code", "run"), _each(signing_in=False))
def test_the_command_that_is_advised_for_a_code_does_what_it_does_for_others(
    elsewhere: Elsewhere, code: str, run: str
) -> None:
    shutil.copytree(SOURCE / "manifests" / "prices", elsewhere.root / "prices")
    (sheet,) = (elsewhere.root / "prices").glob("*_US.csv")
    elsewhere.settings(f"prices: {{sheets: [prices/{sheet.name}]}}\n")
    elsewhere.apply("--target", APPLIED)
    explained = elsewhere.run("explain", code, code=0)
    filled = {"ADDRESS": APPLIED} if "ADDRESS" in run else {}
    followed = elsewhere.follow(explained, code, run, **filled)
    assert (followed.code, SHOWN[run] in followed.text) == (0, True)


@pytest.mark.parametrize(("code", "run"), _each(signing_in=True))
@pytest.mark.usefixtures("directory")
def test_the_sign_in_that_is_advised_for_a_code_signs_in(elsewhere: Elsewhere, code: str, run: str) -> None:
    explained = elsewhere.run("explain", code, code=0)
    assert elsewhere.follow(explained, code, run).code == 0
    signed_in(elsewhere)
