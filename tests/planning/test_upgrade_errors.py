"""The service's own reasons: each of the twelve codes with its number, who acts, whether waiting helps, and steps."""

import pytest

from reconciler.model.capabilities import Capabilities, Capability
from reconciler.model.offer import Offer
from reconciler.model.remedy import Actor, Retry
from reconciler.model.upgrade import UpgradeError, UpgradeErrorCode
from tests.planning.cases import (
    E3,
    E5,
    EXCHANGE,
    LEFT,
    LINK,
    OFFICE,
    ONLY,
    OTHER,
    blocked,
    codes,
    error,
    facts,
    live,
    option,
    planned,
    reason,
    steps_text,
    upgrading,
    wants,
)

Code = UpgradeErrorCode

WHO_AND_WHEN = {
    Code.OTHER: (Actor.MICROSOFT, Retry.NO),
    Code.DELEGATED_ADMIN_PERMISSIONS_DISABLED: (Actor.CUSTOMER, Retry.DAY),
    Code.SUBSCRIPTION_STATUS_NOT_ACTIVE: (Actor.PARTNER, Retry.NO),
    Code.CONFLICTING_SERVICE_TYPES: (Actor.CUSTOMER, Retry.NO),
    Code.CONCURRENCY_CONFLICTS: (Actor.PARTNER, Retry.NO),
    Code.USER_CONTEXT_REQUIRED: (Actor.PARTNER, Retry.NO),
    Code.SUBSCRIPTION_ADD_ONS_PRESENT: (Actor.PARTNER, Retry.NO),
    Code.SUBSCRIPTION_DOES_NOT_HAVE_ANY_UPGRADE_PATHS: (Actor.PARTNER, Retry.NO),
    Code.SUBSCRIPTION_TARGET_OFFER_NOT_FOUND: (Actor.PARTNER, Retry.NO),
    Code.SUBSCRIPTION_NOT_PROVISIONED: (Actor.MICROSOFT, Retry.MINUTES),
    Code.OFFER_DOES_NOT_SUPPORT_BILLING_CYCLE: (Actor.PARTNER, Retry.NO),
    Code.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS: (Actor.CUSTOMER, Retry.DAY),
}


@pytest.mark.parametrize(("missing", "asks"), [("", "(GDAP)"), ("china_has_no_gdap", "(DAP)")])
def test_no_granular_relationship_is_asked_for_where_the_cloud_has_none(missing: str, asks: str) -> None:
    refused = facts(wants(), lives=[live()], options=[option(error(Code.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS))])
    steps = steps_text(
        planned(refused, capabilities=Capabilities(gdap=Capability(available=not missing, lacking=missing))),
        "insufficient_granular_admin_permissions",
    )
    assert ("Admin relationships" in steps, "(DAP)" in steps) == (asks == "(GDAP)", asks == "(DAP)")


def test_every_documented_code_is_expected_here() -> None:
    assert set(WHO_AND_WHEN) == set(UpgradeErrorCode)
    assert [code.value for code in UpgradeErrorCode] == list(range(12))


@pytest.mark.parametrize("code", UpgradeErrorCode, ids=lambda code: code.word)
def test_a_code_becomes_a_reason_with_its_number_the_services_words_and_a_remedy(code: UpgradeErrorCode) -> None:
    found = reason(upgrading(option(error(code, "In detail."))), code.word)
    assert (found.code, found.number, found.origin) == (code.word, code.value, "service")
    assert (found.description, found.details) == (f"The service says {code.value}.", "In detail.")
    assert (found.remedy.actor, found.remedy.retry) == WHO_AND_WHEN[code]
    assert found.remedy.steps


@pytest.mark.parametrize("code", UpgradeErrorCode, ids=lambda code: code.word)
def test_a_code_without_words_of_the_service_is_described_by_us(code: UpgradeErrorCode) -> None:
    found = reason(upgrading(option(UpgradeError.known(code))), code.word)
    assert len(found.description.split()) > 3


def test_a_code_that_nobody_knows_blocks_and_is_kept_as_it_came() -> None:
    strange = UpgradeError(code="unknown(42)", number=42, description="Not on Sundays.", details="Really.")
    found = reason(upgrading(option(strange)), "unknown(42)")
    assert (found.number, found.description, found.details) == (42, "Not on Sundays.", "Really.")
    assert "Support > Partner Center" in "\n".join(step.plain for step in found.remedy.steps)


def test_a_refusal_without_any_reason_blocks_too() -> None:
    found = reason(upgrading(option(eligible=False)), "other")
    assert found.description == "The service refuses this upgrade and does not say why."


