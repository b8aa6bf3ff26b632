"""Advice about offers, prices and codes: the page that is shown has what the step promises."""

import shutil

import pytest

from tests.cli.advised import terms
from tests.cli.advised.orders import COPILOT, a_shop, modern, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import MAIL, OFFICE
from tests.worlds import SOURCE

NAMED, CHECKED, IN = "offers NAME", "offers --check", "offers --check --country CC"
THERE = "offers NAME --country MARKET"


@advised("offer_named_otherwise", NAMED, CHECKED)
def test_an_offer_that_the_service_calls_otherwise(elsewhere: Elsewhere) -> None:
    assert "[offer_named_otherwise]" in elsewhere.run("plan", code=0).text
    explained = elsewhere.run("explain", "offer_named_otherwise", code=0)
    assert "Enterprise E3" in elsewhere.follow(explained, "offer_named_otherwise", NAMED, NAME="Enterprise").out
    checked = elsewhere.follow(explained, "offer_named_otherwise", CHECKED)
    assert (checked.code, "[offer_named_otherwise]" in checked.text) == (2, True)


@advised("offer_not_listed", NAMED, IN)
def test_an_offer_that_the_catalogue_does_not_list(elsewhere: Elsewhere) -> None:
    offers = elsewhere.root / "offers.yaml"
    offers.write_text(offers.read_text().replace("{", "{Gone: 90000000-0000-4000-8000-000000000000, ", 1))
    assert "[offer_not_listed]" in elsewhere.run("offers", "--check", code=2).text
    explained = elsewhere.run("explain", "offer_not_listed", code=0)
    assert "Exchange Online" in elsewhere.follow(explained, "offer_not_listed", NAMED, NAME="exchange").out
    assert "catalogue of DE" in elsewhere.follow(explained, "offer_not_listed", IN, CC="DE").text


@advised("", "explain CODE")
def test_a_difference_of_the_catalogue_is_explained(elsewhere: Elsewhere) -> None:
    checked = elsewhere.run("offers", "--check", code=2)
    assert "offer_named_otherwise" in elsewhere.follow(checked, "", "explain CODE").out


@advised("offer_not_orderable", NAMED)
def test_an_order_of_an_offer_that_is_not_ordered(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere, ordering(offer="E3", max_unit_price=30.0))
    blocked = elsewhere.run("plan", code=3)
    assert COPILOT.lower() not in blocked.text
    assert elsewhere.follow(blocked, "offer_not_orderable", NAMED, NAME="E3").code == 0


@advised("offer_not_sold", THERE)
def test_an_order_of_an_offer_that_is_not_sold_in_the_market(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere, ordering(offer="CFQ7TTC0ZZZZ:0001"))
    blocked = elsewhere.run("plan", code=3)
    shown = elsewhere.follow(blocked, "offer_not_sold", THERE, NAME="Copilot")
    assert "the catalogue of US" in shown.text


SOLD = ("403/2085", "403/800020", "403/2091", "404/400013", "404/400018", "400/800004")


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, "offers")) for code in SOLD])
def test_an_offer_that_the_service_does_not_sell(elsewhere: Elsewhere, code: str) -> None:
    status, _, number = code.partition("/")
    elsewhere.declare(office=(OFFICE, "E1", 30))
    with elsewhere.refusing("PATCH", "subscriptions", f"{status} Refused", number):
        failed = elsewhere.apply(code=4)
    assert "Office 365 Enterprise E1" in elsewhere.follow(failed, code, "offers").out


@advised("price_sheets_none", "guide costs")
def test_an_estate_without_price_sheets(elsewhere: Elsewhere) -> None:
    refused = elsewhere.run("prices", "check", code=1)
    assert "price sheet" in elsewhere.follow(refused, "price_sheets_none", "guide costs").text


@advised("price_sheet_missing", "guide costs")
def test_a_price_sheet_that_is_not_there(elsewhere: Elsewhere) -> None:
    elsewhere.settings("prices: {sheets: [prices/none.csv]}\n")
    refused = elsewhere.run("plan", code=1)
    assert "price sheet" in elsewhere.follow(refused, "price_sheet_missing", "guide costs").text


@advised("not_counted_in_money", "prices check")
def test_a_change_without_a_price(elsewhere: Elsewhere) -> None:
    shutil.copytree(SOURCE / "manifests" / "prices", elsewhere.root / "prices")
    (sheet,) = (elsewhere.root / "prices").glob("*_US.csv")
    elsewhere.settings(f"prices: {{sheets: [prices/{sheet.name}]}}\nlimits: {{max_monthly_cost_increase: 100}}\n")
    elsewhere.only_sold(modern())
    elsewhere.write("contoso", terms.entry(quantity=30))
    assert "[not_counted_in_money]" in elsewhere.run("plan", code=0).text
    explained = elsewhere.run("explain", "not_counted_in_money", code=0)
    shown = elsewhere.follow(explained, "not_counted_in_money", "prices check")
    assert "contoso/office" in shown.out
    assert "The market of contoso is not stated." in shown.text


@advised("no_such_code", "explain GUESS", "explain")
def test_a_code_that_is_none(elsewhere: Elsewhere) -> None:
    refused = elsewhere.run("explain", "seat_los_not_allowed", code=1)
    for run in ("explain GUESS", "explain"):
        assert "seat_loss_not_allowed" in elsewhere.follow(refused, "no_such_code", run).out


@advised("answered", "explain STATUS/CODE")
def test_an_error_of_the_service_is_explained(elsewhere: Elsewhere) -> None:
    explained = elsewhere.run("explain", "answered", code=0)
    shown = elsewhere.follow(explained, "answered", "explain STATUS/CODE", **{"STATUS/CODE": "403/20002"})
    assert "reseller relationship" in shown.text


@advised("What to do about one of them:", "explain CODE")
def test_a_code_of_the_list_of_all_is_explained(elsewhere: Elsewhere) -> None:
    listed = elsewhere.run("explain", code=0)
    shown = elsewhere.follow(listed, "What to do about one of them:", "explain CODE", CODE="undeclared")
    assert "reconciler forget ADDRESS" in shown.out


@advised("More about a reason:", "explain CODE")
def test_a_reason_of_a_plan_is_explained(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 20))
    blocked = elsewhere.run("plan", code=3)
    assert "seat_loss_not_allowed" in elsewhere.follow(blocked, "More about a reason:", "explain CODE").out


@advised("More about it:", "explain CODE")
def test_what_is_to_be_looked_at_is_explained(elsewhere: Elsewhere) -> None:
    with elsewhere.estate.changed() as world:
        world.find(MAIL).status = "suspended"
    planned = elsewhere.run("plan")
    assert "subscription_not_active" in elsewhere.follow(planned, "More about it:", "explain CODE").out
