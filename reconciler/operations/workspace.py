"""The value that every operation works with: one estate, its service and its state, and who runs the program."""

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from reconciler import planning
from reconciler.applying.merging import joined
from reconciler.applying.ownership import check_owner, lineage_of
from reconciler.manifests.estate import Estate
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.capabilities import Capabilities
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.moves import CustomerMove, Names, StateMove
from reconciler.model.run import Process, Run
from reconciler.model.settings import Settings
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.operations.customers import EarlierNames
from reconciler.planning import Rearranged
from reconciler.system.clock import Clock

if TYPE_CHECKING:
    from reconciler.model.prices import Prices


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """One run over one estate.

    `run` returns who runs the program and where, which only an apply needs to know. `new_lineage` becomes the state
    location's lineage should this run be the first to write there. `capabilities` are those of the cloud, the sign-in
    and the endpoint. Setting `stop` ends an apply in good order; its pauses are waits for that. For the `accepted`
    addresses the manifests win over what somebody else changed. `clock` is this machine's. `is_dead` returns whether a
    process is gone for certain, None where that can't be known from here. `reached` is called with the number of
    customers read so far, and of all. `prices` are those of the estate's price sheets, None where it has none.
    """

    estate: Estate
    settings: Settings
    commerce: Commerce
    store: StateStore
    run: Callable[[], Run]
    new_lineage: str
    capabilities: Capabilities = field(default_factory=Capabilities)
    observed_from: Literal["live", "snapshot"] = "live"
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Clock = field(default_factory=Clock)
    is_dead: Callable[[Process], bool | None] = field(default=lambda _process: None)
    reached: Callable[[int, int], object] = lambda _done, _of: None
    accepted: frozenset[Address] = frozenset()
    prices: "Prices | None" = None

    def lineage(self) -> str | None:
        """Returns the state location's lineage. Raises WrongLineage where it was lost, or the settings name another."""
        return lineage_of(self.store, self.settings.lineage)

    def state_of(self, customer: Customer, lineage: str | None) -> CustomerState | None:
        """Returns a customer's state, with names moved as the manifests say.

        Raises WrongLineage where it is another estate's, or another tenant's.
        """
        found = self.stored(customer, lineage)
        return found and self.rearranged(found).state

    def stored(self, customer: Customer, lineage: str | None) -> CustomerState | None:
        """Returns a customer's state as it is stored, under its present name and those that it had before.

        Raises WrongLineage as `state_of` does, and InvalidInput where what is stored under two names contradicts.
        """
        found = self.store.read(customer.name)
        state = found.state if found else None
        for stored in filter(None, (state, *self.names.of(customer))):
            check_owner(stored, customer, lineage, self.store.location)
        for earlier in self.names.of(customer):
            own = state or CustomerState(lineage=earlier.lineage, customer=customer)
            state = joined(own, earlier, customer)
        return state

    def rearranged(self, state: CustomerState, only: Collection[Names] | None = None) -> Rearranged:
        """Returns a state with names moved as the manifests say; with `only`, as far as these say it too."""
        moves = self.estate.moves_of(state.customer.name)
        return planning.rearranged(state, moves, self._addresses, self.commerce.clocks.earliest, only)

    def rearrange(
        self, state: CustomerState, shown: Collection[Names]
    ) -> tuple[CustomerState, tuple[StateMove, ...], tuple[Alarm, ...]]:
        """Returns a state with names moved as the manifests say and a plan has shown, the moves, and why others can't
        be carried out yet.
        """
        found = self.rearranged(state, shown)
        return found.state, found.moves, found.warnings

    def asks_for(self, address: Address, ids: Collection[str]) -> bool:
        """Returns True if a manifest declares an address, under this name or the one that it has now, or an entry that
        means one of the subscription ids that it has had.
        """
        return self.estate.name_now(address) in self._declared or any(known in self._addresses for known in ids)

    def desired_of(self, customer: Customer) -> tuple[Desired, ...]:
        """Returns everything that the manifests declare of a customer."""
        return self._desired.get(customer.name, ())

    def customers_of(self, addresses: Iterable[Address]) -> list[Customer]:
        """Returns the estate's customers that the addresses belong to, in the estate's order."""
        names = {address.customer for address in addresses}
        return [customer for customer in self.estate.customers if customer.name in names]

    @cached_property
    def names(self) -> EarlierNames:
        """The states of customers under other names than the manifests'."""
        return EarlierNames(estate=self.estate, store=self.store, parallelism=self.settings.parallelism)

    @cached_property
    def undeclared_states(self) -> tuple[CustomerState, ...]:
        """The states of customers of whom no manifest declares a subscription any more, as first read. None of them is
        one that the manifests move to another name.
        """
        moved = {move.customer for customer in self.estate.customers for move in self._moves_of(customer)}
        return tuple(state for state in self.names.undeclared if state.customer.name not in moved)

    @cached_property
    def left_states(self) -> tuple[CustomerState, ...]:
        """Of these, those of tenants that no manifest declares under another name."""
        named = {customer.tenant: customer.name for customer in self.estate.customers}
        states = self.undeclared_states
        return tuple(
            state for state in states if named.get(state.customer.tenant, state.customer.name) == state.customer.name
        )

    def _moves_of(self, customer: Customer) -> tuple[CustomerMove, ...]:
        """The moves of a customer, looked for only where the manifests move any to its name."""
        return self.names.moves(customer) if customer.name in self.estate.estate_moves.customers.moved.values() else ()

    @cached_property
    def _declared(self) -> frozenset[Address]:
        return frozenset(desired.address for desired in self.estate.desired)

    @cached_property
    def _addresses(self) -> Mapping[str, Address]:
        return {desired.subscription_id: desired.address for desired in self.estate.desired}

    @cached_property
    def _desired(self) -> Mapping[str, tuple[Desired, ...]]:
        grouped: dict[str, list[Desired]] = {}
        for desired in self.estate.desired:
            grouped.setdefault(desired.customer.name, []).append(desired)
        return {name: tuple(items) for name, items in grouped.items()}
