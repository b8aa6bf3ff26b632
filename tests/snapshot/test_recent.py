"""`plan --recent`: nothing that the service's log tells is missed, and what it can't tell is named."""

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.plan import load
from reconciler.documents.snapshot import Refusal
from reconciler.model.errors import AuthenticationFailed, InvalidInput, ServiceError
from reconciler.model.recent import NOT_SEEN
from reconciler.operations.plan import plan_estate
from reconciler.operations.recent import RecentSnapshot
from reconciler.planning import Globs
from reconciler.sandbox import Colleague, FaultKind
from reconciler.sandbox.catalogue import E3
from tests.applying.scenes import types_of
from tests.rendering.shown import plan_json
from tests.requested import a_resize
from tests.snapshot.recent_estate import (
    COPILOT,
    DAY,
    LOGGED,
    RecentEstate,
    Somebody,
    WithoutLog,
    read_again,
    without_age,
)
from tests.thoroughness import examples

NAMES = ("contoso", "fabrikam", "litware")
NIGHT = timedelta(hours=9)
NOT_LOGGED = {"extend_at_term", "send_papers", "reject_papers"}
"""The acts of the service itself, and those upon an order that was logged."""


@pytest.fixture
def estate(tmp_path: Path) -> RecentEstate:
    """Three customers that are as their manifests ask, nine hours after a snapshot."""
    estate = RecentEstate(tmp_path, *NAMES)
    estate.pass_time(NIGHT)
    estate.counter.requests.clear()
    return estate


def read(estate: RecentEstate) -> list[str]:
    """Returns the customers whose subscriptions were read, by name."""
    names = {customer.tenant: name for name, customer in estate.customers.items()}
    paths = [request.path.split("/") for request in estate.counter.requests]
    return [names[path[3]] for path in paths if path[-1] == "subscriptions"]


def test_every_kind_of_change_that_is_logged_has_its_customer_read_again_and_nobody_else(tmp_path: Path) -> None:
    names = [f"customer-{number:02}" for number, _ in enumerate(LOGGED)]
    estate = RecentEstate(tmp_path, *names, "untouched")
    estate.pass_time(NIGHT)
    for name, change in zip(names, LOGGED.values(), strict=True):
        change(Somebody(estate, name))
        assert name in estate.logged()

    plan = estate.plan_recent()

    assert {name for name, why in read_again(plan).items() if "in_log" in why} == estate.logged()
    assert "untouched" not in read_again(plan)
    assert without_age(plan) == without_age(estate.plan())


def test_the_table_has_everything_that_a_colleague_can_do() -> None:
    acts = {name for name, member in vars(Colleague).items() if callable(member) and not name.startswith("_")}
    assert acts - {"order"} <= LOGGED.keys() | NOT_LOGGED


HISTORIES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(sorted(LOGGED)))
    | st.integers(1, 60).map(lambda days: days * DAY)
    | st.just("apply"),
    max_size=5,
)