def test_all_reasons_of_all_pairs_are_told_each_once() -> None:
    plan = upgrading(option(error(5), error(9)), option(error(9), error(6), kind=ONLY))
    assert sorted(codes(plan)) == [
        "subscription_add_ons_present",
        "subscription_not_provisioned",
        "user_context_required",
    ]


def test_one_code_with_two_details_is_two_reasons() -> None:
    plan = upgrading(option(error(3, "Mail"), error(3, "Storage")))
    assert [item.details for item in blocked(plan).reasons] == ["Mail", "Storage"]


def test_delegation_missing_gives_the_link_and_a_mail_that_holds_it_unbroken() -> None:
    found = facts(wants(), lives=[live()], options=[option(error(1))], relationship=LEFT, relationship_link=LINK)
    plan = planned(found)
    steps = steps_text(plan, "delegated_admin_permissions_disabled")
    assert f"\n{LINK}" in steps
    assert "Office 365 Enterprise E1 to Office 365 Enterprise E3" in steps
    assert reason(plan, "delegated_admin_permissions_disabled").remedy.url == LINK
    assert "switched off" in reason(plan, "delegated_admin_permissions_disabled").details


@pytest.mark.parametrize(("cloud", "where"), [("china", "operated by 21Vianet"), ("worldwide", "Microsoft 365 admin")])
def test_the_customer_accepts_in_the_admin_center_of_its_own_cloud(cloud: str, where: str) -> None:
    found = facts(wants(), lives=[live()], options=[option(error(1))], relationship=LEFT, relationship_link=LINK)
    assert where in steps_text(planned(found, cloud=cloud), "delegated_admin_permissions_disabled")


def test_delegation_missing_says_what_the_link_does_not_give() -> None:
    steps = steps_text(upgrading(option(error(1))), "delegated_admin_permissions_disabled")
    assert "Only one transacting partner" in steps
    assert "another reseller sold" in steps


def test_conflicting_services_name_the_customers_other_active_subscriptions_and_no_others() -> None:
    lives = [
        live(),
        live(EXCHANGE, 7, of=OTHER),
        live(E5, 3, of="e", status="suspended"),
        live(EXCHANGE, 4, of="f", parent_subscription_id=OFFICE),
    ]
    steps = steps_text(planned(facts(wants(), lives=lives, options=[option(error(3))])), "conflicting_service_types")
    assert f"Exchange Online (Plan 1) (7 seats, {OTHER})." in steps
    assert "E5" not in steps
    assert "another reseller" in steps


def test_a_limit_of_concurrent_subscriptions_names_those_that_hold_the_offer() -> None:
    lives = [live(), live(E3, 7, of=OTHER)]
    asked = wants(allow_duplicate_offer=True)
    plan = planned(facts(asked, lives=lives, options=[option(error(4))]))
    assert f"Office 365 Enterprise E3 (7 seats, {OTHER})" in steps_text(plan, "concurrency_conflicts")


def test_add_ons_in_the_way_are_named() -> None:
    lives = [live(), live(EXCHANGE, 7, of=OTHER, parent_subscription_id=OFFICE)]
    plan = planned(facts(wants(), lives=lives, options=[option(error(6))]))
    assert f"Its add-ons: Exchange Online (Plan 1) (7 seats, {OTHER})." in steps_text(
        plan, "subscription_add_ons_present"
    )


def test_an_app_only_sign_in_is_told_which_sign_in_would_do() -> None:
    steps = steps_text(upgrading(option(error(5)), transfer="required"), "user_context_required")
    assert "app+user" in steps
    assert "license_transfer: never" in steps


def test_an_offer_without_a_name_is_called_by_its_id() -> None:
    nameless = Offer(id="31415926", name="")
    lives = [live(nameless), live(nameless, of=OTHER, parent_subscription_id=OFFICE)]
    plan = planned(facts(wants(), lives=lives, options=[option(error(6)), option(error(7))]))
    assert f"31415926 (25 seats, {OTHER})" in steps_text(plan, "subscription_add_ons_present")
    assert "back to 31415926" in steps_text(plan, "subscription_does_not_have_any_upgrade_paths")


def test_an_error_on_an_eligible_item_blocks_it_all_the_same() -> None:
    assert codes(upgrading(option(error(9), eligible=True))) == ["subscription_not_provisioned"]


def test_a_blocked_upgrade_shows_what_is_live_and_what_is_wanted() -> None:
    found = blocked(upgrading(option(error(9)), seats=30))
    assert found.before is not None
    assert (found.subscription_id, found.before.quantity, found.after.quantity) == (OFFICE, 25, 30)
    assert (found.after.offer_id, str(found.source)) == (E3.id, "manifests/contoso.yaml:7:3")
