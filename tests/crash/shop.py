"""A reseller who orders, in one process and on a clock of its own: its runs die at any step, its service loses any
answer, and its people do what the messages say.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from reconciler.documents.plan import fingerprint
from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import StateNotWritten
from reconciler.model.order import order_id
from reconciler.model.place import Place
from reconciler.model.run import Process as Identity
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.model.term import Billing, Term
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.forget_order import forget_order
from reconciler.operations.repair.move import move_address
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, Entry, Sold
from tests.applying.scenes import EVERYTHING, GENEROUS, Request, Scene, Stop, an_offer
from tests.crash.estates import Intended
from tests.histories.mortality import Killed, MortalCommerce, MortalStore, Process
from tests.worlds import new_tenant

COPILOT, PREMIUM, BASIC = "CFQ7TTC0MM8R:0001", "CFQ7TTC0LCHC:0002", "CFQ7TTC0LH18:0001"
KEY = "2026-11-copilot"
COPILOTS, BASE = Address("contoso/copilot"), Address("contoso/base")
_QUARTER, _DAY = timedelta(minutes=20), timedelta(days=1, minutes=1)
_ROUNDS, _PATIENCE = 14, 4


class Shop(Scene):
    """Contoso, whose manifest orders Copilot; `typed` counts the commands that a person had to type."""

    def __init__(self, path: Path, behaviour: Behaviour) -> None:
        premium = Sold(name="premium", offer=f"{PREMIUM}:CFQ7TTC0SBX3", quantity=25)
        super().__init__(path, new_tenant("contoso", premium=premium), behaviour=behaviour)
        orders = replace(self.settings.orders, attest_partner_on_record=True)
        limits = replace(GENEROUS, max_orders=5, stop_after_failures=9)
        wait = Wait(timeout_seconds=30, interval_seconds=10)
        self.settings = replace(self.settings, limits=limits, orders=orders, wait=wait, parallelism=1)
        self.typed: Counter[str] = Counter()
        self.kept: CustomerState | None = None
        self.rescued: CustomerState | None = None
        self.withdrawn: list[Desired] = []
        self.adopted: set[Address] = set()
        self.formerly: dict[str, str] = {}
        self.counter.watchers.append(self._guard)
        self.declare()

    def declare(self, name: str = "copilot", key: str = KEY, offer: str = COPILOT, quantity: int = 10) -> None:
        """Orders something under a name."""
        address = Address(f"contoso/{name}")
        self.manifests[address] = Desired(
            address=address,
            customer=self.customers["contoso"],
            subscription_id=order_id(key),
            order=key,
            offer=an_offer(offer),
            quantity=quantity,
            term=Term.ANNUAL,
            billing=Billing.MONTHLY,
            max_unit_price=Decimal("30.00"),
            market="US",
            source=Place(file="manifests/contoso.yaml", line=9, column=3),
        )

    def withdraw(self, address: Address) -> None:
        """Removes an entry. What was bought for it by now is not undone by that."""
        entry = self.manifests.pop(address)
        if any(made.offer.startswith(entry.offer.id) for made in self.purchases):
            self.withdrawn.append(entry)

    @property
    def intended(self) -> Iterator[Intended]:
        """Yields what must have been bought in the end, once."""
        entries = {entry.address: entry for entry in (*self.withdrawn, *self.manifests.values()) if entry.order}
        for address, entry in entries.items():
            yield Intended(
                address=str(address),
                adopted=address in self.adopted,
                formerly=self.formerly.get(str(address), ""),
                tenant=self.tenant(),
                kind="order",
                source="",
                offer=entry.offer.id,
                quantity=entry.quantity,
            )

    @property
    def purchases(self) -> list[Entry]:
        return [entry for entry in self.ledger if entry.kind == "order"]

    def _guard(self, request: Request) -> None:
        """Holds that a cart is on record before it is checked out, and that no second one is while that is open."""
        if request.method != "POST" or not request.path.endswith("/checkout"):
            return
        cart = request.path.split("/")[-2]
        if cart in {entry.cart for entry in self.purchases}:
            return
        known = {pending.cart_id for _, pending in self.state().all_pending()}
        ordered = {order.cart for order in self.world.orders.values()}
        assert cart in known | ordered, "a cart was checked out that is not on record"

    # What runs do

    def run_once(self, steps: int | None = None, at: dict[int, Callable[[], object]] | None = None) -> bool:
        """A whole apply, as far as it comes; whether it died. `at` says what happens at its so-manieth request."""
        process, seen, lock = Process(steps=steps), Counter[str](), threading.Lock()

        def watch(_request: Request) -> None:
            with lock:
                seen["requests"] += 1
                happening = (at or {}).get(seen["requests"])
            if happening:
                self.counter.watchers.remove(watch)
                happening()
                self.counter.watchers.append(watch)

        self.counter.watchers.append(watch)
        try:
            self._carried_out(process)
        finally:
            self.counter.watchers.remove(watch)
        return process.dead

    def _carried_out(self, process: Process) -> None:
        self.process = own = Identity(host="runner", booted_at=0.0, pid=self.runs + 1, started_at=float(self.runs))
        with self.commerce() as commerce, suppress(Killed, ReconcilerError):
            mortal = MortalStore(process, self.store, self.state_directory)
            workspace = self.workspace_of(MortalCommerce(process, commerce), mortal, Stop(self.clock))
            planned = plan_estate(workspace, EVERYTHING)
            for event in apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))):
                if isinstance(event, StateNotWritten):
                    self.rescued = event.state
        if process.dead:
            self.dead_processes.append(own)

    # What people do

    def second_run(self) -> None:
        """A colleague takes the other run for dead, breaks its lock, and applies."""
        self.break_locks()
        self._carried_out(Process())

    def papers_come(self) -> None:
        """Somebody sends what held orders wait for."""
        for order in [found for found in self.world.orders.values() if found.held]:
            self.colleague.send_papers(order.id)

    def break_locks(self) -> None:
        if held := self.store.held("contoso"):
            self.store.unlock("contoso", held.id)

    def lose_state(self, *, keep: bool) -> None:
        """The customer's state is gone; a backup is there where it was kept."""
        found = self.store.read("contoso")
        self.kept = found.state if found and keep else None
        (self.state_directory / "contoso.json").unlink(missing_ok=True)

    def settled(self) -> str:
        """Comes to rest, or says why not: people apply again, and do what plans and messages ask of them."""
        for round_ in range(_ROUNDS):
            self.break_locks()
            if self.rescued:
                self._typed("state push", self.push, self.rescued)
                self.rescued = None
            before = len(self.ledger)
            self.run_once()
            plan = self.plan()
            if not (plan.changes or plan.blocked or plan.pending) and len(self.ledger) == before:
                return ""
            self.clock.sleep((_DAY if round_ > _PATIENCE * 2 else _QUARTER).total_seconds())
            for blocked in plan.blocked:
                self._follow(blocked.address, {reason.code for reason in blocked.reasons})
            if round_ >= _PATIENCE:
                self._resolve()
        reasons = [(item.address, [reason.code for reason in item.reasons]) for item in plan.blocked]
        waiting = [(item.address, item.outcome, item.remedy.steps) for item in plan.pending]
        return f"it does not settle: {reasons} {waiting} {[change.address for change in plan.changes]}"

    def _follow(self, address: Address, codes: set[str]) -> None:
        """Does what the reasons advise."""
        if "order_state_missing" in codes:
            if self.kept:
                self._typed("state push", self.push, self.kept)
                self.kept = None
            elif self._made(address):
                self._adopt(address)
            elif any(self._made(other) and not self._bound(other) for other in self.manifests):
                pass  # the address of that purchase is bound first
            else:
                self._typed("forget", forget_order, self.repair(), "contoso")
        elif codes & {"renamed_perhaps", "id_conflicts_with_state"}:
            declared = {entry.name for entry in self.manifests}
            old = next(name for name in self.state().subscriptions if name not in declared)
            self._typed("state mv", move_address, self.repair(), Address(f"contoso/{old}"), address)
        elif "looks_bought_already" in codes and self._made(address):
            self._adopt(address)
        elif "looks_bought_already" in codes:
            self.typed["besides"] += 1
            self.manifests[address] = replace(self.manifests[address], besides=tuple(self.world.orders))

    def _adopt(self, address: Address) -> None:
        self.adopted.add(address)
        with self.commerce() as commerce:
            self._typed("adopt", adopt_subscription, self.repair(), address, self._made(address), commerce)

    def _bound(self, address: Address) -> bool:
        found = self.store.read("contoso")
        return found is not None and found.state.claimed_by(self._made(address)) is not None

    def _made(self, address: Address) -> str:
        """Returns the subscription that was bought for an address, as a person finds it; empty where none was."""
        offer = self.manifests[address].offer.id
        return next((made.target for made in self.purchases if made.offer.startswith(offer)), "")

    def _resolve(self) -> None:
        """Says truthfully what became of what is pending."""
        found = self.store.read("contoso")
        for name, pending in found.state.all_pending() if found else ():
            made = [entry.target for entry in self.purchases if entry.cart == pending.cart_id]
            with self.commerce() as commerce:
                address = Address(f"contoso/{name}")
                self._typed("state resolve", resolve_outcome, self.repair(), address, next(iter(made), None), commerce)

    def _typed(self, command: str, do: Callable[..., object], *arguments: object) -> None:
        self.typed[command] += 1
        with suppress(ReconcilerError):
            do(*arguments)

    def states(self) -> Iterator[tuple[str, bytes]]:
        for path in self.state_directory.glob("contoso.json"):
            yield "contoso", path.read_bytes()
