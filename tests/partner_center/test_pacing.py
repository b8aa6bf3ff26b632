"""Not faster than the service bears, at hardly less than it bears."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from reconciler.model.errors import ServiceUnreachable
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.bucket import Bucket
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.pacing import Pace, PacedTransport, TurnedAway
from reconciler.partner_center.transport import Retries
from reconciler.partner_center.wire.upgrades import option
from reconciler.sandbox import Behaviour, Tenant, World, application
from tests.partner_center.gateway import QuickClock, answered, guarded
from tests.partner_center.service import API, SOURCE, TENANT, TICKET, TOKEN, Script, answer, page, upgrade

THREADS = 16
EPOCH = datetime(2024, 3, 1, tzinfo=UTC)


class Counting(httpx.BaseTransport):
    """Counts the refusals of what it leads to."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.refused = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        self.refused += response.status_code == httpx.codes.TOO_MANY_REQUESTS
        return response


def commerce(
    url: str, clock: QuickClock, requests_per_minute: int | None, transport: httpx.BaseTransport | None = None
) -> PartnerCenter:
    return PartnerCenter(
        base_url=url,
        tokens=StaticToken(TOKEN),
        transport=transport,
        retries=Retries(sleep=clock.sleep, clock=clock.now),
        requests_per_minute=requests_per_minute,
    )


def minutes_for(client: PartnerCenter, clock: QuickClock, tenants: list[str]) -> float:
    """How many minutes of the clock it takes to list the subscriptions of all of these."""
    began = clock.now()
    with client, ThreadPoolExecutor(THREADS) as pool:
        assert all(found == () for found in pool.map(client.subscriptions, tenants))
    return (clock.now() - began) / 60


def test_at_the_services_own_limit_hardly_anything_is_rejected_and_hardly_any_time_is_lost() -> None:
    clock, tenants = QuickClock(40), [str(uuid4()) for _ in range(500)]
    with guarded(100, clock) as gateway:
        minutes = minutes_for(commerce(gateway.url, clock, 100), clock, tenants)
    assert gateway.refused / len(tenants) < 0.01
    assert minutes <= 1.1 * len(tenants) / 100


def test_the_emulators_gateway_is_met_as_rarely(tmp_path: Path) -> None:
    clock, world = QuickClock(30), World(customers=[Tenant(name=f"c{number}") for number in range(120)])
    world.behaviour = Behaviour(requests_per_minute=40, retry_after="http_date")
    world.save(tmp_path / "world.json")
    app = application(tmp_path / "world.json", lambda: EPOCH + timedelta(seconds=clock.now()))
    door = Counting(httpx.WSGITransport(app=app))
    client = commerce(API, clock, 40, door)
    minutes = minutes_for(client, clock, [one.tenant for one in world.customers])
    assert door.refused / len(world.customers) < 0.01
    assert minutes <= 1.1 * len(world.customers) / 40


def test_a_limit_that_nobody_told_of_is_found_and_kept() -> None:
    clock, tenants = QuickClock(120), [str(uuid4()) for _ in range(360)]
    with guarded(60, clock) as gateway:
        minutes_for(commerce(gateway.url, clock, 500), clock, tenants)
        assert gateway.refused <= 4 * THREADS
        assert gateway.passed == len(tenants)


def test_a_customers_own_limit_is_found_as_well() -> None:
    clock = QuickClock(120)
    with guarded(40, clock, by_customer=True) as gateway:
        minutes_for(commerce(gateway.url, clock, None), clock, [TENANT] * 100)
    assert gateway.refused <= 3 * THREADS


def test_a_ceiling_is_not_exceeded_in_any_minute() -> None:
    bucket, left = Bucket(3), list[float]()
    now = 0.0
    while len(left) < 10:
        now += bucket.wait(now)
        assert bucket.wait(now) == 0
        bucket.leave()
        left.append(now)
        now += 0.5
        bucket.answer(now, sent=left[-1], refused=False)
    assert all(later - earlier >= 60 for earlier, later in zip(left, left[3:], strict=False))


