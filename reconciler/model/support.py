"""What Microsoft's support asks for first."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """How Microsoft finds one request again: paste it into the ticket. It holds no secret and no user's name."""

    method: str = ""
    path: str = ""
    status: int | None = None
    request_id: str | None = None
    correlation_id: str | None = None
    ms_cv: str | None = None
    server_id: str | None = None
    at: datetime | None = None
