"""A service, a store and kinds of change that exist in tests only: what one address needs may be several changes."""

import threading
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal, cast

from reconciler.applying.context import ApplyContext, Rechecked
from reconciler.applying.estate import apply_works
from reconciler.applying.work import Work
from reconciler.changes import Accepted, Answer, Kind, Performed, Read, Refused, Sending, Sight, View, Words, traces
from reconciler.changes.case import Case
from reconciler.model.address import Address
from reconciler.model.change import After, Before, Binding, Change
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.customer import Customer
from reconciler.model.errors import NoAnswer, Problem, ServiceRefused, StateConflict
from reconciler.model.event import Event
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.offer import Offer
from reconciler.model.pending import Pending
from reconciler.model.place import Place
from reconciler.model.reason import Reason
from reconciler.model.request import Request
from reconciler.model.result import Result
from reconciler.model.run import Run
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore, Versioned
from reconciler.model.subscription import Listing, Live
from reconciler.model.upgrade import UpgradeError, UpgradeOption, UpgradeResult
from reconciler.system.clock import Clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTOSO = Customer(name="contoso", tenant="c0c0c0c0-0000-4000-8000-000000000000")
OFFICE = Address("contoso/office")
SOURCE, TARGET = "source", "target"
E1, E3 = Offer(id="e1", name="Office 365 E1"), Offer(id="e3", name="Office 365 E3")


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRequest(Request):
    """Another billing cycle, at once."""

    action: ClassVar[str] = "bill"
    kind: Literal["bill"] = "bill"
    billing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewRequest(Request):
    """Another name from the renewal on; the service is at work on it for a while."""

    action: ClassVar[str] = "renew"
    kind: Literal["renew"] = "renew"
    name: str


class _InPlace(Kind):
    looks = (Read.SUBSCRIPTION,)
    shows_in = (Read.SUBSCRIPTION,)
    sends_back = True

    @abstractmethod
    def value(self, live: Live) -> str: ...

    @abstractmethod
    def value_of(self, request: Request) -> str: ...

    def differs(self, case: Case) -> bool:
        return False

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        return ()

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        return (pending.action, pending.subscription_id, self.value_of(pending.request), pending.before.etag)

    def may_resend(self, source: Live) -> bool:
        return source.etag is not None

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        return traces.difference(view.subscription, pending.before)

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live = view.find(subscription_id)
        return live if live and self.value(live) == self.value_of(pending.request) else None

    def poll(self, pending: Pending, view: View) -> Answer:
        seen = self.shows(pending, pending.subscription_id, view)
        if seen:
            return Performed(subscription_id=pending.subscription_id, seen=seen)
        live = view.find(pending.subscription_id)
        return FAILED if live and self.value(live) == "failed" else Accepted()

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        live = sight.view.find(pending.subscription_id)
        match self.poll(pending, sight.view):
            case Performed():
                return Evidence(verdict=Verdict.DONE, subscription=live)
            case Refused():
                return Evidence(verdict=Verdict.REFUSED, errors=FAILED.errors)
        same = live is not None and traces.unchanged(pending, live)
        return Evidence(verdict=Verdict.UNCHANGED if same else Verdict.UNCLEAR)

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        return ()

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return f"{self.value_of(pending.request)} to show"

    def wanted(self, request: Request) -> str:
        return self.value_of(request)

    def outcome(self, result: Result) -> str:
        return self.value_of(result.request)


FAILED = Refused(errors=(UpgradeError(code="other", description="It failed."),), final=True)


class Bill(_InPlace):
    name = "bill"
    request = BillRequest
    symbol = "%"
    words = Words(noun="bill", doing="billing", done="billed", effect="the cycle", planned="Another cycle.")

    def order(self, seats: int) -> int:
        return 40

    def value(self, live: Live) -> str:
        return live.billing

    def value_of(self, request: Request) -> str:
        return BillRequest.of(request).billing

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        service = cast("Service", commerce)
        seen = service.write(sending.ticket, sending.source.id, billing=self.value_of(sending.pending.request))
        return Performed(subscription_id=seen.id, seen=seen)


class Renew(_InPlace):
    name = "renew"
    request = RenewRequest
    symbol = "@"
    stands_alone = True
    words = Words(noun="renewal", doing="renewing", done="renewed", effect="the schedule", planned="A schedule.")

    def order(self, seats: int) -> int:
        return 60

    def value(self, live: Live) -> str:
        return live.friendly_name

    def value_of(self, request: Request) -> str:
        return RenewRequest.of(request).name

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        service = cast("Service", commerce)
        service.write(sending.ticket, sending.source.id, later=self.value_of(sending.pending.request))
        return Accepted(operation=f"operation of {sending.source.id}")


