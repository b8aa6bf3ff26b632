"""Figures of the whole plan are held against the limits of the settings."""

from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest

from reconciler.changes.term import TermRequest
from reconciler.model.address import Address
from reconciler.model.breach import Breach, overriding
from reconciler.model.change import Change
from reconciler.model.cost import Cost
from reconciler.model.limits import LIMITS, OF_PLAN, Limit, Limits, Unit
from reconciler.model.renewal import AtRenewal, EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request, TransitionRequest
from reconciler.model.shard import Shard
from reconciler.model.term import FewerSeats
from reconciler.planning import Extent, breaches, limited, moved_by_name, not_counted
from reconciler.planning import holding as limits_that_hold
from tests.planning.cases import E1, E3, E5, change, facts, live, option, planned, upgrading, wants
from tests.rendering.plans import plan as a_plan
from tests.requested import an_order

WIDE = Limits(max_changes=1000, max_changed_percent=100, max_seats_removed=1000, max_seats_added=1000)


def resize(before: int, after: int) -> Change:
    desired = wants(offer=E1, seats=after, fewer_seats=FewerSeats.NOW)
    return change(planned(facts(desired, lives=[live(seats=before)])))


def exceeded(*changes: Change, managed: int = 9, **limits: Any) -> list[tuple[str, int, int]]:
    allowed: dict[str, Any] = {"max_changes": 1000, "max_changed_percent": 100, "max_seats_removed": 1000, **limits}
    return [
        (breach.name, breach.limit, breach.figure)
        for breach in breaches(changes, Extent(managed=managed), Limits(**allowed))
    ]


def test_nothing_is_breached_by_nothing() -> None:
    nothing = Limits(max_changes=0, max_changed_percent=0, max_seats_removed=0, max_seats_added=0)
    assert breaches([], Extent(managed=100), nothing) == ()


def test_a_customer_who_vanished_is_told_by_the_plan_that_changes_nothing_else() -> None:
    (breach,) = breaches([], Extent(managed=100, emptied=("litware",)), Limits())
    assert named(breach) == ("max_customers_emptied", 0, 1, "litware")


def test_a_limit_may_be_reached_and_not_passed() -> None:
    assert exceeded(*[resize(1, 1 + 5)] * 2, max_changes=2, max_seats_added=10) == []
    assert exceeded(*[resize(1, 1 + 5)] * 2, max_changes=1) == [("max_changes", 1, 2)]
    assert exceeded(*[resize(1, 1 + 5)] * 2, max_seats_added=9) == [("max_seats_added", 9, 10)]


def test_seats_removed_by_default_are_none() -> None:
    assert breaches([resize(5, 4)], Extent(managed=1), Limits()) == (
        Breach(name="max_seats_removed", limit=0, figure=1),
    )


def test_seats_added_here_do_not_make_up_for_seats_removed_there() -> None:
    changes = [resize(10, 4), resize(10, 30), resize(10, 9)]
    assert exceeded(*changes, max_seats_removed=6, max_seats_added=19) == [
        ("max_seats_removed", 6, 7),
        ("max_seats_added", 19, 20),
    ]


def test_upgrades_count_their_seats_too() -> None:
    grown = change(upgrading(option(), seats=30))
    shrunk = change(upgrading(option(), seats=20, fewer_seats=FewerSeats.NOW))
    assert exceeded(grown, shrunk, max_seats_added=4, max_seats_removed=4) == [
        ("max_seats_removed", 4, 5),
        ("max_seats_added", 4, 5),
    ]


def test_every_seat_of_an_upgrade_counts_as_upgraded_and_none_of_a_resize() -> None:
    changes = [change(upgrading(option(), seats=30)), change(upgrading(option())), resize(10, 500)]
    assert exceeded(*changes, max_seats_upgraded=55) == []
    assert exceeded(*changes, max_seats_upgraded=54) == [("max_seats_upgraded", 54, 55)]


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
    assert bool(exceeded(*spread(changes, resize(1, 2)), managed=managed, max_changed_percent=30)) == breached


def spread(count: int, change: Change) -> list[Change]:
    """So many changes, each of an address of its own."""
    return [replace(change, address=Address(f"contoso/team-{number}")) for number in range(count)]


def test_an_address_with_several_changes_is_one_of_the_percentage() -> None:
    twice = [resize(1, 2), replace(resize(1, 2), action="renewal")]
    assert exceeded(*twice * 3, managed=10, max_changed_percent=10) == []


def test_every_limit_that_is_breached_is_named() -> None:
    changes = [*spread(101, resize(1, 2000)), resize(9, 1)]
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


def of_shard(number: int, of: int, *changes: Change, managed: int, elsewhere: int, **limits: Any) -> list[Breach]:
    extent = Extent(managed=managed, elsewhere=elsewhere, shard=Shard(number, of))
    return list(breaches(changes, extent, Limits(**limits)))


