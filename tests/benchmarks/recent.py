"""A plan with last night's snapshot beside one that reads all customers: how often each asks the emulator."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from reconciler.sandbox import Sold, Tenant, World, application, utc_now
from reconciler.sandbox.catalogue import BUSINESS, EXCHANGE_1
from tests.benchmarks.workshop import Figure, Workshop, minutes
from tests.worlds import WorldFile, served

PER_MINUTE = 500
_NIGHT = timedelta(hours=9)
_PORTAL, _MANIFEST = 100, 200
"""Somebody added seats to one of so many customers in the portal, and asks for more in one of so many manifests."""

_MODERN = {
    "basic": "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
    "standard": "CFQ7TTC0LDPB:0001:CFQ7TTC0SBX2",
    "premium": "CFQ7TTC0LCHC:0002:CFQ7TTC0SBX3",
}
_OFFERS = {"office": BUSINESS, "mail": EXCHANGE_1, **_MODERN}
_YEAR = 363
"""Days of a term that have passed at most: none ends before the snapshot."""

_SETTINGS = """\
cloud: sandbox
requests_per_minute: 1000000
limits: {max_changes: 100000, max_changed_percent: 100, max_seats_added: 100000}
"""


class _Counted:
    """The emulator, and how often it was asked."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._lock = threading.Lock()
        self.requests = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._lock:
            self.requests += 1
        return self._app(environ, start_response)


def since_last_night(shop: Workshop) -> Iterator[Figure]:
    """`plan` and `plan --recent`, nine hours after a snapshot. Terms of a year end evenly over the days of the year."""
    customers = shop.customers(2000)
    folder = shop.root / "recent"
    tenants = _estate(folder, customers)
    emulator = WorldFile(folder / "world.json")
    emulator.put(World(customers=tenants))
    counted = _Counted(application(emulator.world_file))
    with served(counted) as endpoint:

        def requests_of(*command: str) -> int:
            before = counted.requests
            shop.once(shop.program(*command), folder, RECONCILER_ENDPOINT=endpoint)
            return counted.requests - before

        snapshot = requests_of("snapshot", "snapshots/last.json")
        emulator.world_clock.advance(_NIGHT)
        touched = _touch(folder, emulator, tenants)
        everything = requests_of("plan", "--blocked", "warn")
        recent = requests_of("plan", "--blocked", "warn", "--recent", "snapshots")
    work = f"`plan --recent`, {customers:,} customers, {touched} of them touched since the snapshot"
    all_of_it = "a plan that reads all"
    yield Figure(work="the snapshot", what="requests", value=snapshot, unit="")
    yield Figure(work=work, what="requests", value=recent, unit="", floor=everything, floor_is=all_of_it)
    at_rate, floor = f"time that must pass, at {PER_MINUTE} requests a minute", minutes(everything, PER_MINUTE)
    seconds = minutes(recent, PER_MINUTE)
    yield Figure(work=work, what=at_rate, value=seconds, unit="s", floor=floor, floor_is=all_of_it)


def _estate(folder: Path, customers: int) -> list[Tenant]:
    """Customers with two traditional subscriptions and three of new commerce, and manifests that ask for just that."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    (folder / "snapshots").mkdir()
    (manifests / "reconciler.yaml").write_text(_SETTINGS)
    compared = {name: offer_id.rpartition(":")[0] or offer_id for name, offer_id in _OFFERS.items()}
    (manifests / "offers.yaml").write_text(f"offers: {compared}\n")
    tenants = [_customer(number, customers) for number in range(customers)]
    for tenant in tenants:
        entries = "".join(
            f"  {sold.name}: {{id: {sold.id}, offer: {sold.name}, quantity: 25}}\n" for sold in tenant.subscriptions
        )
        text = f"customer: {{name: {tenant.name}, tenant: {tenant.tenant}}}\nsubscriptions:\n{entries}"
        (manifests / f"{tenant.name}.yaml").write_text(text)
    return tenants


def _customer(number: int, customers: int) -> Tenant:
    def began(at: int) -> timedelta:
        return timedelta(days=1 + (number * _YEAR // customers + at * _YEAR // len(_MODERN)) % _YEAR)

    traditional = [Sold(offer=_OFFERS[name], quantity=25, name=name) for name in ("office", "mail")]
    modern = [
        Sold(offer=offer_id, quantity=25, name=name, created=utc_now() - began(at))
        for at, (name, offer_id) in enumerate(_MODERN.items())
    ]
    return Tenant(name=f"customer-{number:04}", subscriptions=[*traditional, *modern])


def _touch(folder: Path, emulator: WorldFile, tenants: Sequence[Tenant]) -> int:
    """Somebody adds seats in the portal, and somebody asks for more seats; returns how many customers that are."""
    in_portal, in_manifests = tenants[::_PORTAL], tenants[1::_MANIFEST]
    for tenant in in_portal:
        emulator.colleague.add_seats(tenant.subscriptions[-1].id, 3)
    for tenant in in_manifests:
        manifest = folder / "manifests" / f"{tenant.name}.yaml"
        manifest.write_text(manifest.read_text().replace("quantity: 25", "quantity: 30", 1))
    return len(in_portal) + len(in_manifests)
