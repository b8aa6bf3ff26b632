"""The service's time."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.clock import ServiceClock, http_date
from reconciler.partner_center.transport import Retries
from tests.partner_center.service import API, TOKEN, Script, refused

NOON = datetime(2024, 3, 1, 12, 0, 0, tzinfo=UTC)
NOON_AS_SENT = "Fri, 01 Mar 2024 12:00:00 GMT"


class Ticks:
    """A monotonic clock that goes when told."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_before_the_first_answer_it_is_this_machines_time() -> None:
    assert ServiceClock(wall=lambda: NOON).now() == NOON


def test_the_latest_date_is_carried_on() -> None:
    ticks = Ticks()
    clock = ServiceClock(monotonic=ticks, wall=lambda: NOON)
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 90
    assert clock.now() == NOON + timedelta(seconds=90)


def test_a_date_within_the_same_second_does_not_set_the_time_back() -> None:
    ticks = Ticks()
    clock = ServiceClock(monotonic=ticks, wall=lambda: NOON)
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 0.75
    clock.hear(NOON_AS_SENT)
    assert clock.now() == NOON + timedelta(seconds=0.75)


def test_a_date_that_differs_is_believed() -> None:
    ticks = Ticks()
    clock = ServiceClock(monotonic=ticks, wall=lambda: NOON)
    clock.hear(NOON_AS_SENT)
    ticks.seconds += 10
    clock.hear("Fri, 01 Mar 2024 11:00:00 GMT")
    assert clock.now() == NOON - timedelta(hours=1)


@pytest.mark.parametrize("text", [None, "", "yesterday", "Fri, 99 Mar 2024 12:00:00 GMT", "1 Jan 99999999999999999999"])
def test_what_is_no_date_is_passed_over(text: str | None) -> None:
    clock = ServiceClock(wall=lambda: NOON)
    clock.hear(text)
    assert http_date(text) is None
    assert clock.now() == NOON


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Sat, 02 Mar 2024 12:00:01 GMT",
        "Thu, 29 Feb 2024 11:59:59 GMT",
    ],
)
def test_a_date_more_than_a_day_off_is_not_believed_and_told_once(text: str, caplog: pytest.LogCaptureFixture) -> None:
    ticks = Ticks()
    clock = ServiceClock(monotonic=ticks, wall=lambda: NOON)
    for _ in range(2):
        clock.hear(text)
        ticks.seconds += 1e6
    assert clock.now() == NOON
    assert caplog.text.count("not believed") == 1


def test_errors_tell_the_time_as_well() -> None:
    refusing = refused(404, 20003)
    refusing.headers["Date"] = NOON_AS_SENT
    hours_ahead = Retries(wall=lambda: NOON + timedelta(hours=3))
    commerce = PartnerCenter(base_url=API, tokens=StaticToken(TOKEN), transport=Script(refusing), retries=hours_ahead)
    with pytest.raises(Exception, match="20003"):
        commerce.subscriptions("tenant")
    assert commerce.now() - NOON < timedelta(minutes=1)
