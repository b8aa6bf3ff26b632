"""Planning against a service in another process: as fast as it goes, far away, throttled, and ever larger."""

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from statistics import median

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.renewals import Renewals, TermEnd, TermEvent, TermValues
from reconciler.rendering.subjects.renewals import RENEWALS
from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import Run, environment
from tests.benchmarks.peers import peers
from tests.benchmarks.workshop import MINUTES, Figure, Served, Workshop, minutes, planned, served, slower, unmeasured
from tests.rendering.shown import a_view

_LATENCY = 0.1
_PARALLEL = 16
_PER_MINUTE = 500
_SIZES = (200, 2_000, 20_000)
_AIMS = {"octoDNS": 0.7, "Terraform": 0.4}
_BYTES = 1024 * 1024
_GIT = (
    "git",
    *("-c", "user.name=Benchmark"),
    *("-c", "user.email=benchmark@example.com"),
    *("-c", f"core.hooksPath={os.devnull}"),
)


def _plan(shop: Workshop, estate: Estate, service: Served) -> Run:
    run = shop.typical(shop.program("plan"), shop.folder(estate), RECONCILER_ENDPOINT=service.endpoint)
    return planned(run, estate.changes)


def over_loopback(shop: Workshop) -> Iterator[Figure]:
    """`plan` of 10,000 subscriptions with no latency, and how often it asks."""
    estate = Estate(customers=shop.customers(2000))
    folder = shop.folder(estate)
    work = f"`plan`, {estate.subscriptions:,} subscriptions, loopback"
    with served(estate) as service:
        bare = shop.floor(folder, "ask", service.port, "paths")
        before = service.counts()["requests"]
        shop.once(shop.program("plan"), folder, RECONCILER_ENDPOINT=service.endpoint)
        asked = service.counts()["requests"] - before
        run = _plan(shop, estate, service)
    loop = "a bare keep-alive socket loop"
    yield Figure(work=work, what="time", value=run.wall, unit="s", aim=3.0, floor=bare.wall, floor_is=loop)
    yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=bare.cpu, floor_is=loop)
    yield Figure(work=work, what="times the bare loop", value=run.wall / bare.wall, unit="", aim=5)
    yield Figure(work=work, what="memory", value=run.megabytes, unit="MB", aim=150)
    yield Figure(
        work=work,
        what="requests",
        value=asked,
        unit="",
        aim=estate.requests_of_all,
        exact=True,
        floor=estate.requests_of_all,
        floor_is="the list of customers + customers + offers that differ",
    )
    for name, peer in peers(shop, estate) if shop.peers else ():
        beside, aim = f"times {name}'s plan of as many, without a network", _AIMS[name]
        yield Figure(work=work, what=beside, value=run.wall / peer.wall, unit="", aim=aim)
        cpu = f"{name}'s plan"
        yield Figure(work=work, what=f"CPU beside {name}", value=run.cpu, unit="s", floor=peer.cpu, floor_is=cpu)


def of_new_commerce(shop: Workshop) -> Iterator[Figure]:
    """`plan` of as many new-commerce subscriptions, beside one of traditional ones; they take turns."""
    customers = shop.customers(2000)
    traditional, modern = Estate(customers=customers), Estate(customers=customers, modern=True)
    folder = shop.folder(modern)
    with served(traditional) as old, served(modern) as new:
        shop.once(shop.program("plan"), folder, RECONCILER_ENDPOINT=new.endpoint)
        asked = new.counts()["requests"]
        pairs = [(_plan_once(shop, traditional, old), _plan_once(shop, modern, new)) for _ in range(shop.times)]
    work = f"`plan`, {modern.subscriptions:,} new-commerce subscriptions, loopback"
    beside = "a plan of as many traditional ones"
    olds, news = zip(*pairs, strict=True)
    yield Figure(
        work=work,
        what="time",
        value=median(run.wall for run in news),
        unit="s",
        floor=median(run.wall for run in olds),
        floor_is=beside,
    )
    ratio = median(new.cpu / old.cpu for old, new in pairs)
    yield Figure(work=work, what="CPU beside traditional ones, the middle of pairs", value=ratio, unit="times", aim=1.2)
    yield Figure(
        work=work,
        what="requests",
        value=asked,
        unit="",
        aim=modern.requests_of_all,
        exact=True,
        floor=modern.requests_of_all,
        floor_is="the list of customers + customers + transitions of offers that differ + subscriptions that differ",
    )


