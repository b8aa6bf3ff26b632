"""A value that is made once, by threads that do not wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from reconciler.model.cached import cached_property


class Counted:
    """Counts how often its value is made; with a barrier, each waits for the others."""

    def __init__(self, barrier: Barrier | None = None) -> None:
        self.made = 0
        self.barrier = barrier

    @cached_property
    def value(self) -> int:
        self.made += 1
        if self.barrier:
            self.barrier.wait(timeout=10)
        return 7


def test_the_value_is_made_once_when_it_is_first_looked_at() -> None:
    counted = Counted()

    assert counted.made == 0
    assert (counted.value, counted.value, counted.made) == (7, 7, 1)


def test_two_instances_make_theirs_at_the_same_time() -> None:
    barrier = Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda counted: counted.value, (Counted(barrier), Counted(barrier)))) == [7, 7]
