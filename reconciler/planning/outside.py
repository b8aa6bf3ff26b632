"""Changes that somebody else made: which planned changes would undo them, and what of them apply may record.

An outside change that the manifest contradicts is not recorded: recorded, it would look like a request that was never
carried out, and the next plan would undo it without a word.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from reconciler import changes
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts
from reconciler.changes.in_words import in_seats
from reconciler.changes.offer_names import distinguished
from reconciler.changes.rules.reverting import named_run
from reconciler.changes.rules.seats import last_performed, moved_outside, seats_before
from reconciler.changes.schedule import becomes_ours
from reconciler.model.alarm import UNDOES, UNDOES_OURS
from reconciler.model.binding import Bound
from reconciler.model.change import Caution
from reconciler.model.desired import Desired
from reconciler.model.observed import Observed
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.subscription import Live
from reconciler.model.utc import utc_minute
from reconciler.planning.outside_terms import kept_terms, undoing_schedule, undoing_terms


def undoing(case: Case, changed: Collection[str]) -> Iterator[Caution]:
    """Yields what a change of these attributes undoes, and which edit keeps the other value instead."""
    live, desired = case.live, case.desired
    if live is None:
        return
    before = _offer_before(case, live)
    if before is not None and "offer_id" in changed:
        before_and_now = distinguished(before, live.offer)
        yield case.caution(
            UNDOES,
            offer_before=before_and_now[0],
            offer_now=before_and_now[1],
            offer_now_id=live.offer.id,
            back_or_on="back" if before.id == desired.offer.id else f"to {distinguished(desired.offer, live.offer)[0]}",
            offer_line=_line(desired, desired.offer_place),
        )
    if "quantity" in changed:
        yield from _undoing_seats(case, live, desired)
    elif "renewal.quantity" in changed and desired.quantity < live.quantity:
        yield from _undoing_seats(case, live, desired, " when the term ends")
    terms = tuple(undoing_terms(case, changed))
    yield from terms or undoing_schedule(case)


def _undoing_seats(case: Case, live: Live, desired: Desired, when: str = "") -> Iterator[Caution]:
    if not when:
        yield from _undoing_ours(case, live, desired)
    was = seats_before(case)
    if was is None or (live.quantity - was) * (desired.quantity - live.quantity) >= 0:
        return
    yield case.caution(
        UNDOES,
        moved=moved_outside(was, live.quantity),
        again=f"{_again(was, live.quantity, desired.quantity)}{when}",
        kept=in_seats(live.quantity),
        quantity_line=_line(desired, desired.quantity_place),
    )


def _undoing_ours(case: Case, live: Live, desired: Desired) -> Iterator[Caution]:
    """Yields an address whose wanted seats an apply set, and a later one the live seats: a branch may lack it."""
    latest = last_performed(case)
    if latest is None or case.bound is None or not live.quantity == latest.request.new_quantity == case.bound.quantity:
        return
    state = case.facts.state
    earlier = state.history_of(case.name) if state else ()
    if live.quantity == desired.quantity or not any(
        result.outcome.performed and result.request.new_quantity == desired.quantity for result in earlier
    ):
        return
    yield case.caution(
        UNDOES_OURS,
        earlier_seats=in_seats(desired.quantity),
        run=named_run(latest.run),
        applied_at=utc_minute(latest.started_at),
        kept=in_seats(live.quantity),
        quantity_line=_line(desired, desired.quantity_place),
    )


def observed(facts: Facts, circumstances: Circumstances) -> Iterator[Observed]:
    """Live values of declared addresses that differ from what state remembers, or that it does not have yet; and
    schedules of others that the manifests ask for by now.
    """
    pending = facts.state.pending if facts.state else {}
    for desired in facts.desired:
        bound = facts.bound(desired.address.name)
        if desired.address.name in pending or _contested(facts, desired):
            continue
        live = facts.lives.get(bound.id if bound else desired.subscription_id)
        now = circumstances.earliest
        if live is None or (bound is None and facts.state and changes.open_purchase(facts.state, live, now)):
            continue
        seen, case = live, Case(desired=desired, facts=facts, circumstances=circumstances)
        gone, alone = None, facts.read_alone(live.id)
        if bound is not None and bound.visible:
            before = bound.renewed(live, circumstances.now)
            seen = kept_terms(before, _recordable(before, live, desired, circumstances.mpn_id), case)
            after = bound.observe(seen, bound.observed_at, alone=alone)
            gone = bound.scheduled_by if after.scheduled_by is None else None
        declared = becomes_ours(case)
        if bound is None or not bound.visible or declared or _lacks(bound, seen, alone=alone):
            yield Observed.of(desired.address, seen, declared=declared, schedule_gone=gone)


def _recordable(bound: Bound, live: Live, desired: Desired, mpn_id: str | None) -> Live:
    """The live values, but the remembered ones of what somebody else changed and the manifest does not ask for; and
    the remembered partner, where another one has the subscription now.
    """
    known = live.offer.id in {bound.offer_id, desired.offer.id}
    offer = live.offer if known else Offer(id=bound.offer_id, name=bound.offer_name)
    quantity = live.quantity if live.quantity == desired.quantity else bound.quantity
    partner = live.partner_id if bound.partner_id is None or live.partner_id == mpn_id else bound.partner_id
    return replace(live, offer=offer, quantity=quantity, partner_id=partner)


def _lacks(bound: Bound, seen: Live, *, alone: bool) -> bool:
    """Returns True if state has other values; another name of the same offer is none."""
    partner = seen.partner_id is not None and seen.partner_id != bound.partner_id
    terms = bound.observe(seen, bound.observed_at, alone=alone).terms
    remembered = (bound.offer_id, bound.quantity, bound.status, bound.terms)
    return partner or remembered != (seen.offer.id, seen.quantity, seen.status, terms)


def _contested(facts: Facts, desired: Desired) -> bool:
    """Returns True if another address lays claim to the subscription, so that binding this one would be guessing."""
    name = desired.address.name
    if facts.bound(name):
        return False
    claim = facts.state.claimed_by(desired.subscription_id) if facts.state else None
    return claim not in {None, name} or len(facts.meant_by[desired.subscription_id]) > 1


def _offer_before(case: Case, live: Live) -> Offer | None:
    bound = case.bound
    if bound is None or not bound.visible or bound.offer_id == live.offer.id:
        return None
    return Offer(id=bound.offer_id, name=bound.offer_name)


def _again(was: int, now: int, wanted: int) -> str:
    verb = "adds" if wanted > now else "removes"
    moved, undone = abs(wanted - now), min(abs(was - now), abs(wanted - now))
    what = f"{undone} of them" if undone < abs(was - now) else "it again" if abs(was - now) == 1 else "them again"
    return f"{verb} {what}" + (f", and {moved - undone} more" if moved > undone else "")


def _line(desired: Desired, place: Place | None) -> str:
    return str(place or desired.source)
