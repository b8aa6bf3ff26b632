"""`reconciler prices check` says what the sheets are of, and why something has no price."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.estates import Estate, environment
from tests.console import ROOT, run
from tests.worlds import SOURCE

PRICING = (
    "reconciler.model.prices",
    "reconciler.planning.costs",
    "reconciler.pricing",
)


def test_it_names_month_market_currency_and_every_address_without_a_price(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")

    shown = run("reconciler prices check", tmp_path)

    assert "prices/Nov_NCE_LicenseBasedPL_GA_US.csv  2026-11  US      USD" in shown
    assert "contoso/azure" in shown


def test_without_sheets_it_says_how_to_name_one(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "worldwide" / "manifests", tmp_path / "manifests")

    assert "the settings name no price sheet" in run("reconciler prices check", tmp_path)


def test_today_is_that_of_the_sandbox_once_its_clock_was_moved_on(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    assert "of an earlier month" not in run("reconciler prices check", tmp_path)

    run("reconciler sandbox clock +60d", tmp_path)

    assert "A sheet is of an earlier month" in run("reconciler prices check", tmp_path)


def test_two_sheets_that_contradict_each_other_are_told_with_both_prices(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    settings, sheet = tmp_path / "manifests" / "reconciler.yaml", "Nov_NCE_LicenseBasedPL_GA_US.csv"
    prices = tmp_path / "manifests" / "prices"
    (prices / "again.csv").write_text((prices / sheet).read_text("utf-8").replace(",126,", ",127,"), "utf-8")
    line = f"- prices/{sheet}"
    assert line in settings.read_text("utf-8")
    settings.write_text(settings.read_text("utf-8").replace(line, f"{line}\n    - prices/again.csv"), "utf-8")

    assert "has contradicting prices" in run("reconciler prices check", tmp_path)


def test_a_plan_without_sheets_loads_nothing_that_prices(estate: Estate) -> None:
    code = (
        "import sys; from reconciler.cli.main import run; run(sys.argv[1:]);"
        f"print([name for name in {PRICING} if name in sys.modules], file=sys.stderr)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code, "--chdir", str(estate.root), "plan"],
        cwd=SOURCE,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert "2 changes can go ahead" in ran.stdout
    assert ran.stderr == "[]\n"


def test_a_program_reads_the_sheets_and_why_something_has_no_price(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")

    document = json.loads(run("reconciler prices check --format json", tmp_path))

    assert [(sheet["month"], sheet["currency"], sheet["stale"]) for sheet in document["sheets"]] == [
        ("2026-11", "USD", False),
        ("2026-11", "GBP", False),
    ]
    (contoso,) = (item for item in document["unpriced"] if item["address"] == "contoso/azure")
    assert (contoso["code"], contoso["source"]["file"]) == ("price_without_market", "manifests/contoso.yaml")
    assert len(document["unpriced"]) + document["priced"] + document["traditional"] == 59


def test_what_has_no_price_is_annotated_at_its_entry(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")

    first, *others = run("reconciler prices check --format github", tmp_path).splitlines()

    assert first.startswith("::notice title=reconciler prices check::24 subscriptions have a price")
    assert any(line.startswith("::warning file=manifests/contoso.yaml,line=") for line in others)
