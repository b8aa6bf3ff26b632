"""The manifest asks again for an offer that the address had before, as after a `git revert`: what to say of it."""

from datetime import UTC

from reconciler.changes.case import Case, distinguished
from reconciler.model.reason import Reason
from reconciler.model.result import Result
from reconciler.model.run import Run

_SHORT = 12
"""So many characters of a commit's id are shown."""


def upgrade_cannot_be_undone(case: Case) -> Reason | None:
    """Returns why the address does not get back an offer that it was upgraded from: upgrades are one way
    (upgrade-resources).

    The reason for a case in which the service lists no way there, or in which it need not be asked.
    """
    before = upgraded_from(case)
    if before is None or case.live is None:
        return None
    source_id, result = before
    had, has = distinguished(case.target, case.live.offer)
    return case.because(
        "upgrade_cannot_be_undone",
        details="" if result is None else _evidence(source_id, result),
        known={"had": had, "has": has, **_history(result)},
    )


def upgraded_from(case: Case) -> tuple[str, Result | None] | None:
    """The earlier subscription of the address that had the wanted offer, and the upgrade from it as far as recorded.

    None where the address never had the offer, or has it now.
    """
    state = case.facts.state
    if not (case.offer_changes and case.bound and state):
        return None
    upgrades = [result for result in state.results if result.request.new_offer and result.outcome.performed]
    for source_id in reversed(case.bound.previous_ids):
        result = next((upgrade for upgrade in reversed(upgrades) if upgrade.subscription_id == source_id), None)
        if case.desired.offer.id in _offers_of(case, source_id, result):
            return source_id, result
    return None


def _offers_of(case: Case, source_id: str, result: Result | None) -> set[str]:
    """The offer of an earlier subscription: as the service still shows it, and as it was when it was upgraded."""
    live = case.facts.lives.get(source_id)
    recorded = result.before_offer_id if result else None
    return {found for found in (live.offer.id if live else None, recorded) if found}


def _history(result: Result | None) -> dict[str, str]:
    if result is None:
        return {}
    upgraded_at = f"{result.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return {"run": named_run(result.run), "upgraded_at": upgraded_at}


def named_run(run: Run) -> str:
    """A run for a reader, with its commit where it is known."""
    return f"{run.id} (commit {run.commit[:_SHORT]})" if run.commit else run.id


def _evidence(source_id: str, result: Result) -> str:
    where = f" {result.run.url}" if result.run.url else ""
    return f"Subscription {source_id} became {result.target_subscription_id}, request id {result.request_id}.{where}"
