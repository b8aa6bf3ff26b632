"""The part of a fresh plan that counts as reviewed."""

from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.change import Before, Change
from reconciler.model.cost import Cost
from reconciler.model.customer import Customer
from reconciler.model.plan import Plan
from reconciler.model.selection import Estate
from reconciler.planning import CustomerPlan, approval, assemble, under_present_names
from tests.planning.cases import (
    E1,
    E5,
    HIGHER,
    NOW,
    OFFICE,
    OTHER,
    bound,
    change,
    facts,
    live,
    option,
    planned,
    state,
    wants,
)
from tests.planning.modern import LATER, come_to, ours, scheduled
from tests.requested import a_resize

HEAD = Plan(
    created_at=NOW, cloud="worldwide", estate=Estate(lineage=None, manifests_digest="sha256:0"), token_kind="app+user"
)


def office(seats: int = 25, etag: str = "etag-1", found: int = 25) -> CustomerPlan:
    """OFFICE is an E1, and wanted as an E3."""
    return planned(facts(wants(seats=seats), lives=[live(etag=etag, seats=found)], options=[option()]))


def of(*parts: CustomerPlan) -> Plan:
    return assemble(parts, HEAD)


def held(reviewed: Plan, fresh: Plan, declared: tuple[str, ...] = ("contoso/office",)) -> tuple[int, int, list[str]]:
    """Returns how many are carried out, how many are new, and why others are left."""
    found = approval(reviewed, fresh, [item.address for item in reviewed.changes if item.address in declared])
    return len(found.changes), len(found.new), [why for _, why in found.gone]


def altered(plan: Plan, **values: object) -> Plan:
    return replace(plan, changes=tuple(replace(item, **values) for item in plan.changes))  # type: ignore[arg-type]


def test_the_same_change_counts_as_reviewed_whatever_its_etag() -> None:
    assert held(of(office()), of(office(etag="etag-2"))) == (1, 0, [])


def test_what_is_carried_out_is_the_fresh_plans_and_never_the_reviewed_ones() -> None:
    fresh = of(office(etag="etag-2"))
    reviewed = altered(of(office()), warnings=(), differences=())
    assert approval(reviewed, fresh, [Address("contoso/office")]).changes == fresh.changes


def test_what_is_new_was_not_reviewed() -> None:
    assert held(HEAD, of(office())) == (0, 1, [])


@pytest.mark.parametrize(
    ("fresh", "why"),
    [
        (office(seats=30), "it is another change"),
        (office(found=20), "The subscription changed"),
        (planned(facts(wants(offer=E1), lives=[live()])), "Nothing differs any more"),
        (planned(facts(wants(offer=E1, seats=30), lives=[live()])), "it is another change"),
        (planned(facts(wants(), lives=[live()], options=[])), "It is blocked now"),
        (planned(facts(wants(), lives=[live()], options=[option(kind="upgrade_only")])), "upgrade_only instead of"),
    ],
)
def test_what_planning_does_not_come_to_any_more_is_left(fresh: CustomerPlan, why: str) -> None:
    carried_out, new, (left,) = held(of(office()), of(fresh))
    assert (carried_out, new, why in left) == (0, 0, True)


def test_what_no_manifest_declares_any_more_is_left() -> None:
    assert held(of(office()), HEAD, declared=()) == (0, 0, ["The manifests do not ask for it any more."])


@pytest.mark.parametrize(
    "forged",
    [
        {"customer": Customer(name="contoso", tenant="ffffffff-0000-4000-8000-000000000000")},
        {"subscription_id": OTHER},
        {"after": replace(change(office()).after, offer_id=E5.id)},
        {"after": replace(change(office()).after, quantity=1)},
        {"request": a_resize(25)},
        {"before": Before.of(live(status="suspended"))},
    ],
    ids=["tenant", "subscription", "offer", "seats", "kind", "status"],
)
def test_a_reviewed_change_that_differs_in_anything_that_counts_approves_nothing(
    forged: dict[str, object],
) -> None:
    reviewed = altered(of(office()), **forged)
    assert held(reviewed, of(office()))[0] == 0
    assert held(replace(reviewed, observed_from="snapshot"), of(office()))[0] == 0


