"""Somebody else at work."""

from pathlib import Path

from reconciler.sandbox import Sold, Tenant, World, nudge, reset
from reconciler.sandbox.catalogue import AZURE, BUSINESS, E1, E3, EXCHANGE_1
from tests.sandbox.emulated import emulated

THREE = (Sold(offer=E1, quantity=25), Sold(offer=E3, quantity=5), Sold(offer=EXCHANGE_1, quantity=7))


def test_a_nudge_changes_a_quantity_a_status_and_an_etag_and_says_so(tmp_path: Path) -> None:
    service = emulated(tmp_path, *THREE)
    said = nudge(service.world_file)
    first, second, third = service.tenant.subscriptions
    assert len(said) == 3
    assert (first.quantity, second.status, third.version) == (28, "suspended", 2)
    assert "25 to 28" in said[0]


def test_a_running_application_shows_it_at_once(tmp_path: Path) -> None:
    service = emulated(tmp_path, *THREE)
    before = service.get().body["items"]
    nudge(service.world_file)
    assert [item != other for item, other in zip(before, service.get().body["items"], strict=True)] == [True] * 3


def test_customers_take_turns_and_nothing_is_touched_that_cant_be(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    sold = [Sold(offer=AZURE), Sold(offer=BUSINESS, quantity=299), Sold(offer=E1, status="suspended"), Sold(offer=E3)]
    World(customers=[Tenant(name="a", subscriptions=sold), Tenant(name="b", subscriptions=[Sold(offer=E1)])]).save(path)
    said = nudge(path)
    assert [text[:1] for text in said] == ["b", "a"]
    assert [sold.quantity for sold in World.load(path).customers[0].subscriptions[:3]] == [1, 299, 1]


def test_every_nudge_does_something_new(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    reset(path)
    said = [sentence for _ in range(4) for sentence in nudge(path)]
    assert len(set(said)) == len(said) == 12


def test_nothing_is_bought_by_a_nudge_and_an_empty_world_stays_quiet(tmp_path: Path) -> None:
    World().save(tmp_path / "world.json")
    assert nudge(tmp_path / "world.json") == []
    assert World.load(tmp_path / "world.json").ledger == []
