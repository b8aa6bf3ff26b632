"""The sample estate as people see it: on a terminal of 80 columns, and in the mails to its customers."""

import email
import shutil
from collections.abc import Callable
from email.policy import default
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.estates import Answer
from tests.console import ROOT

Program = Callable[..., Answer]
PAGES = ("plan", "drift", "renewals --all", "state list", "history", "validate", "offers", "explain")


@pytest.fixture
def sample(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "80")
    shutil.copytree(ROOT / "manifests", here / "manifests")
    return here


def too_wide(text: str) -> list[str]:
    """The lines that a terminal would break. A command or a link stays whole on its line."""
    return [
        line
        for line in text.splitlines()
        if cell_len(line) > 80 and not line.strip().startswith(("reconciler ", "https://"))
    ]


@pytest.mark.usefixtures("sample")
def test_every_page_fits_80_columns_before_and_after_an_apply(reconciler: Program) -> None:
    for _ in range(2):
        pages = [reconciler(*command.split()) for command in PAGES]
        assert [line for page in pages for line in too_wide(page.out + page.err)] == []
        applied = reconciler("apply", "--auto-approve")
        assert (too_wide(applied.out + applied.err), "Apply finished" in applied.out) == ([], True)
    assert too_wide(reconciler("state", "show", "relecloud/engineering").out) == []


def test_each_mail_to_a_customer_is_a_file_that_is_never_overwritten(sample: Path, reconciler: Program) -> None:
    told = reconciler("plan", "adventure-works", "--mails", "mails", "--out", "plan.json")
    (file,) = (sample / "mails").iterdir()
    mail = email.message_from_bytes(file.read_bytes(), policy=default)

    assert "A mail to Adventure Works Cycles: mails/adventure-works.eml" in told.err
    assert (mail["To"], mail["X-Unsent"]) == (None, "1")
    assert "your subscription Office 365 Business to Office 365 Business Premium" in mail.get_content()
    assert mail.get_content().strip().splitlines()[-1].startswith("https://")

    reconciler("show", "plan.json", "--mails", "mails")
    assert [*(sample / "mails").iterdir()] == [file]
    file.write_text("Somebody has edited it.")
    reconciler("show", "plan.json", "--mails", "mails")
    assert file.read_text() == "Somebody has edited it."
    assert len([*(sample / "mails").iterdir()]) == 2


@pytest.mark.usefixtures("sample")
def test_where_no_mail_is_ready_that_is_said(reconciler: Program) -> None:
    assert "No mail to a customer is ready." in reconciler("plan", "contoso", "--mails", "mails").err
