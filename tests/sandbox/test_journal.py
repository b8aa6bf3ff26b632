"""A large world is saved by steps: nothing is lost, and whoever shares the file sees every step."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from reconciler.model.errors import StateDamaged
from reconciler.sandbox import Sold, Tenant, World, application, nudge, reset
from reconciler.sandbox.catalogue import E1, E3
from reconciler.sandbox.first_day import first_day
from reconciler.sandbox.journal import Journal
from reconciler.sandbox.world import stamp_of
from tests.sandbox.emulated import Emulated

CUSTOMERS, EACH = 120, 12
ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Emulated]:
    customers = [
        Tenant(name=f"customer-{number}", subscriptions=[Sold(offer=E1, quantity=5) for _ in range(EACH)])
        for number in range(CUSTOMERS)
    ]
    found = Emulated(tmp_path / "world.json", World(customers=customers))
    yield found
    assert len(found.world.customers) == CUSTOMERS


def _journal(service: Emulated) -> Path:
    (found,) = service.world_file.parent.glob("*.journal")
    return found


def test_a_write_leaves_the_large_file_alone(service: Emulated) -> None:
    before = stamp_of(service.world_file)
    service.patch(quantity=7)
    service.upgrade(E3)
    assert stamp_of(service.world_file) == before
    assert _journal(service).stat().st_size < 10_000


def test_the_world_that_is_read_has_every_step(service: Emulated) -> None:
    service.patch(quantity=7)
    target = service.upgrade(E3).body["targetSubscriptionId"]
    world = service.world
    assert (service.first.status, service.first.quantity, world.find(target).quantity) == ("suspended", 7, 7)
    assert [entry.kind for entry in world.ledger] == ["resize", "upgrade"]
    assert (len(world.answered), len(world.records)) == (2, 2)


def test_carts_orders_and_answers_that_take_anothers_place_are_steps_too(service: Emulated) -> None:
    service.behave(remembered_for=60)
    asked = {"catalogItemId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971", "quantity": 3, "termDuration": "P1Y"}
    body = {"PartnerOnRecordAttestationAccepted": True, "lineItems": [{**asked, "billingCycle": "monthly"}]}
    path, ids = f"/customers/{service.tenant.tenant}/carts", {"MS-RequestId": ONE}
    service.send("POST", path, body, headers=ids)
    service.later(60)
    cart = service.send("POST", path, body, headers=ids).body["id"]
    (order,) = service.send("POST", f"{path}/{cart}/checkout").body["orders"]
    world = service.world
    assert (world.carts[cart].orders, list(world.orders)) == ([order["id"]], [order["id"]])
    assert [answer.document["id"] for key, answer in world.answered.items() if key.startswith(ONE)] == [cart]


def test_another_application_over_the_same_file_follows(service: Emulated) -> None:
    transport = httpx.WSGITransport(app=application(service.world_file))
    other = httpx.Client(transport=transport, base_url="https://sandbox.invalid", headers={"Authorization": "Bearer x"})
    url = f"/v1/customers/{service.tenant.tenant}/subscriptions/{service.first.id}"
    for quantity in (7, 8):
        service.patch(quantity=quantity)
        assert f'"quantity":{quantity},' in other.get(url).text


def test_several_applications_at_once_lose_no_step(service: Emulated) -> None:
    clients = [
        httpx.Client(
            transport=httpx.WSGITransport(app=application(service.world_file)), base_url="https://sandbox.invalid"
        )
        for _ in range(3)
    ]
    tenants = service.world.customers

    def buy(index: int) -> int:
        sold = tenants[index].subscriptions[0]
        url = f"/v1/customers/{tenants[index].tenant}/subscriptions/{sold.id}/upgrades"
        body = {"targetOffer": {"id": E3}, "upgradeType": "upgrade_only"}
        return clients[index % 3].post(url, json=body, headers={"Authorization": "Bearer x"}).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(buy, range(24))) == {200}
    assert len({entry.target for entry in service.world.ledger}) == 24


def test_a_line_cut_by_a_killed_process_is_written_over(service: Emulated) -> None:
    service.patch(quantity=7)
    with _journal(service).open("ab") as file:
        file.write(b'{"revision": 9, "sold": [[')
    assert service.first.quantity == 7
    service.patch(quantity=8)
    assert service.first.quantity == 8


def test_a_line_that_is_no_step_is_refused_with_the_way_back(service: Emulated) -> None:
    service.patch(quantity=7)
    path = _journal(service)
    whole = path.read_bytes()
    path.write_bytes(whole + b"nonsense\n")
    with pytest.raises(StateDamaged):
        service.get()
    path.write_bytes(whole)


def test_a_world_saved_from_outside_replaces_the_steps(service: Emulated) -> None:
    service.patch(quantity=7)
    with service.changed() as world:
        world.find(service.first.id).quantity = 9
    assert list(service.world_file.parent.glob("*.journal")) == []
    assert service.get(f"/{service.first.id}").body["quantity"] == 9


def test_a_nudge_in_between_keeps_the_steps_before_it(service: Emulated) -> None:
    service.patch(quantity=7)
    nudge(service.world_file)
    assert service.first.quantity == 10
    service.patch(quantity=11)
    assert service.first.quantity == 11


def test_the_file_is_written_anew_once_the_journal_has_outgrown_it(service: Emulated) -> None:
    before = service.world_file.stat().st_ino
    url = f"/{service.first.id}"
    for number in range(10):
        service.patch(friendlyName=f"{number} {'x' * 16_000}")
    assert service.world_file.stat().st_ino != before
    assert service.get(url).body["friendlyName"].startswith("9 ")
    assert len(service.world.records) == 10


def test_a_reset_forgets_the_steps(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    world = World(customers=[Tenant(name="a", subscriptions=[Sold(offer=E1) for _ in range(900)])])
    service = Emulated(path, world)
    service.patch(quantity=7)
    reset(path)
    assert service.world == first_day()


def test_a_journal_gives_each_line_once_and_only_whole_ones(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    writer, reader = Journal(path), Journal(path)
    assert reader.news() == []
    writer.append(b"one")
    writer.append(b"two")
    assert (reader.news(), reader.news()) == ([b"one", b"two"], [])
    path.write_bytes(b"one\ntwo\nth")
    assert reader.news() == []
