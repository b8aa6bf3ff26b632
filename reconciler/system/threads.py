"""Work on many things at once: results in the order of the things, or what each yields as it comes."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

_AHEAD = 1000
"""The most that are started before the first result is taken: one that waits a minute holds up few others."""

_GLANCE = 0.5
"""Seconds between two looks for a signal: one that comes just as a thread begins to wait does not wake it."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def in_parallel(do: Callable[[_Item], _Result], items: Iterable[_Item], parallelism: int) -> Iterator[_Result]:
    """Yields the result of `do` for each item, in the items' order; `parallelism` items are worked on at once.

    Raises what `do` raises, in its turn; what has not started by then never begins. Memory is taken for a thousand of
    them at most, however many there are.
    """
    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        begun: deque[Future[_Result]] = deque()
        try:
            for item in items:
                begun.append(pool.submit(do, item))
                if len(begun) >= _AHEAD:
                    yield _taken(begun.popleft())
            while begun:
                yield _taken(begun.popleft())
        finally:
            for future in begun:
                future.cancel()


def _taken(future: Future[_Result]) -> _Result:
    while not future.done():
        wait([future], timeout=_GLANCE)
    return future.result()


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of what was yielded for one item, with the error that ended it."""

    error: BaseException | None


def interleaved(
    do: Callable[[_Item], Iterable[_Result]], items: Sequence[_Item], parallelism: int, abandon: Callable[[], None]
) -> Iterator[_Result | Ended]:
    """Yields what `do` yields for each item, as it comes, and an `Ended` after the last of each.

    `parallelism` items are worked on at once. Where the caller stops early, `abandon` is called, and what has started
    is waited for.
    """
    queue: SimpleQueue[_Result | Ended] = SimpleQueue()

    def run(item: _Item) -> None:
        error: BaseException | None = None
        try:
            for result in do(item):
                queue.put(result)
        except BaseException as raised:  # noqa: BLE001 - the caller raises it again
            error = raised
        queue.put(Ended(error))

    with ThreadPoolExecutor(max_workers=parallelism) as pool:
        for item in items:
            pool.submit(run, item)
        open_items = len(items)
        try:
            while open_items:
                result = _next(queue)
                open_items -= isinstance(result, Ended)
                yield result
        finally:
            if open_items:
                abandon()


def _next(queue: "SimpleQueue[_Result]") -> _Result:
    while True:
        with suppress(Empty):
            return queue.get(timeout=_GLANCE)
