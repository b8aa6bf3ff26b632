"""Warnings about addresses of which no change is planned, and the codes that other rooms ask for."""

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.model.reason import Datum

SUBSCRIPTION_NOT_ACTIVE = "subscription_not_active"
"""The code of a subscription that is as the manifest wants it, but for its status."""

SUBSCRIPTION_UNREADABLE = "subscription_unreadable"
"""The code of an item of a customer's list that can't be understood."""

PREVIOUS_ACTIVE = "previous_subscription_active"
"""The code of a subscription that is billed beside the one that it was upgraded to."""

ORDER_ID_TO_WRITE = "order_id_to_write"
"""The code of an entry that lacks the id of what was bought for it."""

UNDOES = "undoes_outside_change"
UNDOES_OURS = "undoes_own_change"
SCHEDULE_LOST = "schedule_lost"
UNDOING = frozenset({UNDOES, UNDOES_OURS, SCHEDULE_LOST})
"""The codes of warnings of what a change undoes."""

PERMISSION_USED = "seat_permission_used"
"""The code of a removal of seats by a one-off permission that an earlier removal used."""

READ_FIRST = UNDOING | {PERMISSION_USED}
"""The codes of warnings without which nobody should approve a plan."""

UNGUARDED = "unguarded_change"
"""The code of changes that the service would take whatever somebody else did meanwhile."""

NOT_COUNTED = "not_counted_in_money"
"""The code of changes that no limit of money counts, since they have no price."""

NOT_GUARDED = frozenset({UNGUARDED, NOT_COUNTED})
"""The codes of what no guard of the program holds back."""

RENEWED_NOT_ENDED = "renewed_not_ended"
"""The code of a term that renewed though its end was asked for."""

RENEWED_OTHERWISE = "renewed_otherwise"
"""The code of a term that renewed with other values than its entry asks for."""

MISSED_RENEWAL = "missed_renewal"
"""The code of a renewal with more seats than its entry asks for, while they can be given back."""

SUSPENDED_AT_TERM_END = "suspended_at_term_end"
"""The code of a suspended subscription whose term ends."""

RENEWS_OTHERWISE = frozenset({"renews_otherwise", "renews_with_fewer_seats"})
"""The codes of a next term that is not the manifest's."""

OF_TERMS = RENEWS_OTHERWISE | {
    "lapses_at_term_end",
    "trial_turns_paid",
    SUSPENDED_AT_TERM_END,
    SCHEDULE_LOST,
    "ends_undeclared",
    "renewal_overdue",
    MISSED_RENEWAL,
    RENEWED_NOT_ENDED,
    RENEWED_OTHERWISE,
}
"""The codes of warnings that a date makes urgent: what happens at the end of a term, or just has."""

REMOVAL_PENDING = "removal_waits"
"""The code of an entry that is removed while a change of it is pending."""

REMOVAL_WAITS = frozenset({REMOVAL_PENDING, "removal_not_seen", "removal_in_doubt"})
"""The codes of entries that are removed and can't be let go yet: a change is pending, or may be about to show."""

TRACKED_ON = REMOVAL_WAITS | {"undeclared_not_seen", "undeclared_in_doubt"}
"""These, and the codes of other addresses that no manifest declares and that can't be forgotten yet."""

REMOVED_ENTRY_DECLARED = "removed_is_declared"
REMOVED_CUSTOMER_DECLARED = "removed_customer_is_declared"
REMOVED_IS_DECLARED = frozenset({REMOVED_ENTRY_DECLARED, REMOVED_CUSTOMER_DECLARED})
"""The codes of an entry, and of a customer, that is removed while another one means what it was."""

SCHEDULE_UNREAD = "schedule_unread"
"""The code of a subscription whose schedule a list may have left out, and that could not be read by itself."""

STANDING = frozenset({"end_stands", "schedule_stands"})
"""The codes of what stays scheduled for subscriptions that no manifest declares any more."""

ASKS_OTHERWISE = "asks_otherwise_than_bought"
"""The code of a manifest that asks for something else than an earlier run bought and nobody could compare it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something about an address that a person should look at though no change of it is planned.

    What concerns no address has none, and names its `customer`. `source` is the entry of the address. `data` is what
    its steps are filled in with, beside these.
    """

    address: Address | None
    customer: str = ""
    code: str
    description: str
    source: Place | None = None
    data: tuple[Datum, ...] = ()

    @property
    def subject(self) -> str:
        """The address, else the customer's name; else it concerns the whole run."""
        return self.address or self.customer or "this run"
