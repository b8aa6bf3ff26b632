"""The table of the service's statuses and codes: complete, and used for every error."""

import pytest

from reconciler.advice import service_row
from reconciler.model.errors import (
    AuthenticationFailed,
    Conflict,
    Forbidden,
    Inconclusive,
    NoAnswer,
    NotFound,
    OperationInProgress,
    PartnerRefused,
    RelationshipMissing,
    ServiceError,
    ServiceRefused,
    StaleEtag,
    TooManyRequests,
)
from reconciler.model.remedy import Actor, Retry
from reconciler.partner_center.http.retry import Retries
from tests.partner_center.recorded import CALLS, outcome
from tests.partner_center.service import Script, client, raw, refused

DOCUMENTED = {
    400: "2000 2001 2002 2006 2011 2012 2054 2055 2071 2100 3000 60000 800002 800040 800081 800082 800090 800091 800092"
    " 800093 800095 800096 800097 800098 800107 800121 800122 900117 900213 900214 900236 900242 900244 900245 900246"
    " 900257 900258 900259 900260 900261 900267 900268 900269 900270 900275 900277 900279 900280 900311",
    401: "400 800001 900420 900421",
    403: "2006 2030 2032 2085 2091 20002 800023 800027 800039 800066 800067 800069 800073 800074 800075 800088 800089"
    " 900121 900123 900124 900150 900263 900308 900309 900329",
    404: "1000 2072 3000 20000 20003 60002 60003",
    408: "900225",
    409: "27009 800014 800060 800082 900278",
    417: "800036",
    500: "800003 800005 800094",
}
PAIRS = [(status, code) for status, codes in DOCUMENTED.items() for code in codes.split()]


def test_a_documented_pair_has_a_line_of_its_own() -> None:
    for status, code in PAIRS:
        known = service_row(status, code)
        assert f"{status}/{code}" in {known.code, *known.also}
        assert known.steps, known.code


def test_one_code_means_different_things_under_two_statuses() -> None:
    assert service_row(400, "2006") != service_row(403, "2006")
    assert service_row(400, "3000") != service_row(404, "3000")
    assert service_row(400, "800082") == service_row(409, "800082")


def test_a_pair_that_nobody_knows_has_what_holds_for_its_status() -> None:
    for status in (400, 401, 403, 404, 405, 408, 409, 410, 412, 417, 418, 429, 500, 501, 502, 503, 504, 599):
        known = service_row(status, "123456789")
        assert {str(status), "unexpected", "no_answer"} & {known.code, *known.also}
        assert known.steps, status


@pytest.mark.parametrize(("status", "code"), [(401, ""), (401, "400"), (401, "900421"), (403, "900329")])
def test_a_sign_in_that_is_not_taken_ends_the_run_in_words_of_its_own(status: int, code: str) -> None:
    found = outcome(lambda: CALLS["subscriptions"](client(Script(refused(status, code)))))
    assert isinstance(found, AuthenticationFailed)
    assert found.remedy == service_row(status, code).remedy()


@pytest.mark.parametrize("code", ["20002", "900150", "900309", "2032", ""])
def test_what_is_forbidden_for_one_customer_does_not_end_the_run(code: str) -> None:
    found = outcome(lambda: CALLS["subscriptions"](client(Script(refused(403, code)))))
    assert isinstance(found, ServiceRefused)


@pytest.mark.parametrize(("code", "ours"), [("900150", True), ("900309", True), ("", True), ("20002", False)])
def test_a_refusal_says_whether_it_is_about_ourselves(code: str, ours: bool) -> None:
    found = outcome(lambda: CALLS["subscriptions"](client(Script(refused(403, code)))))
    assert isinstance(found, ServiceRefused)
    assert isinstance(found, PartnerRefused) is ours


@pytest.mark.parametrize(
    ("call", "status", "code", "kind"),
    [
        ("subscriptions", 403, "20002", RelationshipMissing),
        ("subscriptions", 403, "900308", PartnerRefused),
        ("subscriptions", 403, "800069", Forbidden),
        ("subscriptions", 404, "20003", NotFound),
        ("subscriptions", 409, "900278", ServiceRefused),
        ("update", 412, "1", StaleEtag),
        ("update", 400, "2055", StaleEtag),
        ("update", 429, "1", TooManyRequests),
        ("update", 409, "900278", OperationInProgress),
        ("update", 409, "800082", Conflict),
        ("upgrade", 408, "1", Inconclusive),
        ("upgrade", 400, "60000", Inconclusive),
        ("upgrade", 503, "1", NoAnswer),
    ],
)
def test_what_the_program_decides_by_is_the_class_of_the_error(
    call: str, status: int, code: str, kind: type[ServiceError]
) -> None:
    answers = [refused(status, code)] * 5
    assert type(outcome(lambda: CALLS[call](client(Script(*answers))))) is kind


def test_a_gateways_refusal_of_a_write_is_no_conflict() -> None:
    found = outcome(lambda: CALLS["update"](client(Script(raw("<html>conflict</html>", 409)))))
    assert type(found) is Inconclusive


def test_a_licence_transfer_that_failed_may_have_bought_something_all_the_same() -> None:
    found = outcome(lambda: CALLS["upgrade"](client(Script(refused(400, 60000)))))
    assert isinstance(found, NoAnswer)
    assert "if the new one is there" in found.problems[0].remedy


def test_waiting_helps_where_the_service_says_later() -> None:
    assert service_row(409, "900278").retry is Retry.DAY
    assert service_row(409, "800082").retry is service_row(429, "").retry is Retry.MINUTES
    assert service_row(400, "2055").retry is Retry.NO


def test_the_customer_acts_where_only_the_customer_can() -> None:
    assert service_row(403, "20002").actor is Actor.CUSTOMER
    assert service_row(500, "").actor is Actor.MICROSOFT


@pytest.mark.parametrize(("status", "code"), [(400, "800090"), (403, "20002"), (404, "x"), (418, "x")])
@pytest.mark.parametrize("call", ["update", "subscriptions"])
def test_every_refusal_carries_its_remedy(call: str, status: int, code: str) -> None:
    found = outcome(lambda: CALLS[call](client(Script(refused(status, code)))))
    assert isinstance(found, ServiceRefused)
    assert found.remedy == service_row(status, code).remedy()
    assert found.problems[0].steps == found.remedy.steps


@pytest.mark.parametrize("status", [500, 501, 503, 408])
def test_a_write_that_may_have_been_performed_is_never_told_to_be_repeated(status: int) -> None:
    found = outcome(lambda: CALLS["upgrade"](client(Script(raw("", status)))))
    assert isinstance(found, NoAnswer)
    assert "may have been made" in found.problems[0].remedy


def test_patience_is_told_in_seconds_where_the_service_names_them() -> None:
    found = outcome(lambda: CALLS["offers"](client(Script(raw("", 429, {"Retry-After": "900"})))))
    assert isinstance(found, ServiceError)
    assert found.problems[0].remedy.startswith("Wait 900 seconds.\n")
    assert Retries().pause_seconds < 900
