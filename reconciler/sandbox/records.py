"""The service's records beside the subscriptions: the audit log, and answers to repeated requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.sandbox.sold import Sold


@dataclass(kw_only=True, slots=True)
class Record:
    """One record of the audit log: `before` and `after` are the subscription then, or `order` is the id of an order.

    No `user`: an application alone.
    """

    at: datetime
    operation: str
    customer: str
    before: Sold | None = None
    after: Sold | None = None
    order: str = ""
    application: str
    user: str = ""
    correlation_id: str = ""
    succeeded: bool = True


@dataclass(kw_only=True, slots=True)
class Answered:
    """An answer kept for a repeated request."""

    status: int
    headers: dict[str, str]
    document: Any
    at: datetime | None = None
