"""Not faster than the service bears, at hardly less than it bears."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.model.errors import NoAnswer, RunStopped, ServiceError, ServiceRefused, Throttled
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.bucket import Bucket
from reconciler.partner_center.http.rate_limit import RateLimit, RateLimitTransport, TurnedAway
from reconciler.partner_center.http.retry import Retries
from reconciler.partner_center.wire.upgrades import option
from reconciler.sandbox import Behaviour, Tenant, World, application
from reconciler.system.clock import Clock
from tests.partner_center.service import API, SOURCE, TARGET, TENANT, TICKET, TOKEN, Script, answer, page, upgrade
from tests.partner_center.virtual_time import Distant, VirtualClock

EPOCH = datetime(2024, 3, 1, tzinfo=UTC)
LATENCY = 0.4
PARALLELISM = 8
CUSTOMERS = 20


def service(folder: Path, clock: VirtualClock, **behaviour: Any) -> Distant:
    """The emulator with its gateway, far away."""
    world = World(customers=[Tenant(name=f"c{number}") for number in range(CUSTOMERS)])
    world.behaviour = Behaviour(**behaviour)
    world.save(folder / "world.json")
    app = application(folder / "world.json", lambda: EPOCH + timedelta(seconds=clock.now()))
    return Distant(httpx.WSGITransport(app=app), clock, LATENCY)


def seconds_for(requests: int, far: Distant, clock: VirtualClock, ceiling: int | None, customers: int) -> float:
    """Returns how long it takes to list so many customers' subscriptions, in turn, and from the start again."""
    tenants = [Tenant(name=f"c{number}").tenant for number in range(customers)]
    with PartnerCenter(
        base_url=API,
        tokens=StaticToken(TOKEN),
        transport=far,
        retries=Retries(sleep=clock.sleep, clock=Clock(elapsed=clock.now)),
        requests_per_minute=ceiling,
    ) as client:
        jobs = (partial(client.subscriptions, tenants[number % customers]) for number in range(requests))
        clock.together(jobs, PARALLELISM)
    return clock.now()


def answered(status: int, **headers: str) -> httpx.Response:
    """An answer without a body."""
    return httpx.Response(status, headers={key.replace("_", "-"): value for key, value in headers.items()})


def ideal(requests: int, limit: int) -> float:
    """The shortest time in which a service that lets `limit` requests pass in any minute can answer so many."""
    bursts = (requests - 1) // limit
    return bursts * 60 + (requests - bursts * limit) * LATENCY / PARALLELISM


@pytest.mark.parametrize("retry_after", ["seconds", "http_date"])
def test_at_500_a_minute_under_a_hundredth_is_rejected_and_under_a_tenth_of_the_time_lost(
    tmp_path: Path, retry_after: str
) -> None:
    clock = VirtualClock()
    far = service(tmp_path, clock, requests_per_minute=500, retry_after=retry_after)
    seconds = seconds_for(1750, far, clock, 500, CUSTOMERS)
    assert far.refused < 1750 / 100
    assert seconds <= 1.1 * ideal(1750, 500)


def test_a_limit_that_nobody_told_of_is_found_and_kept(tmp_path: Path) -> None:
    clock = VirtualClock()
    far = service(tmp_path, clock, requests_per_minute=60)
    seconds_for(360, far, clock, 500, CUSTOMERS)
    assert far.passed == 360
    assert far.refused <= 4 * PARALLELISM


def test_a_customers_own_limit_is_found_as_well(tmp_path: Path) -> None:
    clock = VirtualClock()
    far = service(tmp_path, clock, customer_requests_per_minute=40)
    seconds_for(100, far, clock, None, 1)
    assert far.passed == 100
    assert far.refused <= 3 * PARALLELISM


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


def resting(customers: str, status: int = 429, after: str = "30") -> list[float]:
    """The pauses before the last of these calls, each about the customer of that letter ("-": about none), where all
    that came before it were refused.
    """
    naps = list[float]()
    refusal = answered(status, Retry_After=after, Date="Fri, 01 Mar 2024 12:00:00 GMT")
    paced = RateLimitTransport(Script(*[refusal] * (len(customers) - 1), answered(200)), RateLimit(sleep=naps.append))
    for customer in customers:
        naps.clear()
        paced.handle_request(
            httpx.Request("GET", f"{API}/v1/customers{'' if customer == '-' else f'/{customer}/subscriptions'}")
        )
    return naps


