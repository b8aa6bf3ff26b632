"""The manifest asks again for an offer that the address had before, typically after a `git revert`."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.changes.term import TermRequest
from reconciler.model.offer import Offer
from reconciler.model.request import TransitionRequest
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.term import ChangeTerm, Term
from reconciler.model.transition import TransitionOption
from reconciler.planning import CustomerPlan
from reconciler.snapshot.recorder import without_people
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    E5,
    HIGHER,
    MODERN,
    MOVES,
    NOT_KEPT,
    OFFICE,
    bound,
    change,
    codes,
    facts,
    live,
    option,
    path,
    planned,
    reason,
    result,
    state,
    steps_text,
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
    steps = steps_text(_reverted(_upgraded()), "upgrade_cannot_be_undone")

    assert "manifests/contoso.yaml:7:3" in steps
    assert "\noffer: Office E3" in steps
    assert E5.name not in steps


def test_an_offer_without_a_name_in_the_catalogue_is_written_by_its_id() -> None:
    upgrades = {BOUGHT: ()}
    lives = [live(E3, of=BOUGHT), live(status="suspended")]
    found = planned(facts(wants(offer=E1), lives=lives, state=_upgraded(), upgrades=upgrades))

    assert f"\noffer: {E3.id}" in steps_text(found, "upgrade_cannot_be_undone")


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


class TestNewCommerce:
    """The subscription keeps its id through an upgrade, and a term that was changed at once stays until it ends."""

    @staticmethod
    def _done(request: TransitionRequest | TermRequest, **before: Any) -> CustomerState:
        """The office as this change of run 1741 has left it."""
        done = replace(result(), request=request, run=DONE_BY, target_subscription_id=OFFICE, **before)
        made = bound(offer=request.new_offer or MODERN, term=request.term, billing=request.billing)
        return state(results=(done,), office=made)

    def _upgraded(self, target: Offer = HIGHER) -> CustomerState:
        asked = TransitionRequest(
            kind="transition", type=MOVES, target_offer_id=target.id, target_offer_name=target.name,
            catalog_item_id=target.id, quantity=25,
        )  # fmt: skip
        return self._done(asked, before_offer_id=MODERN.id)

    def _plan_again(self, known: CustomerState, *offered: TransitionOption, **more: Any) -> CustomerPlan:
        entry = wants(offer=MODERN, **more)
        return planned(facts(entry, lives=[live(HIGHER)], state=known, transitions={OFFICE: offered}))

    def test_an_upgrade_is_told_with_its_run_and_no_dearer_offer(self) -> None:
        found = self._plan_again(self._upgraded(), path(to=E5))

        assert codes(found) == ["upgrade_cannot_be_undone"]
        why = reason(found, "upgrade_cannot_be_undone")
        assert "run run-1741 (commit 961d505baabb) upgraded it on 2026-03-02 10:00 UTC" in why.description
        assert f"{OFFICE} kept its id" in why.details
        assert E5.name not in steps_text(found, "upgrade_cannot_be_undone")

    def test_one_that_somebody_made_in_the_portal_is_told_as_that(self) -> None:
        seen = state(office=bound(offer=MODERN, billing="monthly"))
        found = self._plan_again(seen, path(to=E5))

        assert codes(found) == ["upgrade_cannot_be_undone"]
        assert "somebody else upgraded it since" in reason(found, "upgrade_cannot_be_undone").description

    def test_what_an_earlier_change_had_is_known_though_nobody_knows_who_upgraded_it(self) -> None:
        led_to = self._upgraded(MODERN)
        known = replace(led_to, subscriptions={"office": bound(offer=HIGHER)})
        found = self._plan_again(known, path(to=E5))

        assert "does not know by which run" in reason(found, "upgrade_cannot_be_undone").description

    def test_an_offer_that_it_never_had_is_no_way_back(self) -> None:
        known = state(office=bound(offer=HIGHER))
        assert codes(self._plan_again(known, path(to=E5))) == ["subscription_target_offer_not_found"]

    def test_it_is_the_first_reason_where_others_speak_too(self) -> None:
        found = self._plan_again(self._upgraded(), transfer="never")
        assert codes(found) == ["upgrade_cannot_be_undone", "license_transfer_not_wanted"]

    @pytest.mark.parametrize(
        ("ours", "says"),
        [
            (True, "Its term was monthly, billed monthly, until run run-1741 (commit 961d505baabb) changed that on"),
            (False, "Its term was monthly, billed monthly, when state last saw it"),
        ],
    )
    def test_a_term_that_was_lengthened_is_told_with_who_did_it(self, ours: bool, says: str) -> None:
        made = TermRequest(kind="term", term="annual", billing="monthly")
        seen = state(office=bound(offer=MODERN, term="monthly", billing="monthly"))
        known = self._done(made, before_term="monthly", before_billing="monthly") if ours else seen
        asked = wants(offer=MODERN, term=Term.MONTHLY, change_term=ChangeTerm.NOW)
        found = planned(facts(asked, lives=[live(MODERN)], state=known))

        assert says in reason(found, "term_only_at_renewal").description


def test_an_upgrade_that_is_on_record_is_not_bought_again_where_a_removal_was_taken_back() -> None:
    """The subscription that was bought is tracked no more, and is not active; the old one is."""
    removed = _upgraded().forget(["office"])
    both = [live(), live(E3, of=BOUGHT, status="suspended")]
    asked: dict[str, Any] = {"lives": both, "options": [option()], "state": removed}
    found = planned(facts(wants(), **asked))

    assert codes(found) == ["upgraded_already"]
    assert "run-1741" in reason(found, "upgraded_already").description
    assert f"\nid: {BOUGHT}" in steps_text(found, "upgraded_already")
    assert not codes_of_changes(planned(facts(wants(of=BOUGHT), **asked)))
    assert codes_of_changes(planned(facts(wants(allow_duplicate_offer=True), **asked))) == ["upgrade"]


def codes_of_changes(found: CustomerPlan) -> list[str]:
    return [item.action for item in found.changes]
