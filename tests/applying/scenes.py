"""A whole reseller in a temporary directory: the emulator with its world, the state directory, and runs over both.

Everything is real but time: pauses pass at once, and move the one clock that the emulator and the runs share.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx

from reconciler.documents.plan import fingerprint
from reconciler.manifests.estate import Estate
from reconciler.model.address import Address
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.event import Event, Failed, Skipped
from reconciler.model.invocation import NO_FLAGS
from reconciler.model.limits import Limits
from reconciler.model.moves import Moves
from reconciler.model.offer import Offer, canonical_offer
from reconciler.model.overrides import Override
from reconciler.model.place import Place
from reconciler.model.plan import Plan
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.model.result import Outcome, ended, given_up
from reconciler.model.run import Process, Run
from reconciler.model.settings import Settings, Wait
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.push import Push
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.forget import forget_address
from reconciler.operations.saved import planned_from
from reconciler.operations.workspace import Workspace
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from reconciler.planning import Globs
from reconciler.sandbox import Behaviour, Sold, Tenant, application
from reconciler.sandbox.catalogue import offer as catalogued
from reconciler.sandbox.items import item as new_commerce_item
from reconciler.state.local import LocalStore
from reconciler.system.clock import Clock as MachineClock
from tests.worlds import WorldFile, new_tenant, new_world

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LINEAGE = "7c1fd0f0-55fb-4a52-8a0f-2b8fd0b6a111"
GENEROUS = Limits(max_seats_added=100_000, max_seats_upgraded=100_000, max_changed_percent=100)
WAIT = Wait(timeout_seconds=60, interval_seconds=10)
EVERYTHING = Globs()

WRITES = ("POST", "PATCH")


class Clock:
    """The one clock of a scene."""

    def __init__(self) -> None:
        self._now = NOON
        self._paused = timedelta()
        self._lock = threading.Lock()

    def utc(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - self._paused - NOON).total_seconds()

    def pause_machine(self, seconds: float) -> None:
        """The machine is paused from outside: the time goes on, and the clock that nobody sets stands still."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._paused += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Moves on, by a microsecond at least: time never stands still for somebody who waits."""
        with self._lock:
            self._now += max(timedelta(seconds=seconds), timedelta.resolution)

    def back_to(self, time: datetime) -> None:
        """Takes the world back to an earlier moment, so that it can go on otherwise."""
        self._now = time


