"""`validate`: whole estates, single files of them, and what a CI system reads."""

import json
from collections.abc import Callable

import pytest

from tests.cli.estates import FRONTLINE, KIOSKS, OFFICE, Answer, Estate

Program = Callable[..., Answer]


@pytest.fixture
def faulty(estate: Estate) -> Estate:
    """Contoso has no fault, fabrikam has one, and northwind claims a subscription of contoso's."""
    estate.customer("fabrikam", kiosks=(KIOSKS, "F2", 8))
    estate.customer("northwind", office=(FRONTLINE, "F1", 8))
    return estate


def test_a_file_is_checked_in_its_estate_and_what_concerns_others_is_counted(
    faulty: Estate, reconciler: Program
) -> None:
    (faulty.root / "manifests" / "northwind.yaml").unlink()

    assert reconciler("validate").code == 1
    alone = reconciler("validate", "manifests/contoso.yaml")
    assert (alone.code, "Other files of the estate have 1 problem" in alone.out) == (0, True)
    other = reconciler("validate", "manifests/fabrikam.yaml")
    assert (other.code, 'names the offer "F2"' in other.text) == (1, True)


def test_what_two_files_claim_concerns_both_and_the_catalogue_every_file(faulty: Estate, reconciler: Program) -> None:
    for name in ("contoso", "northwind"):
        assert "is declared already" in reconciler("validate", f"manifests/{name}.yaml").text
    (faulty.root / "manifests" / "offers.yaml").write_text("offers: {E1: x}\n")
    assert "manifests/offers.yaml:1:" in reconciler("validate", "manifests/contoso.yaml").text


def test_a_file_of_another_estate_is_checked_there_and_one_of_none_is_told(estate: Estate, reconciler: Program) -> None:
    other = estate.root / "estates" / "china" / "deep"
    other.mkdir(parents=True)
    (other.parent / "offers.yaml").write_text("offers: {}\n")
    (other / "a.yaml").write_bytes((estate.root / "manifests" / "contoso.yaml").read_bytes())

    answer = reconciler("validate", "estates/china/deep/a.yaml")
    assert answer.err.startswith('estates/china/deep/a.yaml:3:61: offer names the offer "E3"')
    (estate.root / "notes.yaml").write_text("a: 1\n")
    assert "part of no estate" in reconciler("validate", "notes.yaml").text
    assert "can't be read" in reconciler("validate", "manifests/missing.yaml").text


def test_json_has_every_problem_with_its_place_and_its_remedy(faulty: Estate, reconciler: Program) -> None:
    answer = reconciler("validate", "--format", "json")

    found = json.loads(answer.out)
    assert (answer.code, found["valid"], len(found["problems"])) == (1, False, 2)
    offer = next(problem for problem in found["problems"] if problem["code"] == "offer_unknown")
    assert offer["source"] == {"file": "manifests/fabrikam.yaml", "line": 3, "column": 61}
    assert offer["remedy"]
    (faulty.root / "manifests" / "fabrikam.yaml").unlink()
    (faulty.root / "manifests" / "northwind.yaml").unlink()
    assert json.loads(reconciler("validate", "--format", "json").out) == found | {
        "valid": True,
        "customers": 1,
        "subscriptions": 3,
        "problems": [],
    }


@pytest.mark.usefixtures("faulty")
def test_a_ci_system_annotates_the_lines(reconciler: Program) -> None:
    answer = reconciler("validate", "manifests/fabrikam.yaml", "--format", "github")

    assert answer.code == 1
    assert "::error file=manifests/fabrikam.yaml,line=3,col=61," in answer.out
    assert OFFICE not in answer.out
    assert "sourcepath=manifests/fabrikam.yaml" in reconciler("validate", "--format", "azure-devops").out


SHEET = "ProductId,SkuId,TermDuration,BillingPlan,Market,Currency,UnitPrice,EffectiveStartDate"


def sheets(estate: Estate, settings: str, **texts: str) -> None:
    """Puts price sheets beside the manifests, and these settings."""
    estate.settings(settings)
    for name, text in texts.items():
        (estate.root / "manifests" / f"{name}.csv").write_text(text)


def priced(market: str, currency: str) -> str:
    return f"{SHEET}\nCFQ7TTC0LDPB,1,P1Y,Annual,{market},{currency},120,2026-11-01T00:00:00Z\n"


def test_price_sheets_are_checked_too_each_fault_at_its_place(estate: Estate, reconciler: Program) -> None:
    named = "prices:\n  sheets:\n    - gone.csv\n    - bare.csv\n    - odd.csv\n"
    odd = priced("US", "USD").replace(",120,", ",1'20,")
    sheets(estate, named, bare="ProductId\n", odd=odd)

    answer = reconciler("validate")

    said = " ".join(answer.text.split())
    assert answer.code == 1
    assert "manifests/reconciler.yaml:6:7: the price sheet manifests/gone.csv is not there" in said
    assert "manifests/bare.csv:1:1: this price sheet lacks the columns" in said
    assert "manifests/odd.csv:2:1: the UnitPrice can't be read" in said


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("50", "limits.max_commitment is one number, and the price sheets are in GBP and USD"),
        ("{USD: 50}", "limits.max_commitment states nothing for GBP"),
        ("{USD: 50, GBP: 40}", ""),
    ],
)
def test_a_limit_of_money_goes_with_the_currencies_of_the_sheets(
    estate: Estate, reconciler: Program, limit: str, says: str
) -> None:
    settings = f"prices: {{sheets: [us.csv, gb.csv]}}\nlimits:\n  max_commitment: {limit}\n"
    sheets(estate, settings, us=priced("US", "USD"), gb=priced("GB", "GBP"))

    for command in ("validate", "plan"):
        answer = reconciler(command)
        said = " ".join(answer.text.split())
        assert (answer.code == 1) == bool(says)
        assert not says or f"manifests/reconciler.yaml:6:3: {says}" in said


@pytest.mark.parametrize("setting", ["limits:\n  max_monthly_cost_increase: 5", "prices:\n  unpriced: refuse"])
def test_a_guard_of_money_without_a_price_sheet_is_refused_at_its_place(
    estate: Estate, reconciler: Program, setting: str
) -> None:
    estate.settings(f"{setting}\n")

    answer = reconciler("validate")

    assert answer.code == 1
    assert "manifests/reconciler.yaml:5:3: " in answer.text
    assert "needs price sheets" in " ".join(answer.text.split())
