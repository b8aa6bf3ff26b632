"""Merges live values into an entry: what was changed at the service since state last saw it, and nothing that the entry
asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.advice import sentence
from reconciler.manifests.destination import destination
from reconciler.manifests.editing import Values
from reconciler.model.binding import Bound
from reconciler.model.desired import Desired
from reconciler.model.renewal import EndOfTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Renew


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """One entry, and what is live. `edits` are the values to write; `kept` are the keys whose values the entry asks for
    and that are not live; of them `contested` are the values of those that were changed outside as well. `why_not` is
    the reason that nothing is compared, "" where there is none. `extended`: the edits write what the extended service
    term made of the subscription.
    """

    edits: Values = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    contested: Values = field(default_factory=dict)
    why_not: str = ""
    extended: bool = False


def merged_values(
    desired: Desired, live: Live, bound: Bound | None, names: Mapping[str, str], now: datetime, *, overwrite: bool
) -> Merged:
    """Returns the values that differ: those to write are those that the entry and state agree on, all of them with
    `overwrite`. `bound` is what state remembers, `names` are the offers' names by their ids.

    Values that the entry does not manage are written only where a schedule needs them.
    """
    wanted = _lines_of(desired)
    differing = {key: value for key, value in live_values(desired, live, names).items() if wanted.get(key) != value}
    if not_writable := destination(live).not_writable:
        return Merged(why_not=not_writable)
    if not differing:
        return Merged()
    extended = live.named_extended or (bound is not None and bound.perhaps_extended(live, now))
    if overwrite:
        return Merged(edits=differing, extended=extended and "offer" in differing)
    if extended:
        return Merged(why_not=sentence("goes_on_extended_apart"))
    remembered = _remembered(bound, live) if bound else {}
    compared = wanted | {"offer": desired.offer.id}
    seen = {**differing, "offer": live.offer.id}
    edits = {
        key: value
        for key, value in differing.items()
        if key in remembered and compared[key] in {None, remembered[key]} and remembered[key] != seen[key]
    }
    if "fewer_seats" in differing and "quantity" in edits:
        edits["fewer_seats"] = differing["fewer_seats"]
    kept = tuple(key for key in differing if key not in edits and compared[key] is not None)
    contested = {key: differing[key] for key in kept if key in remembered and remembered[key] != seen[key]}
    return Merged(edits=edits, kept=kept, contested=contested)


def live_values(desired: Desired, live: Live, names: Mapping[str, str]) -> Values:
    """Returns the lines by which an entry asks for what is live, and for what is scheduled: the offer where it is
    another, and what the entry does not manage only where a schedule needs it.
    """
    lines = destination(live)
    values: dict[str, str | int] = {"quantity": lines.quantity}
    if live.offer.id != desired.offer.id:
        values["offer"] = names.get(live.offer.id, live.offer.id)
    once = desired.fewer_seats_once
    permitted = desired.fewer_seats == lines.fewer_seats and (once is None or once.to == lines.quantity)
    if lines.fewer_seats and not permitted:
        values["fewer_seats"] = lines.fewer_seats
    present = live.commitment.term if live.commitment else None
    pairs = (("term", lines.term, present), ("billing", lines.billing, live.billing))
    values |= {key: value for key, value, now in pairs if value and (getattr(desired, key) or value != now)}
    renew = lines.renew or (Renew.AUTO if desired.renew else None)
    return {**values, "renew": renew} if renew else values


def _lines_of(desired: Desired) -> dict[str, str | int | None]:
    keys = ("quantity", "fewer_seats", "term", "billing", "renew")
    return {"offer": None, **{key: getattr(desired, key) for key in keys}}


def _remembered(bound: Bound, live: Live) -> Mapping[str, str | int | None]:
    """The values that an entry would have asked for when state last saw the subscription, the offer by its id."""
    then = bound.renewal
    changed = then if then and then.outcome == EndOfTerm.RENEWS_CHANGED else None
    ends = {EndOfTerm.ENDS, EndOfTerm.LAPSES} if live.is_trial else {EndOfTerm.ENDS}
    return {
        "offer": bound.offer_id,
        "quantity": (changed and changed.quantity) or bound.quantity,
        "term": (changed and changed.term) or bound.term,
        "billing": (changed and changed.billing) or bound.billing,
        "renew": Renew.END if then and then.outcome in ends else Renew.AUTO,
    }
