"""Several plans read as one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.model.errors import PlanFileRefused
from reconciler.model.plan import Plan
from reconciler.planning import merged
from tests.rendering import plans

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
        replace(one, selection=replace(one.selection, touched=(name,)))
        for one, name in ((FIRST, "fabrikam"), (SECOND, "contoso"))
    ]

    assert merged(named).selection.touched == ("contoso", "fabrikam")
    whole = replace(SECOND, selection=replace(SECOND.selection, touched=None))
    assert merged([named[0], whole]).selection.touched is None


def test_a_limit_is_exceeded_by_the_plan_that_exceeds_it_most() -> None:
    assert merged([FIRST, SECOND]).limits == (plans.breach("max_changes", 1, 3),)


def test_a_plan_alone_stays_as_it_is() -> None:
    assert merged([FIRST]) == FIRST


@pytest.mark.parametrize(
    "other",
    [replace(SECOND, cloud="china"), replace(SECOND, observed_from="snapshot"), replace(SECOND, token_kind="app")],
)
def test_plans_of_another_kind_are_refused(other: Plan) -> None:
    with pytest.raises(PlanFileRefused, match="These plans differ in"):
        merged([FIRST, other])
