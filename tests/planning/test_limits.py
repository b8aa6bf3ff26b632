"""Figures of the whole plan are held against the limits of the settings."""

from dataclasses import replace
from importlib.resources import files

import pytest

from reconciler.model.change import Change
from reconciler.model.limits import LIMITS, OF_PLAN, Limit, Limits
from reconciler.model.plan import Breach
from reconciler.model.shard import Shard
from reconciler.model.term import FewerSeats
from reconciler.planning import Extent, breaches, moved_by_name
from tests.planning.cases import E1, E3, E5, change, facts, live, option, planned, upgrading, wants

WIDE = Limits(max_changes=1000, max_changed_percent=100, max_seats_removed=1000, max_seats_added=1000)


def resize(before: int, after: int) -> Change:
    desired = wants(offer=E1, seats=after, fewer_seats=FewerSeats.NOW)
    return change(planned(facts(desired, lives=[live(seats=before)])))


def found(*changes: Change, managed: int = 9, **limits: int) -> list[tuple[str, int, int]]:
    limits = {"max_changes": 1000, "max_changed_percent": 100, "max_seats_removed": 1000, **limits}
    return [
        (breach.name, breach.limit, breach.figure)
        for breach in breaches(changes, Extent(managed=managed), Limits(**limits))
    ]


def test_nothing_is_breached_by_nothing() -> None:
    nothing = Limits(max_changes=0, max_changed_percent=0, max_seats_removed=0, max_seats_added=0)
    assert breaches([], Extent(managed=100), nothing) == ()


def test_a_customer_who_vanished_is_told_by_the_plan_that_changes_nothing_else() -> None:
    (breach,) = breaches([], Extent(managed=100, emptied=("litware",)), Limits())
    assert named(breach) == ("max_customers_emptied", 0, 1, "litware")


def test_a_limit_may_be_reached_and_not_passed() -> None:
    assert found(*[resize(1, 1 + 5)] * 2, max_changes=2, max_seats_added=10) == []
    assert found(*[resize(1, 1 + 5)] * 2, max_changes=1) == [("max_changes", 1, 2)]
    assert found(*[resize(1, 1 + 5)] * 2, max_seats_added=9) == [("max_seats_added", 9, 10)]


def test_seats_removed_by_default_are_none() -> None:
    assert breaches([resize(5, 4)], Extent(managed=1), Limits()) == (
        Breach(name="max_seats_removed", limit=0, figure=1),
    )


def test_seats_added_here_do_not_make_up_for_seats_removed_there() -> None:
    changes = [resize(10, 4), resize(10, 30), resize(10, 9)]
    assert found(*changes, max_seats_removed=6, max_seats_added=19) == [
        ("max_seats_removed", 6, 7),
        ("max_seats_added", 19, 20),
    ]


def test_upgrades_count_their_seats_too() -> None:
    grown = change(upgrading(option(), seats=30))
    shrunk = change(upgrading(option(), seats=20, fewer_seats=FewerSeats.NOW))
    assert found(grown, shrunk, max_seats_added=4, max_seats_removed=4) == [
        ("max_seats_removed", 4, 5),
        ("max_seats_added", 4, 5),
    ]


def test_every_seat_of_an_upgrade_counts_as_upgraded_and_none_of_a_resize() -> None:
    changes = [change(upgrading(option(), seats=30)), change(upgrading(option())), resize(10, 500)]
    assert found(*changes, max_seats_upgraded=55) == []
    assert found(*changes, max_seats_upgraded=54) == [("max_seats_upgraded", 54, 55)]


def test_a_thousand_seats_may_be_upgraded_by_default() -> None:
    many = change(planned(facts(wants(seats=1001), lives=[live(seats=1001)], options=[option()])))
    (breach,) = breaches([many], Extent(managed=1), Limits())
    assert named(breach) == ("max_seats_upgraded", 1000, 1001, "")


@pytest.mark.parametrize(
    ("changes", "managed", "breached"),
    [(3, 10, False), (4, 13, True), (4, 14, False), (9, 9, False), (10, 10, True), (1, 1000, False)],
    ids=["30 %", "30.8 % are more than 30", "28.6 %", "under ten nothing counts", "100 %", "a little"],
)
def test_the_percentage_is_of_all_managed_subscriptions_from_ten_up(changes: int, managed: int, breached: bool) -> None:
    assert bool(found(*[resize(1, 2)] * changes, managed=managed, max_changed_percent=30)) == breached


