"""The last look at what a change is about, before its request leaves.

A request that had to wait is preceded by another. The client asks for it: it has its turn and its connection first,
and only then is there anything worth looking at.
"""

import math
from collections.abc import Callable

from reconciler.advice import problem
from reconciler.applying.attempt import Attempt
from reconciler.model.errors import NoAnswer, NotSent, Overtaken, ServiceRefused
from reconciler.system.clock import Moment


class LastLook:
    """The last look at a change's subscription, and the way to look again.

    `moved` looks, and returns what is not as it was when the intent was noted, empty where all is. An `unguarded`
    request is looked at directly before it leaves, however short the time: the service takes it whatever somebody else
    did meanwhile.
    """

    def __init__(self, attempt: Attempt, at: Moment, moved: Callable[[], str], *, unguarded: bool = False) -> None:
        self._attempt = attempt
        self._at = at
        self._unguarded = unguarded
        self._moved = moved

    @property
    def age(self) -> float:
        return math.inf if self._unguarded else self._attempt.context.clock.seconds_since(self._at)

    def __call__(self) -> None:
        path = str(self._attempt.change.address)
        try:
            moved = self._moved()
        except (NoAnswer, ServiceRefused) as error:
            raise NotSent(problem("not_looked_at", path, error=error), code="not_looked_at") from error
        self._at = self._attempt.context.clock.moment()
        if moved:
            raise Overtaken(problem("overtaken", path, moved=moved))
