"""`state push`: takes what a rescued state holds into the stored one, as the run that could not write it would have.

It is a merge, so nothing that others recorded meanwhile is lost, and the same file may be pushed twice. Refused is
only what contradicts: another estate's or tenant's file, and an address that moved elsewhere meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.advice import problem, sentence
from reconciler.applying.merging import merged
from reconciler.applying.ownership import lineage_of
from reconciler.model.binding import Bound
from reconciler.model.errors import WrongLineage
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore


@dataclass(frozen=True, kw_only=True)
class Push:
    """Puts back states that could not be written, under the customer's lock and by compare-and-swap."""

    store: StateStore
    run: Run
    lineage: str | None = None
    """The one that the settings expect of the state location, if they name one."""

    def __call__(self, pushed: CustomerState) -> str:
        """Returns a sentence about what was taken in. `pushed` is the state as it was rescued.

        Raises WrongLineage where it is another estate's or tenant's, InvalidInput where the two contradict.
        """
        pushed = self._under_its_present_name(pushed)
        with self.store.lock(pushed.customer.name, "state push", self.run):
            _refuse_another_estate(lineage_of(self.store, self.lineage), pushed, self.store.location)
            found = self.store.read(pushed.customer.name)
            if found is None:
                self.store.establish(pushed.lineage)
                self.store.write(pushed, None)
                return sentence("pushed", customer=pushed.customer.name, serial=pushed.serial)
            _refuse_another_customer(found.state, pushed, self.store.location)
            after = merged(found.state, pushed)
            left_out = _left_out(after, pushed)
            if after == found.state:
                code = "pushed_nothing_else" if left_out else "pushed_nothing"
                return f"{sentence(code, customer=pushed.customer.name, serial=after.serial)}{left_out}"
            after = replace(after, serial=max(found.state.serial + 1, pushed.serial))
            self.store.write(after, found.version)
        taken = ", ".join(_taken(found.state, after))
        written = sentence("pushed_and_merged", customer=after.customer.name, serial=after.serial, taken=taken)
        return f"{written}{left_out}"

    def _under_its_present_name(self, pushed: CustomerState) -> CustomerState:
        """The rescued state as one of the name that its customer has in the store: it may have been renamed since."""
        if self.store.read(pushed.customer.name):
            return pushed
        for name in self.store.customers():
            found = self.store.read(name)
            if found and found.state.customer.tenant == pushed.customer.tenant:
                return pushed.of_customer(found.state.customer)
        return pushed


def _left_out(after: CustomerState, pushed: CustomerState) -> str:
    """Returns a sentence about the addresses of the file that are not taken in; empty where all of them are."""
    forgotten = (name for name, bound in pushed.subscriptions.items() if after.claimed_by(bound.id) is None)
    left = ", ".join(str(after.address(name)) for name in sorted(forgotten))
    return f" {sentence('pushed_without', addresses=left)}" if left else ""


def _taken(before: CustomerState, after: CustomerState) -> list[str]:
    """Returns what the stored state did not have, in words."""
    results = len(after.results) - len(before.results)
    parts = [f"{results} {'result' if results == 1 else 'results'}"] if results else []
    tasks = len(after.tasks_done) - len(before.tasks_done)
    parts += [f"{tasks} {'task' if tasks == 1 else 'tasks'} done"] if tasks else []
    parts += [f"{after.address(name)} is {bound.id}" for name, bound in _new_ids(before, after).items()]
    parts += [f"{after.address(name)} is pending" for name in after.pending if name not in before.pending]
    parts += [f"{after.address(name)} is settled" for name in before.pending if name not in after.pending]
    return parts or ["what was seen last"]


def _new_ids(before: CustomerState, after: CustomerState) -> Mapping[str, Bound]:
    known = {name: bound.id for name, bound in before.subscriptions.items()}
    return {name: bound for name, bound in after.subscriptions.items() if known.get(name) != bound.id}


def _refuse_another_estate(lineage: str | None, pushed: CustomerState, location: str) -> None:
    if lineage not in {None, pushed.lineage}:
        raise WrongLineage(problem("push_another_lineage", location, pushed=pushed.lineage, lineage=lineage))


def _refuse_another_customer(stored: CustomerState, pushed: CustomerState, location: str) -> None:
    _refuse_another_estate(stored.lineage, pushed, location)
    if stored.customer.tenant != pushed.customer.tenant:
        raise WrongLineage(
            problem(
                "push_another_tenant",
                location,
                pushed=pushed.customer.tenant,
                customer=stored.customer.name,
                tenant=stored.customer.tenant,
            )
        )
