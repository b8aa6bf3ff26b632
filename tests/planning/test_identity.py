"""The subscription that an address means, and the reasons where that is not clear."""

from dataclasses import replace

import pytest

from reconciler.model.change import Blocked
from reconciler.model.order import order_id
from reconciler.planning import CustomerPlan
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    OFFICE,
    OTHER,
    bound,
    change,
    codes,
    facts,
    live,
    option,
    planned,
    reason,
    state,
    steps_text,
    wants,
)

CONFLICT = "id_conflicts_with_state"


def test_without_state_the_manifests_id_is_meant() -> None:
    assert change(planned(facts(wants(offer=E1, seats=30), lives=[live()]))).subscription_id == OFFICE


def test_after_an_upgrade_the_manifests_first_id_still_means_the_address() -> None:
    known = state(office=bound(BOUGHT, OFFICE, offer=E3))
    found = facts(wants(seats=30), lives=[live(status="suspended"), live(E3, of=BOUGHT)], state=known)
    assert change(planned(found)).subscription_id == BOUGHT


def test_the_manifest_may_also_name_the_id_that_the_address_has_now() -> None:
    known = state(office=bound(BOUGHT, OFFICE, offer=E3))
    assert planned(facts(wants(of=BOUGHT), lives=[live(E3, of=BOUGHT)], state=known)).unchanged == 1


def test_an_id_that_is_not_in_the_addresss_chain_is_blocked_with_both_ways_out() -> None:
    found = facts(wants(of=OTHER), lives=[live(), live(of=OTHER)], state=state(office=bound()))
    steps = steps_text(planned(found), CONFLICT)
    assert f"set id: {OFFICE} in the manifest" in steps
    assert f"\nreconciler adopt contoso/office {OTHER}" in steps


def test_an_id_that_another_address_has_is_not_offered_for_adoption() -> None:
    known = state(office=bound(), lab=bound(OTHER))
    found = facts(wants(of=OTHER), lives=[live(), live(of=OTHER)], state=known)
    reasons = reason(planned(found), CONFLICT)
    assert "belongs to contoso/lab already" in reasons.description
    assert "reconciler adopt" not in "\n".join(step.plain for step in reasons.remedy.steps)
    assert f"set id: {OFFICE}" in "\n".join(step.plain for step in reasons.remedy.steps)


def test_a_renamed_entry_is_told_how_to_move_what_is_remembered() -> None:
    found = facts(wants("headquarters"), lives=[live()], state=state(office=bound()))
    plan = planned(found)
    assert "\nreconciler state mv contoso/office contoso/headquarters" in steps_text(plan, CONFLICT)
    assert plan.undeclared == ()


def steps_of(item: Blocked) -> str:
    return "\n".join(step.plain for step in item.reasons[0].remedy.steps)


def exchanged(*pairs: tuple[str, str]) -> CustomerPlan:
    """The plan of entries by name and id, while state has OFFICE as a, OTHER as b and BOUGHT as c."""
    known = state(a=bound(), b=bound(OTHER), c=bound(BOUGHT))
    lives = [live(), live(of=OTHER), live(E3, of=BOUGHT)]
    return planned(facts(*(wants(name, of=of) for name, of in pairs), lives=lives, state=known))


@pytest.mark.parametrize(
    ("pairs", "moved"),
    [
        ((("a", OTHER), ("b", OFFICE), ("c", BOUGHT)), "a: b, b: a"),
        ((("a", BOUGHT), ("b", OFFICE), ("c", OTHER)), "a: b, b: c, c: a"),
        ((("b", OFFICE), ("d", OTHER), ("c", BOUGHT)), "a: b, b: d"),
    ],
)
def test_names_that_were_exchanged_without_a_word_are_a_line_to_write_and_no_change(
    pairs: tuple[tuple[str, str], ...], moved: str
) -> None:
    plan = exchanged(*pairs)
    assert {item.reasons[0].code for item in plan.blocked} == {CONFLICT}
    assert {item.address.name for item in plan.blocked} == {pair.split(": ")[1] for pair in moved.split(", ")}
    assert {item.before for item in plan.blocked} == {None}
    (steps,) = {steps_of(item) for item in plan.blocked}
    assert f"\nmoved: {{{moved}}}\n" in steps
    assert not {"adopt", "forget", "mv"} & set(steps.split())


