"""An unknown outcome that a person settles: the change, and everything that is known of it."""

from dataclasses import dataclass
from datetime import datetime

from reconciler import changes
from reconciler.changes import View
from reconciler.model.address import Address
from reconciler.model.clocks import Clocks
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome, Result, ended
from reconciler.model.run import Run
from reconciler.model.state import CustomerState


@dataclass(frozen=True, kw_only=True)
class UnknownOutcome:
    """A pending change of an address, or one that was given up, with its customer's state and what the service shows.

    `now` is the service's time; `run` is the one that settles it.
    """

    state: CustomerState
    address: Address
    pending: Pending
    view: View
    clocks: Clocks
    now: datetime
    run: Run

    def ended(self, outcome: Outcome, target: str | None = None) -> Result:
        """Returns the result that this run records for the change."""
        return ended(self.pending, self.address, outcome, self.now, target, self.run)

    def may_be_made(self, subscription_id: str) -> bool:
        """Returns whether the change can have made this subscription: a new one, or the one that it was to change."""
        if not changes.buys(self.pending):
            return subscription_id == self.pending.subscription_id
        return subscription_id not in {*self.pending.known_subscription_ids, *self.state.claimed_ids()}
