"""Every `adopt` that is advised binds the address to the subscription that it names, and ends why it was advised."""

from datetime import timedelta

import pytest

from reconciler.sandbox import Sold, utc_now
from reconciler.sandbox.catalogue import E1, E3
from tests.cli.advised.orders import BASE, BASIC, COPILOT, STANDARD, a_shop, bought, modern, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE

NEW = "70000000-0000-4000-8000-000000000000"
OTHER = "80000000-0000-4000-8000-000000000000"


def bound(elsewhere: Elsewhere, name: str = "office") -> str:
    return elsewhere.state().subscriptions[name].id


@advised("id_conflicts_with_state", "adopt ADDRESS UNOWNED_ID")
def test_of_an_address_whose_manifest_names_another_subscription(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    elsewhere.declare(office=(FRONTLINE, "F1", 10))
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "id_conflicts_with_state", "adopt ADDRESS UNOWNED_ID").code == 0
    assert bound(elsewhere) == FRONTLINE
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("subscription_missing", "adopt ADDRESS SUCCESSOR_ID")
def test_of_a_subscription_that_is_gone_and_has_a_successor(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.customers[0].subscriptions.pop(0)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=25))
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "subscription_missing", "adopt ADDRESS SUCCESSOR_ID").code == 0
    assert bound(elsewhere) == NEW
    elsewhere.run("plan", "--detailed-exitcode", code=0)


def replaced(elsewhere: Elsewhere, status: str, successor: Sold) -> None:
    """A colleague puts another subscription in the place of contoso/office in the portal."""
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).status = status
    elsewhere.sell(successor)


@advised("subscription_status_not_active", "adopt ADDRESS SUCCESSOR_ID")
def test_of_a_subscription_that_was_deleted_and_has_a_successor(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 30))
    replaced(elsewhere, "deleted", Sold(id=NEW, offer=E1, quantity=30))
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "subscription_status_not_active", "adopt ADDRESS SUCCESSOR_ID").code == 0
    assert bound(elsewhere) == NEW
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("subscription_not_active", "adopt ADDRESS BECAME_ID")
def test_of_a_subscription_that_a_colleague_upgraded_in_the_portal(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    replaced(elsewhere, "suspended", Sold(id=NEW, offer=E3, quantity=25))
    planned = elsewhere.run("plan")
    assert elsewhere.follow(planned, "subscription_not_active", "adopt ADDRESS BECAME_ID").code == 0
    assert bound(elsewhere) == NEW


@advised("subscription_status_not_active", "adopt ADDRESS BECAME_ID")
def test_of_a_subscription_that_a_colleague_upgraded_while_more_seats_are_wanted(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 30))
    replaced(elsewhere, "suspended", Sold(id=NEW, offer=E3, quantity=25))
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "subscription_status_not_active", "adopt ADDRESS BECAME_ID").code == 0
    assert bound(elsewhere) == NEW


@advised("target_offer_already_held", "adopt ADDRESS HELD_ID")
def test_of_seats_that_were_moved_into_what_the_customer_holds_already(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(modern(BASIC), modern(STANDARD, 5, id=OTHER))
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{STANDARD}', quantity: 30}}")
    blocked = elsewhere.run("plan", code=3)
    with elsewhere.estate.changed() as world:
        world.find(OTHER).quantity = 30
        world.find(OFFICE).status = "deleted"
    assert elsewhere.follow(blocked, "target_offer_already_held", "adopt ADDRESS HELD_ID").code == 0
    assert bound(elsewhere) == OTHER
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("upgrade_cannot_be_undone", "adopt ADDRESS NEW_SUBSCRIPTION_ID")
def test_of_the_old_offer_that_was_sold_anew(elsewhere: Elsewhere) -> None:
    elsewhere.apply("--target", "contoso/office")
    elsewhere.declare(office=(OFFICE, "E1", 25))
    blocked = elsewhere.run("plan", code=3)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=25))
    run = "adopt ADDRESS NEW_SUBSCRIPTION_ID"
    assert elsewhere.follow(blocked, "upgrade_cannot_be_undone", run, NEW_SUBSCRIPTION_ID=NEW).code == 0
    assert bound(elsewhere) == NEW
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("new_commerce_subscription", "adopt ADDRESS NEW_SUBSCRIPTION_ID")
def test_of_a_subscription_that_was_migrated_to_new_commerce(elsewhere: Elsewhere) -> None:
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 25}}")
    blocked = elsewhere.run("plan", code=3)
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).status = "suspended"
    elsewhere.sell(modern(BASIC, id=NEW))
    run = "adopt ADDRESS NEW_SUBSCRIPTION_ID"
    assert elsewhere.follow(blocked, "new_commerce_subscription", run, NEW_SUBSCRIPTION_ID=NEW).code == 0
    assert bound(elsewhere) == NEW
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("sold_by_another_partner", "adopt ADDRESS ADOPTED")
def test_of_a_subscription_whose_partner_is_another_than_it_was(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(modern(BASIC, partner_id="1000001"))
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 25}}")
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).partner_id = "2000002"
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 30}}")
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "sold_by_another_partner", "adopt ADDRESS ADOPTED").code == 0
    elsewhere.apply()
    assert elsewhere.state().subscriptions["office"].quantity == 30