def test_orders_that_exchanged_their_names_are_known_by_their_keys() -> None:
    first, second = order_id("2026-11-first"), order_id("2026-11-second")
    known = state(a=bound(OFFICE, first), b=bound(OTHER, second))
    plan = planned(facts(wants("a", of=second), wants("b", of=first), lives=[live(), live(of=OTHER)], state=known))
    assert "moved: {a: b, b: a}" in steps_of(plan.blocked[0])


def test_an_entry_that_takes_the_name_of_one_that_is_gone_is_told_the_two_requests() -> None:
    steps = steps_text(exchanged(("b", OFFICE), ("c", BOUGHT)), CONFLICT)
    assert "removed: [b]" in steps
    assert "moved: {a: b}" in steps
    assert not {"adopt", "forget"} & set(steps.split())


def test_a_renamed_entry_may_name_an_earlier_id_of_the_chain() -> None:
    known = state(office=bound(BOUGHT, OFFICE, offer=E3))
    plan = planned(facts(wants("headquarters"), lives=[live(E3, of=BOUGHT)], state=known))
    assert "state mv contoso/office contoso/headquarters" in steps_text(plan, CONFLICT)


def test_an_id_in_the_chain_of_a_declared_address_can_not_be_moved_away_from_it() -> None:
    known = state(office=bound(BOUGHT, OFFICE, offer=E3))
    desired = [wants(of=BOUGHT), wants("lab", of=OFFICE)]
    steps = steps_text(planned(facts(*desired, lives=[live(E3, of=BOUGHT)], state=known, selected=["lab"])), CONFLICT)
    assert "remove one of contoso/office and contoso/lab" in steps
    assert "state mv" not in steps


def test_two_addresses_that_mean_one_subscription_are_both_blocked() -> None:
    """The manifests name two ids, and state leads both to one subscription."""
    known = state(office=bound(BOUGHT, OFFICE, offer=E3), lab=bound(BOUGHT, OTHER, offer=E3))
    plan = planned(facts(wants(), wants("lab", of=OTHER), lives=[live(E3, of=BOUGHT)], state=known))
    assert [item.reasons[0].code for item in plan.blocked] == [CONFLICT, CONFLICT]
    assert plan.blocked[0].reasons[0].description == f"contoso/lab means the subscription {BOUGHT} too."


def test_an_address_that_is_not_selected_still_means_its_subscription() -> None:
    plan = planned(facts(wants("a"), wants("b"), lives=[live()], selected=["a"]))
    assert codes(plan) == [CONFLICT]


def test_identity_is_settled_before_anything_else_is_said() -> None:
    found = facts(wants(of=OTHER, seats=1), lives=[live(status="suspended")], state=state(office=bound()))
    assert codes(planned(found)) == [CONFLICT]


def test_the_order_of_the_manifests_does_not_matter() -> None:
    pair = (wants("a"), wants("b"))
    entry = planned(facts(*pair, lives=[live()]))
    other = planned(facts(*reversed(pair), lives=[live()]))
    assert sorted(entry.blocked, key=lambda item: item.address) == sorted(other.blocked, key=lambda item: item.address)


def test_a_manifests_id_that_an_adopted_address_had_before_is_still_its_own() -> None:
    """After `adopt` the chain holds what the manifest says, so the manifest need not be edited."""
    known = state(office=replace(bound(OTHER, OFFICE), quantity=25))
    found = facts(wants(), lives=[live(of=OTHER)], upgrades={OTHER: (option(),)}, state=known)
    assert change(planned(found)).subscription_id == OTHER
