"""The tools of one run of apply: the ports, its settings, and the reasons to begin nothing more."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from reconciler.changes import View
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.change import Change
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.errors import ClocksDisagree
from reconciler.model.moves import Names, StateMove
from reconciler.model.run import Process, Run
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.model.subscription import Live
from reconciler.system.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """A planned change compared with what is there just before its intent: why it is `stale`, or by whom and when it
    was `done` already; both empty where it is to be carried out.

    `change` is the change as planning makes it now: what is carried out, recorded and shown, never what a file says
    of it. `view` holds all of the customer's subscriptions at that moment, and what was looked up for the change.
    `seen` are those of its addresses that state lacks, to be recorded. `left_to_do` is what a change that was done
    already left for people to do. `nothing_left`: stale, and nothing is planned for it any more.
    """

    stale: str | None
    nothing_left: bool = False
    done: str = ""
    left_to_do: tuple[str, ...] = ()
    change: Change | None = None
    view: View = field(default_factory=View)
    seen: Mapping[str, Live] = field(default_factory=dict)


class Breaker:
    """Counts failures over all customers, and knows why no new work may begin. Safe between threads."""

    def __init__(self, stop_after_failures: int, stop: threading.Event) -> None:
        self._left = stop_after_failures
        self._lock = threading.Lock()
        self._refusal: str | None = None
        self._stop = stop
        self.clocks: ClocksDisagree | None = None

    def failed(self) -> None:
        """One more change failed."""
        with self._lock:
            self._left -= 1
            if self._left <= 0 and self._refusal is None:
                self._refusal = "too_many_failures"

    def canary_failed(self) -> None:
        """Not all of the first customers came out well."""
        with self._lock:
            self._refusal = self._refusal or "canary_failed"

    def sign_in_failed(self) -> None:
        """The run as a whole may not talk to the service any more."""
        with self._lock:
            self._refusal = "authentication_failed"

    def clocks_disagree(self, error: ClocksDisagree) -> None:
        """Nobody can say what time it is."""
        with self._lock:
            self._refusal = "clocks_disagree"
            self.clocks = self.clocks or error

    @property
    def refusal(self) -> str | None:
        """The code of why nothing new may begin; None while it may."""
        return "interrupted" if self._stop.is_set() else self._refusal


@dataclass(frozen=True, kw_only=True)
class ApplyContext:
    """The ports of a run of apply, who it is, and its settings.

    `recheck` plans one change afresh against the world as it is now. `look` reads a customer, and gives the live values
    of its addresses that state lacks; none where it can't be read. `rearrange` gives a customer's state with names
    moved as the manifests say, as far as a plan has shown it, the moves, and why others have to wait. `asks_for` tells
    whether a manifest declares an address. `stop` is set once the user or the CI
    system wants the run to end. `pause` waits some seconds, and comes back at once when `stop` is set. `is_dead` tells
    whether a process is gone for certain, None where that can't be known. So many `canaries` are finished, and must
    come out well, before any other customer is started.
    """

    commerce: Commerce
    store: StateStore
    recheck: Callable[[Change, CustomerState], Rechecked]
    look: Callable[[Customer, CustomerState], Mapping[str, Live]]
    rearrange: Callable[
        [CustomerState, Collection[Names]], tuple[CustomerState, tuple[StateMove, ...], tuple[Alarm, ...]]
    ]
    run: Run
    lineage: str
    wait: Wait
    stop: threading.Event
    asks_for: Callable[[Address, Collection[str]], bool] = field(default=lambda _address, _ids: True)
    stop_after_failures: int = 5
    canaries: int = 0
    plan_fingerprint: str | None = None
    clock: Clock = field(default_factory=Clock)
    pause: Callable[[float], object] = field(default=time.sleep)
    is_dead: Callable[[Process], bool | None] = field(default=lambda _process: None)