class Stop(threading.Event):
    """A run's stop, whose waits pass at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            self._clock.sleep(timeout or 0)
        return self.is_set()


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request as it arrives at the service."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str:
        return self.headers["MS_REQUESTID"]


@dataclass(frozen=True, kw_only=True)
class SecondCopy:
    """The answer to the second copy of a request, and whether the first one was carried out."""

    status: int
    body: bytes = b""
    performed: bool = True


class Counter:
    """The emulator, with somebody who sees every request before it is answered and may do anything meanwhile.

    `forbid` gives the body of a 403 (or another `refusal`) for what shall be refused. `second_copy` gives what stands
    in place of an answer. `throttled` are the ids of the requests that the gateway turned away.
    """

    def __init__(self, app: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        self._app = app
        self.watchers: list[Callable[[Request], object]] = []
        self.refusal = "403 Forbidden"
        self.forbid: Callable[[Request], bytes | None] = lambda _request: None
        self.second_copy: Callable[[Request], SecondCopy | None] = lambda _request: None
        self.requests: list[Request] = []
        self.throttled: list[str] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {key.removeprefix("HTTP_"): str(value) for key, value in environ.items() if key.startswith("HTTP_")}
        request = Request(method=environ["REQUEST_METHOD"], path=environ["PATH_INFO"], headers=headers, body=body)
        self.requests.append(request)
        for watch in tuple(self.watchers):
            watch(request)
        second = self.second_copy(request)
        if second is not None:
            if second.performed:
                list(self._app({**environ, "wsgi.input": BytesIO(body)}, lambda *_: lambda _: None))
            start_response(f"{second.status} Whatever", [("Content-Type", "application/json")])
            return [second.body]
        forbidden = self.forbid(request)
        if forbidden is not None:
            start_response(self.refusal, [("Content-Type", "application/json")])
            return [forbidden]

        def answer(status: str, *rest: Any) -> Callable[[bytes], object]:
            if status.startswith("429"):
                self.throttled.append(request.request_id)
            return start_response(status, *rest)

        return self._app({**environ, "wsgi.input": BytesIO(body)}, answer)


class Scene(WorldFile):
    """Customers as sold, manifests that ask for exactly that until `want` says otherwise, and runs over them."""

    def __init__(self, path: Path, *tenants: Tenant, behaviour: Behaviour | None = None) -> None:
        super().__init__(path / "world.json")
        self.path = path
        self.clock = Clock()
        self.settings = Settings(cloud="sandbox", limits=GENEROUS, wait=WAIT, parallelism=4)
        self.token = "a-token-of-a-user"
        self.machine_ahead = timedelta()
        self.put(new_world(*tenants, behaviour=behaviour))
        self.counter = Counter(application(self.world_file, self.clock.utc, self.clock.sleep))
        self.state_directory = path / "state"
        self.manifests = {item.address: item for tenant in tenants for item in _as_sold(tenant)}
        self.customers = {tenant.name: Customer(name=tenant.name, tenant=tenant.tenant) for tenant in tenants}
        self.moves: Mapping[str, Moves] = {}
        self.runs = 0
        self.process: Process | None = None
        self.dead_processes: list[Process] = []

    # What the service holds

    def somebody_changes(self, address: str, **values: Any) -> None:
        """Somebody else changes the subscription that the manifest names."""
        with self.changed() as world:
            sold = world.find(self.id_of(address))
            for name, value in values.items():
                setattr(sold, name, value)
            sold.version += 1

    def somebody_buys(self, *new: Sold) -> None:
        """Somebody else buys subscriptions for the first customer."""
        with self.changed() as world:
            world.customers[0].subscriptions.extend(new)

    @property
    def sent(self) -> list[Request]:
        """The writes that arrived."""
        return [request for request in self.counter.requests if request.method in WRITES]

    def on(self, method: str, part: str, do: Callable[[Request], object]) -> None:
        """Does something once, while the first such request is on the counter."""

        def watch(request: Request) -> None:
            if request.method == method and part in request.path:
                self.counter.watchers.remove(watch)
                do(request)

        self.counter.watchers.append(watch)

    def second_copies(self, *answers: SecondCopy) -> None:
        """The next writes are answered as a gateway's second copies are; those after them as ever."""
        left = list(answers)
        self.counter.second_copy = lambda request: left.pop(0) if left and request.method in WRITES else None

    def machine_time(self) -> datetime:
        """The time by the clock of the machine that runs; the service goes by the scene's."""
        return self.clock.utc() + self.machine_ahead

    @property
    def machine_clock(self) -> MachineClock:
        return MachineClock(now=self.machine_time, elapsed=self.clock.monotonic)

    def tenant(self, customer: str = "contoso") -> str:
        return self.customers[customer].tenant

    # What the manifests ask

    def id_of(self, address: str) -> str:
        """The id that the manifest names."""
        return self.manifests[Address(address)].subscription_id

    def want(self, address: str, offer: str | None = None, quantity: int | None = None, **values: Any) -> None:
        """Edits the address's entry."""
        entry = self.manifests[Address(address)]
        changes = {"offer": entry.offer if offer is None else an_offer(offer), "quantity": quantity or entry.quantity}
        self.manifests[entry.address] = replace(entry, **{**changes, **values})

    def leave_only(self, *names: str) -> None:
        """Removes all other entries; the customers' documents stay."""
        self.manifests = {address: entry for address, entry in self.manifests.items() if address.name in names}

    def exchange(self, first: str, second: str) -> None:
        """Gives two entries each other's name in the manifest."""
        self.rename(first, "contoso/third")
        self.rename(second, first)
        self.rename("contoso/third", second)

    def rename(self, old: str, new: str) -> None:
        """Gives an entry another name."""
        entry = self.manifests.pop(Address(old))
        self.manifests[Address(new)] = replace(entry, address=Address(new))

    @property
    def estate(self) -> Estate:
        desired = tuple(self.manifests[address] for address in sorted(self.manifests))
        return Estate(
            root=self.path,
            settings=self.settings,
            desired=desired,
            customers=tuple(self.customers[name] for name in sorted(self.customers)),
            catalogue={entry.offer.name: entry.offer for entry in desired},
            digest="sha256:00",
            customer_files={},
            moves=self.moves,
        )

    # What is remembered

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.state_directory, self.clock.utc)

    def state(self, customer: str = "contoso") -> CustomerState:
        found = self.store.read(customer)
        assert found is not None, f"nothing is remembered of {customer}"
        return found.state

    def somebody_writes_state(self, customer: str = "contoso") -> None:
        """Somebody else writes the customer's state, whoever has its lock."""
        found = self.store.read(customer)
        state = found.state if found else CustomerState(lineage=LINEAGE, customer=self.customers[customer])
        self.store.write(replace(state, serial=state.serial + 1), found.version if found else None)

    def settle_as_not_done(self, address: str, *, in_doubt: bool = False) -> None:
        """Somebody else records that the address's pending change was not done, whoever has the lock."""
        name = Address(address).name
        found = self.store.read(Address(address).customer)
        assert found
        pending, now = found.state.pending_of(name)[0], self.clock.utc()
        settled = ended(pending, Address(address), Outcome.NOT_DONE, now, None, self.run())
        result = given_up(pending, Address(address), now, self.run()) if in_doubt else settled
        after = found.state.finish(name, result)
        self.store.write(replace(after, serial=found.state.serial + 1), found.version)

    # Runs

    def run(self) -> Run:
        self.runs += 1
        return Run(id=f"run-{self.runs}", actor="tests", process=self.process)

    @contextmanager
    def commerce(self) -> Iterator[PartnerCenter]:
        client = PartnerCenter(
            base_url="https://sandbox.invalid",
            tokens=StaticToken(self.token, kind="app+user"),
            transport=httpx.WSGITransport(app=self.counter),
            retries=Retries(attempts=3, sleep=self.clock.sleep, clock=self.machine_clock),
        )
        with client:
            yield client

    @contextmanager
    def workspace(self, stop: threading.Event | None = None) -> Iterator[Workspace]:
        with self.commerce() as commerce:
            yield self.workspace_of(commerce, self.store, stop)

    def workspace_of(self, commerce: Commerce, store: StateStore, stop: threading.Event | None = None) -> Workspace:
        run = self.run()
        return Workspace(
            estate=self.estate,
            settings=self.settings,
            commerce=commerce,
            store=store,
            run=lambda: run,
            new_lineage=LINEAGE,
            stop=stop or Stop(self.clock),
            clock=self.machine_clock,
            is_dead=self.dead_processes.__contains__,
        )

    def plan(self) -> Plan:
        return self.planned().plan

    def planned(self) -> Planned:
        with self.workspace() as workspace:
            return plan_estate(workspace, EVERYTHING)

    def apply(
        self,
        plan: Plan | None = None,
        stop: threading.Event | None = None,
        overridden: Iterable[str] = (),
        **how: Any,
    ) -> list[Event]:
        """Carries out a plan made earlier, or plans and applies in one run, with these limits lifted."""
        how["overridden"] = tuple(map(Override, overridden))
        with self.workspace(stop) as workspace:
            planned = planned_from(workspace, plan) if plan else plan_estate(workspace, EVERYTHING)
            return list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan), **how)))

    def repair(self) -> RepairContext:
        return RepairContext(
            estate=self.estate,
            store=self.store,
            run=self.run(),
            at=self.machine_time(),
            new_lineage=LINEAGE,
            invocation=NO_FLAGS,
            lineage=self.settings.lineage,
        )

    def forget(self, address: Address) -> str:
        return forget_address(self.repair(), address, self.commerce)

    def push(self, rescued: CustomerState) -> str:
        return Push(store=self.store, run=self.run(), lineage=self.settings.lineage)(rescued)


