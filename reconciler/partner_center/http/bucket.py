"""Counts the requests of a window, and lowers their limit when the service answers "too many"."""

import math
from collections import deque

WINDOW_SECONDS = 60.5
"""The service counts by the minute; its machines don't look at one clock."""

_POLL = 1 / 600
"""Of a window: how soon to look again where only answers that are still awaited can make room."""
_LEAST = 30.0
"""As far as refusals alone slow anybody down: a request each two seconds."""
_HEADROOM = 0.95
_RECOVERY = 1.05


class Bucket:
    """Counts the requests of the last window, like the service's gateway does, and holds back the one too many.

    A request counts from before it leaves until a window after its answer came, so that no delay on the way can put
    more of them into any of the service's windows. `limit` begins at `ceiling` (None: whatever the service bears). A
    refusal lowers it, to a little under what got through but by no more than half at a time; every window without one
    raises it by a twentieth. Refused requests count too, as they do at the service. Until `rest_until` nothing may
    leave at all.
    """

    def __init__(self, ceiling: int | None, window: float = WINDOW_SECONDS) -> None:
        self._ceiling = math.inf if ceiling is None else float(ceiling)
        self._window = window
        self._answered: deque[tuple[float, bool]] = deque()
        self._awaited = 0
        self._steady_since = -math.inf
        self._lowered_at = -math.inf
        self.limit = self._ceiling
        self.rest_until = -math.inf

    def idle(self, now: float) -> bool:
        """Returns whether forgetting it would lose nothing but what the bucket for all counts too: none was refused."""
        self._pass(now)
        return not self._awaited and self.rest_until <= now and self.limit == self._ceiling

    def wait(self, now: float) -> float:
        """Returns for how many seconds the next request has to wait; 0 where it may leave."""
        return max(self._room(now), self.rest_until - now, 0)

    def leave(self) -> None:
        """Counts a request that leaves."""
        self._awaited += 1

    def stay(self) -> None:
        """Takes back one that was counted and does not leave."""
        self._awaited -= 1

    def answer(self, now: float, *, sent: float, refused: bool, to_blame: bool = True) -> None:
        """Counts its answer. A refusal of what was sent before the limit was last lowered lowers it no further, nor
        does one that this bucket is not `to_blame` for.
        """
        self._awaited -= 1
        self._answered.append((now, refused))
        if refused and to_blame and sent >= self._lowered_at:
            self._lower(now)

    def _room(self, now: float) -> float:
        self._pass(now)
        over = len(self._answered) + self._awaited + 1 - max(1, self.limit)
        if over <= 0:
            return 0
        if over > len(self._answered):
            return self._window * _POLL
        return self._answered[math.ceil(over) - 1][0] + self._window - now

    def _lower(self, now: float) -> None:
        accepted = sum(not refused for _, refused in self._answered)
        half = _LEAST if math.isinf(self.limit) else self.limit / 2
        self.limit = min(self.limit, max(accepted * _HEADROOM, half, min(_LEAST, self._ceiling)))
        self._lowered_at = self._steady_since = now

    def _pass(self, now: float) -> None:
        while self._answered and self._answered[0][0] <= now - self._window:
            self._answered.popleft()
        if self.limit < self._ceiling and now >= self._steady_since + self._window:
            self.limit = min(self._ceiling, max(self.limit + 1, self.limit * _RECOVERY))
            self._steady_since = now
