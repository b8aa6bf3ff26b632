"""Reads of many customers at once, their results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

_AHEAD = 1000
"""How many may be begun before the first of them is taken: one that rests for a minute holds up few others."""

_GLANCE = 0.5
"""How long, in seconds, a signal may go unheard: one that comes just as a thread begins to wait does not wake it."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def each(do: Callable[[_Item], _Result], items: Iterable[_Item], parallelism: int) -> Iterator[_Result]:
    """What `do` makes of each item, in the items' order, as it comes; so many are worked on at once.

    Raises what `do` raises, in its turn; what has not begun by then never begins. Memory is taken for a thousand of
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
            for one in begun:
                one.cancel()


def _taken(one: Future[_Result]) -> _Result:
    while not one.done():
        wait([one], timeout=_GLANCE)
    return one.result()