def renewals(shop: Workshop) -> Iterator[Figure]:
    """`renewals` of 10,000 new-commerce subscriptions, beside a plan of them; and the pages of as many terms."""
    estate = Estate(customers=shop.customers(2000), modern=True)
    folder = shop.folder(estate)
    listing = shop.program("renewals", "--within", "0d")  # ends with 0: the stand-in's terms end later
    with served(estate) as service:
        run = shop.once(listing, folder, RECONCILER_ENDPOINT=service.endpoint)
        asked = service.counts()["requests"]
        plan = _plan_once(shop, estate, service)
    work = f"`renewals`, {estate.subscriptions:,} new-commerce subscriptions, loopback"
    beside = "a plan of them"
    yield Figure(work=work, what="time", value=run.wall, unit="s", floor=plan.wall, floor_is=beside)
    yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=plan.cpu, floor_is=beside)
    yield Figure(
        work=work,
        what="requests",
        value=asked,
        unit="",
        floor=estate.customers + 1,
        floor_is="the list of customers + customers",
    )
    found = _terms(estate.subscriptions)
    for form in ("text", "markdown", "csv"):
        began = time.perf_counter()
        RENEWALS[form](found, a_view())
        taken = time.perf_counter() - began
        yield Figure(work=f"{len(found.terms):,} terms as {form}", what="time", value=taken, unit="s", aim=1)


