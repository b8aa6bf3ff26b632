"""Observes what became of changes whose answer was lost, and decides what to do about them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from reconciler import changes
from reconciler.applying.audit_log import audit_log
from reconciler.applying.context import ApplyContext
from reconciler.applying.journal import Journal
from reconciler.applying.reading import read
from reconciler.changes import Sight, View
from reconciler.model.evidence import Decision, Evidence, Log, Standing, Verdict, decide, open_changes
from reconciler.model.pending import Key, Pending

_SETTLED = {Verdict.DONE, Verdict.REFUSED, Verdict.HELD}
"""Verdicts that no further look in the same run would alter."""


class Observation:
    """The looks of some pending changes of one customer so far, each time that all were looked at together."""

    def __init__(self, context: ApplyContext, journal: Journal, pending: Iterable[Pending]) -> None:
        self._context = context
        self._journal = journal
        self._pending = tuple(pending)
        self._views: Mapping[Key, View] = {}
        self._verdicts: dict[Key, set[Verdict]] = {change.key: set() for change in self._pending}
        self.answered = False

    def __call__(self) -> bool | None:
        """Looks once. True where nothing is left to wait for, else None. Raises ServiceError."""
        self.answered = False
        self._views = self._read()
        self.answered = True
        found = {change.key: self.evidence(change).verdict for change in self._pending}
        for key, verdict in found.items():
            self._verdicts[key].add(verdict)
        return all(verdict in _SETTLED for verdict in found.values()) or None

    def _read(self) -> Mapping[Key, View]:
        """Reads the customer's list once, and beside it what each kind of change is traced in."""
        commerce, tenant = self._context.commerce, self._journal.state.customer.tenant
        listing = commerce.subscriptions(tenant)
        return {
            change.key: read(
                commerce,
                tenant,
                change.subscription_id,
                changes.of(change.request).traced_in(change),
                listing=listing,
                pending=change,
            )
            for change in self._pending
        }

    def evidence(self, pending: Pending, named_ids: frozenset[str] = frozenset()) -> Evidence:
        """Returns what the last look says of a change, compared with state as it is now."""
        state = self._journal.state
        sight = Sight(
            view=self._views.get(pending.key, View()),
            claimed_ids=state.claimed_ids(),
            rivals=open_changes(state, self._context.commerce.clocks.earliest),
            named_ids=named_ids,
        )
        return changes.of(pending.request).trace(pending, sight)

    def conclusive(self, pending: Pending) -> bool:
        """Returns True if the last look can be built upon: it was answered, and what it saw unchanged was so at every
        look.
        """
        seen = self._verdicts[pending.key]
        return self.answered and (len(seen) == 1 or self.evidence(pending).verdict is not Verdict.UNCHANGED)

    def decide(self, pending: Pending, standing: Standing) -> tuple[Decision, Evidence]:
        """Returns what to do about a change at the end of all looking, and the evidence.

        The log is asked where nothing else tells, unless the run is to stop.
        """
        evidence = self.evidence(pending)
        decision = decide(evidence.verdict, Log.SILENT, standing)
        if decision in {Decision.RECOVER, Decision.FAIL} or self._context.stop.is_set():
            return decision, evidence
        log, named_ids = audit_log(self._context.commerce, self._journal.state, pending)
        evidence = replace(self.evidence(pending, named_ids), log=log)
        return decide(evidence.verdict, log, standing), evidence
