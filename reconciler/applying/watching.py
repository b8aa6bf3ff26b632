"""Looking again and again, for as long as the settings say."""

from collections.abc import Callable, Generator
from typing import TypeVar

from reconciler.applying.run import Doors
from reconciler.model.address import Address
from reconciler.model.errors import ServiceError
from reconciler.model.event import Waiting

Seen = TypeVar("Seen")


def watch(
    doors: Doors, address: Address, what: str, look: Callable[[], Seen | None]
) -> Generator[Waiting, None, Seen | None]:
    """Looks until something is seen, the wait is over, or the run is to stop; None where it was not seen.

    A look that the service does not answer has seen nothing.
    """
    started = doors.clock.elapsed()
    while True:
        seen = _patient(look)
        elapsed = doors.clock.elapsed() - started
        if seen is not None or elapsed >= doors.wait.timeout_seconds or doors.stop.is_set():
            return seen
        yield Waiting(
            at=doors.commerce.now(),
            address=address,
            what=what,
            elapsed_seconds=round(elapsed, 1),
            timeout_seconds=doors.wait.timeout_seconds,
        )
        doors.pause(min(doors.wait.interval_seconds, doors.wait.timeout_seconds - elapsed))


def _patient(look: Callable[[], Seen | None]) -> Seen | None:
    try:
        return look()
    except ServiceError:
        return None