@settings(max_examples=examples(10), deadline=None)
@given(HISTORIES)
def test_whatever_was_logged_applied_and_has_ended_since_the_plan_is_the_one_that_reads_all(
    history: list[tuple[str, str] | timedelta | str],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        estate = RecentEstate(Path(folder), *NAMES)
        estate.want("litware/basic", quantity=30)
        for step in history:
            _happens(estate, step)

        assert without_age(estate.plan_recent()) == without_age(estate.plan())


def _happens(estate: RecentEstate, step: tuple[str, str] | timedelta | str) -> None:
    """Somebody changes something as far as the service lets them, time passes, or the estate is applied."""
    if isinstance(step, timedelta):
        estate.pass_time(step)
    elif isinstance(step, tuple):
        name, kind = step
        with contextlib.suppress(ServiceError, StopIteration):
            LOGGED[kind](Somebody(estate, name))
    else:
        estate.apply()


def test_nothing_is_read_of_customers_that_nobody_touched_but_the_log_and_the_list_of_customers(
    estate: RecentEstate,
) -> None:
    Somebody(estate, "litware").update("office", a_resize(30))
    estate.counter.requests.clear()

    plan = estate.plan_recent()

    assert [request.path for request in estate.counter.requests if "/customers/" not in request.path] == [
        "/v1/auditrecords",
        "/v1/customers",
    ]
    assert (read(estate), plan.recent and plan.recent.kept) == (["litware"], 2)
    assert plan.recent
    assert (plan.recent.as_of, plan.recent.not_seen) == (estate.snapshot.begun_at, NOT_SEEN)


def test_what_is_planned_or_blocked_is_decided_by_what_was_read_live(estate: RecentEstate) -> None:
    estate.want("contoso/office", E3)
    estate.want("fabrikam/basic", quantity=20)

    plan = estate.plan_recent()

    assert ([change.address for change in plan.changes], [item.address for item in plan.blocked]) == (
        ["contoso/office"],
        ["fabrikam/basic"],
    )
    assert read_again(plan) == {"contoso": ("something_to_do",), "fabrikam": ("something_to_do",)}
    assert read(estate) == ["contoso", "fabrikam"]


def test_a_change_during_the_reading_of_the_snapshot_is_not_missed(estate: RecentEstate) -> None:
    estate.on("GET", estate.tenant("litware"), lambda _: estate.portal.add_seats(estate.id_of("contoso/basic"), 3))
    taken = estate.taken()
    estate.pass_time(NIGHT)

    plan = estate.plan_recent(taken)

    assert read_again(plan) == {"contoso": ("in_log",)}
    assert without_age(plan) == without_age(estate.plan())


def test_a_purchase_that_the_lists_showed_only_after_the_snapshot_is_not_missed(estate: RecentEstate) -> None:
    estate.behave(visible_after=3600)
    Somebody(estate, "contoso").upgrade()
    taken = estate.taken()
    estate.pass_time(NIGHT)

    plan = estate.plan_recent(taken)

    assert "in_log" in read_again(plan)["contoso"]
    assert without_age(plan) == without_age(estate.plan())


def test_a_change_of_our_own_since_the_snapshot_is_known_by_state_while_the_log_lags(estate: RecentEstate) -> None:
    estate.behave(audited_after=DAY.total_seconds())
    estate.want("contoso/office", quantity=30)
    estate.apply()

    assert read_again(estate.plan_recent()) == {"contoso": ("applied_since",)}


def test_what_is_in_doubt_is_read_again(estate: RecentEstate) -> None:
    estate.want("contoso/office", E3)
    estate.arm(FaultKind.PERFORMED_THEN_DROPPED)
    estate.behave(visible_after=3600)
    estate.apply()

    plan = estate.plan_recent()

    assert "unsettled" in read_again(plan)["contoso"]
    assert [item.address for item in plan.pending] == ["contoso/office"]


@pytest.mark.parametrize(("days", "again"), [(163, False), (164, True), (170, True)])
def test_a_term_that_may_have_ended_is_read_again(estate: RecentEstate, days: int, again: bool) -> None:
    """The year of `premium` ends 165 days after the first day: a day before that it may have ended."""
    estate.pass_time(days * DAY - estate.since_noon)
    plan = estate.plan_recent(replace(estate.snapshot, begun_at=estate.clock.utc()))
    assert ("term_over" in read_again(plan).get("contoso", ())) is again


def test_what_the_log_does_not_show_yet_is_named_as_not_seen_and_read_once_it_shows(estate: RecentEstate) -> None:
    estate.behave(audited_after=timedelta(hours=6).total_seconds())
    estate.portal.add_seats(estate.id_of("contoso/basic"), 3)

    early = estate.plan_recent()
    estate.pass_time(timedelta(hours=6))

    assert early.recent
    assert (read_again(early), early.recent.not_seen[0]) == ({}, "what the service's log shows late")
    assert read_again(estate.plan_recent()) == {"contoso": ("in_log",)}


def test_what_the_log_omits_is_not_seen_and_named(estate: RecentEstate) -> None:
    estate.portal.extend_at_term(estate.id_of("contoso/basic"))

    plan = estate.plan_recent()

    assert plan.recent
    assert (read_again(plan), "what Microsoft, other partners and customers did" in plan.recent.not_seen) == ({}, True)


def test_a_customer_that_the_snapshot_lacks_or_could_not_read_is_read(estate: RecentEstate) -> None:
    first, second, third = estate.snapshot.customers
    lacking = replace(estate.snapshot, customers=(replace(first, unread=Refusal(what="No.")), third))

    plan = estate.plan_recent(lacking)

    names = {estate.tenant(name): name for name in NAMES}
    assert read_again(plan) == {names[each.tenant]: ("not_in_snapshot",) for each in (first, second)}


def test_a_customer_that_the_partners_list_lacks_now_is_read(estate: RecentEstate) -> None:
    with estate.changed() as world:
        world.customers = [customer for customer in world.customers if customer.tenant != estate.tenant("litware")]

    plan = estate.plan_recent()

    assert read_again(plan) == {"litware": ("not_listed",)}
    assert without_age(plan) == estate.plan()


def _without_log(estate: RecentEstate) -> None:
    estate.counter.forbid = lambda request: b'{"code": 600009}' if "auditrecords" in request.path else None


def _without_customer(estate: RecentEstate) -> None:
    estate.portal.rename(estate.id_of("contoso/basic"), "Renamed")
    with estate.changed() as world:
        world.records[-1].customer, world.records[-1].after = "", None
        world.records[-1].before = None


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_without_log, "the service's log could not be read: "),
        (_without_customer, "the service's log has a record that names no customer (update_subscription)"),
        (lambda estate: estate.pass_time(95 * DAY), "the snapshot is older than the service's log"),
        (lambda estate: estate.age(begun_at=estate.clock.utc() + DAY), "the snapshot is of a time that the service's"),
        (lambda estate: estate.age(begun_at=None), "the snapshot does not say when its reading began"),
    ],
    ids=["no sign-in for the log", "a record of nobody", "too old", "too new", "of an older version"],
)
def test_where_the_log_does_not_tell_everything_all_customers_are_read(
    estate: RecentEstate, spoil: Callable[[RecentEstate], object], why: str
) -> None:
    spoil(estate)

    plan = estate.plan_recent()

    assert plan.recent
    assert plan.recent.everything.startswith(why)
    assert (plan.recent.kept, plan.recent.again, plan.recent.not_seen) == (0, (), ())
    assert read(estate) == list(NAMES)
    assert without_age(plan) == estate.plan()


