"""The customer agreement: read by a user, never confirmed by this call any more."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.emulated import APP, Emulated, Reply
from tests.sandbox.ordering import a_cart, a_shop, bought, check_out

CUSTOMER_AGREEMENT = "agreementType=MicrosoftCustomerAgreement"


def at(service: Emulated, path: str, method: str = "GET", **how: Any) -> Reply:
    return service.send(method, f"/customers/{service.tenant.tenant}/{path}", **how)


@pytest.mark.parametrize(
    ("agreement", "listed", "signed"), [("none", 0, False), ("confirmed", 1, False), ("signed", 0, True)]
)
def test_an_agreement_is_listed_where_it_was_confirmed_and_signed_where_it_was_signed(
    tmp_path: Path, agreement: str, listed: int, signed: bool
) -> None:
    service = a_shop(tmp_path, agreement=agreement)
    assert at(service, f"agreements?{CUSTOMER_AGREEMENT}").body["totalCount"] == listed
    assert at(service, "agreements").body["totalCount"] == 0
    assert at(service, "directSignedMicrosoftCustomerAgreementStatus").body == {"isSigned": signed}


def test_only_a_user_reads_it_and_the_type_must_be_known(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    assert at(service, f"agreements?{CUSTOMER_AGREEMENT}", token=APP).code == (403, "900329")
    assert at(service, "agreements?agreementType=Handshake").code == (400, "600009")


@pytest.mark.parametrize(("agreement", "refusal"), [("none", (403, 600000)), ("confirmed", (409, 600061))])
def test_it_cant_be_confirmed_any_more(tmp_path: Path, agreement: str, refusal: tuple[int, int]) -> None:
    service = a_shop(tmp_path, agreement=agreement)
    reply = at(service, "agreements", "POST", body={})
    assert (reply.status, int(reply.body["code"])) == refusal
    assert reply.body["code"] == (600061 if agreement == "confirmed" else "600000")


def test_without_it_nothing_is_bought_and_a_cart_costs_nothing(tmp_path: Path) -> None:
    service = a_shop(tmp_path, agreement="none")
    assert check_out(service, a_cart(service)).code == (403, "13605")
    assert bought(service) == []


def test_without_the_partners_attestation_nothing_is_bought_unless_the_service_does_without(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    cart = a_cart(service, PartnerOnRecordAttestationAccepted=False)
    assert check_out(service, cart).code == (400, "900206")
    service.behave(attestation_required=False)
    assert check_out(service, cart).status == 201
