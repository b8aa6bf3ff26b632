"""Reads of many customers at once, their results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
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
