"""Amounts of money: decimal, in one currency, rounded where they are shown, or are charged, and nowhere before."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal

_CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")


def cents(amount: Decimal) -> Decimal:
    """Returns the amount in whole cents; half a cent is rounded away from zero."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def at_most(amount: Decimal) -> Decimal:
    """Returns the amount in whole cents, rounded up: nothing that it stands for is more."""
    return amount.quantize(_CENT, ROUND_UP)


def precise(amount: Decimal) -> Decimal:
    """Returns the amount in millionths, and in whole cents where it is a number of them."""
    found = amount.quantize(_MILLIONTH, ROUND_HALF_UP)
    return cents(found) if found == cents(found) else found


def per_month(amount: Decimal, months: int) -> Decimal:
    """Returns the part of one month in whole cents, of an amount for so many months."""
    return cents(amount / months)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in a currency (ISO 4217). Only amounts of one currency are compared or added."""

    currency: str
    amount: Decimal

    def __str__(self) -> str:
        return f"{cents(self.amount):,} {self.currency}"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Returns the sum of amounts; 0 of none."""
    return sum(amounts, Decimal(0))
