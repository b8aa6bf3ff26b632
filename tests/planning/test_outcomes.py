"""The table of the contract: live against desired, and what comes of it."""

from dataclasses import replace

from reconciler import advice
from reconciler.model.change import Difference
from reconciler.model.subscription import UnreadableItem
from reconciler.model.upgrade import UpgradeErrorCode
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    LINEAGE,
    OFFICE,
    REQUEST,
    TRANSFER,
    bound,
    change,
    error,
    facts,
    live,
    option,
    planned,
    result,
    state,
    unanswered,
    unseen,
    upgrading,
    wants,
)
from tests.requested import a_resize, an_upgrade


def test_same_offer_and_same_quantity_is_unchanged() -> None:
    plan = planned(facts(wants(offer=E1), lives=[live()]))
    assert (plan.unchanged, plan.changes, plan.blocked) == (1, (), ())


def test_another_quantity_is_a_resize() -> None:
    found = change(planned(facts(wants(offer=E1, seats=30), lives=[live()])))
    assert (found.action, found.subscription_id, found.seats) == ("resize", OFFICE, 5)
    assert found.differences == (Difference(path="quantity", before=25, after=30),)
    assert found.request == a_resize(30)


def test_another_offer_with_a_permitted_upgrade_is_an_upgrade_in_one_request() -> None:
    found = change(upgrading(option(), seats=30))
    assert found.action == "upgrade"
    assert found.request == an_upgrade(E3.id, 30, way=TRANSFER)
    assert [(difference.path, difference.before, difference.after) for difference in found.differences] == [
        ("offer_id", E1.id, E3.id),
        ("quantity", 25, 30),
    ]


def test_an_offer_that_was_renamed_by_the_service_is_the_same_offer() -> None:
    renamed = replace(E1, name="Something Microsoft calls it today")
    assert planned(facts(wants(offer=E1), lives=[live(renamed)])).unchanged == 1


def test_an_offer_of_the_same_name_and_another_id_is_another_offer() -> None:
    reused = replace(E3, name=E1.name)
    assert planned(facts(wants(offer=reused), lives=[live()])).questions


def test_every_address_of_a_customer_gets_its_own_outcome() -> None:
    refusal = option(error(UpgradeErrorCode.SUBSCRIPTION_NOT_PROVISIONED))
    desired = [wants("a", E1), wants("b", E1, 9, of=BOUGHT), wants("c", of="c")]
    lives = [live(), live(of=BOUGHT, seats=5), live(of="c")]
    plan = planned(facts(*desired, lives=lives, upgrades={"c": (refusal,)}))
    assert plan.unchanged == 1
    assert [item.address for item in plan.changes] == ["contoso/b"]
    assert [item.address for item in plan.blocked] == ["contoso/c"]


def test_what_was_not_selected_is_not_planned() -> None:
    desired = [wants("a", E1, 30), wants("b", E1, 30, of=BOUGHT)]
    plan = planned(facts(*desired, lives=[live(), live(of=BOUGHT)], selected=["b"]))
    assert [item.address for item in plan.changes] == ["contoso/b"]


def test_a_customer_that_can_not_be_read_is_blocked_whole_and_the_plan_says_it_is_incomplete() -> None:
    plan = planned(facts(wants("a"), wants("b", of=BOUGHT), lives=unanswered()))
    assert [item.reasons[0].code for item in plan.blocked] == ["customer_unreadable"] * 2
    assert all(item.before is None for item in plan.blocked)
    assert plan.errored


def test_the_commands_of_what_was_answered_for_a_customer_name_that_customer() -> None:
    gone = unanswered(404, "60003")
    gone.remedy = advice.row("404/60003").remedy()
    plan = planned(facts(wants("a"), lives=gone))
    assert [step.run for step in plan.blocked[0].reasons[0].remedy.steps if step.run] == [("forget", "contoso")]


def test_an_item_that_can_not_be_understood_blocks_the_address_of_its_id_and_nothing_else() -> None:
    desired = [wants("a"), wants("b", E1, 30, of=BOUGHT)]
    item = UnreadableItem(id=OFFICE, position=1, why="has no number of seats")
    plan = planned(facts(*desired, lives=[live(of=BOUGHT)], unreadable=(item,), state=state(a=bound())))
    assert [(item.address, item.reasons[0].code) for item in plan.blocked] == [("contoso/a", "subscription_unreadable")]
    assert [item.address for item in plan.changes] == ["contoso/b"]
    assert [(alarm.subject, alarm.code) for alarm in plan.warnings] == [("contoso/a", "subscription_unreadable")]
    assert plan.errored
    assert not plan.drift


def test_an_item_that_can_not_be_understood_and_that_nobody_declares_is_a_warning_of_the_customer() -> None:
    items = (UnreadableItem(id=BOUGHT, position=2, why="names no offer"), UnreadableItem(id=None, position=3, why="?"))
    plan = planned(facts(wants(offer=E1, seats=30), lives=[live()], unreadable=items))
    assert [item.address for item in plan.changes] == ["contoso/office"]
    assert [alarm.subject for alarm in plan.warnings] == ["contoso"] * 2
    assert BOUGHT in plan.warnings[0].description
    assert not plan.errored


def test_while_an_item_has_no_id_that_can_be_read_nothing_is_called_missing_or_gone() -> None:
    item = UnreadableItem(id=None, position=1, why="has no id")
    plan = planned(
        facts(
            wants(),
            wants("b", E1, 30, of=BOUGHT),
            lives=[live(of=BOUGHT)],
            unreadable=(item,),
            state=state(office=bound()),
        )
    )
    assert [item.reasons[0].code for item in plan.blocked] == ["subscription_unreadable"]
    assert [item.address for item in plan.changes] == ["contoso/b"]
    assert not plan.drift
    assert plan.errored


def test_what_was_bought_and_shows_but_can_not_be_understood_is_not_waited_for() -> None:
    item = UnreadableItem(id=BOUGHT, position=1, why="has no number of seats")
    plan = planned(facts(wants(), lives=[live()], unreadable=(item,), state=state(office=unseen())))
    assert [item.reasons[0].code for item in plan.blocked] == ["subscription_unreadable"]


def test_upgrades_that_can_not_be_read_block_the_address_and_nothing_else() -> None:
    desired = [wants("a"), wants("b", E1, 30, of=BOUGHT)]
    plan = planned(facts(*desired, lives=[live(), live(of=BOUGHT)], options=unanswered()))
    assert [item.reasons[0].code for item in plan.blocked] == ["customer_unreadable"]
    assert [item.address for item in plan.changes] == ["contoso/b"]
    assert plan.errored


def test_a_change_remembers_what_state_said_so_that_it_can_be_found_stale() -> None:
    known = state(results=(result(request_id="older"), result()), office=bound())
    found = change(planned(facts(wants(offer=E1, seats=30), lives=[live()], state=known)))
    assert (found.binding.lineage, found.binding.id, found.binding.last_request_id) == (LINEAGE, OFFICE, REQUEST)


def test_a_change_of_an_address_that_state_does_not_have_names_no_lineage() -> None:
    found = change(planned(facts(wants(offer=E1, seats=30), lives=[live()], state=state())))
    assert (found.binding.lineage, found.binding.id, found.binding.last_request_id) == (None, OFFICE, None)
