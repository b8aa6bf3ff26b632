"""Changes of new commerce over the emulator: sent, watched, recovered and settled, whatever planned them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.applying.context import ApplyContext, Rechecked
from reconciler.applying.estate import apply_works
from reconciler.applying.work import Work
from reconciler.changes import View
from reconciler.changes.term import TermRequest
from reconciler.model.address import Address
from reconciler.model.change import After, Before, Binding, Change
from reconciler.model.customer import Customer
from reconciler.model.event import Event
from reconciler.model.place import Place
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request, TransitionRequest
from reconciler.model.result import Licenses, Outcome
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.operations.settle import settle_pending, unsettled_works
from reconciler.partner_center.client import PartnerCenter
from reconciler.planning import Globs
from reconciler.sandbox import Fault, FaultKind, Sold
from tests.applying.scenes import LINEAGE, WAIT, Scene, Stop, a_scene, codes, types_of
from tests.requested import a_resize

OFFICE = Address("contoso/office")
BASIC, STANDARD = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001"
TRANSITION = TransitionRequest(
    kind="transition",
    type="transition_with_license_transfer",
    target_offer_id=STANDARD,
    target_offer_name="Business Standard",
    catalog_item_id="as planned",
    quantity=25,
)
TERM = TermRequest(kind="term", term="triennial", billing="annual")
FEWER = RenewalRequest(
    kind="renewal",
    outcome=EndOfTerm.RENEWS_CHANGED,
    next_term=NextTerm(offer_id=BASIC, quantity=20, term="annual", billing="monthly"),
    form=ScheduleForm.INSTRUCTIONS,
)
END = RenewalRequest(kind="renewal", outcome=EndOfTerm.ENDS, form=ScheduleForm.ACTIONS)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso, with 25 seats of Business Basic as `office`."""
    return a_scene(tmp_path, office=Sold(offer=f"{BASIC}:CFQ7TTC0K971", quantity=25))


def carried_out(scene: Scene, *requests: Request) -> list[Event]:
    """Carries out changes of the office as they were just planned; none settles what is pending."""
    with scene.commerce() as commerce:
        return list(
            apply_works(
                [
                    Work(
                        customer=scene.customers["contoso"],
                        changes=changes(scene, commerce, requests),
                        unsettled=() if requests else (OFFICE,),
                    )
                ],
                context(scene, commerce),
                1,
            )
        )


def changes(scene: Scene, commerce: PartnerCenter, requests: tuple[Request, ...]) -> tuple[Change, ...]:
    live = the_office(scene, commerce) if requests else None
    return tuple(
        Change(
            address=OFFICE,
            customer=scene.customers["contoso"],
            subscription_id=live.id,
            action=request.action,
            before=Before.of(live),
            after=After(offer_id=BASIC, offer_name="", quantity=live.quantity),
            differences=(),
            request=request,
            binding=Binding(lineage=None, id=live.id, last_request_id=None),
            source=Place(file="contoso.yaml", line=1, column=1),
        )
        for request in requests
        if live
    )


def context(scene: Scene, commerce: PartnerCenter) -> ApplyContext:
    def recheck(change: Change, state: CustomerState) -> Rechecked:
        if change.address.name in state.pending:
            return Rechecked(stale="something is pending")
        return Rechecked(stale=None, change=change, view=View(listing=commerce.subscriptions(scene.tenant())))

    def look(_customer: Customer, _state: CustomerState) -> Mapping[str, Live]:
        return {}

    stop = Stop(scene.clock)
    return ApplyContext(
        commerce=commerce,
        store=scene.store,
        recheck=recheck,
        rearrange=lambda state, _: (state, (), ()),
        look=look,
        run=scene.run(),
        lineage=LINEAGE,
        wait=WAIT,
        stop=stop,
        clock=scene.machine_clock,
        pause=stop.wait,
    )


def settled(scene: Scene, target: str = "contoso") -> list[Event]:
    """Settles what is pending, as `apply --settle` does."""
    scene.store.establish(LINEAGE)
    with scene.workspace() as workspace:
        return list(settle_pending(workspace, unsettled_works(workspace, Globs(target=(target,)))))


def the_office(scene: Scene, commerce: PartnerCenter) -> Live:
    return commerce.subscription(scene.tenant(), scene.id_of(OFFICE))


def live(scene: Scene) -> Live:
    with scene.commerce() as commerce:
        return the_office(scene, commerce)


def outcomes(scene: Scene) -> list[Outcome]:
    return [result.outcome for result in scene.state().results]


def posts(scene: Scene) -> int:
    return sum(request.method == "POST" for request in scene.counter.requests)


def test_more_seats_are_believed_only_once_they_are_read(scene: Scene) -> None:
    assert types_of(carried_out(scene, a_resize(30))) == ["started", "succeeded", "summary"]
    assert (live(scene).quantity, outcomes(scene)) == (30, [Outcome.SUCCEEDED])
    assert scene.state().subscriptions["office"].writes == 1


