"""An offer is called by the service's own name, and a name of ours that says something else is told."""

from dataclasses import replace

import pytest

from reconciler.model.change import Change
from reconciler.model.offer import Offer
from reconciler.planning import why_stale
from tests.planning.cases import (
    E1,
    E3,
    E5,
    EXCHANGE,
    OTHER,
    bound,
    change,
    circumstances,
    codes,
    facts,
    live,
    option,
    planned,
    reason,
    state,
    steps_text,
    upgrading,
    wants,
)

M365_E5 = Offer(id="8bdbb60b-e526-43e9-92ef-ab760c8e0b72", name="Microsoft 365 E5")
MISNAMED = Offer(id=M365_E5.id, name="Office 365 Enterprise E5")
"""The id of one offer behind the name of another."""


def _cautions(found: Change) -> list[str]:
    return [warning.code for warning in found.warnings]


def _bought(offer: Offer, service: Offer = M365_E5) -> Change:
    return change(upgrading(option(to=service), offer=offer))


def test_an_upgrade_is_planned_by_the_services_name_with_ours_beside_it() -> None:
    after = _bought(MISNAMED).after

    assert (after.offer_id, after.offer_name) == (M365_E5.id, "Microsoft 365 E5")
    assert (after.catalogue_name, after.other_name) == ("Office 365 Enterprise E5", "Office 365 Enterprise E5")


def test_a_name_that_the_service_has_not_for_the_offer_is_a_caution_with_both_names_and_the_id() -> None:
    (caution,) = _bought(MISNAMED).warnings

    assert caution.code == "offer_named_otherwise"
    assert all(said in caution.description for said in ("Microsoft 365 E5", "Office 365 Enterprise E5", M365_E5.id))


@pytest.mark.parametrize(
    ("names", "shown"),
    [((E1.name, "Our E5"), "Our E5"), ((E1.name, E1.name.upper()), M365_E5.id), ((), M365_E5.id)],
)
def test_what_the_service_does_not_name_is_called_by_another_name_of_ours_where_that_one_is_taken(
    names: tuple[str, ...], shown: str
) -> None:
    """The name of the live offer means another one by now, which the service does not list."""
    redefined = facts(wants(offer=Offer(id=M365_E5.id, name=E1.name)), lives=[live()], options=[])
    (found,) = planned(redefined, catalogue_names={M365_E5.id: names}).blocked
    assert found.after is not None
    assert found.after.offer_name == shown


@pytest.mark.parametrize("name", ["microsoft 365 E5", " Microsoft  365\u00a0E5 "])
def test_letter_case_and_blanks_make_no_other_name(name: str) -> None:
    found = _bought(Offer(id=M365_E5.id, name=name))

    assert not found.warnings
    assert not found.after.other_name


def test_an_offer_without_a_name_in_the_catalogue_or_without_one_of_the_services_is_no_contradiction() -> None:
    assert not _bought(Offer(id=M365_E5.id, name=M365_E5.id)).warnings
    assert not _bought(MISNAMED, Offer(id=M365_E5.id, name=" ")).warnings


def test_an_alias_may_be_called_anything_and_is_shown_beside_the_services_name_all_the_same() -> None:
    found = _bought(replace(MISNAMED, alias=True))

    assert not found.warnings
    assert (found.after.offer_name, found.after.other_name) == (M365_E5.name, MISNAMED.name)


def test_the_services_name_in_the_catalogue_is_what_the_service_is_held_to() -> None:
    assert not _bought(replace(MISNAMED, service_name="Microsoft 365 E5")).warnings

    (caution,) = _bought(replace(MISNAMED, service_name="Office 365 E5 without voice")).warnings
    assert "Office 365 E5 without voice" in caution.description


def test_one_of_the_names_that_the_service_itself_gives_the_offer_is_enough() -> None:
    held = live(MISNAMED, of=OTHER, status="suspended")
    found = change(planned(facts(wants(offer=MISNAMED), lives=[live(), held], options=[option(to=M365_E5)])))

    assert not found.warnings
    assert found.after.offer_name == "Microsoft 365 E5", "what the list of upgrades says is what is bought"


def test_a_resize_goes_by_the_services_name_and_has_no_caution() -> None:
    found = change(planned(facts(wants(offer=MISNAMED, seats=30), lives=[live(M365_E5)])))

    assert found.action == "resize"
    assert found.after.offer_name == "Microsoft 365 E5"
    assert not found.warnings


def test_with_strict_names_the_upgrade_is_blocked_and_the_steps_name_the_catalogue() -> None:
    wanted = facts(wants(offer=MISNAMED), lives=[live()], options=[option(to=M365_E5)])
    found = planned(wanted, strict_names=True)

    assert codes(found) == ["offer_named_otherwise"]
    assert "Microsoft 365 E5" in reason(found, "offer_named_otherwise").description
    assert "{id: ID, alias: true}" in steps_text(found, "offer_named_otherwise")
    assert circumstances().strict_names is False


def test_an_offer_that_the_service_calls_by_our_name_while_ours_is_another_is_told_where_there_is_no_way() -> None:
    misnamed = Offer(id=EXCHANGE.id, name=E3.name)
    found = planned(facts(wants(offer=misnamed), lives=[live()], options=[option(to=E3), option(to=E5)]))

    assert f"the service has that name for {E3.name} ({E3.id})" in steps_text(
        found, "subscription_target_offer_not_found"
    )
    assert (found.blocked[0].after.offer_name, found.blocked[0].after.other_name) == (EXCHANGE.id, E3.name)


def test_a_name_of_the_offer_that_is_there_never_stands_for_the_offer_that_is_wanted() -> None:
    """Blocked before the service is asked for upgrades: nobody says what the wanted offer is called."""
    found = planned(facts(wants(offer=Offer(id=E3.id, name=E1.name), seats=1), lives=[live()]))

    assert found.blocked[0].before is not None
    assert found.blocked[0].before.offer_name == E1.name
    assert found.blocked[0].after.offer_name == E3.id


def test_what_the_service_calls_the_offer_now_must_be_what_the_plan_called_it() -> None:
    before = _bought(M365_E5)
    renamed = _bought(M365_E5, replace(M365_E5, name="Microsoft 365 E5 (no Teams)"))

    assert "Microsoft 365 E5 (no Teams)" in str(why_stale(before, renamed))
    assert why_stale(before, _bought(MISNAMED)) is None, "what we call it is no part of what is bought"


def test_state_keeps_what_the_service_calls_what_was_bought() -> None:
    seen = bound(offer=M365_E5).observe(live(M365_E5), bound().observed_at)

    assert state(office=seen).subscriptions["office"].offer_name == "Microsoft 365 E5"


def test_a_stale_change_never_names_two_offers_alike() -> None:
    twin = Offer(id=OTHER, name=M365_E5.name)

    why = str(why_stale(_bought(M365_E5), _bought(twin, twin)))
    assert M365_E5.id in why
    assert OTHER in why
