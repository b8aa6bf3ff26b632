"""The manifest asks again for an offer that the address had before, typically after a `git revert`."""

from dataclasses import replace
from typing import Any

from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.planning import CustomerPlan
from reconciler.snapshot.recorder import without_people
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    E5,
    NOT_KEPT,
    OFFICE,
    bound,
    change,
    codes,
    facts,
    live,
    option,
    planned,
    reason,
    result,
    state,
    told,
    wants,
)

NEWER = "eeeeeeee-0000-4000-8000-000000000005"
DONE_BY = Run(id="run-1741", actor="alice", url="https://ci.example/1741", commit="961d505baabb0000")


def _upgraded(**more: Any) -> CustomerState:
    """Contoso's office, upgraded from E1 to E3 at noon by run 1741."""
    return state(results=(replace(result(), run=DONE_BY, **more),), office=bound(BOUGHT, OFFICE, offer=E3))


def _reverted(remembered: CustomerState, *, lives: tuple[Live, ...] = (), **more: Any) -> CustomerPlan:
    shown = lives or (live(E3, of=BOUGHT), live(status="suspended"))
    known = {"upgrades": {BOUGHT: (option(to=E5),)}, **more}
    return planned(
        facts(wants(offer=E1), lives=shown, state=remembered, **known),
        written_as={E3.id: "Office E3"},
    )


def test_it_says_when_and_by_which_run_it_was_upgraded_and_that_it_cannot_be_undone() -> None:
    found = _reverted(_upgraded())

    assert codes(found) == ["upgrade_cannot_be_undone"]
    why = reason(found, "upgrade_cannot_be_undone")
    assert "2026-03-02 10:00 UTC" in why.description
    assert "run-1741 (commit 961d505baabb)" in why.description
    assert "can't be undone" in why.description
    assert "https://ci.example/1741" in why.details
    assert "alice" not in why.description + why.details, "a plan holds no personal data"


def test_it_says_what_to_write_and_never_lists_dearer_offers() -> None:
    steps = told(_reverted(_upgraded()), "upgrade_cannot_be_undone")

    assert "manifests/contoso.yaml:7:3" in steps
    assert "\noffer: Office E3" in steps
    assert E5.name not in steps


def test_an_offer_without_a_name_in_the_catalogue_is_written_by_its_id() -> None:
    upgrades = {BOUGHT: ()}
    lives = [live(E3, of=BOUGHT), live(status="suspended")]
    found = planned(facts(wants(offer=E1), lives=lives, state=_upgraded(), upgrades=upgrades))

    assert f"\noffer: {E3.id}" in told(found, "upgrade_cannot_be_undone")


def test_the_record_tells_it_where_the_service_shows_the_old_subscription_no_more() -> None:
    gone = (live(E3, of=BOUGHT),)

    assert codes(_reverted(_upgraded(), lives=gone)) == ["upgrade_cannot_be_undone"]
    assert codes(_reverted(_upgraded(before_offer_id=None), lives=gone)) == ["subscription_target_offer_not_found"]


def test_without_a_record_it_says_that_state_does_not_know_the_run() -> None:
    found = _reverted(state(office=bound(BOUGHT, OFFICE, offer=E3)))

    assert "does not know by which run" in reason(found, "upgrade_cannot_be_undone").description


def test_an_offer_of_two_upgrades_ago_names_the_upgrade_from_it() -> None:
    second = replace(
        result(request_id="request-2"),
        subscription_id=BOUGHT,
        target_subscription_id=NEWER,
        before_offer_id=E3.id,
        run=replace(DONE_BY, id="run-2"),
    )
    first = _upgraded().results[0]
    remembered = state(results=(first, second), office=bound(NEWER, OFFICE, BOUGHT, offer=E5))
    wanted = facts(wants(offer=E1), lives=[live(E5, of=NEWER)], state=without_people(remembered), upgrades={NEWER: ()})

    assert "run-1741" in reason(planned(wanted), "upgrade_cannot_be_undone").description


def test_it_is_the_first_reason_where_others_speak_too() -> None:
    found = planned(facts(wants(offer=E1, seats=20), lives=[live(E3, of=BOUGHT)], state=_upgraded()))

    assert codes(found) == ["upgrade_cannot_be_undone", "seat_loss_not_allowed"]


def test_a_snapshot_without_the_upgrades_tells_it_all_the_same() -> None:
    assert codes(_reverted(_upgraded(), upgrades={BOUGHT: NOT_KEPT})) == ["upgrade_cannot_be_undone"]


def test_a_way_that_the_service_permits_is_an_upgrade_like_any_other() -> None:
    found = change(_reverted(_upgraded(), upgrades={BOUGHT: (option(to=E1),)}))

    assert found.action == "upgrade"


def test_two_offers_of_one_name_are_told_apart_by_their_ids() -> None:
    namesake = replace(E3, name=E1.name)
    remembered = state(results=(replace(result(), run=DONE_BY),), office=bound(BOUGHT, OFFICE, offer=namesake))
    found = _reverted(remembered, lives=(live(namesake, of=BOUGHT), live(status="suspended")))

    why = reason(found, "upgrade_cannot_be_undone").description
    assert f"had {E1.name} ({E1.id}) before" in why
    assert f"has {E1.name} ({E3.id}) now" in why