def test_every_limit_that_is_breached_is_named() -> None:
    changes = [*[resize(1, 2000)] * 101, resize(9, 1)]
    assert [breach.name for breach in breaches(changes, Extent(managed=200), Limits())] == [
        "max_changes",
        "max_changed_percent",
        "max_seats_removed",
        "max_seats_added",
    ]


def named(breach: Breach) -> tuple[str, int, int, str]:
    return breach.name, breach.limit, breach.figure, breach.subject


def test_customers_that_vanished_from_the_manifests_are_named() -> None:
    (breach,) = breaches([resize(1, 2)], Extent(managed=9, emptied=("fabrikam", "litware")), Limits())
    assert named(breach) == ("max_customers_emptied", 0, 2, "fabrikam, litware")


def test_of_many_customers_that_vanished_some_are_named_and_the_rest_counted() -> None:
    many = tuple(f"customer-{number}" for number in range(1, 8))
    (breach,) = breaches([resize(1, 2)], Extent(managed=9, emptied=many), Limits())
    assert breach.subject == "customer-1, customer-2, customer-3, customer-4, customer-5 and 2 more"


@pytest.mark.parametrize(
    ("moved", "managed", "figure"), [(5, 10, 50), (4, 10, 0), (49, 99, 0), (10, 20, 50), (9, 9, 0)]
)
def test_a_name_that_moves_half_the_estate_or_more_is_refused_from_ten_up(
    moved: int, managed: int, figure: int
) -> None:
    found = breaches([resize(1, 2)], Extent(managed=managed, moved={"E1": 1, "E3": moved}), Limits())
    expected = [("max_catalogue_change_percent", 49, figure, "E3")] if figure else []
    assert [named(item) for item in found] == expected


def test_what_a_name_moves_is_counted_from_one_offer_to_one_other() -> None:
    declared = [wants(name, offer=E3) for name in ("a", "b", "c", "d", "e")] + [wants("f", offer=E5)]
    present = dict(zip((item.address for item in declared), (E1.id, E1.id, E5.id, E3.id), strict=False))
    assert moved_by_name(declared, present | {declared[5].address: E1.id}) == {E3.name: 2, E5.name: 1}


def of_shard(number: int, of: int, *changes: Change, managed: int, elsewhere: int, **limits: int) -> list[Breach]:
    extent = Extent(managed=managed, elsewhere=elsewhere, shard=Shard(number, of))
    return list(breaches(changes, extent, Limits(**limits)))


def test_a_small_shard_is_held_against_the_percentage_where_the_estate_has_ten() -> None:
    assert of_shard(1, 4, resize(1, 2), managed=2, elsewhere=7) == []
    (item,) = of_shard(1, 4, resize(1, 2), managed=2, elsewhere=8)
    assert named(item) == ("max_changed_percent", 30, 50, "")


def test_a_shard_has_its_share_of_what_is_no_percentage_and_says_so() -> None:
    added = resize(10, 310)
    assert of_shard(1, 4, added, managed=20, elsewhere=60, max_seats_added=1200) == []
    (item,) = of_shard(1, 4, added, managed=20, elsewhere=60, max_seats_added=1000)
    assert named(item) == ("max_seats_added", 250, 300, "shard 1/4 has 250 of 1000")


@pytest.mark.parametrize("shards", [2, 3, 4, 12])
def test_all_shards_together_may_do_no_more_than_the_whole(shards: int) -> None:
    done = 0
    for number in range(1, shards + 1):
        most = [resize(1, 2)] * 100
        while of_shard(number, shards, *most, managed=100, elsewhere=900, max_changes=40, max_seats_added=50):
            most.pop()
        done += len(most)
    assert done == 40


@pytest.mark.parametrize("limit", OF_PLAN, ids=lambda limit: limit.name)
def test_every_limit_of_the_table_is_measured(limit: Limit) -> None:
    """Nothing but the limit itself is exceeded where it allows less than nothing."""
    none_allowed = replace(Limits(**dict.fromkeys(LIMITS, 100)), **{limit.name: -1})

    assert [breach.name for breach in breaches([], Extent(managed=0), none_allowed)] == [limit.name]


def test_the_guide_lists_every_limit_with_its_default() -> None:
    guide = files("reconciler.guides").joinpath("limits.md").read_text("utf-8")

    assert all(f"| `{limit.name}` | {limit.default} |" in guide for limit in OF_PLAN)
    assert all(f"`{limit.name}` ({limit.default})" in guide for limit in LIMITS.values() if not limit.of_plan)
