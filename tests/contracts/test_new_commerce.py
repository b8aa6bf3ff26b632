"""Promises of every Commerce about new commerce, asked of the client before the emulator in-process and over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.changes.term import TermRequest
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, TransitionRequest, UpdateRequest
from reconciler.model.subscription import Live
from reconciler.model.transition import EventStatus, Transition, TransitionOption, TransitionType
from reconciler.sandbox import Sold, Tenant
from tests.contracts.test_commerce import NOW, TRANSPORTS, Service, opened, ticket
from tests.requested import a_resize
from tests.worlds import new_world

BASIC, STANDARD = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001"
FEWER = RenewalRequest(
    kind="renewal",
    outcome=EndOfTerm.RENEWS_CHANGED,
    next_term=NextTerm(offer_id=BASIC, quantity=20, term="annual", billing="monthly"),
    form=ScheduleForm.INSTRUCTIONS,
)
END = RenewalRequest(kind="renewal", outcome=EndOfTerm.ENDS, form=ScheduleForm.ACTIONS)


@pytest.fixture(params=TRANSPORTS)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Contoso, with 25 seats of Business Basic."""
    extra = {"somethingNew": {"deep": [1, None]}}
    basic = Sold(name="basic", offer=f"{BASIC}:CFQ7TTC0K971", quantity=25, extra=extra)
    new_world(Tenant(name="contoso", subscriptions=[basic])).save(tmp_path / "world.json")
    with opened(tmp_path / "world.json", request.param) as service:
        yield service


def transition_option(service: Service, commerce: Commerce) -> TransitionOption:
    """The option for Business Standard of the subscription `basic`."""
    options = commerce.transition_options(service.tenant, service.ids()["basic"])
    kind = TransitionType.WITH_LICENSE_TRANSFER
    return next(option for option in options if (option.target.id, option.type) == (STANDARD, kind))


def begun(service: Service, commerce: Commerce, option: TransitionOption, asked: Ticket) -> Transition:
    """Begins the transition of `basic` to the option's target."""
    request = TransitionRequest(
        kind="transition",
        type=option.type,
        target_offer_id=STANDARD,
        target_offer_name=option.target.name,
        catalog_item_id=option.catalog_item_id,
        quantity=25,
    )
    return commerce.transition(service.tenant, service.ids()["basic"], request, asked)


def test_transition_options_are_the_targets_with_the_services_own_item(service: Service) -> None:
    option = transition_option(service, service.commerce())
    assert (option.permitted, option.quantity, option.errors) == (True, 25, ())
    assert option.catalog_item_id.startswith(f"{STANDARD}:")


def test_a_transition_keeps_the_id_and_is_listed_once(service: Service) -> None:
    commerce, source = service.commerce(), service.ids()["basic"]
    assert commerce.transitions(service.tenant, source) == ()
    found = begun(service, commerce, transition_option(service, commerce), ticket())
    (listed,) = commerce.transitions(service.tenant, source)
    assert (listed.operation, listed.target_offer_id, listed.quantity) == (found.operation, STANDARD, 25)
    done = commerce.subscription(service.tenant, source)
    completed = listed.conversion is EventStatus.COMPLETED
    assert (done.offer.id, done.quantity) == (STANDARD if completed else BASIC, 25)


def test_a_transition_asked_again_under_its_request_id_is_not_begun_again(service: Service) -> None:
    commerce, asked = service.commerce(), ticket()
    option = transition_option(service, commerce)
    assert begun(service, commerce, option, asked).operation == begun(service, commerce, option, asked).operation
    assert len(commerce.transitions(service.tenant, service.ids()["basic"])) == 1


@pytest.mark.parametrize(
    "request_",
    [a_resize(30), TermRequest(kind="term", term="triennial", billing="annual"), FEWER, END],
    ids=["resize", "term", "instructions", "actions"],
)
def test_an_update_of_new_commerce_changes_what_is_asked_and_keeps_the_rest(
    service: Service, request_: UpdateRequest
) -> None:
    commerce, source = service.commerce(), service.ids()["basic"]
    seen = commerce.subscription(service.tenant, source)
    commerce.update(service.tenant, seen, request_, ticket())
    after = commerce.subscription(service.tenant, source)
    assert (after.body or {})["somethingNew"] == {"deep": [1, None]}
    assert state_of(after) == {**state_of(seen), **requests_of(request_)}


def state_of(live: Live) -> dict[str, object]:
    """Returns what the manifest may govern."""
    assert live.commitment
    then = live.commitment.renewal
    return {
        "offer": live.offer.id,
        "quantity": live.quantity,
        "term": live.commitment.term,
        "billing": live.billing,
        "at the end": (then.outcome, then.quantity),
    }


def requests_of(request: UpdateRequest) -> dict[str, object]:
    match request:
        case RenewalRequest():
            return {"at the end": (request.outcome, request.next_term.quantity if request.next_term else None)}
        case TermRequest():
            return {"term": request.term, "billing": request.billing}
        case _:
            return {"quantity": request.new_quantity, "at the end": (EndOfTerm.RENEWS, request.new_quantity)}


def test_a_promotion_tells_the_most_seats_that_it_permits(service: Service) -> None:
    found = service.commerce().promotion("39NFJQT1PFPJ:000H:39NFJQT1Q5DK", "US")
    assert (found.name, found.most_seats) == ("Business Premium, first year", 100)


def test_what_a_customer_can_buy_of_an_offer_has_current_availabilities(service: Service) -> None:
    service.behave(availability_days=1)
    with service.changed() as world:
        world.begun = NOW - timedelta(days=2)
    (found,) = service.commerce().availabilities(service.tenant, BASIC)
    assert found.id != "CFQ7TTC0K971"
    assert found.sells("annual", "monthly")
    assert not found.sells("annual", "weekly")
