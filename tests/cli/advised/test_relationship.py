"""Advice about topics that people ask for by name, and about the sandbox's world."""

from pathlib import Path

import pytest

from tests.cli.advised.situations import Elsewhere, advised

SHOWN = "relationship CUSTOMER"
RESET = "sandbox reset"
TOPICS = ("purchase_offer", "delegated_administration", "reseller_relationship_request")


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, SHOWN)) for code in TOPICS])
def test_whether_a_customer_is_ours_is_shown_with_the_link(elsewhere: Elsewhere, code: str) -> None:
    explained = elsewhere.run("explain", code, code=0)
    shown = elsewhere.follow(explained, code, SHOWN, CUSTOMER="contoso")
    assert "invType=ResellerRelationship" in shown.text
    assert "= contoso" in shown.text


@advised("purchase_offer", "guide orders")
def test_how_an_order_is_made_is_in_a_guide(elsewhere: Elsewhere) -> None:
    explained = elsewhere.run("explain", "purchase_offer", code=0)
    assert "max_unit_price" in elsewhere.follow(explained, "purchase_offer", "guide orders").text


@advised("delegated_administration", "explain delegated_admin_permissions_disabled")
def test_what_is_blocked_without_the_consent_is_explained(elsewhere: Elsewhere) -> None:
    explained = elsewhere.run("explain", "delegated_administration", code=0)
    run = "explain delegated_admin_permissions_disabled"
    assert "customer" in elsewhere.follow(explained, "delegated_administration", run).text


@advised("sandbox_world_damaged", RESET)
def test_a_world_that_can_not_be_read_is_put_back(elsewhere: Elsewhere) -> None:
    elsewhere.estate.world_file.write_text("{")
    refused = elsewhere.run("plan", code=1)
    assert elsewhere.follow(refused, "sandbox_world_damaged", RESET).code == 0
    assert elsewhere.estate.world.customers


@advised("sandbox_clock", RESET)
def test_a_clock_that_was_moved_too_far_is_put_back(elsewhere: Elsewhere) -> None:
    elsewhere.days_pass(3)
    refused = elsewhere.run("sandbox", "clock", "+20000w", code=1)
    assert elsewhere.follow(refused, "sandbox_clock", RESET).code == 0
    assert not elsewhere.estate.world.ahead


@advised("no_sandbox_customers", "sandbox dump new-world.yaml")
def test_a_world_without_customers_is_replaced_by_one_to_begin_with(elsewhere: Elsewhere) -> None:
    Path("world.yaml").write_text("{}")
    refused = elsewhere.run("sandbox", "load", "world.yaml", code=1)
    assert elsewhere.follow(refused, "no_sandbox_customers", "sandbox dump new-world.yaml").code == 0
    assert "contoso" in Path("new-world.yaml").read_text()


@advised("no_sandbox_world", "sandbox dump")
def test_a_file_that_holds_no_world_is_compared_with_one_that_does(elsewhere: Elsewhere) -> None:
    Path("world.yaml").write_text("customers: 7\n")
    refused = elsewhere.run("sandbox", "load", "world.yaml", code=1)
    dumped = elsewhere.follow(refused, "no_sandbox_world", "sandbox dump")
    assert (dumped.code, "contoso" in dumped.out) == (0, True)


@advised("*", "sandbox load FILE")
def test_a_world_that_was_written_is_loaded_again(elsewhere: Elsewhere) -> None:
    written = elsewhere.run("sandbox", "dump", "world.yaml", code=0)
    elsewhere.apply()
    assert elsewhere.follow(written, "*", "sandbox load FILE").code == 0
    assert elsewhere.estate.bought == []


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(run, marks=advised("world_file_differs", run))
        for run in ("sandbox load FILE", "sandbox dump FILE --overwrite")
    ],
)
def test_an_edited_world_is_taken_in_or_replaced(elsewhere: Elsewhere, run: str) -> None:
    elsewhere.run("sandbox", "dump", "world.yaml", code=0)
    written = Path("world.yaml").read_text()
    Path("world.yaml").write_text(written.replace("quantity: 25", "quantity: 26"))
    refused = elsewhere.run("sandbox", "dump", "world.yaml", code=1)
    assert elsewhere.follow(refused, "world_file_differs", run).code == 0
    assert elsewhere.run("sandbox", "dump", code=0).out == Path("world.yaml").read_text()
    assert (Path("world.yaml").read_text() == written) is ("--overwrite" in run)
