"""Records of the service's own log: who changed what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AUDIT_KEPT = timedelta(days=89)
"""The reach of the log: it refuses a first day more than ninety days back (get-a-record-of-partner-center-activity)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRecord:
    """One operation in the audit log of the partner.

    `operation` (`upgrade_subscription`, `update_subscription`, …) and `status` (`succeeded`, `failed`, `progress`,
    `decline`) are the service's words, `unknown(<raw>)` where nobody has heard of them. `by` is the id of the
    application, or of the user where the log has one: a user's name is personal data, and is not kept; `person` tells
    that somebody was signed in. `correlation_id` is that of the request (`Ticket.correlation_id`).
    `subscription_ids` are those that the record's documents name, canonical and sorted; none where they can't be read.
    `tenant` is the customer that it is about, empty where it names none; `resource` is the kind of thing that was
    changed, in the service's word: `subscription`, `order`.
    """

    operation: str
    status: str
    at: datetime | None
    by: str = ""
    person: bool = False
    correlation_id: str = ""
    subscription_ids: tuple[str, ...] = ()
    tenant: str = ""
    resource: str = ""

    @property
    def who(self) -> str:
        """Returns who did it, as far as it may be told: an application by its id, a person only as such."""
        if self.person:
            return "a signed-in user"
        return f"application {self.by}" if self.by else "somebody"

    @property
    def refused(self) -> bool:
        """Returns True if the log says that nothing was changed."""
        return self.status in {"failed", "decline"}


def causes(
    records: Iterable[AuditRecord],
    subscription_ids: Collection[str],
    since: datetime,
    own_correlation_ids: Collection[str] = (),
) -> tuple[AuditRecord, ...]:
    """The records that may explain why these subscriptions (canonical ids) differ from what was seen at `since`.

    Oldest first. Left out are refused operations and those of our own requests, by their correlation ids: what we did
    ourselves is no drift. None proves nothing: the log lags, and knows ninety days only.
    """
    wanted, own = set(subscription_ids), set(own_correlation_ids)
    found = (
        (record.at, record)
        for record in records
        if record.at is not None and record.at >= since and not record.refused and record.correlation_id not in own
    )
    return tuple(item for _, item in sorted(found, key=lambda pair: pair[0]) if wanted & set(item.subscription_ids))
