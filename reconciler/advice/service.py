"""Classifies the service's answers: status and code -> the row of the table, and the class of the error."""

from collections.abc import Mapping

from reconciler.advice.rows import ErrorName, Row
from reconciler.advice.table import row, row_or_none
from reconciler.model.errors import (
    AuthenticationFailed,
    CustomerHeld,
    Forbidden,
    Inconclusive,
    NoAnswer,
    NotFound,
    NotOnSale,
    OperationInProgress,
    PartnerRefused,
    RelationshipMissing,
    ServiceError,
    ServiceRefused,
    StaleEtag,
    TooManyRequests,
)

_CLASSES: Mapping[ErrorName, type[ServiceError]] = {
    "authentication_failed": AuthenticationFailed,
    "partner_refused": PartnerRefused,
    "customer_held": CustomerHeld,
    "relationship_missing": RelationshipMissing,
    "not_on_sale": NotOnSale,
    "stale_etag": StaleEtag,
    "operation_in_progress": OperationInProgress,
    "inconclusive": Inconclusive,
}
_BY_STATUS: Mapping[int, type[ServiceError]] = {403: Forbidden, 404: NotFound, 408: NoAnswer, 429: TooManyRequests}
_SERVER_ERROR = 500
_STATUSES = (400, 403, 409, 404, 500)


def service_row(status: int, code: str = "") -> Row:
    """Returns the row of a status and a code together; of a pair that the table lacks, the row of the status."""
    found = row_or_none(f"{status}/{code}") or row_or_none(str(status))
    return found or row("no_answer" if status >= _SERVER_ERROR else "unexpected")


def error_class(status: int, code: str = "") -> type[ServiceError]:
    """Returns the class of the error that a status and a code mean together.

    It does not know whether a write was answered so, and by whom: whoever does may have to call it `Inconclusive`.
    """
    name = service_row(status, code).error
    if name:
        return _CLASSES[name]
    return NoAnswer if status >= _SERVER_ERROR else _BY_STATUS.get(status, ServiceRefused)


def code_in_table(number: str) -> str:
    """Returns the code of the row for a number that came without a status; `unknown(<number>)` where there is none."""
    known = (f"{status}/{number}" for status in _STATUSES)
    return next((code for code in known if row_or_none(code)), f"unknown({number})")
