"""Requests that come too fast."""

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Sold, Tenant, World
from reconciler.sandbox.catalogue import E1, E3
from tests.sandbox.emulated import Emulated, emulated


def _service(path: Path, **behaviour: Any) -> Emulated:
    return emulated(path, behaviour=Behaviour(**behaviour))


def _statuses(service: Emulated, count: int) -> list[int]:
    return [service.get().status for _ in range(count)]


def test_what_is_one_too_many_within_a_minute_is_turned_away_until_the_minute_is_over(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=3)
    assert _statuses(service, 3) == [200] * 3
    service.later(20)
    reply = service.get()
    assert (reply.status, set(reply.body)) == (429, {"statusCode", "message"})
    assert "MS-RequestId" not in reply.headers
    service.later(float(reply.headers["Retry-After"]))
    assert service.get().status == 200


def test_the_minute_slides(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=2)
    statuses = []
    for _ in range(4):
        statuses.append(service.get().status)
        service.later(30)
    assert statuses == [200] * 4


def test_requests_that_were_turned_away_count_too(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=2)
    assert _statuses(service, 2) == [200, 200]
    for _ in range(4):
        service.later(25)
        assert service.get().status == 429
    service.later(60)
    assert service.get().status == 200


def test_one_customers_bucket_leaves_the_others_alone(tmp_path: Path) -> None:
    world = World(
        customers=[Tenant(name=name, subscriptions=[Sold(offer=E1)]) for name in ("contoso", "fabrikam")],
        behaviour=Behaviour(customer_requests_per_minute=1),
    )
    service = Emulated(tmp_path / "world.json", world)
    paths = [f"/customers/{customer.tenant}/subscriptions" for customer in world.customers]
    assert [service.send("GET", paths[place]).status for place in (0, 0, 1)] == [200, 429, 200]
    assert [service.send("GET", "/customers").status for _ in range(3)] == [200] * 3


def test_the_partners_bucket_holds_for_all_customers_and_whatever_the_token(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=2)
    assert service.get().status == 200
    assert service.send("GET", "/customers", headers={"Authorization": ""}).status == 401
    assert service.send("GET", "/offers?country=US").status == 429


def test_when_to_come_again_can_be_a_date(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=1, retry_after="http_date")
    service.get()
    date = parsedate_to_datetime(service.get().headers["Retry-After"])
    assert (date - service.now).total_seconds() == 60


def test_a_write_that_is_turned_away_does_nothing(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=1)
    service.get()
    assert service.upgrade(E3).status == 429
    assert service.world.ledger == []


def test_the_window_can_be_shorter_than_a_minute(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=1, throttle_seconds=2)
    assert service.get().status == 200
    service.later(2)
    assert service.get().status == 200


def test_a_limit_that_is_lowered_holds_at_once(tmp_path: Path) -> None:
    service = _service(tmp_path, requests_per_minute=5)
    assert _statuses(service, 3) == [200] * 3
    with service.changed() as world:
        world.behaviour.requests_per_minute = 2
    assert service.get().status == 429


@pytest.mark.parametrize(("latency", "paused"), [(0.0, []), (0.25, [0.25])])
def test_answers_can_be_held_back(tmp_path: Path, latency: float, paused: list[float]) -> None:
    service = _service(tmp_path, latency=latency)
    assert service.get().status == 200
    assert service.paused == paused


def test_orders_and_carts_have_a_bucket_of_their_own_and_a_429_has_bought_nothing(tmp_path: Path) -> None:
    service = _service(tmp_path, orders_per_minute=2)
    paths = [f"/customers/{service.tenant.tenant}/{last}" for last in ("orders", "carts/x", "carts/x/checkout")]
    assert [service.send("GET", paths[0]).status, service.send("GET", paths[1]).status] == [200, 404]
    turned_away = service.send("POST", paths[2])
    assert (turned_away.status, set(turned_away.body)) == (429, {"statusCode", "message"})
    assert (service.get().status, service.ledger) == (200, [])
