"""State surgery: adopt, forget, move, resolve. Each under the customer's lock, by compare-and-swap.

Nothing here writes to the service. What a surgery would make ambiguous or forget for ever, it refuses.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from reconciler.applying import Journal, lineage_of
from reconciler.manifests import Estate
from reconciler.model.address import Address, canonical
from reconciler.model.change import Action
from reconciler.model.errors import InvalidInput, StateMissing
from reconciler.model.evidence import SHOWS_WITHIN, Verdict, candidates, competes, may_show, open_changes, read_back
from reconciler.model.ports import Commerce, StateStore
from reconciler.model.state import Bound, CustomerState, Outcome, Pending, Run, ended, given_up
from reconciler.model.subscription import Customer, Desired, Listing, Live
from reconciler.tenancy import refuse_renamed


@dataclass(frozen=True, kw_only=True)
class Repair:
    """Changes what is remembered of one address. Every step says in a sentence what it did."""

    estate: Estate
    store: StateStore
    run: Run
    new_lineage: str

    def adopt(self, address: Address, subscription_id: str, commerce: Commerce) -> str:
        """Binds the address to another live subscription: it must exist and be bound or declared nowhere else."""
        wanted = canonical(subscription_id)
        customer = self._customer(address)
        refuse_renamed([customer], self.store)
        live = _found(commerce, customer, subscription_id)

        def step(state: CustomerState) -> CustomerState:
            _settled(state, address)
            _unowned(state, address, wanted)
            _made_by_nothing_open(state, live)
            self._undeclared_elsewhere(address, wanted)
            before = self._chain(state, address, wanted)
            return state.bind(address.name, Bound.to(live, commerce.now(), before))

        self._amend(customer, "adopt", step)
        return f"{address} now means {live.offer.name}, {live.quantity} seats ({live.id})."

    def forget(self, address: Address, now: datetime) -> str:
        """Stops tracking an address that no manifest declares any more. The subscription stays as it is."""
        if self._declared(address):
            raise InvalidInput.because(
                f"{address} is still declared; forgetting it would forget what was already bought for it.",
                "Remove the entry from the manifests first, then forget it.",
                address,
            )

        def step(state: CustomerState) -> CustomerState:
            bound = _bound(state, address)
            self._unclaimed(bound, address)
            _settled(state, address)
            _shown(bound, address, now)
            return state.forget([address.name])

        self._amend(self._remembered(address), "forget", step)
        return f"{address} is not tracked any more. Nothing was changed in Partner Center."

    def move(self, old: Address, new: Address) -> str:
        """Renames an address within its customer, with everything remembered of it."""
        if old.customer != new.customer:
            raise InvalidInput.because(
                f"{old} and {new} are of different customers.",
                "An address can move within its customer only; a customer's name is part of its addresses for ever.",
                old,
            )

        def step(state: CustomerState) -> CustomerState:
            _tracked(state, old)
            if new.name in state.subscriptions or new.name in state.pending:
                raise InvalidInput.because(f"{new} is there already.", f"Choose another name, or forget {new}.", new)
            return state.move(old.name, new.name)

        self._amend(self._remembered(old), "state mv", step)
        return f"{old} is {new} now."

    def resolve(
        self, address: Address, succeeded: str | None, commerce: Commerce, not_ours: Collection[str] = ()
    ) -> str:
        """Settles an unknown outcome by what a person found: done, as this subscription; or not done (None).

        Nobody can see what does not show yet. So what is pending and said to be not done stays in doubt, for as long as
        it may show; said again, the doubt is lifted. New subscriptions that are `not_ours` were bought by somebody
        else: no pending change of this customer is taken to have made them any more.
        """
        customer = self._remembered(address)
        listing = commerce.subscriptions(customer.tenant)
        now = commerce.now()
        foreign = _foreign(listing, map(canonical, not_ours), address)

        def step(state: CustomerState) -> CustomerState:
            state = state.knowing(foreign)
            pending = state.pending.get(address.name) or _doubt(state, address)
            if pending is None:
                raise StateMissing.because(
                    f"Nothing of {address} is pending.", f"What is remembered: reconciler state show {address}", address
                )
            if succeeded is None:
                _refuse_if_done(state, pending.knowing(foreign), listing, address, now)
                doubted = address.name in state.pending
                lifted = ended(pending, address, Outcome.NOT_DONE, now, None, self.run)
                return state.finish(address.name, given_up(pending, address, now, self.run) if doubted else lifted)
            live = _plausible(state, pending, listing, canonical(succeeded), address)
            bound = state.binding_after(address.name, pending, live.id, now, visible=True).observe(live, now)
            return state.finish(address.name, ended(pending, address, Outcome.RECOVERED, now, live.id, self.run), bound)

        doubt = _doubt(self._amend(customer, "state resolve", step), address)
        if succeeded is None and doubt:
            return f"{address} is settled as not done.{_still_doubted(doubt, address, now)}"
        return f"{address} is settled as {'not done' if succeeded is None else f'done by {canonical(succeeded)}'}."

    def _amend(
        self, customer: Customer, operation: str, step: Callable[[CustomerState], CustomerState]
    ) -> CustomerState:
        with self.store.lock(customer.name, operation, self.run):
            lineage = lineage_of(self.store) or self.store.establish(self.new_lineage)
            journal = Journal(self.store, customer, lineage)
            journal.write(step)
            return journal.state

    def _unclaimed(self, bound: Bound, address: Address) -> None:
        """Refuses to forget what a renamed entry still means: without its history it might be bought again."""
        heir = next((one.address for one in self.estate.desired if one.subscription_id in bound.chain), None)
        if heir is not None and heir.customer != address.customer:
            raise InvalidInput.because(
                f"{heir} declares the same subscription, which is {address.customer}'s.",
                f"Correct the id of {heir} in the manifests, or remove the entry, then forget {address}.",
                address,
            )
        if heir is not None:
            raise InvalidInput.because(
                f"{heir} means the same subscription: {address} was renamed.",
                f"Move what is remembered instead: reconciler state mv {address} {heir}",
                address,
            )

    def _declared(self, address: Address) -> Desired | None:
        return next((one for one in self.estate.desired if one.address == address), None)

    def _undeclared_elsewhere(self, address: Address, wanted: str) -> None:
        """An entry that was never applied lays claim to its subscription all the same."""
        for one in self.estate.desired:
            if one.subscription_id == wanted and one.address != address:
                raise InvalidInput.because(
                    f"{wanted} is declared as {one.address}.",
                    f"If {address} is to mean it, remove the entry of {one.address} from the manifests first.",
                    address,
                )

    def _customer(self, address: Address) -> Customer:
        """The customer of an address, as the manifests have it."""
        for customer in self.estate.customers:
            if customer.name == address.customer:
                return customer
        raise InvalidInput.because(
            f"No manifest declares the customer {address.customer}.", "Check the address.", address
        )

    def _remembered(self, address: Address) -> Customer:
        """The customer of an address, as state has it."""
        found = self.store.read(address.customer)
        if found is None:
            raise StateMissing.because(
                f"Nothing is remembered of {address.customer}.", "What is tracked: reconciler state list", address
            )
        return found.state.customer

    def _chain(self, state: CustomerState, address: Address, wanted: str) -> tuple[str, ...]:
        """The ids that lead to the adopted one, so that a manifest which names an earlier one still means this address.

        Where the manifest names the adopted one itself, what was before is no part of it.
        """
        declared = self._declared(address)
        if declared is None or declared.subscription_id == wanted:
            return ()
        bound = state.subscriptions.get(address.name)
        chain = bound.chain if bound else (declared.subscription_id,)
        return tuple(one for one in chain if one != wanted)


def _found(commerce: Commerce, customer: Customer, wanted: str) -> Live:
    listing = commerce.subscriptions(customer.tenant)
    _refuse_unreadable(listing, canonical(wanted))
    live = listing.find(canonical(wanted))
    if live is None:
        raise InvalidInput.because(
            f"The customer {customer.name} has no subscription {wanted}.",
            "Copy the id from the subscription's page in Partner Center.",
            wanted,
        )
    return live


def _refuse_unreadable(listing: Listing, wanted: str) -> None:
    """Refuses to bind an address to what nobody can compare with its manifest."""
    item = listing.unreadable_as(wanted)
    if item:
        raise InvalidInput.because(
            f"{str(item).capitalize()}.",
            "Give Microsoft's support the customer's tenant and this id. Bind the address once it can be read.",
            wanted,
        )


def _unowned(state: CustomerState, address: Address, wanted: str) -> None:
    owner = state.claimed_by(wanted)
    if owner and owner != address.name:
        how = "is bound to" if owner in state.subscriptions else "was to be changed, nobody knows with what outcome, by"
        raise InvalidInput.because(
            f"{wanted} {how} {state.address(owner)} already.",
            f"If that address was renamed: reconciler state mv {state.address(owner)} {address}",
            address,
        )


def _bound(state: CustomerState, address: Address) -> Bound:
    bound = state.subscriptions.get(address.name)
    if bound is None:
        raise StateMissing.because(f"{address} is not tracked.", "What is tracked: reconciler state list", address)
    return bound


def _tracked(state: CustomerState, address: Address) -> None:
    """Refuses what state knows nothing of: no binding, nothing pending, nothing in doubt."""
    asked = (*state.pending.values(), *state.doubts())
    if not any(state.claimed_by(one.subscription_id) == address.name for one in asked):
        _bound(state, address)


def _shown(bound: Bound, address: Address, now: datetime) -> None:
    """Refuses to forget a purchase that does not show yet: whoever declares the old id again would buy it again.

    What has not shown within the day that planning waits for it will not, or is an error to be looked at: plan says so.
    """
    if not bound.visible and now - bound.observed_at <= SHOWS_WITHIN:
        raise InvalidInput.because(
            f"{address} was bought and does not show yet; forgetting it now could lead to buying it again.",
            f"Wait: Partner Center can take up to a day to show it."
            f" It can be forgotten from {bound.observed_at + SHOWS_WITHIN:%Y-%m-%d %H:%M} UTC on.",
            address,
        )


def _settled(state: CustomerState, address: Address) -> None:
    if address.name in state.pending:
        raise InvalidInput.because(
            f"A change of {address} is pending: nobody knows yet whether it was done.",
            f"Settle it first: reconciler apply, or reconciler state resolve {address} --not-done",
            address,
        )


def _doubt(state: CustomerState, address: Address) -> Pending | None:
    """What was given up for the address and may still show: a person may know better."""
    return next((one for one in state.doubts() if state.claimed_by(one.subscription_id) == address.name), None)


def _still_doubted(doubt: Pending, address: Address, now: datetime) -> str:
    """What holds while a change may show after all, and how a person who is certain ends that."""
    if doubt.action is not Action.UPGRADE or not may_show(doubt, now):
        return ""
    until = doubt.sent_at + SHOWS_WITHIN
    return (
        f" What was sent may still show until {until:%Y-%m-%d %H:%M}Z. Until then the same may be"
        " asked again, under the same request id, and anything else for its subscription is blocked.\n"
        f"If you are certain that it was not done, say so again: reconciler state resolve {address} --not-done"
    )


def _made_by_nothing_open(state: CustomerState, live: Live) -> None:
    """Refuses to bind what a change without an answer may have bought: the purchase would never be recorded."""
    for one in (*state.pending.values(), *state.doubts()):
        if one.action is Action.UPGRADE and candidates(one, [live], state.claimed_ids()):
            raise InvalidInput.because(
                f"{live.id} may be what a request without an answer bought for {one.subscription_id}.",
                "Settle that first: reconciler apply, or reconciler state resolve",
                live.id,
            )


def _refuse_if_done(state: CustomerState, pending: Pending, listing: Listing, address: Address, now: datetime) -> None:
    rivals = open_changes(state, now)
    evidence = read_back(pending, listing, state.claimed_ids(), rivals)
    _refuse_if_contested(state, pending, candidates(pending, listing.lives, state.claimed_ids()), address)
    if evidence.verdict is Verdict.DONE and evidence.subscription:
        raise InvalidInput.because(
            f"The change of {address} was done: {evidence.subscription.id} is what it made.",
            f"{_either(address, evidence.subscription.id)}",
            address,
        )


def _foreign(listing: Listing, named: Iterable[str], address: Address) -> frozenset[str]:
    """The named subscriptions. Raises InvalidInput for one that the customer does not have."""
    foreign = frozenset(named)
    if unknown := sorted(foreign - listing.ids):
        raise InvalidInput.because(
            f"The customer has no subscription {unknown[0]}.",
            "Name one of the customer's subscriptions that somebody else bought.",
            address,
        )
    return foreign


def _refuse_if_contested(state: CustomerState, pending: Pending, fitting: tuple[Live, ...], address: Address) -> None:
    """While two changes compete for one new subscription, to call one of them not done gives it to the other."""
    rivals = [state.address(name) for name, other in state.pending.items() if competes(pending, other)]
    if rivals and fitting:
        raise InvalidInput.because(
            f"{fitting[0].id} was made by the change of {address} or by that of {', '.join(rivals)}.",
            f"Settle the one that made it first. {_either(address, fitting[0].id)}",
            address,
        )


def _either(address: Address, made: str) -> str:
    return (
        f"If this change made it:\nreconciler state resolve {address} --succeeded {made}\n"
        f"If none of ours made it, since somebody else bought it:\n"
        f"reconciler state resolve {address} --not-done --not-ours {made}"
    )


def _plausible(state: CustomerState, pending: Pending, listing: Listing, wanted: str, address: Address) -> Live:
    """The named subscription, if it can be what the pending change made."""
    _refuse_unreadable(listing, wanted)
    live = listing.find(wanted)
    fits = live is not None and live.offer.id == pending.target_offer_id
    fresh = pending.action is Action.RESIZE or wanted not in {*pending.known_subscription_ids, *state.claimed_ids()}
    own = pending.action is Action.UPGRADE or wanted == pending.subscription_id
    if live is None or not (fits and fresh and own):
        raise InvalidInput.because(
            f"{wanted} can't be what the pending change of {address} made: it must be a subscription of this customer,"
            f" of the offer {pending.target_offer_name}, that was not there before.",
            "Look at the customer's subscriptions in Partner Center, and name the one that the change made.",
            address,
        )
    return live
