"""Takes live values into the manifests. Writes no file, and nothing to the service."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler.advice import problem, sentence
from reconciler.manifests.editing import Values
from reconciler.manifests.live_values import Merged, merged_values
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.commerce import Commerce
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.evidence import is_open
from reconciler.model.order import order_key
from reconciler.model.renewal import EndOfTerm
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.operations.editing import Edited, edited
from reconciler.operations.workspace import Workspace


def take_live(
    workspace: Workspace,
    addresses: Iterable[Address],
    *,
    drift_only: bool = False,
    named: bool = False,
    rehearsal: bool | None = None,
) -> Edited:
    """Returns the estate's files with these entries as their subscriptions are, and as they are scheduled. What an
    entry does not manage stays out of it, unless what is scheduled needs a line.

    With `drift_only` an entry takes only what was changed since state last saw it: what it asks for and was not carried
    out yet stays. Where somebody changed that very value too, it is taken with `named`: a person named the
    address.

    Raises InvalidInput where a subscription does not show, a change of it is pending or in doubt, or no line leads to
    what is scheduled for it; of several addresses that one is left out, with the reason in `unwritten`.
    """
    chosen, lineage = set(addresses), workspace.lineage()
    names = {offer.id: name for name, offer in reversed(tuple(workspace.estate.catalogue.items()))}
    taking = _Taking(commerce=workspace.commerce, names=names, drift_only=drift_only, named=named)
    taken: dict[Address, _Taken] = {}
    for customer in workspace.customers_of(chosen):
        state = workspace.state_of(customer, lineage)
        listing = workspace.commerce.subscriptions(customer.tenant)
        for desired in workspace.desired_of(customer):
            if desired.address in chosen:
                taken[desired.address] = taking.taken(desired, state, listing, alone=len(chosen) == 1)
    return replace(
        edited(workspace.estate, {address: entry.values for address, entry in taken.items()}, rehearsal),
        unwritten={address: entry.unwritten for address, entry in taken.items() if entry.unwritten},
        extended=tuple(address for address, entry in taken.items() if entry.extended),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """The values of an entry as its subscription has them; `unwritten` and `extended` as `Edited` has them."""

    values: Values
    unwritten: str
    extended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Takes live values of single entries. `names` is the catalogue's name of an offer by its id; the rest is as for
    `take_live`.
    """

    commerce: Commerce
    names: Mapping[str, str]
    drift_only: bool
    named: bool

    def taken(self, desired: Desired, state: CustomerState | None, listing: Listing, *, alone: bool) -> _Taken:
        """Returns the values of an entry; none, and why, where its subscription has none that can be declared. Raises
        InvalidInput instead of an entry that is taken `alone`.
        """
        try:
            return self._taken(desired, state, listing)
        except InvalidInput as error:
            if alone:
                raise
            return _Taken(values={}, unwritten=f"left as it is: {error.problems[0].what}", extended=False)

    def _taken(self, desired: Desired, state: CustomerState | None, listing: Listing) -> _Taken:
        if state and is_open(state, desired.address.name, self.commerce.clocks.earliest):
            raise InvalidInput(problem("live_not_final", desired.source, address=desired.address))
        bound = state.subscriptions.get(desired.address.name) if state else None
        if state and _means_another(desired, state):
            if not self.drift_only:
                raise InvalidInput(problem("entry_means_another", desired.source, address=desired.address))
            return _Taken(values={}, unwritten=sentence("entry_means_another", address=desired.address), extended=False)
        live = self._live(desired, bound.id if bound else desired.subscription_id, listing)
        now = self.commerce.now()
        found = merged_values(desired, live, bound, self.names, now, overwrite=not self.drift_only)
        if found.why_not and not self.drift_only:
            known = {"address": desired.address, "why": found.why_not}
            raise InvalidInput(problem("live_not_declarable", desired.source, **known))
        values = {**found.edits, **(found.contested if self.named else {})}
        return _Taken(
            values={**_bought_id(desired, bound.id if bound else desired.subscription_id), **values},
            unwritten=found.why_not or _of_no_entry(bound, live) or _left(found, values, desired),
            extended=found.extended,
        )

    def _live(self, desired: Desired, subscription_id: str, listing: Listing) -> Live:
        """Returns the entry's subscription, of new commerce with what only its own resource shows."""
        live = listing.find(subscription_id)
        if live is None:
            key = order_key(subscription_id)
            known = {"address": desired.address, **({"id": subscription_id} if key is None else {"order": key})}
            raise InvalidInput(problem("not_live", desired.source, **known))
        if live.commitment is None:
            return live
        return self.commerce.subscription(desired.customer.tenant, subscription_id)


def _of_no_entry(bound: Bound | None, live: Live) -> str:
    """Returns what of a live subscription no entry can say; empty for nothing."""
    if bound and bound.resold(live):
        return sentence("resold_and_not_written", partner=live.partner_id)
    if not live.active:
        return sentence("status_not_written", status=live.status)
    then = live.commitment.renewal if live.commitment and not live.is_trial else None
    known = bound.renewal if bound else None
    lapses = then is not None and then.outcome == EndOfTerm.LAPSES and then != known
    return sentence("lapse_not_written") if lapses else ""


def _left(merged: Merged, taken: Values, desired: Desired) -> str:
    """Returns what was changed outside and is left, since the entry asks for something else; empty for nothing."""
    left = {key: value for key, value in merged.contested.items() if key not in taken}
    wanted = {key: desired.offer.name if key == "offer" else getattr(desired, key) for key in left}
    values = "; ".join(f"{key}: {wanted[key]} is asked for, {value} is live" for key, value in left.items())
    return sentence("contested_and_not_written", values=values) if left else ""


def _bought_id(desired: Desired, subscription_id: str) -> Values:
    """The id of what was bought, for an entry that has only the key of its order."""
    bought = order_key(desired.subscription_id) is not None and order_key(subscription_id) is None
    return {"id": subscription_id} if bought else {}


def _means_another(desired: Desired, state: CustomerState) -> bool:
    """Returns whether state has another subscription under the entry's address, or the entry's under another one."""
    name = desired.address.name
    bound, owner = state.subscriptions.get(name), state.claimed_by(desired.subscription_id)
    return owner not in {None, name} or (bound is not None and desired.subscription_id not in bound.chain)
