"""The first day and the sample estate belong together."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.sandbox import Sold, catalogue, first_day, items, utc_now

ESTATE = Path(__file__).parents[2] / "manifests"
OFFERS: dict[str, str] = {
    name: (offer["id"] if isinstance(offer, dict) else offer).upper()
    for name, offer in yaml.safe_load((ESTATE / "offers.yaml").read_text("utf-8"))["offers"].items()
}
CUSTOMERS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted(ESTATE.glob("*.yaml"))
    if path.stem not in {"offers", "reconciler"}
}
DECLARED = [
    (customer["customer"]["tenant"], entry)
    for customer in CUSTOMERS.values()
    for entry in customer["subscriptions"].values()
    if "order" not in entry
]


@pytest.mark.parametrize("document", CUSTOMERS.values(), ids=CUSTOMERS)
def test_every_declared_customer_is_there_under_its_own_name(document: dict[str, Any]) -> None:
    tenant = first_day().customer(document["customer"]["tenant"])
    assert tenant is not None
    assert (tenant.name, tenant.display_name) == (document["customer"]["name"], document["customer"]["display_name"])


@pytest.mark.parametrize(("customer", "entry"), DECLARED, ids=[entry["id"] for _, entry in DECLARED])
def test_every_declared_subscription_is_sold_to_its_customer(customer: str, entry: dict[str, Any]) -> None:
    tenant = first_day().customer(customer)
    assert tenant is not None
    assert tenant.find(entry["id"]) is not None


def test_every_offer_of_the_estate_is_in_the_catalogue_or_of_new_commerce() -> None:
    assert all(items.item(offer) if ":" in offer else catalogue.offer(offer) for offer in OFFERS.values())


def test_most_of_the_book_is_new_commerce_and_all_of_its_dates_move_with_the_day() -> None:
    sold = [sold for _, sold in first_day().sold()]
    modern = [entry for entry in sold if entry.new_commerce]
    assert len(modern) * 2 > len(sold)
    trial = first_day().find("def4bd35-cef8-4be1-b47d-2706ed528174")
    assert trial.created.date() == (utc_now() - timedelta(days=12)).date()


def test_every_name_of_an_offer_in_the_catalogue_module_is_in_the_catalogue() -> None:
    names = [name for name, value in vars(catalogue).items() if name.isupper() and not name.startswith("_")]
    assert len(names) > 20
    assert [name for name in names if catalogue.offer(getattr(catalogue, name)) is None] == []


def test_every_upgrade_path_leads_to_an_offer_of_the_same_cloud() -> None:
    for country in ("US", "CN"):
        ids = {item.id for item in catalogue.offers_of(country)}
        assert all(set(item.paths) <= ids for item in catalogue.offers_of(country))


def test_the_first_day_is_the_same_every_time_and_nobody_is_named_on_a_ready_upgrade() -> None:
    assert first_day() == first_day()
    assert all(sold.stuck_users == [] for _, sold in first_day().sold())


def test_most_subscriptions_are_already_as_declared() -> None:
    as_declared = 0
    for customer, entry in DECLARED:
        tenant = first_day().customer(customer)
        sold = tenant.find(entry["id"]) if tenant else None
        wanted = (OFFERS[entry["offer"]], entry["quantity"])
        as_declared += sold is not None and (_offer(sold), sold.quantity) == wanted
    assert as_declared * 2 >= len(DECLARED)
    assert 50 <= len(DECLARED) <= 64


def _offer(sold: Sold) -> str:
    return sold.product_sku if sold.new_commerce else sold.offer.upper()