def test_a_folder_without_a_snapshot_and_a_cloud_without_a_log_read_all(estate: RecentEstate) -> None:
    missing = RecentSnapshot(missing="snapshots holds no snapshot")
    with estate.workspace() as workspace:
        without_file = plan_estate(workspace, Globs(), recent=missing).plan
    with estate.workspace() as workspace:
        in_china = replace(workspace, commerce=WithoutLog(workspace.commerce))
        without_log = plan_estate(in_china, Globs(), recent=RecentSnapshot(snapshot=estate.snapshot)).plan

    found = [plan.recent.everything for plan in (without_file, without_log) if plan.recent]
    assert found == ["snapshots holds no snapshot", "this cloud has no log: It has none"]
    assert read(estate) == [*NAMES, *NAMES]


def test_a_refusal_of_all_that_is_read_is_the_runs_though_others_are_not_read(estate: RecentEstate) -> None:
    estate.want("contoso/office", quantity=30)
    estate.want("fabrikam/office", quantity=30)
    estate.counter.forbid = lambda request: b'{"code": 900150}' if "/subscriptions" in request.path else None

    with pytest.raises(AuthenticationFailed, match="None of the 2 customers can be read"):
        estate.plan_recent()


def test_a_snapshot_of_another_lineage_is_refused(estate: RecentEstate) -> None:
    with pytest.raises(InvalidInput, match="lineage"):
        estate.plan_recent(replace(estate.snapshot, lineage="another"))


def test_a_saved_plan_is_applied_and_what_was_not_read_is_not_recorded_as_seen(estate: RecentEstate) -> None:
    estate.want("contoso/office", quantity=30)
    before = estate.state("litware")

    saved = load(plan_json(estate.plan_recent()), "plan.json")
    events = estate.apply(saved)

    assert types_of(events) == ["started", "succeeded", "summary"]
    assert (saved.recent and saved.recent.kept, estate.state("litware")) == (2, before)


def test_an_item_that_changed_since_is_stale_as_in_every_saved_plan(estate: RecentEstate) -> None:
    estate.want("contoso/office", quantity=30)
    saved = estate.plan_recent()
    estate.somebody_changes("contoso/office", quantity=27)

    assert types_of(estate.apply(saved)) == ["stale", "summary"]


def test_a_warning_about_a_customer_that_was_not_read_says_how_old_it_is(estate: RecentEstate) -> None:
    estate.portal.order("contoso", f"{COPILOT}:CFQ7TTC0SC01", 5)
    estate.pass_time(3 * DAY)
    taken = estate.taken()

    plan = estate.plan_recent(taken)

    assert read_again(plan) == {}
    (alarm,) = [alarm for alarm in plan.warnings if alarm.code == "subscriptions_undeclared"]
    assert alarm.description.endswith(f" As of {taken.begun_at:%Y-%m-%d %H:%M} UTC.")


def test_only_what_is_selected_is_counted_and_read(estate: RecentEstate) -> None:
    Somebody(estate, "litware").update("office", a_resize(30))
    estate.counter.requests.clear()

    plan = estate.plan_recent(globs=Globs(target=("contoso", "fabrikam/office")))

    assert (plan.recent and plan.recent.kept, read(estate)) == (2, [])