class Service:
    """Subscriptions by id; each write may meet an accident. What is asked for `later` shows after some seconds."""

    audit_missing = "no log"

    def __init__(self) -> None:
        self.time = NOON
        self.lives = {SOURCE: Live(id=SOURCE, offer=E1, quantity=5, status="active", etag="1", billing="annual")}
        self.accidents: dict[int, str] = {}
        self.written: list[tuple[str, str]] = []
        self.tickets: list[Ticket] = []
        self.works_for = 20.0
        self._later: list[tuple[datetime, str, str]] = []

    @property
    def clocks(self) -> Clocks:
        return Clocks(machine=self.time, service=self.time)

    def now(self) -> datetime:
        return self.time

    def elapsed(self) -> float:
        return (self.time - NOON).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=max(seconds, 0.001))
        for due, identity, name in [work for work in self._later if work[0] <= self.time]:
            self._change(identity, friendly_name="failed" if name == "impossible" else name)
            self._later.remove((due, identity, name))

    def subscriptions(self, tenant: str) -> Listing:
        return Listing(lives=tuple(self.lives.values()))

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        return self.lives[subscription_id]

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        return (OPTION,)

    def upgrade(
        self, tenant: str, source: str, option: UpgradeOption, quantity: int, ticket: Ticket, look: object = None
    ) -> UpgradeResult:
        self._accident(ticket, source, "upgrade", self._buy)
        return UpgradeResult(source_subscription_id=source, target_subscription_id=TARGET, upgrade_type=option.type)

    def _buy(self) -> None:
        source = replace(self.lives[SOURCE], status="suspended", etag="2")
        self.lives = {SOURCE: source, TARGET: replace(self.lives[SOURCE], id=TARGET, offer=E3)}

    def write(self, ticket: Ticket, identity: str, later: str = "", **values: str) -> Live:
        def change() -> None:
            if later:
                self._later.append((self.time + timedelta(seconds=self.works_for), identity, later))
            else:
                self._change(identity, **values)

        self._accident(ticket, identity, "renew" if later else "bill", change)
        return self.lives[identity]

    def _change(self, identity: str, **values: Any) -> None:
        live = self.lives[identity]
        self.lives[identity] = replace(live, etag=f"{live.etag}+", **values)

    def _accident(self, ticket: Ticket, identity: str, what: str, perform: Callable[[], object]) -> None:
        self.written.append((what, identity))
        self.tickets.append(ticket)
        accident = self.accidents.get(len(self.written), "")
        if accident == "refused":
            raise ServiceRefused(Problem(where=None, what="No.", remedy="Ask."), status=400, code="800090")
        if accident != "dropped":
            perform()
        if accident:
            raise NoAnswer(Problem(where=None, what="Nothing came.", remedy="Wait."))


OPTION = UpgradeOption(target=E3, type="upgrade_only", quantity=5, eligible=True)


class Store:
    """One customer's state in memory. `crash_at` is the serial whose write the process does not survive."""

    location = "memory"

    def __init__(self) -> None:
        self.state: CustomerState | None = None
        self.crash_at = 0

    @contextmanager
    def lock(self, customer: str, operation: str, run: Run) -> Iterator[None]:
        yield None

    def read(self, customer: str) -> Versioned | None:
        return Versioned(state=self.state, version=str(self.state.serial)) if self.state else None

    def write(self, state: CustomerState, expected: str | None) -> str:
        if expected != (str(self.state.serial) if self.state else None):
            raise StateConflict(Problem(where=None, what="Somebody wrote.", remedy="Again."))
        if state.serial == self.crash_at:
            raise KeyboardInterrupt
        self.state = state
        return str(state.serial)


def changes_for(*requests: Request) -> tuple[Change, ...]:
    """The items that a plan has for the office: as planned before anything was done."""
    return tuple(
        Change(
            address=OFFICE,
            customer=CONTOSO,
            subscription_id=SOURCE,
            action=request.action,
            before=Before(offer_id=E1.id, offer_name=E1.name, quantity=5, status="active", etag="1"),
            after=After(offer_id=E3.id, offer_name=E3.name, quantity=5),
            differences=(),
            request=request,
            binding=Binding(lineage=None, id=SOURCE, last_request_id=None),
            source=Place(file="contoso.yaml", line=1, column=1),
        )
        for request in requests
    )


@dataclass
class Scene:
    """A customer, and runs of one saved plan."""

    service: Service = field(default_factory=Service)
    store: Store = field(default_factory=Store)

    @property
    def state(self) -> CustomerState:
        assert self.store.state
        return self.store.state

    def recheck(self, change: Change, state: CustomerState) -> Rechecked:
        """Planning in miniature: done already, bound as planned, or stale."""
        done = any(result.request == change.request and result.outcome.performed for result in state.results)
        if done:
            return Rechecked(stale=None, done="It was done.")
        bound = state.subscriptions.get(change.address.name)
        now = (bound.id if bound else SOURCE, state.last_request_id(change.address))
        if now != (change.binding.id, change.binding.last_request_id) or change.address.name in state.pending:
            return Rechecked(stale="the binding is another")
        before = Before.of(self.service.lives[change.subscription_id])
        view = View(listing=self.service.subscriptions(""), upgrades=(OPTION,))
        return Rechecked(stale=None, change=replace(change, before=before), view=view)

    def apply(self, *items: Change, fingerprint: str = "sha256:plan", run: str = "first") -> list[Event]:
        def nothing(_customer: Customer, _state: CustomerState) -> Mapping[str, Live]:
            return {}

        context = ApplyContext(
            commerce=cast("Commerce", self.service),
            store=cast("StateStore", self.store),
            recheck=self.recheck,
            rearrange=lambda state, _: (state, (), ()),
            look=nothing,
            run=Run(id=run, actor="tests"),
            lineage="lineage",
            wait=Wait(timeout_seconds=60, interval_seconds=10),
            stop=threading.Event(),
            plan_fingerprint=fingerprint,
            clock=Clock(now=self.service.now, elapsed=self.service.elapsed),
            pause=self.service.sleep,
        )
        unsettled = (OFFICE,) if self.store.state and self.store.state.pending else ()
        return list(apply_works([Work(customer=CONTOSO, changes=items, unsettled=unsettled)], context, 1))


KINDS: Mapping[str, Kind] = {"bill": Bill(), "renew": Renew()}
