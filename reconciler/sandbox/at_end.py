"""The end of a term of new commerce: the outcome that is arranged, and the instructions for the next term."""

from typing import Any, Literal

from reconciler.sandbox import items
from reconciler.sandbox.sold import Sold

Outcome = Literal["renews", "ends", "extended", "lapses"]
"""Outcome at the end of a term. `lapses`: auto-renewal is off, and nothing else was arranged."""

RENEW = "RenewToNewTerm"
STOPS: dict[str, Outcome] = {"Cancel": "ends", "RenewToExtendedServiceTerm": "extended"}
"""Outcomes of the scheduled actions that renew nothing."""

_TRIAL_SEATS = 25


def outcome(sold: Sold, period: int = 0) -> tuple[Outcome, dict[str, Any] | None]:
    """Returns what happens at the end of the term, with the instructions for the next one, if any.

    What `scheduledActions` says counts before anything else.
    """
    for action in sold.actions or ():
        stops = STOPS.get(action["actionType"])
        return (stops, None) if stops else ("renews", action["instructions"])
    if not sold.auto_renew:
        return "lapses", None
    return "renews", instructions_of(sold, period)


def instructions_of(sold: Sold, period: int = 0) -> dict[str, Any] | None:
    """The instructions for the next term. A trial always has some: a year of its paid item, charged by the month."""
    trial = items.item(sold.offer)
    if sold.next_term or not sold.trial or trial is None:
        return sold.next_term
    paid = next((found for path in trial.paths if (found := items.item(path))), trial)
    product, sku, availability = paid.current(period).split(":")
    ids = {"productId": product, "skuId": sku, "availabilityId": availability}
    return {"product": ids | {"billingCycle": "monthly", "termDuration": "P1Y"}, "quantity": _TRIAL_SEATS}
