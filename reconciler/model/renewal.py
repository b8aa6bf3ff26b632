"""The end of a term: outcomes and schedules."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum


class EndOfTerm(StrEnum):
    """The outcomes at the end of a term (contract, section 8.3).

    EXTENDED_TERM is scheduled by name; LAPSES is auto-renew switched off and nothing else, which leads there as well.
    UNCLEAR: the forms in which the service states a schedule disagree, or say something unknown.
    """

    RENEWS = "renews"
    RENEWS_CHANGED = "renews_changed"
    ENDS = "ends"
    EXTENDED_TERM = "extended_term"
    LAPSES = "lapses"
    UNCLEAR = "unclear"


RENEWING = frozenset({EndOfTerm.RENEWS.value, EndOfTerm.RENEWS_CHANGED.value})
"""The outcomes after which the subscription has another term."""


SCHEDULED = frozenset({EndOfTerm.RENEWS_CHANGED.value, EndOfTerm.ENDS.value})
"""The outcomes that somebody scheduled. Auto-renew off alone is no schedule, nor is the extended term: the service
fills it in by itself.
"""


class ScheduleForm(StrEnum):
    """The member of the subscription that states the schedule: `scheduledNextTermInstructions` or `scheduledActions`.

    NONE: neither is there. A subscription that carries `scheduledActions` is changed in that form only.
    """

    NONE = "none"
    INSTRUCTIONS = "instructions"
    ACTIONS = "actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRenewal:
    """The outcome at the end of the term, and what the subscription is then; None where that is not known.

    `offer_id` is product:sku of the next term where that is another than the present one, else None.
    """

    outcome: str
    quantity: int | None = None
    term: str | None = None
    billing: str | None = None
    offer_id: str | None = None

    @property
    def values(self) -> dict[str, str | int | None]:
        """Returns it by the paths of differences: `renewal.outcome` and its like."""
        return {f"renewal.{member.name}": getattr(self, member.name) for member in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTerm:
    """The subscription after its renewal, as instructions state it (subscription-resources,
    "ScheduledNextTermInstructions").

    `offer_id` is product:sku; `availability_id` the third part, which Microsoft rotates: it is compared never. Two
    schedules are the same where offer, quantity, term, billing and custom end are.
    """

    offer_id: str
    availability_id: str = field(default="", compare=False)
    quantity: int
    term: str
    billing: str
    custom_end: datetime | None = None
    promotion_id: str = field(default="", compare=False)

    def same_as(self, other: "NextTerm | None") -> bool:
        """Returns whether both lead to the same next term."""
        return other is not None and self.compared == other.compared

    @property
    def compared(self) -> tuple[object, ...]:
        """Returns the values by which schedules are compared."""
        return (
            self.offer_id.casefold(),
            self.quantity,
            self.term.casefold(),
            self.billing.casefold(),
            self.custom_end,
        )
