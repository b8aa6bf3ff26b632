"""The progress of a long run: on stderr, a living line for a person, a calm one now and then for a log."""

import sys
from collections.abc import Callable
from io import StringIO

import pytest

from reconciler.cli.progress import Watched
from reconciler.operations.plan import plan_estate
from tests.cli.estates import Answer, Estate


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def watched(monkeypatch: pytest.MonkeyPatch, stream: StringIO, clock: Clock, done: int = 120) -> Watched:
    """Customers are read, of 2,000, at three requests for each."""
    monkeypatch.setattr(sys, "stderr", stream)
    made = Watched(clock=clock)
    made.reached(done, 2000)
    for _ in range(3 * done):
        made.sent()
    return made


def test_a_terminal_has_one_line_that_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stream = Terminal()
    made = watched(monkeypatch, stream, clock)
    clock.seconds = 60
    made.look()

    line = "Planning: 120 of 2,000 customers read, 1 min 0 s, 360 requests, about 15 min 40 s left"
    assert stream.getvalue() == f"\x1b[2K{line[:79]}\r"


def test_what_is_written_next_takes_the_line_away(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stream = Terminal()
    made = watched(monkeypatch, stream, clock)
    clock.seconds = 60
    made.look()
    made.make_way()

    assert stream.getvalue().endswith("\r\x1b[2K\r")


def test_what_is_over_in_a_moment_shows_no_line(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stream = Terminal()
    made = watched(monkeypatch, stream, clock)
    clock.seconds = 0.5
    made.look()

    assert stream.getvalue() == ""


def test_a_log_has_a_line_for_every_half_minute_without_another(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stream = StringIO()
    made = watched(monkeypatch, stream, clock)
    for clock.seconds in range(95):
        made.look()
        if clock.seconds == 40:
            made.make_way()

    times = [line.split(", ")[1] for line in stream.getvalue().splitlines()]
    assert times == ["30 s", "1 min 10 s"]


def test_a_rest_that_the_service_asks_for_is_told(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    stream = StringIO()
    made = watched(monkeypatch, stream, clock, done=2)
    clock.seconds = 31
    assert made.resting(lambda seconds: seconds, "to keep to the service's rate")(45) == 45
    made.look()

    line = "2 of 2,000 customers read, 31 s, 6 requests, waits 45 s before the next to keep to the service's rate\n"
    assert stream.getvalue().endswith(line)


@pytest.mark.parametrize("variable", ["CI", "TF_BUILD"])
def test_a_ci_system_with_a_terminal_of_its_own_gets_calm_lines(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, variable: str
) -> None:
    monkeypatch.setenv(variable, "true")
    stream = Terminal()
    made = watched(monkeypatch, stream, clock)
    clock.seconds = 31
    made.look()

    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().endswith("left\n")


def test_a_plan_counts_its_customers_and_its_requests(estate: Estate, reconciler: Callable[..., Answer]) -> None:
    from reconciler.cli.chosen import Chosen
    from reconciler.cli.wiring import Wiring
    from reconciler.planning import Globs

    wiring = Wiring(chosen=Chosen())
    with wiring.workspace() as workspace:
        plan_estate(workspace, Globs())

    assert (wiring.watched.now().done, wiring.watched.now().of, wiring.watched.now().requests) == (1, 1, 3)
    assert reconciler("plan").err == ""
    assert estate.bought == []
