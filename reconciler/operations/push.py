"""`state push`: takes what a rescued state holds into the stored one, as the run that could not write it would have.

It is a merge, so nothing that others recorded meanwhile is lost, and the same file may be pushed twice. Refused is
only what contradicts: another estate's or tenant's file, and an address that moved elsewhere meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.advice import problem
from reconciler.applying import lineage_of
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.errors import InvalidInput, WrongLineage
from reconciler.model.pending import Pending
from reconciler.model.ports import StateStore
from reconciler.model.result import Result
from reconciler.model.run import Run
from reconciler.model.state import CustomerState


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
        with self.store.lock(pushed.customer.name, "state push", self.run):
            _refuse_another_estate(lineage_of(self.store, self.lineage), pushed, self.store.location)
            found = self.store.read(pushed.customer.name)
            if found is None:
                self.store.establish(pushed.lineage)
                self.store.write(pushed, None)
                return f"The state of {pushed.customer.name} is written, serial {pushed.serial}."
            _refuse_another_customer(found.state, pushed, self.store.location)
            after = merged(found.state, pushed)
            left_out = _left_out(after, pushed)
            if after == found.state:
                what = "All else" if left_out else "All of it"
                return f"{what} is in the state of {pushed.customer.name} already, serial {after.serial}.{left_out}"
            after = replace(after, serial=max(found.state.serial + 1, pushed.serial))
            self.store.write(after, found.version)
        taken = ", ".join(_taken(found.state, after))
        return f"The state of {after.customer.name} is written, serial {after.serial}. Taken in: {taken}.{left_out}"


def merged(stored: CustomerState, pushed: CustomerState) -> CustomerState:
    """The stored state with all that the pushed one knows beyond it.

    Every result that it lacks is recorded, and settles what it was of. An address that stands where the pushed state
    found it moves on with it; one that has moved on further stays, and so does one that a person bound anew or forgot
    after what the file tells was known. Raises InvalidInput where neither is so.
    """
    names = {name: _name_now(stored, name, bound) for name, bound in pushed.subscriptions.items()}
    bought = {result.target_subscription_id for result in stored.results if result.outcome.performed}
    after = stored
    for result in pushed.results:
        after = after.finish(result.address.name, result)
    if new := after.results[len(stored.results) :]:
        after = replace(after, results=_in_time(stored.results, new))
    for name, bound in pushed.subscriptions.items():
        before = after.subscriptions.get(names[name])
        if before is None and bound.id in bought:
            continue  # it was known to be bought, and then forgotten
        known = before is not None and before.id != bound.id and bound.id in bought
        after = after.bind(names[name], _followed(after, names[name], before, bound, known=known) if before else bound)
    for name, pending in pushed.all_pending():
        after = _with_pending(after, names.get(name, name), pending)
    after = after.close_tasks(pushed.tasks_done)
    _refuse_shared(after)
    return stored if after == stored else after


def _left_out(after: CustomerState, pushed: CustomerState) -> str:
    """Returns a sentence about the addresses of the file that are not taken in; empty where all of them are."""
    forgotten = (name for name, bound in pushed.subscriptions.items() if after.claimed_by(bound.id) is None)
    left = ", ".join(str(after.address(name)) for name in sorted(forgotten))
    return f" Left out, since it was forgotten after the file was written: {left}." if left else ""


def _in_time(known: tuple[Result, ...], new: tuple[Result, ...]) -> tuple[Result, ...]:
    """With the new results before those that came later: what came last decides what may be asked again."""
    results = list(known)
    for result in new:
        later = (at for at, other in enumerate(results) if other.finished_at > result.finished_at)
        results.insert(next(later, len(results)), result)
    return tuple(results)


def _name_now(stored: CustomerState, name: str, bound: Bound) -> str:
    """The name that means the subscription in the stored state: the address may have been renamed since."""
    owner = stored.claimed_by(bound.id)
    return owner or next(filter(None, map(stored.claimed_by, reversed(bound.previous_ids))), name)


def _followed(after: CustomerState, name: str, before: Bound, bound: Bound, *, known: bool) -> Bound:
    """Returns the binding of the address once both are known; its chain holds every id of either.

    `known`: the stored state knows already that the file's subscription was bought, so the address went on from there.
    Where each knows the other's, the one that was seen later counts.
    """
    ahead, behind = before, bound
    if before.id == bound.id:
        ahead, behind = (bound, before) if _seen_later(bound, before) else (before, bound)
    elif not known and bound.id not in before.chain:
        if before.id not in bound.chain:
            raise _contradiction(after.address(name), before, bound)
        if before.observed_at > bound.observed_at and not _explained(after, bound):
            raise _contradiction(after.address(name), before, bound)
        ahead, behind = bound, before
    elif not known and before.id in bound.chain and bound.observed_at > before.observed_at:
        ahead, behind = bound, before
    earlier = tuple(identity for identity in behind.chain if identity not in ahead.chain)
    return replace(ahead, previous_ids=(*earlier, *ahead.previous_ids)) if earlier else ahead


def _explained(after: CustomerState, bound: Bound) -> bool:
    """Returns whether a result shows that the subscription was bought, so that it came after the earlier ones."""
    return any(result.outcome.performed and result.target_subscription_id == bound.id for result in after.results)


def _contradiction(address: Address, before: Bound, bound: Bound) -> InvalidInput:
    return InvalidInput(
        problem("push_moved_on", address, address=address, bound=before.id, first=bound.chain[0], id=bound.id)
    )


def _refuse_shared(after: CustomerState) -> None:
    """Refuses what would leave two addresses with one subscription: every later run would guess which is meant."""
    owners: dict[str, str] = {}
    for name, bound in after.subscriptions.items():
        for identity in bound.chain:
            other = owners.setdefault(identity, name)
            if other != name:
                raise InvalidInput(
                    problem(
                        "push_shared",
                        after.address(name),
                        id=identity,
                        other=after.address(other),
                        address=after.address(name),
                    )
                )


def _seen_later(bound: Bound, before: Bound) -> bool:
    """Returns whether it was seen later, and had other values then."""
    same = replace(before, observed_at=bound.observed_at, previous_ids=bound.previous_ids) == bound
    return bound.observed_at > before.observed_at and not same


def _with_pending(after: CustomerState, name: str, pending: Pending) -> CustomerState:
    """With what the file says is pending, unless it is known already how that ended."""
    if any(known.key == pending.key for _, known in after.all_pending()):
        return after.amend(pending.key, lambda known: pending if pending.attempts > known.attempts else known)
    if _settled(after, pending):
        return after
    known = next(iter(after.pending_of(name)), None)
    owner = after.claimed_by(pending.subscription_id)
    if known is None and owner in {None, name}:
        return after.begin(name, pending)
    if known is None:
        raise InvalidInput(
            problem(
                "push_belongs_elsewhere",
                after.address(name),
                id=pending.subscription_id,
                other=after.address(owner or name),
            )
        )
    address = after.address(name)
    raise InvalidInput(
        problem("push_two_pending", address, address=address, known=known.request_id, pushed=pending.request_id)
    )


def _settled(state: CustomerState, pending: Pending) -> bool:
    """Returns whether it is recorded how the change ended; what was done under its request id is what it did."""
    done = {result.request_id for result in state.results if result.outcome.performed}
    return state.result_of(pending.key) is not None or pending.request_id in done


def _taken(before: CustomerState, after: CustomerState) -> list[str]:
    """Returns what the stored state did not have, in words."""
    results = len(after.results) - len(before.results)
    said = [f"{results} {'result' if results == 1 else 'results'}"] if results else []
    tasks = len(after.tasks_done) - len(before.tasks_done)
    said += [f"{tasks} {'task' if tasks == 1 else 'tasks'} done"] if tasks else []
    said += [f"{after.address(name)} is {bound.id}" for name, bound in _new_ids(before, after).items()]
    said += [f"{after.address(name)} is pending" for name in after.pending if name not in before.pending]
    said += [f"{after.address(name)} is settled" for name in before.pending if name not in after.pending]
    return said or ["what was seen last"]


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