@pytest.mark.parametrize("source", ["live", "snapshot"])
def test_an_address_that_somebody_applied_to_in_between_is_left(source: Literal["live", "snapshot"]) -> None:
    fresh = of(planned(facts(wants(), lives=[live()], options=[option()], state=state(office=bound(OFFICE, OTHER)))))
    later: Change = replace(fresh.changes[0], binding=replace(fresh.changes[0].binding, last_request_id="another"))
    fresh = replace(fresh, changes=(later,))
    reviewed = replace(of(office()), observed_from=source)
    assert held(reviewed, fresh)[2] == ["Another apply has changed this address since the plan was made."]


def test_what_would_undo_somebody_elses_change_by_now_is_left() -> None:
    found, asked = live(seats=20), wants(offer=E1, seats=30)
    reviewed = of(planned(facts(asked, lives=[found], state=state(office=bound(seats=20)))))
    fresh = of(planned(facts(asked, lives=[found], state=state(office=bound(seats=30)))))
    ((why,), approved) = held(reviewed, fresh)[2], held(reviewed, fresh)[0]
    assert (why.startswith("It would undo"), "10 seats were removed outside" in why, approved) == (True, True, 0)


def test_what_deletes_a_schedule_waits_where_what_schedules_it_again_was_not_reviewed() -> None:
    seen = scheduled(20)
    seats = of(come_to(seen, ours(seen), seats=20, fewer_seats=LATER, offer=HIGHER))
    assert [item.action for item in seats.changes] == ["upgrade", "renewal"]
    reviewed = replace(seats, changes=seats.changes[:1])
    assert held(reviewed, seats) == (0, 1, [sentence("stale_schedule_not_reviewed")])
    assert held(seats, seats) == (2, 0, [])


def test_what_commits_to_more_money_than_was_reviewed_is_left() -> None:
    cost = Cost(currency="USD", monthly_before=Decimal(1), monthly_after=Decimal(2), committed=Decimal(12))
    reviewed, dearer = altered(of(office()), cost=cost), replace(cost, committed=Decimal(13))
    why = "It commits to 13.00 USD at today's prices; 12.00 USD was reviewed."
    assert held(reviewed, altered(of(office()), cost=dearer)) == (0, 0, [why])
    assert held(altered(of(office()), cost=dearer), reviewed)[0] == 1


def test_another_cost_than_was_reviewed_is_told_and_a_commitment_that_only_grew_shorter_is_not() -> None:
    cost = Cost(currency="USD", monthly_before=Decimal(1), monthly_after=Decimal(2), committed=Decimal(12))
    reviewed, plain = altered(of(office()), cost=cost), of(office())

    def costs(fresh: Plan, by: Plan = reviewed) -> list[tuple[Cost | None, Cost | None]]:
        found = approval(by, fresh, ["contoso/office"])  # type: ignore[list-item]
        return [(was.cost, is_.cost) for was, is_ in found.costs]

    cheaper, later = (replace(cost, monthly_after=Decimal("1.5")), replace(cost, committed=Decimal(11)))
    assert costs(altered(of(office()), cost=cheaper)) == [(cost, cheaper)]
    assert costs(altered(of(office()), cost=later)) == []
    assert costs(plain) == [(cost, None)]
    assert costs(reviewed, plain) == [(None, cost)]
    assert costs(plain, plain) == []


@pytest.mark.parametrize("other", [{"subscription_id": OTHER}, {"action": "resize"}, {}])
def test_a_reviewed_change_has_its_entry_s_new_name_only_where_the_same_subscription_has_it(
    other: dict[str, object],
) -> None:
    fresh = of(office())
    was = altered(fresh, address=Address("contoso/old"), **other)
    now = under_present_names(was, fresh, lambda _: [Address("contoso/office")])
    assert [change.address for change in now.changes] == ["contoso/old" if other else "contoso/office"]
