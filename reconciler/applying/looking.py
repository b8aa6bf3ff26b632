"""Looking at what became of changes whose answer was lost."""

from collections.abc import Iterable
from datetime import timedelta

from reconciler.applying.journal import Journal
from reconciler.applying.run import Doors
from reconciler.model.errors import ServiceError, ServiceRefused, TooManyRequests
from reconciler.model.evidence import (
    Evidence,
    Log,
    Standing,
    Step,
    Verdict,
    decide,
    logged,
    open_changes,
    read_back,
)
from reconciler.model.state import Pending
from reconciler.model.subscription import Listing, Live

_MARGIN = timedelta(minutes=5)
"""How far the clock of the log may be behind the one of the answers."""


class Looks:
    """What some changes of one customer looked like so far, each time that they were looked at together."""

    def __init__(self, doors: Doors, journal: Journal, changes: Iterable[Pending]) -> None:
        self._doors = doors
        self._journal = journal
        self._changes = tuple(changes)
        self._listing = Listing()
        self._verdicts: dict[str, set[Verdict]] = {one.request_id: set() for one in self._changes}
        self._answered = False

    def __call__(self) -> bool | None:
        """Looks once. Whether there is nothing left to wait for, or None. Raises ServiceError."""
        self._answered = False
        self._listing = self._doors.commerce.subscriptions(self._journal.state.customer.tenant)
        self._answered = True
        found = [self.evidence(one) for one in self._changes]
        for one, evidence in zip(self._changes, found, strict=True):
            self._verdicts[one.request_id].add(evidence.verdict)
        return all(one.verdict is Verdict.DONE for one in found) or None

    def evidence(self, pending: Pending, named_ids: frozenset[str] = frozenset()) -> Evidence:
        """What the last look says of a change, held against state as it is now."""
        state = self._journal.state
        rivals = open_changes(state, self._doors.commerce.clocks.earliest)
        return read_back(pending, self._listing, state.claimed_ids(), rivals, named_ids)

    def conclusive(self, pending: Pending) -> bool:
        """Whether the last look can be built upon: it was answered, and what it saw unchanged was so at every look."""
        seen = self._verdicts[pending.request_id]
        return self._answered and (len(seen) == 1 or self.evidence(pending).verdict is not Verdict.UNCHANGED)

    def step(self, pending: Pending, standing: Standing) -> tuple[Step, Live | None]:
        """What to do about a change at the end of all looking, and the subscription that it made.

        The log is asked where nothing else tells, unless the run is to stop.
        """
        evidence = self.evidence(pending)
        step = decide(evidence.verdict, Log.SILENT, standing)
        if step is Step.RECOVER or self._doors.stop.is_set():
            return step, evidence.subscription
        log, named_ids = self._logged(pending)
        evidence = self.evidence(pending, named_ids)
        return decide(evidence.verdict, log, standing), evidence.subscription

    def _logged(self, pending: Pending) -> tuple[Log, frozenset[str]]:
        """What the audit log says; nothing where the cloud has none, or where we may not read it."""
        commerce, state = self._doors.commerce, self._journal.state
        if commerce.audit_missing:
            return Log.SILENT, frozenset()
        earlier = (one.started_at for one in state.results if one.request_id == pending.request_id)
        try:
            records = commerce.audit(state.customer.tenant, min([pending.started_at, *earlier]) - _MARGIN)
        except ServiceRefused as refused:
            turned_away = isinstance(refused, TooManyRequests)
            return Log.UNREAD if turned_away else Log.SILENT, frozenset()
        except ServiceError:
            return Log.UNREAD, frozenset()
        return logged(pending, state, records)
