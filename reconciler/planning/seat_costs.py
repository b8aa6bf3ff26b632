"""The costs of seats: in a month, and from a day to the end of their term."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reconciler.model.money import cents
from reconciler.model.prices import Price
from reconciler.model.term import months_later

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """So many seats of an offer for a term that begins on a day. `last` is the term's last day; None where it has its
    full length.
    """

    offer_id: str
    term: str
    billing: str
    quantity: int
    begins: date
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """Seats with the price of one of them for a full term."""

    seats: Seats
    price: Price

    @property
    def monthly(self) -> Decimal:
        """Returns what the seats cost in a month, in whole cents."""
        return cents(self.seats.quantity * self.price.amount / self.price.term.months)

    @property
    def last(self) -> date:
        """The last day of the term."""
        return self.seats.last or months_later(self.seats.begins, self.price.term.months) - DAY

    def unit(self, first: date) -> Decimal:
        """Returns what one seat costs from a day to the end of the term: UnitPrice, for all of a full term."""
        if self.seats.last is None and first <= self.seats.begins:
            return self.price.amount
        return until_the_end(self.price, first, self.last)


def until_the_end(price: Price, first: date, last: date) -> Decimal:
    """Returns what one seat costs from a day of a term to its last, both included: the days left of the billing period
    that is running, and the billing periods after it. They are counted back from the end of the term.
    """
    end, periods = last + DAY, 0
    while (begins := months_later(end, -(periods + 1) * price.billed_months)) > first:
        periods += 1
    over = months_later(end, -periods * price.billed_months)
    left = max((over - first).days, 0)
    return price.charge * (Decimal(left) / (over - begins).days + periods)
