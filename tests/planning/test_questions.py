"""Facts that are dear to get are asked for only where an answer could change the plan."""

from typing import Any

import pytest

from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.customer import Relationship
from reconciler.model.desired import Desired
from reconciler.model.subscription import Live
from reconciler.planning import Question, RelationshipLinkWanted, RelationshipWanted, UpgradesWanted
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    LEFT,
    LINK,
    NOT_OURS,
    OFFICE,
    blocked,
    change,
    error,
    facts,
    live,
    option,
    pending,
    planned,
    state,
    steps_text,
    unanswered,
    unseen,
    wants,
)

DELEGATION = "delegated_admin_permissions_disabled"
NO_DELEGATION = option(error(1))


EVERYTHING = Capabilities()
NO_LINK = Capabilities(relationship_link=unavailable("us_government_has_no_link"))


def questions_of(capabilities: Capabilities = EVERYTHING, **known: Any) -> frozenset[Question]:
    """Returns what planning asks about OFFICE, for which the service names missing delegation."""
    found = facts(wants(), lives=[live()], options=[NO_DELEGATION], **known)
    return planned(found, capabilities=capabilities).questions


def test_upgrades_are_asked_for_where_the_offer_differs() -> None:
    plan = planned(facts(wants(), lives=[live()]))
    assert plan.questions == {UpgradesWanted(OFFICE)}
    assert (plan.changes, plan.blocked, plan.unchanged) == ((), (), 0)


@pytest.mark.parametrize(
    ("desired", "found"),
    [
        (wants(offer=E1), live()),
        (wants(offer=E1, seats=30), live()),
        (wants(), live(status="suspended")),
        (wants(seats=3), live()),
        (wants(of=BOUGHT), live()),
    ],
    ids=["unchanged", "a resize", "not active", "seat loss", "missing"],
)
def test_nothing_is_asked_where_no_answer_could_matter(desired: Desired, found: Live) -> None:
    assert not planned(facts(desired, lives=[found])).questions


def test_nothing_is_asked_of_an_address_that_waits() -> None:
    known = state(office=unseen())
    assert not planned(facts(wants(), lives=[live()], state=known)).questions


@pytest.mark.parametrize("action", ["upgrade", "resize"])
def test_nothing_is_asked_of_an_address_with_a_pending_change(action: str) -> None:
    known = state({"office": pending(action=action, seats=9)})
    assert not planned(facts(wants(), lives=[live()], state=known)).questions


def test_an_answer_is_asked_for_once_even_if_it_is_an_error() -> None:
    assert not planned(facts(wants(), lives=[live()], options=unanswered())).questions


def test_only_the_upgrades_of_the_subscription_that_is_meant_are_asked_for() -> None:
    desired = [wants(), wants("lab", E1, of=BOUGHT)]
    assert planned(facts(*desired, lives=[live(), live(of=BOUGHT)])).questions == {UpgradesWanted(OFFICE)}


def test_missing_delegation_asks_for_the_customers_record_and_the_link() -> None:
    assert questions_of() == {RelationshipWanted(), RelationshipLinkWanted()}


@pytest.mark.parametrize("record", [LEFT, unanswered()], ids=["answered", "not answered"])
def test_the_customers_record_is_asked_for_once(record: object) -> None:
    assert questions_of(relationship=record) == {RelationshipLinkWanted()}


@pytest.mark.parametrize("link", [LINK, unanswered()], ids=["answered", "not answered"])
def test_the_link_is_asked_for_once(link: object) -> None:
    assert questions_of(relationship=LEFT, relationship_link=link) == set()


def test_the_link_is_never_asked_for_where_the_sign_in_can_not_fetch_it() -> None:
    assert questions_of(relationship=LEFT, capabilities=NO_LINK) == set()


@pytest.mark.parametrize("code", range(12))
def test_no_other_code_asks_for_more(code: int) -> None:
    plan = planned(facts(wants(), lives=[live()], options=[option(error(code))]))
    assert bool(plan.questions) == (code == 1)


def test_delegation_that_only_costs_the_transfer_asks_for_nothing() -> None:
    stays = option(kind="upgrade_only")
    assert not planned(facts(wants(), lives=[live()], options=[NO_DELEGATION, stays])).questions


def test_a_customer_that_is_not_ours_asks_for_the_link_and_nothing_else() -> None:
    assert planned(facts(wants(), lives=NOT_OURS)).questions == {RelationshipLinkWanted()}
    assert not planned(facts(wants(), lives=NOT_OURS, relationship_link=LINK)).questions
    assert not planned(facts(wants(), lives=unanswered())).questions


@pytest.mark.parametrize("link", [None, "", unanswered()], ids=["never asked", "empty", "not answered"])
def test_without_the_link_there_is_the_way_through_the_portal(link: object) -> None:
    found = facts(wants(), lives=[live()], options=[NO_DELEGATION], relationship=LEFT, relationship_link=link)
    plan = planned(found, capabilities=NO_LINK)
    assert "Customers > Request a reseller relationship" in steps_text(plan, DELEGATION)
    assert blocked(plan).reasons[0].remedy.url is None


@pytest.mark.parametrize(("allowed", "said"), [(False, "switched off"), (True, "switched on"), (None, "")])
def test_the_customers_record_is_told_where_it_says_anything(allowed: bool | None, said: str) -> None:
    record = Relationship(kind="reseller", allow_delegated_access=allowed)
    found = facts(wants(), lives=[live()], options=[NO_DELEGATION], relationship=record, relationship_link=LINK)
    details = blocked(planned(found)).reasons[0].details
    assert (said in details) if said else not details


def test_the_services_own_details_are_not_replaced_by_the_customers_record() -> None:
    options = [option(error(1, "Exchange only."))]
    found = facts(wants(), lives=[live()], options=options, relationship=LEFT, relationship_link=LINK)
    assert blocked(planned(found)).reasons[0].details == "Exchange only."


def test_a_new_subscription_of_an_address_is_asked_about_under_its_own_id() -> None:
    known = state(office=unseen())
    plan = planned(facts(wants(offer=E1), lives=[live(E3, of=BOUGHT)], state=known))
    assert plan.questions == {UpgradesWanted(BOUGHT)}
    assert change(planned(facts(wants(seats=30), lives=[live(E3, of=BOUGHT)], state=known))).subscription_id == BOUGHT