def test_a_term_is_changed_and_remembered(scene: Scene) -> None:
    assert types_of(carried_out(scene, TERM)) == ["started", "succeeded", "summary"]
    bound = scene.state().subscriptions["office"]
    assert (bound.term, bound.billing) == ("triennial", "annual")


@pytest.mark.parametrize("request_", [FEWER, END], ids=["instructions", "actions"])
def test_a_schedule_that_is_read_again_is_ours(scene: Scene, request_: RenewalRequest) -> None:
    assert types_of(carried_out(scene, request_)) == ["started", "succeeded", "summary"]
    bound, found = scene.state().subscriptions["office"], live(scene).commitment
    assert found
    assert found.renewal.outcome == request_.outcome
    assert (bound.renewal, bound.scheduled_by) == (found.renewal, scene.state().results[0].request_id)


def test_a_schedule_that_is_not_shown_is_not_secured(scene: Scene) -> None:
    scene.behave(actions_shown=False)
    assert codes(carried_out(scene, END)) == ["not_secured"]
    assert (outcomes(scene), scene.state().pending) == ([Outcome.NOT_SECURED], {})


def retire_availabilities(scene: Scene) -> None:
    """The availability under which the office was bought is not sold any more."""
    scene.behave(availability_days=1, own_availability_stays=False)
    with scene.changed() as world:
        world.begun = scene.clock.utc() - timedelta(days=2)


def test_a_schedule_whose_availability_is_retired_is_sent_once_more_with_a_current_one(scene: Scene) -> None:
    retire_availabilities(scene)
    assert types_of(carried_out(scene, FEWER)) == ["started", "succeeded", "summary"]
    first, second = scene.sent
    assert first.request_id != second.request_id
    found = live(scene).commitment
    assert found
    assert FEWER.next_term
    assert FEWER.next_term.same_as(found.next_term)
    assert b"CFQ7TTC0K971" not in second.body.partition(b"scheduledNextTermInstructions")[2]


def test_a_schedule_of_what_is_not_sold_with_that_term_any_more_is_refused_and_sent_once(scene: Scene) -> None:
    retire_availabilities(scene)
    assert FEWER.next_term
    other = replace(FEWER, next_term=replace(FEWER.next_term, term="monthly", billing="annual"))
    assert codes(carried_out(scene, other)) == ["800020"]
    assert (len(scene.sent), outcomes(scene)) == (1, [Outcome.FAILED])


def test_the_answer_to_the_second_request_may_be_lost(scene: Scene) -> None:
    retire_availabilities(scene)
    fault = Fault.parse("performed_then_dropped:1:PATCH")
    fault.skip = 1
    scene.arm(fault)
    assert types_of(carried_out(scene, FEWER)) == ["started", "recovered", "summary"]
    assert len(scene.sent) == 2


@pytest.mark.parametrize("spelling", ["plain", "samples", "sdk"])
def test_a_transition_that_completes_within_the_wait_is_done(scene: Scene, spelling: str) -> None:
    scene.behave(transitioned_after=30, transition_spelling=spelling)
    assert types_of(carried_out(scene, TRANSITION)) == ["started", "succeeded", "summary"]
    bound = scene.state().subscriptions["office"]
    assert (bound.offer_id, bound.id) == (STANDARD, scene.id_of(OFFICE))
    assert scene.state().results[0].licenses is Licenses.MOVED


@pytest.mark.parametrize("ids", [True, False], ids=["operation ids", "no operation ids"])
def test_a_transition_that_takes_longer_stays_pending_and_a_later_run_settles_it(scene: Scene, ids: bool) -> None:
    scene.behave(transitioned_after=3600, operation_ids=ids)
    assert types_of(carried_out(scene, TRANSITION)) == ["started", "unknown", "summary"]
    (pending,) = scene.state().pending_of("office")
    assert (pending.operation is not None) is ids
    scene.clock.sleep(3600)
    assert types_of(carried_out(scene)) == ["succeeded" if ids else "recovered", "summary"]
    assert (posts(scene), scene.state().pending) == (1, {})


def test_settling_alone_ends_what_was_accepted_and_begins_nothing_that_the_manifests_ask_for(scene: Scene) -> None:
    scene.behave(transitioned_after=3600)
    carried_out(scene, TRANSITION)
    scene.want(OFFICE, quantity=40)
    assert types_of(settled(scene)) == ["unknown", "summary"]
    scene.clock.sleep(3600)
    assert types_of(settled(scene)) == ["succeeded", "summary"]
    assert (len(scene.sent), live(scene).quantity, scene.state().pending) == (1, 25, {})
    asked_before = len(scene.counter.requests)
    assert types_of(settled(scene)) == ["summary"]
    assert len(scene.counter.requests) == asked_before


