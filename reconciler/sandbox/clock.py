"""The sandbox's clock: its world's own time, which people and tests may move on, never back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.model.utc import utc_minute
from reconciler.sandbox import items, jobs
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.store import Store
from reconciler.sandbox.tenants import utc_now
from reconciler.sandbox.world import World

_LATEST = datetime(2199, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WorldClock:
    """The clock of the world in a store: as far ahead of `here` as it was moved on. A running server follows it."""

    store: Store
    here: Callable[[], datetime] = utc_now

    def now(self) -> datetime:
        """Returns the time in the world."""
        with self.store.opened() as world:
            return self.here().astimezone(UTC) + world.ahead

    def advance(self, by: timedelta | None = None, /, **units: float) -> list[Entry]:
        """Moves the clock on (`advance(days=12)`), and does what falls due on the way, in order.

        Returns the ledger's entries of it. Raises InvalidInput for a time in the past or beyond all terms.
        """
        with self.store.rewritten() as world:
            return self._moved(world, self.here().astimezone(UTC) + world.ahead + (by or timedelta(**units)))

    def set(self, to: datetime) -> list[Entry]:
        """Moves the clock on to a time; otherwise as `advance`."""
        with self.store.rewritten() as world:
            return self._moved(world, to.astimezone(UTC))

    def _moved(self, world: World, to: datetime) -> list[Entry]:
        here = self.here().astimezone(UTC)
        now = here + world.ahead
        if not now <= to <= _LATEST:
            raise InvalidInput(problem("sandbox_clock", now=utc_minute(now), to=utc_minute(to)))
        jobs.begin(world, now)
        done = jobs.run(world, world.customers, to, world.behaviour)
        world.ahead = to - here
        return done


def sentences(world: World, done: list[Entry]) -> Iterator[str]:
    """Yields one sentence for each of the ledger's entries that time alone has made."""
    for entry in done:
        tenant, sold = world.customer(entry.customer), world.find(entry.source)
        item = items.item(entry.offer)
        seats = f"{entry.quantity} seats of {item.name if item else entry.offer}"
        who = f"{tenant.display_name if tenant else entry.customer}: {sold.name or sold.id}"
        terms = f"{entry.term} {entry.billing}, {entry.status}"
        yield f"{utc_minute(entry.at)}  {who} {_WHAT[entry.kind]}: {seats}, {terms}"


_WHAT = {
    "renewal": "was renewed",
    "conversion": "is a trial no more and is paid from now on",
    "extension": "went into the extended service term",
    "billing": "is charged otherwise",
    "end": "ended with its term",
}
