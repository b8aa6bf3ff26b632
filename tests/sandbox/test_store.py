"""The world's file: made, saved, shared and, where it is damaged, refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from reconciler.model.errors import StateDamaged, StateUnavailable
from reconciler.sandbox import (
    Behaviour,
    Fault,
    FaultKind,
    Rehearsal,
    Sold,
    SourceFate,
    Tenant,
    Upcoming,
    User,
    World,
    application,
    reset,
)
from reconciler.sandbox.catalogue import E1, E3
from reconciler.sandbox.first_day import first_day
from tests.sandbox.emulated import emulated

BEARER = {"Authorization": "Bearer x"}


def _client(path: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.WSGITransport(app=application(path)), base_url="https://sandbox.invalid")


def test_a_world_is_what_it_was_after_being_saved(tmp_path: Path) -> None:
    sold = Sold(
        offer=E1,
        stuck_users=[User(object_id="x")],
        upcoming=Upcoming(due=datetime(2026, 3, 2, tzinfo=UTC), quantity=5),
        extra={"deep": [{"er": None}]},
    )
    world = World(
        customers=[Tenant(name="contoso", gdap_roles=[], subscriptions=[sold])],
        behaviour=Behaviour(idempotent=False),
        faults=[Fault(kind=FaultKind.NO_BOM, times=0)],
    )
    world.save(tmp_path / "deep" / "world.json")
    assert World.load(tmp_path / "deep" / "world.json") == world


def test_what_a_process_rehearses_is_its_own_and_never_in_the_file(tmp_path: Path) -> None:
    fault = Fault(kind=FaultKind.PERFORMED_THEN_DROPPED)
    rehearsal = Rehearsal(behaviour=Behaviour(source_fate=SourceFate.DELETED), faults=[fault])
    service = emulated(tmp_path, rehearsal=rehearsal)
    with pytest.raises(ConnectionResetError):
        service.upgrade(E3)
    assert (fault.times, service.first.status, len(service.world.ledger)) == (0, "deleted", 1)
    assert (service.world.behaviour, service.world.faults) == (Behaviour(), [])
    with _client(service.world_file) as other:
        assert other.get("/v1/customers", headers=BEARER).status_code == 200


def test_where_there_is_no_file_the_first_day_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "world.json"
    assert _client(path).get("/v1/customers", headers=BEARER).status_code == 200
    assert World.load(path) == first_day()


def test_reset_goes_back_to_the_first_day_under_a_running_application(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    service.upgrade(E3)
    reset(service.world_file)
    assert service.world == first_day()
    assert service.get().status == 200


def test_ids_are_the_same_on_every_machine_and_differ_from_each_other() -> None:
    worlds = [World(customers=[Tenant(name="a", subscriptions=[Sold(offer=E1), Sold(offer=E1)])]) for _ in range(2)]
    assert worlds[0] == worlds[1]
    first, second = worlds[0].customers[0].subscriptions
    assert first.id != second.id


def test_reading_alone_writes_nothing(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    before = service.world_file.stat().st_mtime_ns
    service.get()
    service.upgrades()
    assert service.world_file.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [b"", b"{", b'{"customers": 1}', b"\xff"])
def test_a_damaged_file_is_refused_with_the_way_back(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "world.json"
    path.write_bytes(content)
    with pytest.raises(StateDamaged) as caught:
        _client(path).get("/v1/customers", headers=BEARER)
    assert "reconciler sandbox reset" in caught.value.problems[0].remedy
    assert path.read_bytes() == content


def test_a_place_where_no_file_can_be_is_told_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StateUnavailable) as caught:
        reset(tmp_path / "file" / "world.json")
    assert str(tmp_path) in str(caught.value.problems[0].where)


def test_several_applications_over_one_file_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "world.json"
    World(customers=[Tenant(name="contoso", subscriptions=[Sold(offer=E1) for _ in range(12)])]).save(path)
    tenant = World.load(path).customers[0]
    clients = [_client(path) for _ in range(3)]

    def buy(index: int) -> int:
        url = f"/v1/customers/{tenant.tenant}/subscriptions/{tenant.subscriptions[index].id}"
        body = clients[index % 3].get(url, headers=BEARER).content.decode("utf-8-sig")
        changed = body.replace('"quantity":1,', f'"quantity":{index + 2},').encode()
        typed = BEARER | {"Content-Type": "application/json"}
        return clients[index % 3].patch(url, headers=typed, content=changed).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(buy, range(12))) == {200}
    world = World.load(path)
    assert [sold.quantity for sold in world.customers[0].subscriptions] == [index + 2 for index in range(12)]
    assert len(world.ledger) == 12