@advised("order_key_used", "adopt ADDRESS MADE_ID")
def test_of_an_order_whose_entry_came_back(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    elsewhere.write("contoso", BASE)
    elsewhere.run("forget", "contoso/copilot", code=0)
    elsewhere.write("contoso", f"{BASE}\n{ordering()}")
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "order_key_used", "adopt ADDRESS MADE_ID").code == 0
    assert bound(elsewhere, "copilot") == bought(elsewhere)
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("looks_bought_already", "adopt ADDRESS SUBSCRIPTION_ID")
def test_of_an_order_that_somebody_placed_in_the_portal(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    made = elsewhere.estate.colleague.order("contoso", COPILOT, 10)
    with elsewhere.estate.changed() as world:
        world.find(made).visible_from = utc_now() + timedelta(hours=1)
    blocked = elsewhere.run("plan", code=3)
    elsewhere.estate.show_what_was_bought()
    run = "adopt ADDRESS SUBSCRIPTION_ID"
    assert elsewhere.follow(blocked, "looks_bought_already", run, SUBSCRIPTION_ID=made).code == 0
    assert bound(elsewhere, "copilot") == made
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("order_state_missing", "adopt ORDERED_AS ORDERED_ID")
def test_of_what_was_ordered_and_is_not_remembered(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    (elsewhere.estate.root / "st" / "contoso.json").unlink()
    blocked = elsewhere.run("plan", code=3)
    run, filled = "adopt ORDERED_AS ORDERED_ID", {"SUBSCRIPTION_ID": bought(elsewhere)}
    assert elsewhere.follow(blocked, "order_state_missing", run, **filled).code == 0
    assert bound(elsewhere, "copilot") == bought(elsewhere)
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("ended_undeclared", "adopt ADDRESS SUBSCRIPTION_ID")
def test_of_what_was_bought_again_after_its_term_ended(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(modern(BASIC, created=utc_now() - timedelta(days=360)))
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 25}}")
    elsewhere.apply()
    elsewhere.estate.colleague.end_at_term(OFFICE)
    elsewhere.days_pass(8)
    due = elsewhere.run("renewals")
    elsewhere.sell(modern(BASIC, id=NEW))
    run = "adopt ADDRESS SUBSCRIPTION_ID"
    assert elsewhere.follow(due, "ended_undeclared", run, SUBSCRIPTION_ID=NEW).code == 0
    assert bound(elsewhere) == NEW
    assert "ended_undeclared" not in elsewhere.run("renewals").text


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(status, code, marks=advised(f"{status[:3]}/{code}", "adopt ADDRESS ID"), id=code)
        for status, code in (
            ("404 Not Found", "20003"),
            ("400 Bad Request", "2011"),
            ("400 Bad Request", "900279"),
            ("400 Bad Request", "900311"),
        )
    ],
)
def test_of_what_took_the_place_of_a_subscription_that_takes_no_change(
    elsewhere: Elsewhere, status: str, code: str
) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 30))
    with elsewhere.refusing("PATCH", "subscriptions", status, code):
        failed = elsewhere.apply(code=4)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=30))
    assert elsewhere.follow(failed, f"{status[:3]}/{code}", "adopt ADDRESS ID", ID=NEW).code == 0
    assert bound(elsewhere) == NEW
    elsewhere.run("plan", "--detailed-exitcode", code=0)
