"""Looking again and again, for as long as the settings say."""

from collections.abc import Callable, Generator
from typing import TypeVar

from reconciler.applying.context import ApplyContext
from reconciler.model.address import Address
from reconciler.model.errors import ServiceError
from reconciler.model.event import Waiting

Seen = TypeVar("Seen")


def watch(
    context: ApplyContext, address: Address, what: str, look: Callable[[], Seen | None]
) -> Generator[Waiting, None, Seen | None]:
    """Looks until something is seen, the wait is over, or the run is to stop; None where it was not seen.

    A look that the service does not answer has seen nothing.
    """
    started = context.clock.elapsed()
    while True:
        seen = _patient(look)
        elapsed = context.clock.elapsed() - started
        if seen is not None or elapsed >= context.wait.timeout_seconds or context.stop.is_set():
            return seen
        yield Waiting(
            at=context.commerce.now(),
            address=address,
            what=what,
            elapsed_seconds=round(elapsed, 1),
            timeout_seconds=context.wait.timeout_seconds,
        )
        context.pause(min(context.wait.interval_seconds, context.wait.timeout_seconds - elapsed))


def _patient(look: Callable[[], Seen | None]) -> Seen | None:
    try:
        return look()
    except ServiceError:
        return None
