"""Promotions of new commerce, as far as planning depends on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """A promotion; `most_seats` is the largest quantity of a subscription that has it, None where it sets none."""

    id: str
    name: str
    most_seats: int | None = None
