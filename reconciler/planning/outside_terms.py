"""Terms and schedules of new commerce that somebody else changed: which planned changes would undo that, and what of it
apply may record.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from reconciler.changes.case import Case
from reconciler.changes.rules import schedules
from reconciler.changes.schedule import due, is_declared, is_ours, is_scheduled, left_open
from reconciler.model.alarm import UNDOES
from reconciler.model.binding import Bound
from reconciler.model.change import Caution
from reconciler.model.renewal import AtRenewal, EndOfTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Commitment, billed

_TERM = frozenset({"term", "billing", "renewal.term", "renewal.billing"})


def undoing_terms(case: Case, changed: Collection[str]) -> Iterator[Caution]:
    """Yields what a change of these attributes undoes of term and schedule, and which edit keeps the other value."""
    live, bound = case.facts.lives.get(case.subscription_id), case.bound
    if live is None or live.commitment is None or bound is None or not bound.visible:
        return
    if _TERM & frozenset(changed) and _term_moved(bound, live, live.commitment, case):
        yield _term_undone(case, bound, live, live.commitment)
    lost = case.left is None and schedules.is_lost(case)
    if "renewal.outcome" in changed or any(path.startswith("renewal.") for path in changed):
        before, now = bound.renewal, live.commitment.renewal
        if before and not lost and _outcome_moved(bound, live.commitment):
            yield case.caution(
                UNDOES,
                renewal_before=schedules.outcome_in_words(before),
                renewal_now=schedules.outcome_in_words(now),
                keep=schedules.keeping(case, live),
            )


def undoing_schedule(case: Case) -> Iterator[Caution]:
    """Yields that the first change of an address deletes or replaces what somebody else scheduled, since the manifest
    may win over it.
    """
    live = case.facts.lives.get(case.subscription_id)
    if case.left is not None or not case.accepts_drift or live is None or live.commitment is None:
        return
    if is_scheduled(live) and not is_ours(case.bound, live.commitment) and not is_declared(case, live):
        yield case.caution(UNDOES, scheduled=schedules.in_words(live), keep=schedules.keeping(case, live))


def kept_terms(bound: Bound, live: Live, case: Case) -> Live:
    """The live subscription, with the remembered term and outcome where somebody else changed them and the manifest
    asks for something else, or leaves the end of the term open: recorded, they would be undone later without a word, or
    forgotten.
    """
    found = live.commitment
    if found is None:
        return live
    if _term_moved(bound, live, found, case) and _wanted_term(case, live, found) != (found.term, live.billing):
        known = replace(found, term=bound.term or found.term, ends_at=bound.term_ends)
        live, found = replace(live, billing=bound.billing or live.billing, commitment=known), known
    if bound.renewal and _outcome_moved(bound, found) and (due(case) is not None or left_open(case)):
        live = replace(live, commitment=replace(found, renewal=bound.renewal))
    return live


def _term_undone(case: Case, bound: Bound, live: Live, commitment: Commitment) -> Caution:
    was, wanted = (bound.term, bound.billing), _wanted_term(case, live, commitment)
    return case.caution(
        UNDOES,
        term_before=_words(bound.term or "", bound.billing or ""),
        term_now=_words(commitment.term, live.billing),
        term_back="back" if wanted == was else f"to {_words(*wanted)}",
        term_lines=f"term: {commitment.term} and billing: {live.billing}",
    )


def _term_moved(bound: Bound, live: Live, commitment: Commitment, case: Case) -> bool:
    """Returns whether somebody else changed the term within its time; at its end it may change by itself."""
    over = bound.term_ends is not None and bound.term_ends < case.circumstances.now
    return (
        not over
        and None not in {bound.term, bound.billing}
        and (bound.term, bound.billing)
        != (
            commitment.term,
            live.billing,
        )
    )


def _wanted_term(case: Case, live: Live, commitment: Commitment) -> tuple[str, str]:
    return str(case.desired.term or commitment.term), str(case.desired.billing or live.billing)


def _outcome_moved(bound: Bound, commitment: Commitment) -> bool:
    """Returns whether somebody else changed what happens at the end of the same term."""
    same_term = bound.term_ends == commitment.ends_at
    return same_term and bound.renewal is not None and _compared(bound.renewal) != _compared(commitment.renewal)


def _compared(renewal: AtRenewal) -> AtRenewal:
    """A plain renewal goes by what the subscription is, whatever that is."""
    return AtRenewal(outcome=renewal.outcome) if renewal.outcome == EndOfTerm.RENEWS else renewal


def _words(term: str, billing: str) -> str:
    return f"{term} term, {billed(billing)}"
