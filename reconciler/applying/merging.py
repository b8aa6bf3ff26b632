"""Merges two states of one customer: what a state could not take in, or stood under the customer's earlier name."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.consent import Consents
from reconciler.model.consent import joined as consents_of_both
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput
from reconciler.model.name_change import joined as names_of_both
from reconciler.model.pending import Pending
from reconciler.model.result import Result
from reconciler.model.state import CustomerState


def joined(stored: CustomerState, earlier: CustomerState, customer: Customer) -> CustomerState:
    """Returns a customer's state with all that is stored under an earlier name of the customer; the very same where it
    holds that already. Raises InvalidInput where the two contradict.
    """
    moved = earlier.of_customer(customer)
    if stored.subscriptions or stored.pending or stored.results or stored.consents or stored.name_changes:
        return merged(stored, moved)
    return replace(moved, serial=stored.serial)


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
    consents = consents_of_both(after.consents, _under_present_names(pushed.consents, names))
    after = after if consents is after.consents else replace(after, consents=consents)
    released = {**pushed.released, **after.released}
    name_changes = names_of_both(after.name_changes, pushed.name_changes)
    after = replace(after, released=released, name_changes=name_changes)
    _refuse_shared(after)
    return stored if after == stored else after


def _under_present_names(consents: Consents, names: Mapping[str, str]) -> Consents:
    """Returns consents with the names that their addresses have in the stored state."""
    now = (tuple(sorted({names.get(name, name) for name in consent.names})) for consent in consents)
    return tuple(replace(consent, names=own) for consent, own in zip(consents, now, strict=True))


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
        return after.amend(pending.key, lambda known: pending if _further(pending, known) else known)
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


def _further(pending: Pending, known: Pending) -> bool:
    """Returns whether it was sent more often, or its order has a cart that the other does not know."""
    return (pending.attempts, pending.cart_id is not None) > (known.attempts, known.cart_id is not None)


def _settled(state: CustomerState, pending: Pending) -> bool:
    """Returns whether it is recorded how the change ended; what was done under its request id is what it did."""
    done = {result.request_id for result in state.results if result.outcome.performed}
    return state.result_of(pending.key) is not None or pending.request_id in done
