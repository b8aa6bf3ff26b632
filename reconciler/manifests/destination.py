"""Turns a live subscription, and what is scheduled for it, into the manifest's lines that lead to exactly that."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from reconciler.advice import sentence
from reconciler.model.desired import Desired
from reconciler.model.renewal import EndOfTerm, NextTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, FewerSeats, Platform, Renew, Term

_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The lines of an entry. `fewer_seats` is what a schedule of fewer seats needs, None where nothing does.

    `not_writable` completes "it is not declared:" where no line leads to what is scheduled.
    """

    quantity: int
    fewer_seats: FewerSeats | None = None
    term: Term | None = None
    billing: Billing | None = None
    renew: Renew | None = None
    not_writable: str = ""

    def differs(self, desired: Desired) -> bool:
        """Returns whether a manifest asks for something else; what it does not manage is no difference."""
        managed = (
            (desired.term, self.term),
            (desired.billing, self.billing),
            (desired.renew, self.renew or Renew.AUTO),
        )
        return desired.quantity != self.quantity or any(declared not in {None, wanted} for declared, wanted in managed)


def destination(live: Live) -> Destination:
    """Returns the lines for a live subscription: a term only where new commerce sold a paid one."""
    commitment = live.commitment
    plain = Destination(quantity=live.quantity)
    if commitment is None or live.platform is not Platform.NEW_COMMERCE:
        return plain
    outcome = commitment.renewal.outcome
    if live.is_trial:
        return replace(plain, renew=Renew.END if outcome in {EndOfTerm.ENDS, EndOfTerm.LAPSES} else None)
    term, billing = _known(Term, commitment.term), _known(Billing, live.billing)
    now = replace(plain, term=term, billing=billing, renew=Renew.END if outcome == EndOfTerm.ENDS else None)
    if outcome != EndOfTerm.RENEWS_CHANGED or commitment.next_term is None:
        return now
    return _following(now, live, commitment.next_term)


def _following(now: Destination, live: Live, following: NextTerm) -> Destination:
    """The lines by which the next term is what is scheduled for it."""
    if following.offer_id.casefold() != live.offer.id.casefold():
        return replace(now, not_writable=sentence("next_offer_not_writable", offer=following.offer_id))
    if following.quantity > live.quantity:
        return replace(now, not_writable=sentence("next_seats_not_writable", seats=following.quantity))
    return replace(
        now,
        quantity=following.quantity,
        fewer_seats=FewerSeats.AT_RENEWAL if following.quantity < live.quantity else None,
        term=_known(Term, following.term),
        billing=_known(Billing, following.billing),
    )


def _known(words: type[_Word], text: str) -> _Word | None:
    """The word, where manifests know it: what they can't say they do not manage."""
    return words(text) if text in set(words) else None
