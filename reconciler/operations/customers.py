"""Finds the state of customers under names that they had before: a customer is its tenant."""

import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.advice import problem, sentence
from reconciler.manifests.estate import Estate
from reconciler.manifests.naming import unique_name
from reconciler.model.change import Change
from reconciler.model.customer import Customer
from reconciler.model.errors import Problem, WrongLineage
from reconciler.model.moves import CustomerMove
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.model.withheld import nearest
from reconciler.system.threads import in_parallel


@dataclass(frozen=True, kw_only=True)
class EarlierNames:
    """The states of customers under other names than the manifests', as first read. Safe between threads.

    All states are read, `parallelism` at a time, only where a customer has none under its own name: before its first
    apply, and after it was renamed.
    """

    estate: Estate
    store: StateStore
    parallelism: int = 1
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def of(self, customer: Customer) -> tuple[CustomerState, ...]:
        """Returns the states of the customer's tenant under other names; none where no manifest declares it."""
        if customer not in self._declared:
            return ()
        with self._reading:
            states = self._undeclared_of if customer.name in self._there else self._states_of
        return tuple(state for state in states.get(customer.tenant, ()) if state.customer.name != customer.name)

    def moves(self, customer: Customer) -> tuple[CustomerMove, ...]:
        """Returns the moves of a customer's states to its present name that the manifests declare."""
        moves = self.estate.estate_moves.customers
        return tuple(
            CustomerMove(customer=state.customer.name, to=customer.name, source=moves.places[state.customer.name])
            for state in self.of(customer)
            if moves.leads(state.customer.name, customer.name)
        )

    def undeclared_move(self, customer: Customer) -> str | None:
        """Returns the earlier name of a customer that was renamed while no manifest says so."""
        declared = {move.customer for move in self.moves(customer)}
        names = (state.customer.name for state in self.of(customer))
        return next((name for name in names if name not in declared), None)

    @cached_property
    def undeclared(self) -> tuple[CustomerState, ...]:
        """The states under names that have no entry in any manifest."""
        names = {desired.customer.name for desired in self.estate.desired}
        return self._read(sorted(self._there - names))

    @cached_property
    def _declared(self) -> frozenset[Customer]:
        return frozenset(self.estate.customers)

    @cached_property
    def _there(self) -> frozenset[str]:
        return frozenset(self.store.customers())

    @cached_property
    def _undeclared_of(self) -> Mapping[str, list[CustomerState]]:
        return _by_tenant(self.undeclared)

    @cached_property
    def _states_of(self) -> Mapping[str, list[CustomerState]]:
        return _by_tenant(self._read(sorted(self._there)))

    def _read(self, names: list[str]) -> tuple[CustomerState, ...]:
        found = in_parallel(self.store.read, names, self.parallelism)
        return tuple(stored.state for stored in found if stored)


def _by_tenant(states: Iterable[CustomerState]) -> Mapping[str, list[CustomerState]]:
    found: dict[str, list[CustomerState]] = {}
    for state in states:
        found.setdefault(state.customer.tenant, []).append(state)
    return found


def tenant_mismatch(mismatch: Problem, estate: Estate, store: StateStore) -> Problem:
    """Returns the problem that a customer's state contradicts the manifests, with the name by which they declare the
    tenant that state has, where they do, and the way there where customers exchange their names.
    """
    names = {customer.tenant: customer.name for customer in estate.customers}
    called = names.get(str(mismatch.data.get("tenant")))
    if called is None:
        return mismatch
    ring = _exchanged(str(mismatch.data.get("customer")), names, store)
    known = (
        {"lines": _one_by_one(ring, _taken(estate, store)), "requests": len(ring) + 1} if ring else {"passes": "yes"}
    )
    data = {"ring": " and ".join(sorted(ring)), "called": called, **known}
    return problem(mismatch.code, mismatch.where, **{**mismatch.data, **data})


def _exchanged(name: str, names: Mapping[str, str], store: StateStore) -> Mapping[str, str]:
    """Returns the customers who exchange their names with this one: the names in state, each with the name that the
    manifests give its tenant; none where the names lead to nobody, or not back.
    """
    ring: dict[str, str] = {}
    old = name
    while old not in ring and (stored := store.read(old)) and (new := names.get(stored.state.customer.tenant)):
        ring[old] = new
        old = new
    return ring if ring and old == name else {}


def _taken(estate: Estate, store: StateStore) -> frozenset[str]:
    """Returns the names that customers have, or that anything is stored or said of."""
    moves = estate.estate_moves.customers
    declared = (customer.name for customer in estate.customers)
    return frozenset((*declared, *store.customers(), *moves.moved, *moves.moved.values(), *moves.removed))


def _one_by_one(ring: Mapping[str, str], taken: Collection[str]) -> str:
    """Returns the moves that exchange names one after another, over a name that is not `taken`."""
    first, gets = min(ring), {new: old for old, new in ring.items()}
    between = unique_name(first, {*ring, *taken})
    moves, free = [(first, between)], first
    while gets[free] != first:
        moves.append((gets[free], free))
        free = gets[free]
    return "\n".join(f"moved: {{{old}: {new}}}" for old, new in (*moves, (between, free)))


def name_passed_on(change: Change, estate: Estate) -> str | None:
    """Returns that another customer has the name that the customer of a change had, and what its own is now; None where
    it has not.
    """
    tenant, name = change.customer.tenant, change.address.customer
    names = {customer.tenant: customer.name for customer in estate.customers}
    if name not in names.values() or names.get(tenant) == name:
        return None
    now = {"now": names[tenant]} if tenant in names else {}
    return sentence("stale_customer_passed", tenant=tenant, name=name, **now)


def no_such_customer(estate: Estate, name: str) -> Problem:
    """Returns that no manifest declares a customer of this name, with the one that it has now, or that may be meant."""
    if renamed := estate.present_name(name):
        return problem("selected_by_old_name", old=name, now=renamed[0], place=renamed[1], named="yes")
    return problem("no_such_customer", customer=name, near=nearest(name, [known.name for known in estate.customers]))


def refuse_renamed(customer: Customer, names: EarlierNames) -> None:
    """Raises WrongLineage where the customer's tenant is remembered under another name: under the new one nothing of
    what was bought or is pending would be known.
    """
    for before in names.of(customer):
        data = {"tenant": customer.tenant, "before": before.customer.name, "now": customer.name}
        raise WrongLineage(problem("customer_called_otherwise", names.store.location, **data))
