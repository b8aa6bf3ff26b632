"""What the service's own log says of who changed what."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One operation in the audit log of the partner.

    `operation` (`upgrade_subscription`, `update_subscription`, …) and `status` (`succeeded`, `failed`, `progress`,
    `decline`) are the service's words, `unknown(<raw>)` where nobody has heard of them. `by` is the id of the
    application, or of the user where the log has one: a user's name is personal data, and is not kept; `person` tells
    that somebody was signed in. `correlation_id` is that of the request (`Ticket.correlation_id`).
    `subscription_ids` are those that the record's documents name, canonical and sorted; none where they can't be read.
    """

    operation: str
    status: str
    at: datetime | None
    by: str = ""
    person: bool = False
    correlation_id: str = ""
    subscription_ids: tuple[str, ...] = ()
