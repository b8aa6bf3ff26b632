"""The service's time."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.clocks import ClocksApart
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.clock import ServiceClock, http_date
from reconciler.partner_center.http.rate_limit import RateLimit
from reconciler.partner_center.http.retry import Retries
from reconciler.system.clock import Clock, elapsed_seconds
from tests.partner_center.service import API, TOKEN, Script, refused

NOON = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
NOON_AS_SENT = "Fri, 01 Mar 2024 12:00:00 GMT"


class Ticks:
    """A monotonic clock that goes when told."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_before_the_first_answer_it_is_this_machines_time() -> None:
    assert ServiceClock(Clock(now=lambda: NOON)).now() == NOON


def test_the_latest_date_is_carried_on() -> None:
    ticks = Ticks()
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: NOON))
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 90
    assert clock.now() == NOON + timedelta(seconds=90)


def test_a_date_within_the_same_second_does_not_set_the_time_back() -> None:
    ticks = Ticks()
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: NOON))
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 0.75
    clock.hear(NOON_AS_SENT)
    assert clock.now() == NOON + timedelta(seconds=0.75)


def test_a_date_that_differs_is_believed() -> None:
    ticks = Ticks()
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: NOON))
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 10
    clock.hear("Fri, 01 Mar 2024 11:00:00 GMT")
    assert clock.now() == NOON - timedelta(hours=1)


@pytest.mark.parametrize("text", [None, "", "yesterday", "Fri, 99 Mar 2024 12:00:00 GMT", "1 Jan 99999999999999999999"])
def test_what_is_no_date_is_passed_over(text: str | None) -> None:
    clock = ServiceClock(Clock(now=lambda: NOON))
    clock.hear(text)
    assert http_date(text) is None
    assert clock.now() == NOON


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOON),
        ("Tue, 01 Jan 1980 00:00:00 GMT", datetime(2000, 1, 1, tzinfo=UTC)),
        ("Sat, 02 Mar 2024 12:00:01 GMT", NOON),
        ("Thu, 29 Feb 2024 11:59:59 GMT", NOON - timedelta(days=1, seconds=1)),
    ],
)
def test_a_date_more_than_a_day_off_is_told_once_and_the_earlier_time_counts(
    text: str, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    clock = ServiceClock(Clock(elapsed=Ticks(), now=lambda: NOON))
    for _ in range(2):
        clock.hear(text)
    assert clock.now() == now
    assert clock.clocks.apart == ClocksApart(here=NOON, service=http_date(text) or NOON)
    assert caplog.text.count("more than a day apart") == 1


def test_the_last_time_of_the_calendar_is_carried_on_no_further() -> None:
    ticks = Ticks()
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: NOON))
    clock.hear("Fri, 31 Dec 9999 23:59:59 GMT")
    ticks.seconds += 90
    clocks = clock.clocks
    assert (clocks.earliest, clocks.latest, clocks.lag) == (NOON, NOON + timedelta(days=1), timedelta(days=1))


def test_the_time_that_both_clocks_agreed_on_is_carried_on_while_they_disagree() -> None:
    """Neither a machine whose clock was set during the run nor a gateway's wrong `Date` moves the time."""
    ticks, wall = Ticks(), [NOON]
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: wall[0]))
    clock.hear(NOON_AS_SENT)
    wall[0] -= timedelta(days=2)
    ticks.seconds += 60
    clock.hear(NOON_AS_SENT)
    assert (clock.now(), clock.clocks.apart is not None) == (NOON + timedelta(seconds=60), True)
    wall[0] += timedelta(days=2)
    clock.hear(NOON_AS_SENT)
    assert clock.clocks.apart is None


@pytest.mark.skipif(sys.platform != "linux", reason="where the clock that counts a suspension has this name")
def test_time_that_passes_while_the_machine_is_suspended_counts() -> None:
    """CLOCK_BOOTTIME goes on while the machine is suspended, CLOCK_MONOTONIC does not."""
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert before <= elapsed_seconds() <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert Clock().elapsed is elapsed_seconds
    assert {Retries().clock, RateLimit().clock} == {Clock()}


def test_errors_tell_the_time_as_well() -> None:
    refusing = refused(404, 20003)
    refusing.headers["Date"] = NOON_AS_SENT
    hours_ahead = Retries(clock=Clock(now=lambda: NOON + timedelta(hours=3)))
    commerce = PartnerCenter(base_url=API, tokens=StaticToken(TOKEN), transport=Script(refusing), retries=hours_ahead)
    with pytest.raises(Exception, match="20003"):
        commerce.subscriptions("tenant")
    assert commerce.now() - NOON < timedelta(minutes=1)


def test_a_service_with_a_clock_of_its_own_tells_the_time_however_far_it_is_from_this_machines() -> None:
    """The sandbox's clock is moved by people, months ahead."""
    ticks = Ticks()
    clock = ServiceClock(Clock(elapsed=ticks, now=lambda: NOON), own_time=True)
    assert clock.now() == NOON
    clock.hear("Sun, 02 Mar 2025 12:00:00 GMT")
    ticks.seconds += 60
    later = datetime(2025, 3, 2, 12, 1, tzinfo=UTC)
    assert (clock.now(), clock.clocks.apart, clock.clocks.lag) == (later, None, timedelta(0))
    assert (clock.clocks.earliest, clock.clocks.latest) == (later, later)
