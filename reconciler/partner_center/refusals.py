"""The service's refusals: (status, code) -> the row of the advice table that says what it means and what to do."""

from reconciler import advice

UNREACHABLE = "service_unreachable"
DOWN = "down"
THROTTLED = "throttled"
STOPPED = "stopped"
TOO_LATE = "too_late"
NO_ANSWER = "no_answer"
MISREAD = "misread"
OUTCOME_LOST = "outcome_lost"
UNEXPECTED = "unexpected"
IDENTITY_REFUSED = "identity_refused"

Refusal = advice.Row


def refusal(status: int | None, code: str) -> Refusal:
    """The row of a status and a code together; of a pair that no table has, the row of the status."""
    known = advice.row_or_none(code if status is None else f"{status}/{code}") or advice.row_or_none(str(status))
    server_error = status is not None and status >= 500  # noqa: PLR2004 - where HTTP's server errors begin
    return known or advice.row(NO_ANSWER if server_error else UNEXPECTED)
