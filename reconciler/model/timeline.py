"""The coming twelve months: how many terms end in each, and with how many seats."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The terms that end in a month (`2026-12`), the routine ones apart: how many, with how many seats, how many of
    them renew with how many, and how many need a look.
    """

    month: str
    terms: int = 0
    seats: int = 0
    renewing: int = 0
    seats_after: int = 0
    findings: int = 0
