"""The work for one customer, as a plan has it."""

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.consent import ConsentNeed
from reconciler.model.customer import Customer
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.observed import Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The work for one customer: its changes, live values that state lacks, and moves in state as they were planned;
    `customer_moves` are those of its state to the customer's present name; `consents` are needs of its consents that
    state lacks. `waiting` are addresses that the manifests remove and that are tracked until something is settled.

    `saved`: the values are a plan file's, and count only as far as another look shows the same. `unsettled` are the
    addresses of which an earlier run left something pending.
    """

    customer: Customer
    changes: tuple[Change, ...] = ()
    unsettled: tuple[Address, ...] = ()
    observed: tuple[Observed, ...] = ()
    moves: tuple[StateMove, ...] = ()
    customer_moves: tuple[CustomerMove, ...] = ()
    consents: tuple[ConsentNeed, ...] = ()
    waiting: tuple[Address, ...] = ()
    saved: bool = False

    @property
    def is_anything(self) -> bool:
        """Returns True if there is anything to do, or to record."""
        moved = self.moves or self.customer_moves
        settled = self.unsettled or self.waiting
        return bool(self.changes or self.observed or settled or moved or self.consents)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which the customer's state is stored or was, in the order in which they are locked: the same
        for every run.
        """
        return tuple(sorted({self.customer.name, *(move.customer for move in self.customer_moves)}))