@pytest.mark.parametrize("after", ["30", "Fri, 01 Mar 2024 12:00:30 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_about_one_customer_makes_that_customer_rest_and_nobody_else(status: int, after: str) -> None:
    assert resting("aa", status, after) == [pytest.approx(30, abs=1)]
    assert resting("ab", status, after) == []
    assert resting("a-", status, after) == []


@pytest.mark.parametrize("customers", ["abc", "ab-", "-a", "--"])
def test_a_second_customers_refusal_or_one_about_none_makes_everybody_rest(customers: str) -> None:
    assert resting(customers) == [pytest.approx(30, abs=1)]


def test_a_customers_refusal_does_not_slow_down_the_others() -> None:
    clock = iter(range(10_000_000))
    paced = RateLimitTransport(
        Script(answered(429), answered(200)),
        RateLimit(requests_per_minute=100, clock=Clock(elapsed=lambda: next(clock) / 100)),
    )
    paced.handle_request(httpx.Request("GET", f"{API}/v1/customers/a/subscriptions"))
    assert paced._partner.limit == 100  # noqa: SLF001 - takes a minute of requests to show
    assert paced._customers["a"].limit == 50  # noqa: SLF001 - as above


def test_a_refusal_that_names_no_time_makes_everybody_rest_a_little() -> None:
    naps = list[float]()
    paced = RateLimitTransport(Script(answered(429), answered(200)), RateLimit(sleep=naps.append))
    for _ in range(2):
        paced.handle_request(httpx.Request("GET", f"{API}/v1/customers"))
    assert naps == [pytest.approx(5, abs=1)]


def test_a_rest_longer_than_anybodys_patience_sends_nothing_and_says_so() -> None:
    script = Script(answered(429, Retry_After="3600"))
    paced = RateLimitTransport(script, RateLimit(patience_seconds=300))
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
    with pytest.raises(Throttled, match=r"about this customer for another 3\d\d\d seconds. Nothing was sent") as told:
        client.subscriptions(TENANT)
    assert told.value.code == "throttled"
    assert "Wait 3" in told.value.problems[0].remedy
    assert client.subscriptions(TARGET).lives == ()


@pytest.mark.parametrize("asked", ["before", "at the write itself"])
def test_a_write_leaves_within_half_its_time_or_not_at_all(asked: str) -> None:
    script = Script(answered(429, Retry_After="100"), answer(page()))
    client = PartnerCenter(
        base_url=API,
        tokens=StaticToken(TOKEN),
        transport=script,
        request_seconds=180,
        retries=Retries(attempts=1 if asked == "before" else 5),
    )
    if asked == "before":
        with pytest.raises(ServiceRefused, match="429"):
            client.subscriptions(TENANT)
    with pytest.raises(ServiceError) as refusal:
        client.upgrade(TENANT, SOURCE, option(upgrade()), 10, TICKET)
    assert not isinstance(refusal.value, NoAnswer)
    assert len(script.requests) == 1


def test_customers_that_are_done_with_are_forgotten() -> None:
    clock = iter(range(0, 10_000_000, 100))
    paced = RateLimitTransport(Script(answered(200)), RateLimit(clock=Clock(elapsed=lambda: float(next(clock)))))
    for number in range(1500):
        paced.handle_request(httpx.Request("GET", f"{API}/v1/customers/{number}/subscriptions"))
    assert len(paced._customers) <= 1000  # noqa: SLF001 - how much is kept shows nowhere else


@pytest.mark.parametrize("first", ["pace", "retry"])
def test_a_run_that_is_to_stop_waits_no_longer_and_sends_nothing_more(first: str) -> None:
    script = Script(answer(page()) if first == "pace" else answered(429, Retry_After="60"), answer({}))
    stopped = Retries(sleep=lambda _: True)
    client = PartnerCenter(
        base_url=API, tokens=StaticToken(TOKEN), transport=script, retries=stopped, requests_per_minute=1
    )
    if first == "pace":
        client.subscriptions(TENANT)
    with pytest.raises(RunStopped, match="told to stop"):
        client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)
    assert len(script.requests) == 1
