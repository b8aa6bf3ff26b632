"""The particulars that Microsoft's support asks for first."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """The ids by which Microsoft finds one request again: paste it into the ticket. It holds no secret and no user's
    name.

    `sent_request_id` is ours, where the service answered under another; `trace_id` is the directory's for a sign-in.
    """

    method: str = ""
    path: str = ""
    status: int | None = None
    request_id: str | None = None
    sent_request_id: str | None = None
    correlation_id: str | None = None
    ms_cv: str | None = None
    server_id: str | None = None
    trace_id: str | None = None
    at: datetime | None = None