def a_scene(path: Path, behaviour: Behaviour | None = None, /, **sold: Sold) -> Scene:
    """Contoso; each subscription under its address's name."""
    return Scene(path, new_tenant("contoso", **sold), behaviour=behaviour)


def an_offer(offer_id: str) -> Offer:
    found = catalogued(offer_id) or new_commerce_item(offer_id)
    assert found is not None
    return Offer(id=canonical_offer(offer_id), name=found.name)


def types_of(events: Iterable[Event]) -> list[str]:
    """The types of the events, in order, without those that only say that the work goes on."""
    return [event.type for event in events if event.type not in {"waiting", "sent_again"}]


def only(events: Iterable[Event], kind: str) -> Any:
    """The one event of a type."""
    (found,) = [event for event in events if event.type == kind]
    return found


def codes(events: Iterable[Event]) -> list[str]:
    """Returns why changes failed or were skipped, in order."""
    return [event.code for event in events if isinstance(event, Failed | Skipped)]


def _as_sold(tenant: Tenant) -> Iterator[Desired]:
    customer = Customer(name=tenant.name, tenant=tenant.tenant)
    for line, sold in enumerate(tenant.subscriptions, start=5):
        yield Desired(
            address=Address(f"{tenant.name}/{sold.name}"),
            customer=customer,
            subscription_id=sold.id,
            offer=an_offer(sold.offer),
            quantity=sold.quantity,
            source=Place(file=f"manifests/{tenant.name}.yaml", line=line, column=3),
        )


def priced(year: int) -> Prices:
    """A price sheet of Microsoft 365 Business Standard: so many dollars for a seat and year, billed monthly."""
    key = PriceKey("CFQ7TTC0LH18:0001", "annual", "monthly", "commercial")
    rows = {key: (PriceRow(Decimal(year), date.min, date.max),)}
    return Prices(sheets=(Sheet(file="us.csv", market="US", currency="USD", month=date(2026, 1, 1), rows=rows),))
