"""Reads what a kind of change names, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.changes import Read, View
from reconciler.model.ports import Commerce
from reconciler.model.subscription import Listing


def read(
    commerce: Commerce,
    tenant: str,
    subscription_id: str,
    reads: Sequence[Read],
    listing: Listing | None = None,
    view: View | None = None,
) -> View:
    """Reads in the order given, in addition to a `view` that there is. A `listing` that was just read is not read
    again. Raises ServiceError.
    """
    view = view or View()
    for wanted in reads:
        match wanted:
            case Read.UPGRADES:
                view = replace(view, upgrades=commerce.upgrades(tenant, subscription_id))
            case Read.TRANSITION_OPTIONS:
                view = replace(view, transition_options=commerce.transition_options(tenant, subscription_id))
            case Read.TRANSITIONS:
                view = replace(view, transitions=commerce.transitions(tenant, subscription_id))
            case Read.LISTING:
                view = replace(view, listing=listing or commerce.subscriptions(tenant))
            case Read.SUBSCRIPTION:
                view = replace(view, subscription=commerce.subscription(tenant, subscription_id))
    return view