def test_a_small_shard_is_held_against_the_percentage_where_the_estate_has_ten() -> None:
    assert of_shard(1, 4, resize(1, 2), managed=2, elsewhere=7) == []
    (item,) = of_shard(1, 4, resize(1, 2), managed=2, elsewhere=8)
    assert named(item) == ("max_changed_percent", 30, 50, "of the 2 of shard 1/4")


def test_a_shard_has_its_share_of_what_is_no_percentage_and_says_so() -> None:
    added = resize(10, 310)
    assert of_shard(1, 4, added, managed=20, elsewhere=60, max_seats_added=1200) == []
    (item,) = of_shard(1, 4, added, managed=20, elsewhere=60, max_seats_added=1000)
    assert named(item) == ("max_seats_added", 250, 300, "shard 1/4 has 250 of 1000")


@pytest.mark.parametrize(("number", "raised"), [(1, 1197), (4, 1200)])
def test_the_override_that_is_advised_to_a_shard_gives_it_its_figure_and_no_more(number: int, raised: int) -> None:
    added, shard = resize(10, 310), Shard(number, 4)
    exceeded = of_shard(number, 4, added, managed=20, elsewhere=60, max_seats_added=1000)
    assert overriding(("apply",), exceeded, shard) == ("apply", "--override-limit", f"max_seats_added={raised}")
    assert of_shard(number, 4, added, managed=20, elsewhere=60, max_seats_added=raised) == []
    assert of_shard(number, 4, added, managed=20, elsewhere=60, max_seats_added=raised - 1) != []


def paid(currency: str, name: str = "office") -> Change:
    cost = Cost(currency=currency, monthly_before=Decimal(0), monthly_after=Decimal(5), committed=Decimal(60))
    return replace(resize(10, 20), address=Address(f"contoso/{name}"), cost=cost)


def test_an_order_counts_with_the_most_that_it_may_cost_where_its_sheet_says_less() -> None:
    order = replace(paid("USD"), request=an_order("CFQ7TTC0LH18:0001", "", 10))
    assert exceeded(order, max_orders=1, max_commitment={"": 100}, max_monthly_cost_increase={"": 100}) == [
        ("max_monthly_cost_increase", 100, 300),
        ("max_commitment", 100, 3600),
    ]


def test_an_order_without_a_price_sheet_counts_with_its_own_most_in_its_own_currency() -> None:
    order = replace(paid("USD"), cost=None, request=an_order("CFQ7TTC0LH18:0001", "", 10))
    assert exceeded(order, max_orders=1, max_commitment={"USD": 100, "GBP": 1}) == [("max_commitment", 100, 3600)]
    assert [*not_counted([order], Limits(max_commitment={"": 100}))] == []


def test_what_limits_of_money_can_not_count_is_named_where_one_is_set() -> None:
    added, removed, upgraded = resize(10, 20), resize(20, 10), change(upgrading(option()))
    ended = item(RenewalRequest(kind="renewal", outcome="ends", form=ScheduleForm.NONE))
    names = [f"contoso/{name}" for name in ("added", "removed", "upgraded", "ended")]
    changes = [
        replace(change, address=Address(name))
        for change, name in zip((added, removed, upgraded, ended), names, strict=True)
    ]

    (alarm,) = not_counted([*changes, paid("USD")], Limits(max_commitment={"": 100}))

    assert alarm.description == (
        "max_commitment counts nothing of 2 subscriptions without a price: contoso/added, contoso/upgraded."
    )
    assert [*not_counted(changes, Limits())] == []


def test_a_shards_share_of_money_is_told() -> None:
    (item,) = of_shard(1, 2, paid("USD"), managed=20, elsewhere=60, max_commitment={"": 100})
    assert (item.subject, item.limit, item.figure) == ("shard 1/2 has 50 of 100", 50, 60)


def test_what_a_limit_of_one_currency_holds_back_names_no_other_currency() -> None:
    changes = (paid("USD"), paid("GBP", "mail"))
    plan = limited(a_plan(*changes), breaches(changes, Extent(managed=9), Limits(max_commitment={"": 1})))
    mail, office = (limits_that_hold(plan, item) for item in plan.held)
    assert ([found.currency for found in mail], [found.currency for found in office]) == (["GBP"], ["USD"])
    given = ("apply", "--override-limit", "max_commitment=GBP:60")
    assert overriding(given, office) == (*given, "--override-limit", "max_commitment=USD:60")
    assert overriding(given, mail) == given
    assert plan.held[0].named["holds"] == "holds"
    assert replace(plan.held[0], limits=("max_orders", "max_commitment")).named["holds"] == "hold"


@pytest.mark.parametrize("shards", [2, 3, 4, 12])
def test_all_shards_together_may_do_no_more_than_the_whole(shards: int) -> None:
    done = 0
    for number in range(1, shards + 1):
        most = [resize(1, 2)] * 100
        while of_shard(number, shards, *most, managed=100, elsewhere=900, max_changes=40, max_seats_added=50):
            most.pop()
        done += len(most)
    assert done == 40


