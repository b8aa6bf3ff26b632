"""Several plans read as one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.documents import plan as plan_document
from reconciler.model.errors import PlanFileRefused
from reconciler.model.plan import Plan
from reconciler.model.recent import NOT_SEEN, ReadAgain, Recent
from reconciler.planning import merged
from reconciler.rendering.reports.verdict import selected
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.shown import a_view, plan_json

FIRST = plans.plan(plans.upgrade("contoso/office"), limits=(plans.breach("max_changes", 1, 2),), since="main")
SECOND = plans.plan(
    plans.resize("fabrikam/mail"), limits=(plans.breach("max_changes", 1, 3),), since="main", errored=True
)


def test_counts_add_up_and_the_oldest_reading_counts() -> None:
    older = replace(SECOND, created_at=plans.NOON - timedelta(hours=1))

    plan = merged([FIRST, older])

    assert [change.address for change in plan.changes] == ["contoso/office", "fabrikam/mail"]
    assert (plan.selection.customers, plan.unchanged, plan.created_at) == (12, 18, older.created_at)
    assert (plan.errored, plan.selection.changed_since) == (True, "main")


def test_the_customers_that_a_commit_touched_are_those_of_all_plans_where_each_names_some() -> None:
    named = [
        replace(item, selection=replace(item.selection, touched=(name,)))
        for item, name in ((FIRST, "fabrikam"), (SECOND, "contoso"))
    ]

    assert merged(named).selection.touched == ("contoso", "fabrikam")
    whole = replace(SECOND, selection=replace(SECOND.selection, touched=None))
    assert merged([named[0], whole]).selection.touched is None


def test_a_limit_is_exceeded_by_the_plan_that_exceeds_it_most() -> None:
    assert merged([FIRST, SECOND]).limits == (plans.breach("max_changes", 1, 3),)


def test_the_shares_of_earlier_snapshots_add_up_and_are_as_old_as_the_oldest() -> None:
    again = (ReadAgain(customer="contoso", reasons=("in_log",)),)
    half = Recent(as_of=plans.NOON, log_since=plans.NOON, kept=2, again=again, not_seen=NOT_SEEN)
    older = replace(half, as_of=plans.NOON - timedelta(hours=9), again=())
    live = Recent(as_of=plans.NOON, everything="the log could not be read")

    def share(*parts: Recent | None) -> Recent | None:
        return merged([replace(plan, recent=part) for plan, part in zip((FIRST, SECOND), parts, strict=True)]).recent

    assert share(half, older) == replace(half, as_of=older.as_of, kept=4)
    assert share(half, live) == share(half, None) == half
    assert (share(live, live), share(None, None)) == (live, None)


def of_shard(plan: Plan, shard: str | None) -> Plan:
    return replace(plan, selection=replace(plan.selection, shard=shard))


def test_a_plan_alone_stays_as_it_is() -> None:
    assert merged([of_shard(FIRST, "1/3")]) == of_shard(FIRST, "1/3")


@pytest.mark.parametrize(
    ("shards", "told"),
    [(("2/2", "1/2"), None), (("3/3", "1/3"), "1/3, 3/3"), ((None, None), None)],
    ids=["all of them", "one is missing", "none"],
)
def test_all_shards_are_the_whole_and_of_fewer_it_is_said_which(
    shards: tuple[str | None, str | None], told: str | None
) -> None:
    first, second = shards
    assert merged([of_shard(FIRST, first), of_shard(SECOND, second)]).selection.shard == told


@pytest.mark.parametrize("other", ["1/2", "2/3", None], ids=["the same", "of another number", "the whole"])
def test_plans_that_overlap_are_refused_though_they_change_nothing(other: str | None) -> None:
    nothing = plans.plan()
    with pytest.raises(PlanFileRefused, match="These plans overlap"):
        merged([of_shard(nothing, "1/2"), of_shard(nothing, other)])


def chosen(plan: Plan, **choice: tuple[str, ...] | str | None) -> Plan:
    return replace(plan, selection=replace(plans.plan().selection, **choice))  # type: ignore[arg-type]


def test_the_targets_of_several_plans_are_one_selection_that_apply_can_take() -> None:
    both = merged([chosen(FIRST, target=("contoso",)), chosen(SECOND, target=("fabrikam",))]).selection

    assert (both.target, both.parts, both.whole) == (("contoso", "fabrikam"), (), False)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"exclude": ("contoso",)}, "--target contoso, and --exclude contoso"),
        ({"changed_since": "main", "touched": ("a",)}, "--target contoso, and --changed-since main"),
        ({"target": ("fabrikam",), "exclude": ("*/mail",)}, "--target contoso, and --target fabrikam --exclude */mail"),
        ({}, ""),
    ],
    ids=["another exclusion", "what a commit touched", "both", "everything"],
)
def test_plans_of_different_selections_say_which_part_each_is_of(
    second: dict[str, tuple[str, ...] | str], told: str
) -> None:
    both = merged([chosen(FIRST, target=("contoso",)), chosen(SECOND, **second)])

    assert (selected(both), both.selection.target, both.selection.whole) == (told, (), not told)
    assert not told or f"Only part of the estate was planned: {told}" in FORMATS["text"](both, a_view(width=200))
    assert plan_document.load(plan_json(both), "plan.json").selection == both.selection


@pytest.mark.parametrize(
    "other",
    [replace(SECOND, cloud="china"), replace(SECOND, observed_from="snapshot"), replace(SECOND, token_kind="app")],
)
def test_plans_of_another_kind_are_refused(other: Plan) -> None:
    with pytest.raises(PlanFileRefused, match="These plans differ in"):
        merged([FIRST, other])
