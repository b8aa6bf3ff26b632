"""What happens to a subscription when its term ends."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRenewal:
    """The outcome at the end of the term, and what the subscription is then; None where that is not known."""

    outcome: str
    quantity: int | None = None
    term: str | None = None
    billing: str | None = None
