"""Several processes at once, each with its shard, on the emulator: as fast as there are processes, until its limit."""

import re
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

from reconciler.model.shard import Shard
from reconciler.sandbox import Sold, Tenant, World
from reconciler.sandbox.catalogue import E1
from tests.benchmarks.measuring import environment
from tests.benchmarks.workshop import MINUTES, Figure, Workshop, confirm, minutes

_LATENCY = 400
_PARALLEL = 2
_PER_MINUTE = 120
_SETTINGS = "cloud: sandbox\nparallelism: {}\nrequests_per_minute: {}\n"
_NOTHING = re.compile(r"^Nothing to do: (\d+) subscriptions? ", re.MULTILINE)
_UNHURRIED = 1_000_000
_MANIFEST = """\
customer: {{name: {name}, tenant: {tenant}}}
subscriptions:
  office: {{id: {id}, offer: {offer}, quantity: {quantity}}}
"""


def sharding(shop: Workshop) -> Iterator[Figure]:
    """`plan` by one, two and four processes; then by one and by four where the service turns away what is faster than
    its rate: there shards don't help.
    """
    customers = shop.customers(160)
    folder = _estate(shop.root / "sharded", customers)
    work = f"`plan`, {customers:,} customers, {_LATENCY} ms a call, {_PARALLEL} at once in each process"
    _pace(folder, _UNHURRIED)
    for processes in shop.processes:
        with _emulator(shop, folder) as endpoint:
            seconds = _seconds(shop, folder, endpoint, processes, customers)
        yield Figure(
            work=work,
            what=_by(processes),
            value=seconds,
            unit="s",
            floor=_largest(customers, processes) * _LATENCY / 1000 / _PARALLEL,
            floor_is="requests of the largest shard × latency ÷ parallelism",
        )
    _pace(folder, _PER_MINUTE)
    for processes in sorted({1, shop.processes[-1]}):
        with _emulator(shop, folder, "--requests-per-minute", _PER_MINUTE) as endpoint:
            seconds = _seconds(shop, folder, endpoint, processes, customers)
        yield Figure(
            work=f"{work}, where the service allows {_PER_MINUTE} requests a minute",
            what=_by(processes),
            value=seconds,
            unit="s",
            floor=minutes(customers, _PER_MINUTE),
            floor_is=MINUTES,
        )


def _by(processes: int) -> str:
    return f"time of {processes} shards" if processes > 1 else "time of one process"


def _largest(customers: int, processes: int) -> int:
    """Returns how many of the customers are in the largest shard: a hash tells where each belongs, so they differ."""
    shards = [Shard(number, processes) for number in range(1, processes + 1)]
    return max(sum(shard.holds(_name(customer)) for customer in range(customers)) for shard in shards)


def _name(customer: int) -> str:
    return f"customer-{customer:04}"


def _estate(folder: Path, customers: int) -> Path:
    """Customers with one subscription each, in manifests and in the emulator's world."""
    (folder / "manifests").mkdir(parents=True)
    sold = [Sold(offer=E1, quantity=25, name="Office") for _ in range(customers)]
    tenants = [Tenant(name=_name(number), subscriptions=[item]) for number, item in enumerate(sold)]
    for tenant, entry in zip(tenants, sold, strict=True):
        text = _MANIFEST.format(
            name=tenant.name, tenant=tenant.tenant, id=entry.id, offer=entry.offer, quantity=entry.quantity
        )
        (folder / "manifests" / f"{tenant.name}.yaml").write_text(text)
    World(customers=tenants).save(folder / ".reconciler" / "sandbox.json")
    return folder


def _pace(folder: Path, per_minute: int) -> None:
    (folder / "manifests" / "reconciler.yaml").write_text(_SETTINGS.format(_PARALLEL, per_minute))


@contextmanager
def _emulator(shop: Workshop, folder: Path, *pace: object) -> Iterator[str]:
    """`sandbox serve`, as anybody can run it; its address."""
    command = shop.program("sandbox", "serve", "--latency", _LATENCY, *pace)
    with Popen(command, cwd=folder, env=environment(), stderr=PIPE, text=True) as process:
        assert process.stderr is not None
        rest = Thread(target=deque, args=(process.stderr, 0))  # read and thrown away, so that a full pipe never blocks
        try:
            endpoint = _announced(process.stderr)
            rest.start()
            yield endpoint
        finally:
            process.terminate()
            if rest.ident:
                rest.join()


def _announced(said: Iterable[str]) -> str:
    """The address that the emulator tells. Raises RuntimeError with what it says instead where it does not start."""
    heard: list[str] = []
    for line in said:
        _, found, endpoint = line.strip().partition("RECONCILER_ENDPOINT=")
        if found:
            return endpoint
        heard.append(line)
    message = f"the emulator did not start:\n{''.join(heard)}"
    raise RuntimeError(message)


def _seconds(shop: Workshop, folder: Path, endpoint: str, processes: int, customers: int) -> float:
    """From the start of the first to the end of the last. Raises RuntimeError unless together they plan everybody."""
    with ExitStack() as files:
        outs = [files.enter_context(TemporaryFile("w+", encoding="utf-8")) for _ in range(processes)]
        began = time.monotonic()
        started = [
            Popen(
                shop.program("plan", "--shard", f"{number}/{processes}"),
                cwd=folder,
                env=environment(RECONCILER_ENDPOINT=endpoint),
                stdout=out,
            )
            for number, out in enumerate(outs, 1)
        ]
        codes = [item.wait() for item in started]
        seconds = time.monotonic() - began
        if any(codes):
            message = f"a shard could not be planned: {codes}"
            raise RuntimeError(message)
        confirm("subscriptions found as they should be", sum(map(_unchanged, outs)), customers)
    return seconds


def _unchanged(out: IO[str]) -> int:
    out.seek(0)
    found = _NOTHING.search(out.read())
    return int(found[1]) if found else 0
