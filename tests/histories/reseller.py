"""A reseller whose runs may die, whose colleagues meddle, and whose people follow the program's advice truthfully."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from reconciler.documents.plan import fingerprint
from reconciler.model.address import Address
from reconciler.model.change import Blocked
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput, ReconcilerError, StateMissing
from reconciler.model.event import StateNotWritten
from reconciler.model.limits import Limits
from reconciler.model.pending import Pending
from reconciler.model.plan import Plan
from reconciler.model.run import Process as Identity
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.term import FewerSeats
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.move import move_address
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.operations.saved import planned_from
from reconciler.sandbox import Behaviour, Entry, Sold, application
from reconciler.sandbox.catalogue import BUSINESS, BUSINESS_ESSENTIALS, EXCHANGE_1, F1
from reconciler.sandbox.tenants import derived_id
from tests.applying.scenes import EVERYTHING, Request, Scene, Stop
from tests.histories.mortality import Killed, MortalCommerce, MortalStore, Process
from tests.worlds import new_tenant


@dataclass(frozen=True, kw_only=True)
class Books:
    """The effects of this reseller's own runs by the service's ledger, beside what state says of them."""

    ledger: list[Entry]
    states: list[CustomerState]
    lost: frozenset[str] = frozenset()
    """Request ids that state can't know: it was restored from before them."""

    @property
    def bought(self) -> dict[str, Entry]:
        return {entry.request_id: entry for entry in self.ledger}

    @property
    def upgrades(self) -> list[Entry]:
        return [entry for entry in self.ledger if entry.kind == "upgrade"]

    @property
    def pending(self) -> dict[str, Pending]:
        return {change.request_id: change for state in self.states for _, change in state.all_pending()}

    def attempts(self, request_id: str) -> int:
        """Returns how often a request may have been sent, by what is durable: now, and before it was given up."""
        given_up = (result.unanswered for state in self.states for result in state.results if result.unanswered)
        known = [*(item for item in given_up if item.request_id == request_id), self.pending[request_id]]
        return sum(item.attempts for item in known)

    def check(self) -> None:
        assert not twice(entry.request_id for entry in self.ledger), "one request was performed twice"
        assert not twice(entry.source for entry in self.upgrades), "one subscription was upgraded twice"
        results = [result for state in self.states for result in state.results if result.outcome.performed]
        assert not twice(result.request_id for result in results), "one change was recorded twice"
        recorded = {result.request_id: result for result in results}
        doubted = {doubt.request_id for state in self.states for doubt in state.doubts()}
        assert self.bought.keys() <= {*self.pending, *recorded, *doubted, *self.lost}, "a change was forgotten"
        bought = {entry.target for entry in self.ledger}
        for entry in self.ledger:
            result = recorded.get(entry.request_id)
            found = result.target_subscription_id if result else None
            assert found not in bought - {entry.target}, "one purchase was taken for another"
        chains = [
            identity for state in self.states for bound in state.subscriptions.values() for identity in bound.chain
        ]
        assert not twice(chains), "two addresses mean one subscription"


def _under(name: str, customer: Customer) -> Callable[[Desired], Desired]:
    def renamed(item: Desired) -> Desired:
        address = Address(f"{customer.name}/{item.address.name}")
        return replace(item, address=address, customer=customer) if item.customer.name == name else item

    return renamed


def twice(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]


ANYTHING_GOES = Limits(
    max_changes=1000,
    max_changed_percent=100,
    max_seats_removed=100_000,
    max_seats_added=100_000,
    max_seats_upgraded=100_000,
    stop_after_failures=2,
    max_customers_emptied=1_000,
    max_catalogue_change_percent=100,
)


