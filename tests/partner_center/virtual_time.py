"""Time that passes only while everybody sleeps: minutes of pacing in a moment, the same on every machine."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush

import httpx


class VirtualClock:
    """A clock that stands still while any of its workers is awake, and then moves on to whoever wakes first."""

    def __init__(self) -> None:
        self._now = 0.0
        self._awake = 0
        self._sleepers: list[tuple[float, int, threading.Event]] = []
        self._slept = 0
        self._guard = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        alarm = threading.Event()
        with self._guard:
            self._slept += 1
            heappush(self._sleepers, (self._now + max(0, seconds), self._slept, alarm))
            self._rest()
        alarm.wait()

    def together(self, jobs: Iterable[Callable[[], object]], workers: int) -> None:
        """Does the jobs, so many at a time; the first error of a job is raised."""
        left, turn, failed = iter(jobs), threading.Lock(), list[Exception]()

        def following() -> Iterator[Callable[[], object]]:
            while not failed:
                with turn:
                    job = next(left, None)
                if job is None:
                    return
                yield job

        def work() -> None:
            with self._working():
                for job in following():
                    try:
                        job()
                    except Exception as error:  # noqa: BLE001 - raised below, in the thread of the test
                        failed.append(error)

        self._awake = workers
        threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    @contextmanager
    def _working(self) -> Iterator[None]:
        try:
            yield
        finally:
            with self._guard:
                self._rest()

    def _rest(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._sleepers:
            self._now, _, alarm = heappop(self._sleepers)
            self._awake += 1
            alarm.set()


class Distant(httpx.BaseTransport):
    """A service whose answers take so many seconds; counts what passed and what was turned away."""

    def __init__(self, inner: httpx.BaseTransport, clock: VirtualClock, seconds: float) -> None:
        self._inner = inner
        self._clock = clock
        self._seconds = seconds
        self._guard = threading.Lock()
        self.passed = self.refused = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._clock.sleep(self._seconds / 2)
        with self._guard:
            response = self._inner.handle_request(request)
            refused = response.status_code == httpx.codes.TOO_MANY_REQUESTS
            self.refused += refused
            self.passed += not refused
        self._clock.sleep(self._seconds / 2)
        return response
