"""Seats that can be given back: one batch for each operation that bought some, each with a window of its own."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from reconciler.sandbox.sold import WINDOW, Batch, Sold

Order = Literal["newest_first", "oldest_first"]
"""Order in which batches are used up; the service's documents leave it open."""


def open_batches(sold: Sold, now: datetime) -> list[Batch]:
    """The batches that can still be given back, the oldest first. Whatever was bought at first is a batch, too."""
    bought = sold.batches
    if bought is None:
        bought = [] if sold.trial else [Batch(quantity=sold.quantity, until=sold.cancellable_until)]
    return [batch for batch in bought if batch.quantity > 0 and now <= batch.until]


def refundable(sold: Sold, now: datetime) -> int:
    """Returns the number of seats that can be given back."""
    return sum(batch.quantity for batch in open_batches(sold, now))


def add(sold: Sold, quantity: int, now: datetime) -> None:
    """Adds seats, which open a window."""
    sold.batches = [*open_batches(sold, now), Batch(quantity=quantity, until=now + WINDOW)]
    sold.quantity += quantity


def give_back(sold: Sold, quantity: int, now: datetime, order: Order) -> None:
    """Gives back seats, which must not be more than `refundable`."""
    batches = [replace(batch) for batch in open_batches(sold, now)]
    left = quantity
    for batch in reversed(batches) if order == "newest_first" else batches:
        taken = min(left, batch.quantity)
        batch.quantity -= taken
        left -= taken
    sold.batches = [batch for batch in batches if batch.quantity]
    sold.quantity -= quantity


def renew(sold: Sold, now: datetime) -> None:
    """Opens one window for all seats: the purchase or the renewal was completed now."""
    sold.window_from = now
    sold.batches = [Batch(quantity=sold.quantity, until=now + WINDOW)]


def keep_at_most(batches: list[Batch], quantity: int) -> list[Batch]:
    """Returns batches of no more than so many seats, the newest ones."""
    kept: list[Batch] = []
    for batch in reversed(batches):
        seats = min(batch.quantity, quantity - sum(entry.quantity for entry in kept))
        if seats > 0:
            kept.append(Batch(quantity=seats, until=batch.until))
    return kept[::-1]
