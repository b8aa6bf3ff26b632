"""Applying: what recording each step costs beside the calls, and how it grows."""

from collections.abc import Iterator

from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import python
from tests.benchmarks.workshop import Figure, Workshop, confirm, served, slower

_LATENCY = 0.05
_PARALLEL = 8
_EACH = 5
_SIZES = (10, 50, 200)


def upgrading(shop: Workshop) -> Iterator[Figure]:
    """`apply` of 50, 250 and 1,000 upgrades at 50 ms a call."""
    walls: dict[int, float] = {}
    for customers in sorted(set(map(shop.customers, _SIZES))):
        estate = Estate(customers=customers, each=_EACH, all_upgrades=True)
        folder = shop.folder(estate, parallelism=_PARALLEL)
        command = python("-m", "tests.benchmarks.recorded", "apply", "--auto-approve")
        with served(estate, latency=_LATENCY) as service:
            run = shop.once(command, folder, RECONCILER_ENDPOINT=service.endpoint)
            counts = service.counts()
        confirm("upgrades bought", counts.get("bought", 0), estate.upgrades)
        walls[estate.subscriptions] = run.wall
        work = f"`apply`, {estate.subscriptions:,} upgrades, 50 ms a call, {_PARALLEL} customers at once"
        yield Figure(
            work=work,
            what="time",
            value=run.wall,
            unit="s",
            floor=counts["requests"] * _LATENCY / _PARALLEL,
            floor_is="requests × latency ÷ parallelism",
        )
        writing = float(run.out.rsplit(maxsplit=1)[-1])
        share = 100 * writing / (run.wall * _PARALLEL)
        yield Figure(work=work, what="of which state writes", value=share, unit="%", aim=10)
    yield from _growth(walls)


def _growth(walls: dict[int, float]) -> Iterator[Figure]:
    """Nothing where the scale leaves fewer than three sizes."""
    if len(walls) == len(_SIZES):
        _, middle, largest = sorted(walls)
        work = f"growth: `apply`, from {middle:,} to {largest:,} upgrades"
        yield Figure(
            work=work,
            what="time of each further upgrade, beside the smaller's",
            value=slower(walls),
            unit="times",
            aim=1.1,
        )
