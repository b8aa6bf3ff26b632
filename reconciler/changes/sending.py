"""All that a request is made of, and the answers to it."""

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.changes.view import View
from reconciler.model.commerce import Look, Ticket
from reconciler.model.pending import Pending
from reconciler.model.result import Licenses
from reconciler.model.subscription import Live
from reconciler.model.upgrade import LicenseError, UpgradeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """All that a request is made of.

    `source` is the subscription just before; with its body where the kind sends it back. `view` holds what planning
    looked up for the change. `known_ids` are subscriptions that can't have come of it. `keep_cart` makes the id of a
    cart durable, before it is checked out: it raises StateError where that can't be done, and Overtaken where that took
    too long.
    """

    tenant: str
    pending: Pending
    source: Live
    view: View
    known_ids: frozenset[str]
    look: Look
    keep_cart: Callable[[str], None]

    @property
    def ticket(self) -> Ticket:
        """The ids that the request travels under."""
        return Ticket(request_id=self.pending.request_id, correlation_id=self.pending.correlation_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """The service did it. `subscription_id` carries the result; `seen` is that as answered, where it was. `operation`
    is what the service calls the work, where it names it.

    `licenses` is UNKNOWN while the service is at work on users' licences: they are watched for as long as the settings
    say, and it counts as done all the same.
    """

    subscription_id: str
    seen: Live | None = None
    operation: str | None = None
    license_errors: tuple[LicenseError, ...] = ()
    licenses: Licenses | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The service took it and is at work. `operation` is its name for that, where it gives one.

    `held` is the service's own word where it waits for a person: until that one has acted, nothing comes of it.
    `strange` is its word where this version does not know what that means.
    """

    operation: str | None = None
    held: str = ""
    strange: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The service answered that it did not do it, with its errors. A refusal under an error status is a ServiceError.

    Unless it is `final`, it counts only where another look bears it out: it may answer the second copy of a request.
    `operation` is what the service calls the work that failed, where it names it.
    """

    errors: tuple[UpgradeError, ...]
    final: bool = False
    operation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclear:
    """The service answered, and the answer does not tell whether it did it: as if nothing had come back."""


Answer = Performed | Accepted | Refused
"""The answer to a request. A request without a usable answer raises NoAnswer."""
