"""What the operator refuses today: figures of the whole plan, held against the settings."""

import pytest

from reconciler.model.change import Change
from reconciler.model.plan import Breach
from reconciler.model.settings import Limits
from reconciler.planning import breaches
from tests.planning.cases import E1, change, facts, live, option, planned, upgrading, wants

WIDE = Limits(max_changes=1000, max_changed_percent=100, max_seats_removed=1000, max_seats_added=1000)


def resize(before: int, after: int) -> Change:
    desired = wants(offer=E1, seats=after, allow_seat_loss=True)
    return change(planned(facts(desired, lives=[live(seats=before)])))


def found(*changes: Change, managed: int = 9, **limits: int) -> list[tuple[str, int, int]]:
    limits = {"max_changes": 1000, "max_changed_percent": 100, "max_seats_removed": 1000, **limits}
    return [(one.name, one.limit, one.figure) for one in breaches(changes, managed, Limits(**limits))]


def test_nothing_is_breached_by_nothing() -> None:
    nothing = Limits(max_changes=0, max_changed_percent=0, max_seats_removed=0, max_seats_added=0)
    assert breaches([], 100, nothing) == ()


def test_a_limit_may_be_reached_and_not_passed() -> None:
    assert found(*[resize(1, 1 + 5)] * 2, max_changes=2, max_seats_added=10) == []
    assert found(*[resize(1, 1 + 5)] * 2, max_changes=1) == [("max_changes", 1, 2)]
    assert found(*[resize(1, 1 + 5)] * 2, max_seats_added=9) == [("max_seats_added", 9, 10)]


def test_seats_removed_by_default_are_none() -> None:
    assert breaches([resize(5, 4)], 1, Limits()) == (Breach(name="max_seats_removed", limit=0, figure=1),)


def test_seats_added_here_do_not_make_up_for_seats_removed_there() -> None:
    changes = [resize(10, 4), resize(10, 30), resize(10, 9)]
    assert found(*changes, max_seats_removed=6, max_seats_added=19) == [
        ("max_seats_removed", 6, 7),
        ("max_seats_added", 19, 20),
    ]


def test_upgrades_count_their_seats_too() -> None:
    grown = change(upgrading(option(), seats=30))
    shrunk = change(upgrading(option(), seats=20, allow_seat_loss=True))
    assert found(grown, shrunk, max_seats_added=4, max_seats_removed=4) == [
        ("max_seats_removed", 4, 5),
        ("max_seats_added", 4, 5),
    ]


@pytest.mark.parametrize(
    ("changes", "managed", "breached"),
    [(3, 10, False), (4, 13, True), (4, 14, False), (9, 9, False), (10, 10, True), (1, 1000, False)],
    ids=["30 %", "30.8 % are more than 30", "28.6 %", "under ten nothing counts", "100 %", "a little"],
)
def test_the_percentage_is_of_all_managed_subscriptions_from_ten_up(changes: int, managed: int, breached: bool) -> None:
    assert bool(found(*[resize(1, 2)] * changes, managed=managed, max_changed_percent=30)) == breached


def test_every_limit_that_is_breached_is_named() -> None:
    changes = [*[resize(1, 2000)] * 101, resize(9, 1)]
    assert [one.name for one in breaches(changes, 200, Limits())] == [
        "max_changes",
        "max_changed_percent",
        "max_seats_removed",
        "max_seats_added",
    ]
