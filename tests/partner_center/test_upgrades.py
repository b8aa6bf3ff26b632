"""Upgrades: what is offered, what is sent, what an answer means."""

import json
from typing import Any

import pytest

from reconciler.model.errors import NoAnswer, ServiceError, ServiceRefused
from reconciler.model.upgrade import UpgradeErrorCode, UpgradeOption, UpgradeResult
from reconciler.partner_center.wire.upgrades import option
from tests.partner_center.service import (
    E3,
    SOURCE,
    TARGET,
    TENANT,
    TICKET,
    Script,
    answer,
    client,
    page,
    pascal,
    raw,
    refused,
    upgrade,
    upgrade_result,
)


def offered(**changes: Any) -> UpgradeOption:
    """The option that the client reads."""
    return client(Script(answer(page(upgrade(**changes))))).upgrades(TENANT, SOURCE)[0]


def bought(**changes: Any) -> UpgradeResult:
    """Returns what the client makes of the service's answer to an upgrade."""
    return client(Script(answer(upgrade_result(**changes)))).upgrade(TENANT, SOURCE, option(upgrade()), 30, TICKET)


def test_an_option_has_the_target_the_bounds_and_its_body() -> None:
    seen = offered()
    assert (seen.target.id, seen.type, seen.quantity, seen.eligible) == (E3.lower(), "upgrade_only", 25, True)
    assert (seen.minimum, seen.maximum, seen.body) == (1, 300, upgrade())


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ("upgrade_with_license_transfer", "upgrade_with_license_transfer"),
        ("UpgradeWithLicenseTransfer", "upgrade_with_license_transfer"),
        ("upgradeOnly ", "upgrade_only"),
        (2, "upgrade_with_license_transfer"),
        ("1", "upgrade_only"),
        (0, "none"),
        ("upgrade_later", "unknown(upgrade_later)"),
        (9, "unknown(9)"),
        (None, "unknown()"),
    ],
)
def test_a_type_is_a_number_a_word_in_any_casing_or_kept_raw(sent: Any, word: str) -> None:
    assert offered(upgradeType=sent).type == word


@pytest.mark.parametrize("code", UpgradeErrorCode)
def test_every_error_code_is_known_by_number_and_by_word_in_any_casing(code: UpgradeErrorCode) -> None:
    spelt = [code.value, str(code.value), code.word, code.word.upper(), code.word.title().replace("_", "")]
    errors = offered(isEligible=False, upgradeErrors=[{"code": item} for item in spelt]).errors
    assert {(error.code, error.number) for error in errors} == {(code.word, code.value)}


def test_an_unknown_error_code_is_kept_raw() -> None:
    known = offered(isEligible=False, upgradeErrors=[{"code": 42}, {"code": "newWord"}, {}]).errors
    assert [(item.code, item.number) for item in known] == [
        ("unknown(42)", 42),
        ("unknown(newWord)", None),
        ("unknown()", None),
    ]


def test_details_come_verbatim_but_for_mail_addresses() -> None:
    fault = {"code": 2, "description": "No, said ann.o'neil@contoso.com.", "additionalDetails": "Suspended\x1b[31m"}
    error = offered(isEligible=False, upgradeErrors=[fault]).errors[0]
    assert error.description == "No, said <mail address>."
    assert error.details == "Suspended\x1b[31m"


@pytest.mark.parametrize("eligible", [False, "false", 0, "perhaps", None])
def test_only_a_plain_yes_is_eligible(eligible: Any) -> None:
    assert not offered(isEligible=eligible).eligible


@pytest.mark.parametrize("errors", [[{"code": 0}], {"code": 0}, "text", [3]])
def test_an_error_blocks_whatever_is_said_beside_it(errors: Any) -> None:
    seen = offered(isEligible=True, upgradeErrors=errors)
    assert not seen.eligible
    assert seen.errors


def test_an_item_without_a_target_is_an_error_only_where_it_could_be_chosen() -> None:
    assert offered(targetOffer=None, isEligible=False, upgradeErrors=[{"code": 7}]).target.id == ""
    with pytest.raises(ServiceError, match="without a target"):
        offered(targetOffer=None)


