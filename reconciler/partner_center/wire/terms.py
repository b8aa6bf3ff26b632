"""Terms and billing cycles, as the service spells them (subscription-resources, `termDuration`, `billingCycle`)."""

from functools import lru_cache
from typing import Any

from reconciler.model.term import Term
from reconciler.partner_center.wire.values import plain, word

BILLING_CYCLES = {
    0: "unknown",
    1: "monthly",
    2: "annual",
    3: "none",
    4: "one_time",
    5: "triennial",
    6: "biennial",
}
_TERMS = {
    "P1M": Term.MONTHLY.value,
    "P1Y": Term.ANNUAL.value,
    "P12M": Term.ANNUAL.value,
    "P3Y": Term.TRIENNIAL.value,
    "P36M": Term.TRIENNIAL.value,
}
_SENT = {Term.MONTHLY.value: "P1M", Term.ANNUAL.value: "P1Y", Term.TRIENNIAL.value: "P3Y"}


def term(raw: Any) -> str:
    """Returns a term in our words: `annual` for P1Y. Another one is `unknown(<raw>)`, none at all the empty text."""
    text = plain(raw)
    return _TERMS.get(text.upper(), f"unknown({text[:80]})") if text else ""


def billing(raw: Any) -> str:
    """Returns a billing cycle in our words; none at all is the empty text."""
    return _billing(raw) if isinstance(raw, str) else "" if raw is None else word(raw, BILLING_CYCLES)


@lru_cache(maxsize=64)
def _billing(raw: str) -> str:
    return word(raw, BILLING_CYCLES) if raw.strip() else ""


def term_to_send(term: str) -> str:
    """Returns the service's spelling of a term that `term` read, whatever it was."""
    return _SENT.get(term, _raw(term))


def billing_to_send(billing: str) -> str:
    """Returns the service's spelling of a billing cycle that `billing` read, whatever it was."""
    return _raw(billing)


def _raw(text: str) -> str:
    return text.removeprefix("unknown(").removesuffix(")") if text.startswith("unknown(") else text
