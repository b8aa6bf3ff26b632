"""State surgery: adopt, forget, move, resolve, done. Each under the customer's lock, by compare-and-swap.

Nothing here changes anything at the service; of a cart that was ordered the result is fetched, by its checkout. What a
surgery would make ambiguous or forget for ever, it refuses.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler import changes
from reconciler.advice import problem
from reconciler.applying import Journal, audit_log, lineage_of, rename_customer
from reconciler.changes import View
from reconciler.manifests import Estate
from reconciler.model.address import Address, canonical, is_guid
from reconciler.model.binding import Bound
from reconciler.model.clocks import Clocks
from reconciler.model.errors import (
    InvalidInput,
    StateConflict,
    StateMissing,
)
from reconciler.model.evidence import may_show
from reconciler.model.invocation import Invocation
from reconciler.model.order import order_id
from reconciler.model.pending import Pending
from reconciler.model.ports import Commerce, StateStore
from reconciler.model.result import Outcome, ended, given_up
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Desired
from reconciler.model.withheld import shown_selection
from reconciler.operations.customers import EarlierNames, refuse_renamed
from reconciler.operations.repair_reads import clocks_of, customer_listing, refuse_while_clocks_disagree, view_of
from reconciler.operations.repair_rules import (
    bound_of,
    doubt_note,
    doubt_of,
    foreign_ids,
    in_doubt_of_a_run,
    live_of,
    never_known_note,
    no_such_task,
    otherwise_note,
    plausible,
    refuse_doubted,
    refuse_if_done,
    refuse_if_logged,
    refuse_implausible_id,
    refuse_invisible,
    refuse_name_in_use,
    refuse_open_purchase,
    refuse_owned,
    refuse_pending,
    refuse_untracked,
    standing_note,
)
from reconciler.operations.states import read_states
from reconciler.planning import Globs


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Changes what is remembered of one address. Every step says in a sentence what it did.

    `lineage` is the one that the settings expect of the state location, if they name one. `invocation` holds the
    flags in force, for advice.
    """

    estate: Estate
    store: StateStore
    run: Run
    new_lineage: str
    lineage: str | None = None
    invocation: Invocation = field(default_factory=Invocation)

    def adopt(self, address: Address, subscription_id: str, commerce: Commerce) -> str:
        """Binds the address to another live subscription: it must exist and be bound or declared nowhere else."""
        wanted = canonical(subscription_id)
        customer = self._customer(address)
        lineage_of(self.store, self.lineage)
        refuse_renamed(customer, EarlierNames(estate=self.estate, store=self.store))
        live = live_of(commerce, customer, subscription_id)
        refuse_while_clocks_disagree(commerce)

        def step(state: CustomerState) -> CustomerState:
            clocks = commerce.clocks
            bound = state.subscriptions.get(address.name)
            refuse_pending(state, address)
            refuse_owned(state, address, wanted)
            refuse_open_purchase(state, live, clocks.earliest)
            if bound is None or bound.id != wanted:
                refuse_doubted(state, address, clocks, purchases_only=True)
            if bound and bound.id != wanted:
                refuse_invisible(bound, address, clocks, "binding it to another subscription")
            self._undeclared_elsewhere(address, wanted)
            before = self._chain(state, address, wanted)
            return state.bind(address.name, Bound.to(live, commerce.now(), before))

        self._amend(customer, "adopt", step)
        return f"{address} now means {live.offer.name}, {live.quantity} seats ({live.id})."

    def forget(self, address: Address, connected: Callable[[], AbstractContextManager[Commerce]]) -> str:
        """Stops tracking an address that no manifest declares any more. The subscription stays as it is.

        Only where time decides, since a purchase of it may still show, the service is asked for the time.
        """
        if self._declared(address):
            raise InvalidInput(problem("still_declared", address, address=address))
        standing = doubted = ""

        def step(state: CustomerState) -> CustomerState:
            nonlocal standing, doubted
            bound = bound_of(state, address)
            self._unclaimed(bound, address)
            refuse_pending(state, address)
            standing = standing_note(bound)
            if not bound.visible or doubt_of(state, address):
                clocks = clocks_of(connected, state.customer)
                refuse_doubted(state, address, clocks)
                refuse_invisible(bound, address, clocks, "forgetting it")
            doubted = never_known_note(doubt_of(state, address))
            return state.forget([address.name])

        self._amend(self._remembered(address), "forget", step)
        return f"{address} is not tracked any more. Nothing was changed in Partner Center.{standing}{doubted}"

    def lost_order(self, customer: str) -> str | None:
        """Returns the key of the last order that the estate noted for a customer, where its state does not know it."""
        found = self.store.read(customer)
        tenants = (known.tenant for known in self.estate.customers if known.name == customer)
        tenant = found.state.customer.tenant if found else next(tenants, None)
        key = self.store.last_orders().get(tenant) if tenant else None
        return None if key is None or (found and found.state.knows(order_id(key))) else key

    def forget_order(self, customer: str) -> str:
        """Drops the note of a customer's last order, of which its state knows nothing."""
        lineage_of(self.store, self.lineage)
        with self.store.lock(customer, "forget", self.run):
            key = self.lost_order(customer)
            found = self.store.read(customer)
            declared = [known for known in self.estate.customers if known.name == customer]
            self.store.note_order(found.state.customer.tenant if found else declared[0].tenant, None)
        return (
            f"The order {key} of {customer} is not remembered any more. Nothing was changed in Partner Center, and what"
            " was bought under that key stays: look at the customer's orders there before anything is ordered again."
        )

    def move(self, old: Address, new: Address) -> str:
        """Renames an address within its customer, with everything remembered of it."""
        if old.customer != new.customer:
            customers = {"from": old.customer, "to": new.customer}
            raise InvalidInput(problem("another_customer", old, old=old, new=new, **customers))

        def step(state: CustomerState) -> CustomerState:
            refuse_untracked(state, old)
            refuse_name_in_use(state, new)
            return state.move(old.name, new.name)

        self._amend(self._remembered(old), "state mv", step)
        return f"{old} is {new} now."

    def move_customer(self, old: str, new: str) -> str:
        """Moves everything remembered of a customer to another name of it. A customer is its tenant."""
        with ExitStack() as locks:
            for name in sorted({old, new}):
                locks.enter_context(self.store.lock(name, "state mv", self.run))
            found = self.store.read(old)
            if found is None:
                raise StateMissing(problem("not_remembered", old, customer=old))
            customer = Customer(name=new, tenant=found.state.customer.tenant)
            self._refuse_another_tenant(customer, old)
            lineage = lineage_of(self.store, self.lineage) or self.store.establish(self.new_lineage)
            rename_customer(self.store, Journal(self.store, customer, lineage), old, customer, lineage)
        return f"{old} is {new} now, with all its addresses."

    def tracked(self, patterns: Iterable[str]) -> tuple[Address, ...]:
        """Returns the addresses in state that addresses, customers' names and globs match, sorted. Raises InvalidInput
        for one that matches nothing.
        """
        states = read_states(self.store, self.lineage)
        known = [state.address(name) for state in states for name in sorted({*state.subscriptions, *state.pending})]
        found: set[Address] = set()
        for pattern in patterns:
            matched = set(filter(Globs(target=(pattern,)).chooses, known))
            if not matched:
                shown = shown_selection(pattern)
                raise InvalidInput(problem("nothing_tracked_matches", shown, glob=shown))
            found |= matched
        return tuple(sorted(found))

    def before_forgetting(self, addresses: Iterable[Address]) -> Mapping[Address, str]:
        """Returns what is to be known of each address before it is forgotten: that it stays, since a manifest declares
        it, or what stays scheduled for its subscription; empty where nothing is.
        """
        states = {state.customer.name: state for state in read_states(self.store, self.lineage)}
        notes: dict[Address, str] = {}
        for address in addresses:
            bound = states[address.customer].subscriptions.get(address.name)
            standing = standing_note(bound) if bound else ""
            notes[address] = "A manifest declares it, so it stays." if self._declared(address) else standing.strip()
        return notes

    def _refuse_another_tenant(self, customer: Customer, old: str) -> None:
        for declared in self.estate.customers:
            if declared.name == customer.name and declared.tenant != customer.tenant:
                data = {"old": old, "new": customer.name, "tenant": customer.tenant, "declared": declared.tenant}
                raise InvalidInput(problem("customer_of_another_tenant", old, **data))

    def resolve(
        self, address: Address, succeeded: str | None, commerce: Commerce, not_ours: Collection[str] = ()
    ) -> str:
        """Settles an unknown outcome by what a person found: done, as this subscription; or not done (None).

        Nobody can see what does not show yet. So what is said to be not done stays in doubt for as long as it may show,
        whoever gave it up before; said again, the doubt is lifted. New subscriptions that are `not_ours` were bought by
        somebody else: no pending change of this customer is taken to have made them any more.
        """
        customer = self._remembered(address)
        listing = customer_listing(commerce, customer)
        refuse_while_clocks_disagree(commerce)
        now, clocks = commerce.now(), commerce.clocks
        foreign = foreign_ids(listing, map(canonical, not_ours), address)
        notes: list[str] = []

        def step(state: CustomerState) -> CustomerState:
            state = state.knowing(foreign)
            pending = next(iter(state.pending_of(address.name)), None) or doubt_of(state, address)
            if pending is None:
                raise StateMissing(problem("nothing_pending", address, address=address))
            if succeeded is None:
                refuse_if_done(state, pending, view_of(commerce, customer, pending, listing), address, clocks.earliest)
                if may_show(pending, clocks.earliest):
                    refuse_if_logged(audit_log(commerce, state, pending)[0], pending, address)
                if address.name in state.pending or in_doubt_of_a_run(state, pending, clocks):
                    doubted = replace(given_up(pending, address, now, self.run), by_hand=True)
                    return state.finish(address.name, doubted)
                certain = replace(ended(pending, address, Outcome.NOT_DONE, now, None, self.run), by_hand=True)
                return state.finish(address.name, certain)
            view = view_of(commerce, customer, pending, listing)
            bound = _bound_by_word(state, address, pending, canonical(succeeded), view, clocks)
            notes.append(otherwise_note(pending, canonical(succeeded), view))
            target = ended(pending, address, Outcome.RECOVERED, now, canonical(succeeded), self.run)
            return state.finish(address.name, target, bound)

        settled_state = self._amend(customer, "state resolve", step)
        doubt = doubt_of(settled_state, address)
        unread = "" if listing else " Partner Center does not show this customer to us, so your word alone counts."
        if succeeded is None and doubt:
            return f"{address} is settled as not done.{unread}{doubt_note(doubt, address, clocks, self.invocation)}"
        if succeeded is None:
            return f"{address} is settled as not done.{unread}"
        left = changes.left_to_do(settled_state.results[-1])
        settled = f"{address} is settled as done by {canonical(succeeded)}.{unread}{''.join(notes[-1:])}"
        return " ".join((settled, *left))

    def done(self, address: Address, code: str, now: datetime) -> str:
        """Closes what changes of the address left for people to do, by its code. `now` is this machine's time.

        An address that the manifests moved and no apply has moved yet is known by either name. Raises InvalidInput
        where no such task of the address is open.
        """
        closed = 0

        def step(state: CustomerState) -> CustomerState:
            nonlocal closed
            tasks = changes.open_tasks(state)
            names = {address, *self._earlier_names(state, address)}
            chosen = [task for task in tasks if task.code == code and names & {*task.addresses}]
            if not chosen:
                raise InvalidInput(no_such_task(tasks, address, code))
            closed = len(chosen)
            return changes.close_tasks(state, chosen, now, self.run)

        state = self._amend(self._remembered(self._stored_as(address)), "done", step)
        names = {address, *self._earlier_names(state, address)}
        left = [task.code for task in changes.open_tasks(state) if names & {*task.addresses}]
        of = f" of {closed} changes" if closed > 1 else ""
        still = f" Still open: {', '.join(dict.fromkeys(left))}." if left else f" Nothing is left to do for {address}."
        return f"{address}: {code}{of} is done.{still}"

    def _earlier_names(self, state: CustomerState, address: Address) -> Iterator[Address]:
        """Yields the names in state that the manifests move to an address."""
        tracked = (state.address(name) for name in state.names_in_use)
        return (stored for stored in tracked if self.estate.name_now(stored) == address)

    def _stored_as(self, address: Address) -> Address:
        """An address under the name that state has its customer by, where only the manifests have renamed it."""
        stored, last = self.store.customers(), self.estate.estate_moves.customers.last
        before = next((name for name in stored if last(name) == address.customer), address.customer)
        return address if address.customer in stored else Address(f"{before}/{address.name}")

    def _amend(
        self, customer: Customer, operation: str, step: Callable[[CustomerState], CustomerState]
    ) -> CustomerState:
        with self.store.lock(customer.name, operation, self.run):
            lineage = lineage_of(self.store, self.lineage) or self.store.establish(self.new_lineage)
            journal = Journal(self.store, customer, lineage)
            try:
                journal.write(step)
            except StateConflict as error:
                raise StateConflict(problem("written_meanwhile", customer.name, customer=customer.name)) from error
            return journal.state

    def _unclaimed(self, bound: Bound, address: Address) -> None:
        """Refuses to forget what a renamed entry still means: without its history it might be bought again."""
        heir = next(
            (desired.address for desired in self.estate.desired if desired.subscription_id in bound.chain), None
        )
        if heir is not None and heir.customer != address.customer:
            raise InvalidInput(
                problem("declared_by_another_customer", address, heir=heir, customer=address.customer, address=address)
            )
        if heir is not None:
            raise InvalidInput(problem("renamed_entry", address, heir=heir, address=address))

    def _declared(self, address: Address) -> Desired | None:
        return next((desired for desired in self.estate.desired if desired.address == address), None)

    def _undeclared_elsewhere(self, address: Address, wanted: str) -> None:
        """An entry that was never applied lays claim to its subscription all the same."""
        for desired in self.estate.desired:
            if desired.subscription_id == wanted and desired.address != address:
                raise InvalidInput(
                    problem("declared_elsewhere", address, id=wanted, other=desired.address, address=address)
                )

    def _customer(self, address: Address) -> Customer:
        """The customer of an address, as the manifests have it."""
        for customer in self.estate.customers:
            if customer.name == address.customer:
                return customer
        raise InvalidInput(problem("customer_not_declared", address, customer=address.customer))

    def _remembered(self, address: Address) -> Customer:
        """The customer of an address, as state has it."""
        lineage_of(self.store, self.lineage)
        found = self.store.read(address.customer)
        if found is None:
            raise StateMissing(problem("not_remembered", address, customer=address.customer))
        return found.state.customer

    def _chain(self, state: CustomerState, address: Address, wanted: str) -> tuple[str, ...]:
        """The ids that lead to the adopted one, so that a manifest which names an earlier one still means this address.

        Where the manifest names the adopted one itself, what was before is no part of it, unless something of it has
        not come to its end.
        """
        declared, bound = self._declared(address), state.subscriptions.get(address.name)
        unfinished = bound is not None and (not bound.visible or doubt_of(state, address) is not None)
        ordered = (order_id(declared.order),) if declared and declared.order else ()
        if declared is None or (declared.subscription_id == wanted and not unfinished):
            return ordered
        chain = bound.chain if bound else (declared.subscription_id,)
        return tuple(dict.fromkeys(identity for identity in (*ordered, *chain) if identity != wanted))


def _bound_by_word(
    state: CustomerState, address: Address, pending: Pending, wanted: str, view: View, clocks: Clocks
) -> Bound:
    """Returns the binding by a person's word. Where the customer can't be read, it does not show yet.

    A new subscription is as it shows. Of another change what was asked counts as what was done: where something else
    shows, somebody changed it since, and the next plan says so.
    """
    kind, name, now = changes.of(pending.request), address.name, clocks.latest
    if view.listing is not None:
        live = plausible(state, pending, view, wanted, address)
        as_asked = kind.shows(pending, live.id, view) is not None
        bound = changes.binding_after(state, name, pending, live.id, now, visible=as_asked or not kind.buys)
        return bound.observe(live, now) if as_asked or kind.buys else bound
    if not is_guid(wanted):
        raise InvalidInput(problem("no_subscription_id", address, id=wanted))
    refuse_implausible_id(state, pending, wanted, address)
    return changes.binding_after(state, name, pending, wanted, now, visible=False)
