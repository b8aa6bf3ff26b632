"""`plan --recent DIR`: which snapshot of a folder is taken, which is refused, and how old everything is."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.documents import snapshot as documents
from reconciler.documents.text import digest
from tests.cli.estates import KIOSKS, Answer, Estate

Program = Callable[..., Answer]
HOURS = timedelta(hours=1)


@pytest.fixture
def folder(estate: Estate, reconciler: Program) -> Path:
    """A folder with a snapshot; since it was taken, nobody touched fabrikam, and contoso has something to do."""
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    folder = estate.root / "snapshots"
    folder.mkdir()
    assert reconciler("snapshot", "snapshots/last.json").code == 0
    return folder


def rewritten(file: Path, to: Path, **members: object) -> None:
    """Writes a snapshot with other members."""
    found = documents.load(file.read_text(), file.name)
    to.write_text(documents.dump(replace(found, **members)))  # type: ignore[arg-type]


def aged(file: Path, to: Path, by: timedelta) -> None:
    found = documents.load(file.read_text(), file.name)
    assert found.begun_at
    rewritten(file, to, taken_at=found.taken_at - by, begun_at=found.begun_at - by)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_a_plan_says_how_many_customers_are_how_old_and_what_was_not_seen(reconciler: Program, form: str) -> None:
    answer = reconciler("plan", "--recent", "snapshots", "--format", form)

    assert "1 of 2 customers as of " in answer.text
    assert "1 read live: with something to do. What is planned or blocked was read live." in answer.text
    assert "Not seen since then" in answer.text
    assert "what Microsoft, other partners and customers did" in answer.text


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["github", "azure-devops", "junit", "sarif", "brief"])
def test_every_report_that_counts_says_how_many_customers_are_how_old(reconciler: Program, form: str) -> None:
    answer = reconciler("plan", "--recent", "snapshots", "--format", form)

    assert "unchanged (1 of 2 customers as of 20" in answer.text


def test_the_document_names_who_was_read_and_why(folder: Path, reconciler: Program) -> None:
    found = json.loads(reconciler("plan", "--recent", str(folder), "--format", "json").out)

    assert found["observed_from"] == "live"
    assert found["recent"]["again"] == [{"customer": "contoso", "reasons": ["something_to_do"]}]
    assert (found["recent"]["kept"], found["recent"]["everything"]) == (1, "")
    assert json.loads(reconciler("plan", "--format", "json").out)["recent"] is None


def test_the_newest_snapshot_by_its_own_word_is_taken_and_other_files_are_passed_over(
    folder: Path, reconciler: Program
) -> None:
    last = folder / "last.json"
    aged(last, folder / "a.json", 5 * HOURS)
    aged(last, folder / "b.json", 9 * HOURS)
    last.unlink()
    (folder / "zz.json").write_text('{"fingerprint": "none"}')
    (folder / "README").write_bytes(b"\xff\xfe")

    assert "(5 hours ago)" in reconciler("plan", "--recent", "snapshots").text


def test_a_folder_without_a_snapshot_has_everybody_read_and_says_so(folder: Path, reconciler: Program) -> None:
    (folder / "last.json").unlink()

    for name in ("snapshots", "nowhere"):
        answer = reconciler("plan", "--recent", name)
        assert f"Every customer was read live: {name} holds no snapshot." in answer.text


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda file: rewritten(file, file, cloud="china"), "of the cloud china; the settings say sandbox"),
        (lambda file: rewritten(file, file, lineage="another"), "of the lineage another; this state location has none"),
        (lambda file: file.write_text(file.read_text().replace("kiosks", "kiosk")[:-9]), "altered or cut short"),
        (lambda file: file.write_text(newer(file.read_text())), "has format 9"),
    ],
    ids=["cloud", "lineage", "altered", "newer"],
)
def test_a_snapshot_that_is_not_ours_or_not_sound_is_refused(
    folder: Path, reconciler: Program, spoil: Callable[[Path], object], refusal: str
) -> None:
    spoil(folder / "last.json")

    answer = reconciler("plan", "--recent", "snapshots")

    assert (answer.code, refusal in answer.text, "snapshots/last.json" in answer.err) == (1, True, True)


def newer(text: str) -> str:
    rest = text.partition("\n")[2].replace(f'"format_version":{documents.FORMAT.version}', '"format_version":9')
    return f'{{"fingerprint":"{digest(rest.encode())}",\n{rest}'


def test_a_snapshot_of_another_partner_is_refused(
    estate: Estate, folder: Path, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    estate.wait_as_in_any_cloud()
    ours, theirs = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000001"
    rewritten(folder / "last.json", folder / "last.json", cloud="worldwide", partner=theirs)
    monkeypatch.setenv("RECONCILER_TENANT_ID", ours.upper())

    answer = reconciler("plan", "--cloud", "worldwide", "--recent", "snapshots")

    assert answer.code == 1
    assert f"of the partner {theirs}; this run signs in to {ours.upper()}" in answer.text


@pytest.mark.usefixtures("folder")
def test_a_snapshot_alone_and_a_recent_one_exclude_each_other(reconciler: Program) -> None:
    answer = reconciler("plan", "--recent", "snapshots", "--snapshot", "snapshots/last.json")

    assert answer.code == 64
    assert "reconciler plan --recent snapshots" in answer.text


def test_no_output_takes_the_place_of_a_snapshot(folder: Path, reconciler: Program) -> None:
    before = (folder / "last.json").read_text()

    answer = reconciler("plan", "--recent", "snapshots", "--out", "snapshots/last.json")

    assert (answer.code, (folder / "last.json").read_text()) == (1, before)
    assert "snapshots/last.json" in answer.text


def test_the_saved_plan_is_applied(estate: Estate, folder: Path, reconciler: Program) -> None:
    reconciler(
        "plan", "--recent", str(folder), "--out", "plan.json", "--target", "contoso/frontline", "--target", "fabrikam"
    )

    assert reconciler("apply", "plan.json").code == 0
    assert [entry.kind for entry in estate.ledger] == ["resize"]