def _terms(number: int) -> Renewals:
    """So many terms that end within 45 days, as they should be."""
    now = datetime(2026, 3, 2, tzinfo=UTC)
    values = TermValues(offer_id="A:1", offer_name="Office", quantity=25, term="annual", billing="monthly")
    terms = (
        TermEnd(
            ends_on=now.date() + timedelta(days=at % 45),
            address=Address(f"customer-{at // 5}/service-{at % 5}"),
            customer=Customer(name=f"customer-{at // 5}", tenant=str(at // 5)),
            subscription_id=str(at),
            event=TermEvent.RENEWS,
            before=values,
            after=values,
        )
        for at in range(number)
    )
    return Renewals(
        created_at=now, cloud="sandbox", within_days=45, customers=number, subscriptions=number, terms=tuple(terms)
    )


def _plan_once(shop: Workshop, estate: Estate, service: Served) -> Run:
    run = shop.once(shop.program("plan"), shop.folder(estate), RECONCILER_ENDPOINT=service.endpoint)
    return planned(run, estate.changes)


def far_away(shop: Workshop) -> Iterator[Figure]:
    """`plan` of 800 customers, each answer 100 ms away, 16 of them at once: start-up included."""
    estate = Estate(customers=shop.customers(800))
    folder = shop.folder(estate)
    with served(estate, latency=_LATENCY) as service:
        run = shop.once(shop.program("plan", "--parallelism", _PARALLEL), folder, RECONCILER_ENDPOINT=service.endpoint)
        planned(run, estate.changes)
        after_start = run.ended - service.counts()["first"]
    floor = estate.requests_of_all * _LATENCY / _PARALLEL
    work = f"`plan`, {estate.customers:,} customers, 100 ms a call, 16 at once"
    ideal = "requests × latency ÷ parallelism"
    yield Figure(work=work, what="time", value=run.wall, unit="s", aim=1.1 * floor, floor=floor, floor_is=ideal)
    yield Figure(work=work, what="time after start-up", value=after_start, unit="s", floor=floor, floor_is=ideal)


def throttled(shop: Workshop) -> Iterator[Figure]:
    """`plan` where 500 requests a minute are allowed, and a little more than two minutes' worth is needed."""
    estate = Estate(customers=shop.customers(880))
    folder = shop.folder(estate, parallelism=_PARALLEL, per_minute=_PER_MINUTE)
    with served(estate, per_minute=_PER_MINUTE) as service:
        run = shop.once(shop.program("plan"), folder, RECONCILER_ENDPOINT=service.endpoint)
        counts = service.counts()
    planned(run, estate.changes)
    seconds = run.ended - counts["first"]
    work = f"`plan`, {estate.requests_of_all:,} requests at 500 a minute"
    yield Figure(
        work=work,
        what="time after start-up",
        value=seconds,
        unit="s",
        aim=1.05 * 60 * estate.requests_of_all / _PER_MINUTE,
        floor=minutes(estate.requests_of_all, _PER_MINUTE),
        floor_is=MINUTES,
    )
    rejected = 100 * counts.get("rejected", 0) / counts["requests"]
    yield Figure(work=work, what="rejected", value=rejected, unit="%", aim=1)


def few_touched(shop: Workshop) -> Iterator[Figure]:
    """`plan --changed-since` with three customers touched, beside a plan of an estate of three."""
    if not which("git"):
        unmeasured("`plan --changed-since`", "git is not installed")
        return
    estate = Estate(customers=shop.customers(2000), each=6)
    folder = shop.folder(estate)
    _touch_three(folder)
    few = Estate(customers=3, each=6)
    with served(estate) as service:
        alone = _plan(shop, few, service)
        command = shop.program("plan", "--changed-since", "HEAD")
        before = service.counts()["requests"]
        shop.once(command, folder, RECONCILER_ENDPOINT=service.endpoint)
        asked = service.counts()["requests"] - before
        run = shop.typical(command, folder, RECONCILER_ENDPOINT=service.endpoint)
    planned(run, few.changes + few.customers)
    work = f"`plan --changed-since`, 3 of {estate.customers:,} customers touched"
    of_three = "a plan of an estate of three"
    yield Figure(work=work, what="time", value=run.wall, unit="s", aim=1.0, floor=alone.wall, floor_is=of_three)
    yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=alone.cpu, floor_is=of_three)
    read = shop.typical(shop.program("validate"), folder)
    reads = "a plan of an estate of three, and validating all manifests"
    beside = "time beside reading all manifests"
    yield Figure(work=work, what=beside, value=run.wall, unit="s", floor=read.wall + alone.wall, floor_is=reads)
    yield Figure(
        work=work,
        what="requests",
        value=asked,
        unit="",
        aim=few.requests,
        exact=True,
        floor=few.requests,
        floor_is=of_three,
    )


def _touch_three(folder: Path) -> None:
    """The estate becomes a repository of its own, which knows nothing of the machine's settings; then three change."""
    alone = environment(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=os.devnull)
    for command in (("init", "-q"), ("add", "manifests"), ("commit", "-qm", "The estate")):
        subprocess.run((*_GIT, *command), cwd=folder, env=alone, check=True)
    for path in sorted((folder / "manifests").glob("customer-*"))[:3]:
        before, quantity, number = path.read_text().rstrip().rpartition("quantity: ")
        path.write_text(f"{before}{quantity}{int(number) + 1}\n")


def growing(shop: Workshop) -> Iterator[Figure]:
    """`plan` of 1,000, 10,000 and 100,000 subscriptions: how time and memory grow."""
    runs: dict[int, Run] = {}
    for customers in sorted(set(map(shop.customers, _SIZES))):
        estate = Estate(customers=customers)
        with served(estate) as service:
            run = shop.once(shop.program("plan"), shop.folder(estate), RECONCILER_ENDPOINT=service.endpoint)
        runs[estate.subscriptions] = planned(run, estate.changes)
        work = f"growth: `plan`, {estate.subscriptions:,} subscriptions, loopback, run once"
        yield Figure(work=work, what="time", value=run.wall, unit="s")
        yield Figure(work=work, what="memory", value=run.megabytes, unit="MB")
    yield from _growth(runs)


def _growth(runs: dict[int, Run]) -> Iterator[Figure]:
    """From the middle to the largest of three; nothing where the scale leaves fewer."""
    if len(runs) < len(_SIZES):
        return
    _, middle, largest = sorted(runs)
    work = f"growth: `plan`, from {middle:,} to {largest:,} subscriptions"
    more = (runs[largest].megabytes - runs[middle].megabytes) * _BYTES / (largest - middle)
    yield Figure(work=work, what="memory of each further subscription", value=more, unit="bytes", aim=1000)
    times = slower({size: run.wall for size, run in runs.items()})
    yield Figure(
        work=work, what="time of each further subscription, beside the smaller's", value=times, unit="times", aim=1.1
    )


def from_snapshot(shop: Workshop) -> Iterator[Figure]:
    """`plan --snapshot` of 10,000 subscriptions."""
    estate = Estate(customers=shop.customers(2000))
    folder = shop.folder(estate)
    with served(estate) as service:
        shop.once(shop.program("snapshot", "snapshot.json"), folder, RECONCILER_ENDPOINT=service.endpoint)
    run = planned(shop.typical(shop.program("plan", "--snapshot", "snapshot.json"), folder), estate.changes)
    floor = shop.floor(folder, "load", "snapshot.json")
    work = f"`plan --snapshot`, {estate.subscriptions:,} subscriptions"
    parsed = "the snapshot's JSON is parsed"
    yield Figure(work=work, what="time", value=run.wall, unit="s", aim=1.5, floor=floor.wall, floor_is=parsed)
    yield Figure(work=work, what="CPU", value=run.cpu, unit="s", floor=floor.cpu, floor_is=parsed)
    yield Figure(work=work, what="memory", value=run.megabytes, unit="MB")