@pytest.mark.parametrize(
    "spelt", [upgrade(), pascal(upgrade()), upgrade(quantity=None)], ids=["camel", "pascal", "none"]
)
def test_the_item_goes_back_whole_to_the_source_with_only_the_quantity_changed(spelt: dict[str, Any]) -> None:
    script = Script(answer(page(spelt)), answer(upgrade_result()))
    commerce = client(script)
    commerce.upgrade(TENANT, SOURCE, commerce.upgrades(TENANT, SOURCE)[0], 30, TICKET)
    post = script.requests[1]
    sent = json.loads(post.content)
    key = "Quantity" if "Quantity" in spelt else "quantity"
    assert (post.method, post.url.path) == ("POST", f"/v1/customers/{TENANT}/subscriptions/{SOURCE}/upgrades")
    assert sent == {**spelt, key: 30}


def test_a_write_travels_under_its_ticket() -> None:
    script = Script(answer(upgrade_result()))
    client(script).upgrade(TENANT, SOURCE, option(upgrade()), 30, TICKET)
    headers = script.requests[0].headers
    assert (headers["MS-RequestId"], headers["MS-CorrelationId"]) == (TICKET.request_id, TICKET.correlation_id)
    assert headers["Content-Type"] == "application/json; charset=utf-8"


def test_an_option_without_a_body_is_asked_for_by_its_three_telling_members() -> None:
    bare = UpgradeOption(target=offered().target, type="upgrade_only", quantity=25, eligible=True)
    script = Script(answer(upgrade_result()))
    client(script).upgrade(TENANT, SOURCE, bare, 30, TICKET)
    sent = json.loads(script.requests[0].content)
    assert sent == {"targetOffer": {"id": E3.lower()}, "upgradeType": "upgrade_only", "quantity": 30}


def test_a_success_names_the_target() -> None:
    result = bought(sourceSubscriptionId=SOURCE.upper(), targetSubscriptionId=TARGET.upper())
    assert result.performed
    assert (result.source_subscription_id, result.target_subscription_id) == (SOURCE, TARGET)
    assert result.upgrade_type == "upgrade_only"


def test_errors_inside_a_200_are_a_result_that_was_not_performed() -> None:
    result = bought(targetSubscriptionId=None, upgradeErrors=[{"code": 4, "description": "Two already."}])
    assert not result.performed
    assert result.upgrade_errors[0].code == "concurrency_conflicts"


def test_licence_errors_alone_are_a_success_with_users_left() -> None:
    user = {
        "userObjectId": TENANT,
        "name": "Ann",
        "email": "ann@contoso.com",
        "errors": [{"code": 60000}, {"code": "x"}],
    }
    result = bought(licenseErrors=[user, "garbled"])
    assert result.performed
    assert result.license_errors[0].codes == ("60000", "x")
    assert (result.license_errors[0].name, result.license_errors[0].email) == ("Ann", "ann@contoso.com")
    assert len(result.license_errors) == 2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sourceSubscriptionId": TARGET}, "another subscription"),
        ({"targetSubscriptionId": None}, "neither"),
        ({"targetSubscriptionId": ""}, "neither"),
        ({"targetSubscriptionId": "00000000-0000-0000-0000-000000000000"}, "neither"),
        ({"targetSubscriptionId": SOURCE}, "neither"),
        ({"targetSubscriptionId": {"id": TARGET}}, "can't be understood"),
    ],
    ids=str,
)
def test_a_200_that_can_not_be_trusted_is_no_answer(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(NoAnswer, match=told):
        bought(**changes)


@pytest.mark.parametrize("body", ["", "<html></html>", '{"targetSubscriptionId": "', "[]", "null", "{}", "\x00"])
def test_a_200_that_can_not_be_read_is_no_answer(body: str) -> None:
    script = Script(raw(body))
    with pytest.raises(NoAnswer) as caught:
        client(script).upgrade(TENANT, SOURCE, option(upgrade()), 30, TICKET)
    assert "may have been made" in caught.value.problems[0].remedy
    assert len(script.requests) == 1


def test_a_refusal_is_definite_and_keeps_status_and_code() -> None:
    with pytest.raises(ServiceRefused) as caught:
        client(Script(refused(400, 800002, "Not so."))).upgrade(TENANT, SOURCE, option(upgrade()), 30, TICKET)
    assert (caught.value.status, caught.value.code) == (400, "800002")
