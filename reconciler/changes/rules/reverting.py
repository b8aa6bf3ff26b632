"""The manifest asks again for an offer or a term that the address had before, as after a `git revert`: what to say of
it.
"""

from collections.abc import Iterator

from reconciler.changes.case import Case
from reconciler.changes.offer_names import distinguished
from reconciler.model.reason import Reason
from reconciler.model.result import Result
from reconciler.model.run import Run
from reconciler.model.term import billed
from reconciler.model.utc import utc_minute

_SHORT = 12
"""So many characters of a commit's id are shown."""


def upgrade_cannot_be_undone(case: Case) -> Reason | None:
    """Returns why the address does not get back an offer that it was upgraded from: upgrades are one way
    (upgrade-resources; transition-resources).

    The reason for a case in which the service lists no way there, or in which it need not be asked.
    """
    if case.live is None or not had_before(case):
        return None
    upgrade = upgraded_from(case)
    had, has = distinguished(case.target, case.live.offer)
    seen = _seen_with_it(case)
    known = _history(upgrade) if upgrade else {"seen": seen} if seen else {}
    return case.because(
        "upgrade_cannot_be_undone",
        details=_evidence(upgrade) if upgrade else "",
        known={"had": had, "has": has, **known},
    )


def upgraded_already(case: Case) -> Reason | None:
    """Returns that our own upgrade of the subscription is on record while the address means nothing that it bought, as
    after the revert of a removal: another one would buy that once more.
    """
    state, chain = case.facts.state, case.bound.chain if case.bound else ()
    if state is None or not case.offer_changes or case.desired.allow_duplicate_offer:
        return None
    own = (result for result in reversed(state.results) if result.subscription_id == case.subscription_id)
    bought = (result for result in own if result.outcome.performed and result.request.new_offer)
    upgrade = next((result for result in bought if result.target_subscription_id != case.subscription_id), None)
    bought_id = upgrade.target_subscription_id if upgrade else None
    if upgrade is None or bought_id is None or bought_id in chain:
        return None
    known = {"bought_id": bought_id, **_history(upgrade)}
    return case.because("upgraded_already", details=_evidence(upgrade), known=known)


def undone_first(case: Case, reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Returns the reasons against another offer; that the address had it before is said first, for then the rest hardly
    matters.
    """
    undone = upgrade_cannot_be_undone(case) if reasons else None
    return (undone, *reasons) if undone else reasons


def had_before(case: Case) -> bool:
    """Returns whether the address had the wanted offer and has another one now: an earlier subscription of it has the
    offer, a change of it began with the offer or led to it, or state saw it last.
    """
    if not (case.offer_changes and case.bound and case.facts.state):
        return False
    earlier = (case.facts.lives.get(source_id) for source_id in case.bound.previous_ids)
    offers: set[str | None] = {live.offer.id for live in earlier if live}
    offers |= {offer_id for result in _own_results(case) for offer_id in _offers_of(result)}
    return case.desired.offer.id in offers or bool(_seen_with_it(case))


def upgraded_from(case: Case) -> Result | None:
    """Returns the latest upgrade of the address from the wanted offer; None where none is recorded."""
    wanted, lives = case.desired.offer.id, case.facts.lives
    for result in reversed(list(_own_results(case))):
        target = result.request.new_offer
        if not result.outcome.performed or target is None or target.id == wanted:
            continue
        source = lives.get(result.subscription_id) if result.subscription_id != case.subscription_id else None
        if wanted in {result.before_offer_id, source.offer.id if source else None}:
            return result
    return None


def term_changed(case: Case, wanted: tuple[str, str]) -> dict[str, str]:
    """Returns who changed this term and billing to the present ones, as data of a sentence: the run of ours that did,
    or when state saw them last; empty where neither is known.
    """
    live, bound = case.present, case.bound
    if live.commitment is None or bound is None:
        return {}
    present = (live.commitment.term, live.billing)
    own = (result for result in reversed(list(_own_results(case))) if result.outcome.performed)
    changed = next((result for result in own if result.request.new_terms), None)
    if changed and changed.request.new_terms == present and (changed.before_term, changed.before_billing) == wanted:
        return {"run": named_run(changed.run), "changed_at": utc_minute(changed.started_at), "before": _words(*wanted)}
    outside = (bound.term, bound.billing) == wanted and bound.visible and bound.term_ends != live.commitment.ends_at
    return {"seen": utc_minute(bound.observed_at), "before": _words(*wanted)} if outside else {}


def _own_results(case: Case) -> Iterator[Result]:
    """Yields what became of changes of the subscriptions that the address has had, oldest first."""
    state, chain = case.facts.state, case.bound.chain if case.bound else ()
    return (result for result in (state.results if state else ()) if result.subscription_id in chain)


def _offers_of(result: Result) -> tuple[str | None, ...]:
    led_to = result.request.new_offer if result.outcome.performed else None
    return result.before_offer_id, led_to.id if led_to else None


def _seen_with_it(case: Case) -> str:
    """Returns when state saw the present subscription last, with the wanted offer; empty where it did not. That it
    became its paid offer is no upgrade of a trial, nor is the extended service term.
    """
    bound, live = case.bound, case.live
    if bound is None or live is None or not bound.visible or bound.offer_id != case.desired.offer.id:
        return ""
    itself = bound.billing == "none" or bound.perhaps_extended(live, case.circumstances.now)
    return "" if itself or bound.offer_id == live.offer.id else utc_minute(bound.observed_at)


def _history(result: Result) -> dict[str, str]:
    return {"run": named_run(result.run), "upgraded_at": utc_minute(result.started_at)}


def named_run(run: Run) -> str:
    """A run for a reader, with its commit where it is known."""
    return f"{run.id} (commit {run.commit[:_SHORT]})" if run.commit else run.id


def _words(term: str, billing: str) -> str:
    return f"{term}, {billed(billing)}"


def _evidence(result: Result) -> str:
    where = f" {result.run.url}" if result.run.url else ""
    moved = result.target_subscription_id not in {None, result.subscription_id}
    became = f"became {result.target_subscription_id}" if moved else "kept its id"
    return f"Subscription {result.subscription_id} {became}, request id {result.request_id}.{where}"
