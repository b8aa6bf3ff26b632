"""The coming twelve months: how many terms end in each, with how many seats, and which."""

from dataclasses import dataclass
from datetime import date

NAMED = 20
"""The most terms that a month names; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A term that ends `on` this last day. `subject` is the address, else the customer and the offer. `seats_after` is
    None where it does not renew; one with `finding` needs a look.
    """

    on: date
    subject: str
    seats: int = 0
    seats_after: int | None = None
    finding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The terms that end in a month (`2026-12`), the routine ones apart: how many, with how many seats, how many of
    them renew with how many, and how many need a look. `named` are the first of them: those that need a look, then the
    others, each by date.
    """

    month: str
    terms: int = 0
    seats: int = 0
    renewing: int = 0
    seats_after: int = 0
    findings: int = 0
    named: tuple[Ending, ...] = ()