class Reseller(Scene):
    """Three customers, five addresses; a guard at the counter looks at every write before it is answered."""

    def __init__(self, path: Path, *, idempotent: bool) -> None:
        super().__init__(
            path,
            new_tenant("contoso", branch=Sold(offer=BUSINESS, quantity=25), office=Sold(offer=BUSINESS, quantity=25)),
            new_tenant("fabrikam", office=Sold(offer=BUSINESS_ESSENTIALS, quantity=10)),
            new_tenant("litware", frontline=Sold(offer=F1, quantity=10), mail=Sold(offer=EXCHANGE_1, quantity=25)),
            behaviour=Behaviour(idempotent=idempotent),
        )
        self.settings = replace(
            self.settings, limits=ANYTHING_GOES, wait=Wait(timeout_seconds=20, interval_seconds=10), parallelism=1
        )
        self.counter.watchers.append(self._guard)
        self.others: set[str] = set()
        self.removed: dict[Address, Desired] = {}
        for address in self.manifests:
            self.want(address, fewer_seats=FewerSeats.NOW)

    # What is held

    def _guard(self, request: Request) -> None:
        """Holds that a write may arrive: its intent is durable, and nothing can come of it that has come already.

        A service that honours request ids may be asked again for what it did: it gives its first answer again.
        """
        if request.method == "GET":
            return
        books = self.books()
        pending = books.pending[request.request_id]
        assert pending.subscription_id in request.path.lower()
        arrivals = sum(item.request_id == request.request_id for item in self.sent[self.known_from :])
        allowed = books.attempts(request.request_id) + self.counter.throttled.count(request.request_id)
        assert pending.attempts <= 2
        assert arrivals <= allowed, "sent again"
        answered = {request.request_id} if self.world.behaviour.idempotent else set()
        assert request.request_id not in books.bought.keys() - answered, "performed already"
        if request.method == "POST":
            before = {upgrade.source for upgrade in books.upgrades if upgrade.request_id not in answered}
            assert pending.subscription_id not in before, "bought twice"
        books.check()

    def check(self) -> None:
        """Holds what must hold at any time."""
        self.books().check()

    def books(self) -> "Books":
        ledger = [entry for entry in self.ledger if entry.request_id not in self.others]
        return Books(ledger=ledger, states=self.states(), lost=self.lost)

    def states(self) -> list[CustomerState]:
        return [found.state for name in self.store.customers() if (found := self.store.read(name))]

    def current(self, address: Address) -> str:
        """The subscription that an address means now."""
        state = self.store.read(address.customer)
        bound = state.state.subscriptions.get(address.name) if state else None
        return bound.id if bound else (self.manifests | self.removed)[address].subscription_id

    # What runs do

    def plan_once(self) -> Plan | None:
        """A plan; None where something stands in its way."""
        with suppress(ReconcilerError):
            return self.plan()
        return None

    def run_once(
        self,
        process: Process | None = None,
        plan: Plan | None = None,
        at: dict[int, Callable[[Stop], None]] | None = None,
    ) -> None:
        """A whole apply, as far as it comes. `at` says what happens when its so-manieth request arrives."""
        stop, count = Stop(self.clock), Counter[str]()

        def watch(_request: Request) -> None:
            count["requests"] += 1
            happening = (at or {}).get(count["requests"])
            if happening:
                self.counter.watchers.remove(watch)
                happening(stop)
                self.counter.watchers.append(watch)

        self.counter.watchers.append(watch)
        try:
            self._carried_out(process or Process(), plan, stop)
        finally:
            self.counter.watchers.remove(watch)

    def _carried_out(self, process: Process, plan: Plan | None, stop: Stop) -> None:
        self.process = Identity(host="runner", booted_at=0.0, pid=self.runs + 1, started_at=float(self.runs))
        with self.commerce() as commerce, suppress(Killed, ReconcilerError):
            mortal = MortalStore(process, self.store, self.state_directory)
            workspace = self.workspace_of(MortalCommerce(process, commerce), mortal, stop)
            planned = planned_from(workspace, plan) if plan else plan_estate(workspace, EVERYTHING)
            for event in apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))):
                if isinstance(event, StateNotWritten):
                    self.rescued = event.state
        own = workspace.run().process
        if process.dead and own:
            self.dead_processes.append(own)

    lost: frozenset[str] = frozenset()
    known_from = 0
    """State knows nothing of what was sent before this one, and of those that are `lost`."""

    def run_twice_from_one_state(self, plan: Plan) -> None:
        """All state is restored from before an apply, and the same plan applied again; then what was lost is found."""
        self.break_locks()
        before = self._backup()
        self.run_once(plan=plan)
        requests = len(self.counter.requests)
        after, bought = self._backup(), self.books().bought
        self._restore(before)
        self.lost, self.known_from = frozenset(bought), len(self.sent)
        self.run_once(plan=plan)
        assert self.books().bought == bought, "bought twice, or more"
        self.lost, self.known_from = frozenset(), 0
        del self.counter.requests[requests:]
        self.break_locks()
        self._restore(after)

    def _backup(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.state_directory.glob("*.json")}

    def _restore(self, backup: dict[Path, bytes]) -> None:
        for path in self.state_directory.glob("*.json"):
            if path.name != "estate.json":
                path.unlink()
        for path, content in backup.items():
            path.write_bytes(content)

    rescued: CustomerState | None = None
    """The state that a run could not write, as a file of the person who ran it."""

    # What people do

    def push_rescued(self) -> None:
        if self.rescued:
            with suppress(ReconcilerError):
                self.push(self.rescued)
            self.rescued = None

    def break_locks(self) -> None:
        for customer in self.customers:
            held = self.store.held(customer)
            if held:
                self.store.unlock(customer, held.id)

    def colleague_applies(self) -> None:
        """A colleague is sure that the other run is dead, breaks its lock, and applies."""
        self.break_locks()
        self._carried_out(Process(), None, Stop(self.clock))

    def run_renamed(self, name: str) -> None:
        """An apply while the manifests call a customer otherwise, for a while."""
        manifests, customers = dict(self.manifests), dict(self.customers)
        renamed = replace(customers[name], name="renamed")
        self.customers = {**{key: customer for key, customer in customers.items() if key != name}, "renamed": renamed}
        self.manifests = {entry.address: entry for entry in map(_under(name, renamed), manifests.values())}
        try:
            self.run_once()
        finally:
            self.manifests, self.customers = manifests, customers

    def run_with_an_entry_renamed(self, address: Address, *, moved: bool) -> None:
        """An apply while an entry has another name, for a while; and what state remembers too, where it is moved."""
        renamed = Address(f"{address}-renamed")
        self.rename(address, renamed)
        self.run_once()
        if moved:
            self._move(address, renamed)
            self.run_once()
        self.rename(renamed, address)
        self._move(renamed, address)

    def _move(self, old: Address, new: Address) -> None:
        self.break_locks()
        with suppress(ReconcilerError):
            move_address(self.repair(), old, new)

    def pendings(self) -> Iterator[tuple[Address, Pending]]:
        for state in self.states():
            for name, pending in state.all_pending():
                yield state.address(name), pending

    def resolve(self, address: Address, pending: Pending) -> None:
        """Says truthfully what became of a change, as far as Partner Center shows it."""
        entry = self.books().bought.get(pending.request_id)
        with self.commerce() as commerce, suppress(ReconcilerError):
            resolve_outcome(self.repair(), address, entry.target if entry else None, commerce)

    def resolve_as_advised(self, address: Address, pending: Pending) -> None:
        """A person takes the program's word where nothing of ours was done and yet something fits."""
        self.resolve(address, pending)
        state = self.store.read(address.customer)
        if state is None or address.name not in state.state.pending:
            return
        with self.commerce() as commerce:
            try:
                resolve_outcome(self.repair(), address, None, commerce)
            except InvalidInput as refused:
                found = refused.problems[0].remedy.split()[-1]
                resolve_outcome(self.repair(), address, found, commerce)

    def somebody_touches(self, address: Address, **values: Any) -> None:
        """Somebody else changes what an address means now."""
        with self.changed() as world:
            sold = world.find(self.current(address))
            for name, value in values.items():
                setattr(sold, name, value)
            sold.version += 1

    def portal_upgrade(self, address: Address, target: str) -> None:
        """A colleague upgrades what an address means now in the portal; nothing happens where that is refused."""
        request_id = derived_id("portal", len(self.others))
        self.others.add(request_id)
        app = application(self.path / "world.json", self.clock.utc, self.clock.sleep)
        url = f"/v1/customers/{self.tenant(address.customer)}/subscriptions/{self.current(address)}/upgrades"
        headers = {"Authorization": "Bearer a-colleague", "MS-RequestId": request_id}
        body = {"targetOffer": {"id": target}, "upgradeType": "upgrade_only"}
        portal = httpx.Client(transport=httpx.WSGITransport(app=app), base_url="https://sandbox.invalid")
        with portal, suppress(OSError):
            portal.post(url, json=body, headers=headers)

    def adopt_successor(self, address: Address) -> bool:
        """Binds an address to a live subscription that no address means; whether there was one."""
        state = self.store.read(address.customer)
        taken = {entry.subscription_id for entry in (self.manifests | self.removed).values()}
        taken |= state.state.claimed_ids() if state else set()
        with self.commerce() as commerce, suppress(ReconcilerError):
            lives = commerce.subscriptions(self.tenant(address.customer)).lives
            free = [live for live in lives if live.id not in taken and live.active]
            if free:
                adopt_subscription(self.repair(), address, free[-1].id, commerce)
                return True
        return False

    def lives(self, customer: str) -> tuple[Live, ...]:
        with self.commerce() as commerce:
            return commerce.subscriptions(self.tenant(customer)).lives

    # When everything is well again

    def heal(self) -> None:
        """Nothing goes wrong any more, two days pass, locks are broken, and what could not be written is pushed."""
        with self.changed() as world:
            world.faults.clear()
            world.behaviour.visible_after = world.behaviour.provisioned_after = 0
        self.clock.sleep(2 * 24 * 3600)
        self.break_locks()
        self.push_rescued()

    def follow_up(self, blocked: Blocked) -> None:
        """A person does what is needed for a blocked address: settles, reactivates, adopts, or gives in."""
        live = next(
            (live for live in self.lives(blocked.address.customer) if live.id == self.current(blocked.address)), None
        )
        if live is None:
            raise AssertionError(f"{blocked.address} means nothing: {blocked.reasons}")
        if live.status == "suspended":
            with self.changed() as world:
                sold = world.find(live.id)
                sold.status, sold.upcoming, sold.version = "active", None, sold.version + 1
            return
        if not live.active and self.adopt_successor(blocked.address):
            return
        self.want(blocked.address, live.offer.id, live.quantity)

    def settle_all(self) -> None:
        """Those that were done first: while two compete for one subscription, only that can be said."""
        bought = self.books().bought
        for address, pending in sorted(self.pendings(), key=lambda item: item[1].request_id not in bought):
            with suppress(StateMissing):
                self.resolve_as_advised(address, pending)
