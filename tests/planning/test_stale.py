"""A change that was planned earlier is compared with today's plan."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from reconciler.model.change import Blocked, Change
from reconciler.model.subscription import Live
from reconciler.model.term import Billing
from reconciler.model.unsettled import Unsettled
from reconciler.planning import Facts, why_stale
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    NOW,
    OFFICE,
    OTHER,
    bound,
    change,
    error,
    facts,
    live,
    option,
    pending,
    planned,
    resized,
    state,
    unanswered,
    unseen,
    wants,
)
from tests.planning.ordering import entry, ordering

OFFERED = (option(),)


def office(*lives: Live, options: Any = OFFERED, known: Any = None, **asked: Any) -> Facts:
    """OFFICE is an E1 and wanted as an E3, unless said otherwise."""
    return facts(wants(**asked), lives=lives or [live()], options=options, state=known)


def held_against(now: Facts, before: Facts | None = None) -> str | None:
    """Returns why the change of before is stale now."""
    plan = planned(now, now=NOW + timedelta(minutes=5))
    outcomes: list[Change | Blocked | Unsettled] = [*plan.changes, *plan.blocked, *plan.pending]
    assert len(outcomes) + plan.unchanged == 1
    return why_stale(change(planned(before or office())), outcomes[0] if outcomes else None)


@pytest.mark.parametrize(
    "now",
    [
        office(),
        office(live(etag="etag-2")),
        office(live(friendly_name="Renamed")),
        office(live(), live(of=OTHER)),
        office(options=[option(), option(to=E1)]),
        office(known=state(office=bound())),
    ],
    ids=["nothing", "its etag", "its name", "another subscription", "another upgrade", "state saw it meanwhile"],
)
def test_what_makes_no_difference_leaves_the_change_as_it_was(now: Facts) -> None:
    assert held_against(now) is None


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (office(live(E3)), "Nothing differs any more"),
        (office(live(status="suspended")), "It is blocked now: The subscription is suspended, not active."),
        (office(live(seats=20)), "Enterprise E1, 25 seats, active then; Office 365 Enterprise E1, 20 seats"),
        (office(seats=30), "Office 365 Enterprise E3, 30 seats by upgrade_with_license_transfer instead of"),
        (
            office(offer=E1, seats=30),
            "it is another change: resize to Office 365 Enterprise E1, 30 seats instead of upgrade to",
        ),
        (office(options=[option(error(9))]), "It is blocked now: The service says 9."),
        (office(options=[option(kind="upgrade_only")]), "25 seats by upgrade_only instead of"),
        (office(options=[]), "It is blocked now"),
        (office(options=unanswered()), "It is blocked now"),
        (office(live(), live(E3, of=OTHER)), "already has an active subscription of the wanted offer"),
        (office(transfer="never", options=[option(), option(kind="upgrade_only")]), "by upgrade_only instead of"),
    ],
)
def test_a_change_that_planning_would_not_come_to_now_says_what_moved(now: Facts, why: str) -> None:
    assert why in (held_against(now) or "")


@pytest.mark.parametrize(
    "known",
    [
        state(results=resized(25).results, office=bound()),
        state(results=resized(25).results),
        state(office=bound(OTHER, OFFICE)),
    ],
    ids=["another result", "a result, and forgotten", "adopted"],
)
def test_an_address_that_somebody_applied_to_or_bound_elsewhere_is_stale(known: Any) -> None:
    now = facts(
        wants(), lives=[live(), live(of=OTHER)], upgrades=dict.fromkeys((OFFICE, OTHER), (option(),)), state=known
    )
    assert held_against(now) == "Another apply has changed this address since the plan was made."


def test_a_change_planned_with_state_is_stale_where_that_state_is_gone() -> None:
    assert held_against(office(), office(known=state(office=bound()))) is not None


def test_another_lineage_is_another_binding() -> None:
    known = state(office=bound())
    other = replace(known, lineage="22222222-0000-4000-8000-000000000000")
    assert held_against(office(known=other), office(known=known)) is not None


def test_a_lost_answer_in_between_makes_it_stale() -> None:
    known = state({"office": pending()}, office=bound())
    recovered = facts(wants(), lives=[live(), live(E3, of=BOUGHT)], state=known)
    assert "not settled" in (held_against(recovered) or "")


def test_a_purchase_that_is_not_visible_yet_makes_it_stale() -> None:
    assert "It waits" in (held_against(facts(wants(), lives=[live()], state=state(office=unseen()))) or "")


def test_a_resize_is_stale_where_somebody_resized_meanwhile() -> None:
    before = office(offer=E1, seats=30)
    assert held_against(office(live(seats=28), offer=E1, seats=30), before) is not None
    assert held_against(office(live(seats=30), offer=E1, seats=30), before) is not None


def test_warnings_alone_make_no_change_stale() -> None:
    before: Change = change(planned(office(options=[option(kind="upgrade_only")])))
    now = change(planned(office(options=[option(kind="upgrade_only"), option(error(5))])))
    assert before.warnings != now.warnings
    assert why_stale(before, now) is None


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"max_unit_price": Decimal(28)}, "10 seats, at most 28 USD per seat and month instead of order of Microsoft"),
        (
            {"billing": Billing.MONTHLY},
            "Copilot, 10 seats, billed monthly instead of order of Microsoft 365 Copilot, 10",
        ),
        ({"reseller": "1234567"}, "10 seats, reseller 1234567 instead of"),
        ({"seats": 12}, "another change: order of Microsoft 365 Copilot, 12 seats instead of order of Microsoft"),
    ],
    ids=["price", "billing", "reseller", "seats"],
)
def test_an_order_that_was_planned_otherwise_says_in_what(asked: dict[str, Any], why: str) -> None:
    assert why in (why_stale(change(ordering()), change(ordering(entry(**asked)))) or "")
