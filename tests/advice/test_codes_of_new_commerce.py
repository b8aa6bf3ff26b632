"""The service's codes about new-commerce subscriptions ("Partner Center REST error codes"), by HTTP status and code."""

import pytest

from reconciler.advice import error_class, row_or_none
from reconciler.model.errors import (
    AuthenticationFailed,
    Forbidden,
    Inconclusive,
    OperationInProgress,
    RelationshipMissing,
    ServiceError,
    ServiceRefused,
)
from reconciler.model.remedy import Actor, Retry

CODES = {
    400: (
        "800090 900214 900257 2002 900275 2001 800091 2011 900279 900277 900280 800082 900311 800095 800096 800097 "
        "800098 800093 800092 800040 800107 800121 800122 900117 900213 800063 900258 900259 900236 900260 900261 "
        "900267 900268 900269 900270 900242 900244 900245 900246 900419 800020 800027 800028 2085 2091 800070 800086 "
        "400041 900203 900206 800065 800009 800004 800071 2004 800010 800017 800018 900322 800022 800024 800026 800062 "
        "800025 27006 900169 800029 800016 900154 900252 900253 900254"
    ),
    401: "900420 900421",
    403: (
        "800027 900263 800066 800067 800088 800089 800020 800028 2085 2091 800070 800086 900416 800073 800074 800075 "
        "900123 900124 900329 20002 13605 800023 900121 800069"
    ),
    404: "20003 800008 400019 400013 400018 800015",
    409: "900278 800082 800014 800060 800064",
}
PAIRS = [(status, code) for status, codes in CODES.items() for code in codes.split()]
"""The documented pairs, and both statuses of a code for which the documents name either."""

WAITING = {
    "800014": Retry.MINUTES,
    "13605": Retry.DAY,
    "800010": Retry.DAY,
    "800060": Retry.MINUTES,
    "800064": Retry.MINUTES,
    "800065": Retry.MINUTES,
    "800073": Retry.DAY,
    "800074": Retry.DAY,
    "800082": Retry.MINUTES,
    "800086": Retry.DAY,
    "900261": Retry.MINUTES,
    "900277": Retry.DAY,
    "900278": Retry.DAY,
    "900280": Retry.DAY,
}
NOT_THE_PARTNERS = {
    **dict.fromkeys(
        (
            "800010",
            "800014",
            "800022",
            "800060",
            "800064",
            "800065",
            "800069",
            "800073",
            "800074",
            "800082",
            "900261",
            "900278",
            "900280",
        ),
        Actor.MICROSOFT,
    ),
    **dict.fromkeys(("13605", "20002", "800075", "800086", "900416", "900419"), Actor.CUSTOMER),
}


def test_every_code_has_a_row_of_its_own_with_who_acts_and_the_next_step() -> None:
    for status, code in PAIRS:
        row = row_or_none(f"{status}/{code}")
        assert row is not None, code
        assert {known.rpartition("/")[2] for known in (row.code, *row.also)} == {code}
        assert row.steps, code
        assert row.retry is WAITING.get(code, Retry.NO), code
        assert row.actor is NOT_THE_PARTNERS.get(code, Actor.PARTNER), code


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "900421", AuthenticationFailed),
        (403, "900329", AuthenticationFailed),
        (403, "20002", RelationshipMissing),
        (400, "800082", Inconclusive),
        (400, "800065", Inconclusive),
        (403, "13605", Forbidden),
        (409, "900278", OperationInProgress),
        (400, "900236", ServiceRefused),
    ],
)
def test_a_code_that_the_program_acts_on_has_a_class(status: int, code: str, kind: type[ServiceError]) -> None:
    assert error_class(status, code) is kind