def test_settling_alone_looks_at_what_no_manifest_declares_any_more(scene: Scene) -> None:
    scene.behave(transitioned_after=3600)
    carried_out(scene, TRANSITION)
    scene.leave_only()
    scene.clock.sleep(3600)
    assert types_of(settled(scene, "contoso/office")) == ["succeeded", "summary"]


@pytest.mark.parametrize("fault", [FaultKind.TRANSITION_FAILS, FaultKind.TRANSITION_FAILS_AT_ONCE])
def test_a_conversion_that_fails_inside_a_success_is_failed(scene: Scene, fault: FaultKind) -> None:
    scene.behave(transitioned_after=30)
    scene.arm(fault)
    carried_out(scene, TRANSITION)
    assert (outcomes(scene), posts(scene), live(scene).offer.id) == ([Outcome.FAILED], 1, BASIC)


def test_licences_that_do_not_move_leave_work_and_are_no_failure(scene: Scene) -> None:
    scene.behave(transitioned_after=10)
    scene.arm(FaultKind.LICENSES_FAIL)
    assert types_of(carried_out(scene, TRANSITION)) == ["started", "succeeded", "summary"]
    (result,) = scene.state().results
    assert (result.outcome, result.licenses) == (Outcome.SUCCEEDED_WITH_LICENSE_ERRORS, Licenses.FAILED)


def test_licences_that_take_longer_than_the_wait_are_recorded_as_unknown(scene: Scene) -> None:
    scene.behave(transitioned_after=10, licensed_after=3600)
    carried_out(scene, TRANSITION)
    (result,) = scene.state().results
    assert (result.outcome, result.licenses) == (Outcome.SUCCEEDED, Licenses.UNKNOWN)


@pytest.mark.parametrize("fault", [FaultKind.PERFORMED_THEN_DROPPED, FaultKind.HTTP_500_AFTER, FaultKind.HALF_BODY])
def test_a_transition_whose_answer_is_lost_is_recovered_and_never_posted_again(scene: Scene, fault: FaultKind) -> None:
    scene.behave(transitioned_after=20)
    scene.arm(fault, method="POST")
    assert types_of(carried_out(scene, TRANSITION)) == ["started", "recovered", "summary"]
    assert posts(scene) == 1


def test_a_transition_that_never_arrived_is_given_up_after_a_day_and_not_before(scene: Scene) -> None:
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST")
    assert types_of(carried_out(scene, TRANSITION)) == ["started", "unknown", "summary"]
    scene.clock.sleep(timedelta(hours=23).total_seconds())
    assert types_of(carried_out(scene)) == ["unknown", "summary"]
    scene.clock.sleep(timedelta(hours=2).total_seconds())
    assert types_of(carried_out(scene)) == ["not_done", "summary"]
    assert (posts(scene), live(scene).offer.id) == (1, BASIC)


@pytest.mark.parametrize("request_", [a_resize(30), TERM, FEWER], ids=["resize", "term", "renewal"])
@pytest.mark.parametrize("fault", [FaultKind.PERFORMED_THEN_DROPPED, FaultKind.DROPPED_BEFORE])
def test_a_lost_answer_in_place_is_found_done_or_sent_once_more(
    scene: Scene, request_: Request, fault: FaultKind
) -> None:
    scene.arm(fault, method="PATCH")
    found = types_of(carried_out(scene, request_))
    performed = fault is FaultKind.PERFORMED_THEN_DROPPED
    assert found == ["started", "recovered" if performed else "succeeded", "summary"]
    assert len(scene.sent) == (1 if performed else 2)
    assert scene.state().results[-1].outcome.performed


def test_a_pending_operation_holds_the_address_for_a_day(scene: Scene) -> None:
    scene.arm(FaultKind.PENDING_OPERATION)
    assert types_of(carried_out(scene, a_resize(30))) == ["started", "unknown", "summary"]
    (pending,) = scene.state().pending_of("office")
    assert pending.hold_until
    assert pending.hold_until - pending.started_at >= timedelta(hours=23, minutes=59)


@pytest.mark.parametrize("reads", [1, 2], ids=["before the intent", "after it"])
def test_a_change_by_somebody_else_keeps_ours_from_leaving(scene: Scene, reads: int) -> None:
    def after(left: int) -> None:
        if left:
            scene.on("GET", scene.id_of(OFFICE), lambda _request: after(left - 1))
        else:
            scene.somebody_changes(OFFICE, quantity=27)

    scene.on("GET", scene.id_of(OFFICE), lambda _request: after(reads))
    assert "stale" in types_of(carried_out(scene, FEWER))
    assert scene.sent == []


def test_the_later_items_of_an_address_follow_the_earlier_ones(scene: Scene) -> None:
    events = types_of(carried_out(scene, a_resize(30), FEWER))
    assert events.count("succeeded") == 2
    found = live(scene).commitment
    assert found
    assert found.next_term
    assert found.next_term.quantity == 20