def test_a_refusal_slows_down_and_calm_minutes_restore_the_ceiling() -> None:
    bucket = Bucket(100)
    for number in range(80):
        bucket.leave()
        bucket.answer(number / 10, sent=number / 10, refused=number == 79)
    assert bucket.limit == pytest.approx(0.95 * 79)
    limits = []
    for minute in range(1, 9):
        bucket.wait(8 + 61 * minute)
        limits.append(bucket.limit)
    assert limits == sorted(limits)
    assert limits[-1] == 100


def test_refusals_of_what_was_under_way_together_slow_down_once() -> None:
    bucket = Bucket(100)
    for _ in range(10):
        bucket.leave()
    for _ in range(10):
        bucket.answer(1, sent=0, refused=True)
    assert bucket.limit == 50


@pytest.mark.parametrize("after", ["30", "Fri, 01 Mar 2024 12:00:30 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_one_threads_refusal_makes_everybody_rest(status: int, after: str) -> None:
    naps = list[float]()
    refusal = answered(status, Retry_After=after, Date="Fri, 01 Mar 2024 12:00:00 GMT")
    paced = PacedTransport(Script(refusal, answered(200)), Pace(sleep=naps.append))
    paced.handle_request(httpx.Request("GET", f"{API}/v1/customers/one/subscriptions"))
    assert naps == []
    paced.handle_request(httpx.Request("GET", f"{API}/v1/customers/other/subscriptions"))
    assert naps == [pytest.approx(30, abs=1)]


def test_a_refusal_that_names_no_time_makes_everybody_rest_a_little() -> None:
    naps = list[float]()
    paced = PacedTransport(Script(answered(429), answered(200)), Pace(sleep=naps.append))
    for _ in range(2):
        paced.handle_request(httpx.Request("GET", f"{API}/v1/customers"))
    assert naps == [pytest.approx(5, abs=1)]


def test_a_rest_longer_than_anybodys_patience_sends_nothing_and_says_so() -> None:
    script = Script(answered(429, Retry_After="3600"))
    paced = PacedTransport(script, Pace(patience_seconds=300))
    paced.handle_request(httpx.Request("GET", f"{API}/v1/customers"))
    with pytest.raises(TurnedAway):
        paced.handle_request(httpx.Request("GET", f"{API}/v1/customers"))
    assert len(script.requests) == 1


def test_whoever_meets_such_a_rest_is_told_when_to_come_back() -> None:
    client = PartnerCenter(
        base_url=API, tokens=StaticToken(TOKEN), transport=Script(answered(429, Retry_After="3600"), answer(page()))
    )
    with pytest.raises(Exception, match="429"):
        client.subscriptions(TENANT)
    with pytest.raises(ServiceUnreachable, match=r"another 3\d\d\d seconds. Nothing was sent"):
        client.subscriptions(TENANT)


def test_customers_that_are_done_with_are_forgotten() -> None:
    clock = iter(range(0, 10_000_000, 100))
    paced = PacedTransport(Script(answered(200)), Pace(clock=lambda: float(next(clock))))
    for number in range(1500):
        paced.handle_request(httpx.Request("GET", f"{API}/v1/customers/{number}/subscriptions"))
    assert len(paced._customers) <= 1000  # noqa: SLF001 - how much is kept shows nowhere else


@pytest.mark.parametrize("first", ["pace", "retry"])
def test_a_run_that_is_to_stop_waits_no_longer_and_sends_nothing_more(first: str) -> None:
    clock = QuickClock(1)
    script = Script(answer(page()) if first == "pace" else answered(429, Retry_After="60"), answer({}))
    client = PartnerCenter(
        base_url=API,
        tokens=StaticToken(TOKEN),
        transport=script,
        retries=Retries(sleep=clock.sleep, clock=clock.now),
        requests_per_minute=1,
    )
    if first == "pace":
        client.subscriptions(TENANT)
    threading.Timer(0.1, clock.stop.set).start()
    began = time.monotonic()
    with pytest.raises(ServiceUnreachable, match="told to stop"):
        client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)
    assert time.monotonic() - began < 5
    assert len(script.requests) == 1
