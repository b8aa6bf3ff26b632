"""The attributes that differ."""

from reconciler.model.binding import Bound
from reconciler.model.change import Before, Difference, attributes
from reconciler.model.renewal import EndOfTerm
from reconciler.model.subscription import Live, Status, Terms

_Attributes = dict[str, str | int | None]


def between(live: Live, left: Live) -> tuple[Difference, ...]:
    """Returns the attributes that a change makes otherwise. Offers go by id, never by name. Of a subscription that is
    still to be bought all is None before.
    """
    after = attributes(Before.of(left))
    return _differences(dict.fromkeys(after) if live.absent else attributes(Before.of(live)), after)


def drifted(bound: Bound, live: Live | None, *, alone: bool = False) -> tuple[Difference, ...]:
    """Returns what is otherwise than state last saw it: `offer_id` with `offer_name`, `partner_id`, `quantity`,
    `status`, `term`, `billing` and what is scheduled, `renewal.outcome` and its like. Gone altogether: status None.

    Dates are no drift, and a renewal that has passed makes what was scheduled for it history. What was never bought has
    not gone. `alone`: the subscription was read by itself.
    """
    before: _Attributes = {"offer_id": bound.offer_id, "quantity": bound.quantity, "status": bound.status}
    if live is None and bound.status == Status.ABSENT:
        return ()
    if live is None:
        return (Difference(path="status", before=bound.status, after=None),)
    after: _Attributes = {"offer_id": live.offer.id, "quantity": live.quantity, "status": live.status}
    if bound.offer_name and live.offer.name and bound.offer_id != live.offer.id:
        before, after = {**before, "offer_name": bound.offer_name}, {**after, "offer_name": live.offer.name}
    if bound.resold(live):
        before, after = {**before, "partner_id": bound.partner_id or ""}, {**after, "partner_id": live.partner_id or ""}
    seen = bound.observe(live, bound.observed_at, alone=alone)
    was, now = _terms(bound.terms), _terms(seen.terms)
    if bound.term_ends != seen.term_ends:
        was, now = _now(was), _now(now)
        before, was = _as_scheduled(bound, live, before, was)
    return _differences(before | was, after | now) if was and now else _differences(before, after)


def _as_scheduled(bound: Bound, live: Live, before: _Attributes, was: _Attributes) -> tuple[_Attributes, _Attributes]:
    """Returns what state last saw, by what was scheduled where a renewal has brought exactly that."""
    then, commitment = bound.renewal, live.commitment
    if then is None or commitment is None or then.outcome != EndOfTerm.RENEWS_CHANGED:
        return before, was
    if (then.quantity, then.term, then.billing) != (live.quantity, commitment.term, live.billing):
        return before, was
    return {**before, "quantity": then.quantity}, {**was, "term": then.term, "billing": then.billing}


def _terms(terms: Terms) -> _Attributes:
    """Returns the terms by the paths of differences; nothing where there is no commitment. What a plain renewal keeps
    is told by the subscription's own values.
    """
    renewal = terms["renewal"]
    if terms["term"] is None or renewal is None:
        return {}
    then = renewal.values
    if renewal.outcome == EndOfTerm.RENEWS:
        then = dict.fromkeys(then) | {"renewal.outcome": renewal.outcome}
    return {"term": terms["term"], "billing": terms["billing"], **then}


def _now(terms: _Attributes) -> _Attributes:
    return {path: value for path, value in terms.items() if not path.startswith("renewal.")}


def _differences(before: _Attributes, after: _Attributes) -> tuple[Difference, ...]:
    return tuple(
        Difference(path=path, before=before[path], after=after[path])
        for path in sorted(before.keys() & after.keys())
        if before[path] != after[path]
    )
