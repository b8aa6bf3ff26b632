"""The context of a repair: the manifests, the store and the run, and the one way in which a repair writes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.advice import problem
from reconciler.applying.journal import Journal
from reconciler.applying.ownership import lineage_of
from reconciler.manifests.estate import Estate
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput, StateConflict, StateMissing
from reconciler.model.invocation import Invocation
from reconciler.model.name_change import NameChange
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.operations.states import read_states
from reconciler.operations.untracked import unremembered
from reconciler.planning import rearranged


@dataclass(frozen=True, kw_only=True)
class RepairContext:
    """Gives a repair the manifests, the store and its run.

    `at` is when it was asked for, by this machine's clock. `lineage` is the one that the settings expect of the state
    location, if they name one. `invocation` holds the flags in force, for advice.
    """

    estate: Estate
    store: StateStore
    run: Run
    at: datetime
    new_lineage: str
    invocation: Invocation
    lineage: str | None = None

    def check_lineage(self) -> None:
        """Raises WrongLineage where the state location is not the one that the settings expect."""
        lineage_of(self.store, self.lineage)

    def established_lineage(self) -> str:
        """Returns the lineage of the state location; a new location gets one."""
        return lineage_of(self.store, self.lineage) or self.store.establish(self.new_lineage)

    def name_change(self, old: str, new: str | None) -> NameChange:
        """Returns the record of a name that this repair moves, or stops tracking."""
        return NameChange(old=old, new=new, at=self.at, run=replace(self.run, process=None))

    def declared(self, address: Address) -> Desired | None:
        """Returns the manifests' entry of an address."""
        return next((desired for desired in self.estate.desired if desired.address == address), None)

    def remembered(self, address: Address) -> Customer:
        """Returns the customer of an address, as state has it. Raises StateMissing where state has none."""
        self.check_lineage()
        stored = self.store.read(address.customer)
        if stored is None:
            raise StateMissing(unremembered(address.customer, read_states(self.store, self.lineage), address))
        return stored.state.customer

    def stored_name(self, state: CustomerState, address: Address) -> Address:
        """Returns the name by which state has an address: the earlier one, where the manifests move it and no apply has
        done so yet.

        Raises InvalidInput where state has another subscription under the name, as while two entries exchange theirs.
        """
        declared = {desired.subscription_id: desired.address for desired in self.estate.desired}
        moves = rearranged(state, self.estate.moves_of(state.customer.name), declared, self.at).moves
        earlier = next((move.address for move in moves if move.to == address), None)
        if earlier is None:
            return address
        if address.name in state.names_in_use:
            customer = address.customer
            raise InvalidInput(problem("name_means_another", address, address=address, old=earlier, customer=customer))
        return earlier

    def amend(
        self, customer: Customer, operation: str, step: Callable[[CustomerState], CustomerState]
    ) -> CustomerState:
        """Writes a customer's state as `step` returns it, under the customer's lock, and returns it.

        Raises StateConflict where somebody wrote it meanwhile.
        """
        with self.store.lock(customer.name, operation, self.run):
            journal = Journal(self.store, customer, self.established_lineage())
            try:
                journal.write(step)
            except StateConflict as error:
                raise StateConflict(problem("written_meanwhile", customer.name, customer=customer.name)) from error
            return journal.state