def item(request: Request, before: int = 25, after: int = 25, moves: bool = False) -> Change:
    """A change of contoso/office with such a request."""
    base = resize(before, after + (before == after))
    left = replace(base.after, quantity=after, offer_id=E5.id if moves else base.after.offer_id)
    return replace(base, action=request.action, request=request, after=left)


TRANSITION = TransitionRequest(
    kind="transition",
    type="transition_only",
    target_offer_id=E5.id,
    target_offer_name=E5.name,
    catalog_item_id="",
    quantity=25,
)
TERM = TermRequest(kind="term", term="triennial", billing="annual")


def renewing(seats: int) -> Change:
    next_term = NextTerm(offer_id=E1.id, quantity=seats, term="annual", billing="monthly")
    outcome = EndOfTerm.RENEWS_CHANGED
    return item(RenewalRequest(kind="renewal", outcome=outcome, next_term=next_term, form=ScheduleForm.INSTRUCTIONS))


ENDING = item(RenewalRequest(kind="renewal", outcome=EndOfTerm.ENDS, form=ScheduleForm.ACTIONS))


def holding(*changes: Change, **limits: int) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The changes held back, by action: the code, and the limits."""
    wide: dict[str, Any] = {
        "max_changes": 1000,
        "max_terms_committed": 9,
        "max_ended": 9,
        "max_seats_removed": 1000,
        **limits,
    }
    plan = limited(a_plan(*changes), breaches(changes, Extent(managed=9), Limits(**wide)))
    return {held.action: (held.code, held.limits) for held in plan.held}


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        (resize(25, 24), "max_seats_removed"),
        (resize(25, 26), "max_seats_added"),
        (item(TRANSITION, moves=True), "max_seats_upgraded"),
        (item(TERM), "max_terms_committed"),
        (renewing(24), "max_seats_removed_at_renewal"),
        (ENDING, "max_ended"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_change_is_held_back_by_the_limit_that_counts_it(change: Change, limit: str) -> None:
    assert holding(change, **{limit: 0}) == {change.action: ("held_by_limit", (limit,))}


def test_a_renewal_item_that_keeps_the_seats_is_held_by_no_limit() -> None:
    none = dict.fromkeys((name for name, limit in LIMITS.items() if limit.holds), 0)
    assert holding(renewing(25), **none) == {}


def test_what_follows_a_change_that_is_held_is_not_begun_either() -> None:
    changes = (item(TERM), resize(25, 30), renewing(20))
    assert holding(*changes, max_terms_committed=0) == {
        "term": ("held_by_limit", ("max_terms_committed",)),
        "resize": ("earlier_change_held", ("max_terms_committed",)),
    }
    assert holding(*changes, max_seats_added=0) == {"resize": ("held_by_limit", ("max_seats_added",))}


def test_a_change_that_deletes_a_schedule_waits_where_a_limit_holds_what_schedules_it_again() -> None:
    plain = item(TERM)
    assert plain.before
    deleting = replace(plain, before=replace(plain.before, renewal=AtRenewal(outcome=EndOfTerm.ENDS)))
    assert holding(deleting, ENDING, max_ended=0) == {
        "term": ("renewal_held", ("max_ended",)),
        "renewal": ("held_by_limit", ("max_ended",)),
    }


def test_a_schedule_that_is_built_upon_another_offer_waits_for_the_upgrade() -> None:
    changes = (item(TRANSITION, moves=True), renewing(20))
    assert holding(*changes, max_seats_upgraded=0)["renewal"] == ("earlier_change_held", ("max_seats_upgraded",))


def test_of_another_address_nothing_is_held() -> None:
    elsewhere = replace(resize(25, 30), address=Address("contoso/aaa"))
    assert list(holding(item(TERM), elsewhere, max_terms_committed=0)) == ["term"]


COUNTED = [limit for limit in OF_PLAN if limit.unit is not Unit.MONEY]


@pytest.mark.parametrize("limit", COUNTED, ids=lambda limit: limit.name)
def test_every_limit_of_the_table_is_measured(limit: Limit) -> None:
    """Nothing but the limit itself is exceeded where it allows less than nothing."""
    wide: dict[str, Any] = {each.name: 100 for each in COUNTED}
    none_allowed = Limits(**wide | {limit.name: -1})

    assert [breach.name for breach in breaches([], Extent(managed=0), none_allowed)] == [limit.name]


def test_the_guide_lists_every_limit_with_its_default() -> None:
    guide = files("reconciler.guides").joinpath("limits.md").read_text("utf-8")

    defaults = {limit.name: "off" if limit.default is None else limit.default for limit in OF_PLAN}
    assert all(f"| `{name}` | {default} |" in guide for name, default in defaults.items())
    assert all(f"`{limit.name}` ({limit.default})" in guide for limit in LIMITS.values() if not limit.of_plan)
