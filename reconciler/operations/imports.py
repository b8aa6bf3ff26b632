"""Imports live subscriptions: merges them into the manifests that there are, and drafts those that are missing."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import PurePosixPath

from reconciler import changes
from reconciler.manifests.details import Details
from reconciler.manifests.drafting import Draft
from reconciler.manifests.estate import Estate
from reconciler.manifests.naming import RESERVED, customer_name, printable, unique_name
from reconciler.model.address import Address
from reconciler.model.commerce import Account, Commerce
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.evidence import open_changes
from reconciler.model.moves import Moves
from reconciler.model.settings import Settings
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.model.subscription import Listing
from reconciler.operations.failures import end_if_refused
from reconciler.operations.import_files import imported
from reconciler.operations.import_values import EntryComparison, Imported, ImportMode, UnreadCustomer
from reconciler.system.threads import in_parallel

"""Names that no customer's file may have: the estate's other files, and devices of Windows."""


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Merges customers into an estate. Sends nothing but GETs, and writes no file itself.

    `known` is the estate that is there already: its customers keep their names and files, its subscriptions their
    addresses, its offers their names.
    """

    commerce: Commerce
    store: StateStore
    settings: Settings
    known: Estate | None
    mode: ImportMode = field(default_factory=ImportMode)
    rehearsal: bool | None = None

    def bring_in(self, tenants: Iterable[str] | None) -> Imported:
        """Merges these customers, all customers where no tenants are given. Who has nothing gets a file that says so:
        else it would be named as declared nowhere for ever.

        Raises the errors that end a run (`ENDS_RUN`), AuthenticationFailed also where every customer is refused for
        what is about ourselves; a customer that can't be read otherwise is left `unread`. Raises InvalidInput where
        the estate would not be valid afterwards.
        """
        accounts = self._all() if tenants is None else [Account(tenant=tenant, display_name="") for tenant in tenants]
        at_once = self.settings.parallelism
        answers = list(in_parallel(self._read, accounts, at_once))
        end_if_refused(answer.error if isinstance(answer, UnreadCustomer) else None for answer in answers)
        states = [stored.state for stored in in_parallel(self.store.read, self.store.customers(), at_once) if stored]
        read = [answer for answer in answers if isinstance(answer, _Read)]
        let_go = {state.customer.tenant for state in states} - self._known.keys()
        drafts = self._drafts(
            [customer for customer in read if customer.listing.lives or customer.account.tenant not in let_go], states
        )
        leaving = tuple(draft.customer for draft in drafts if self._moves(draft.customer).everything)
        drafts = [draft for draft in drafts if draft.customer not in leaving]
        taken = {*RESERVED, *self._stems, *(draft.customer.name for draft in drafts)}
        found = imported(
            drafts,
            files={draft.customer.name: self._file(draft.customer, taken) for draft in drafts},
            known=self.known,
            comparisons=()
            if self.mode.new_only
            else chain.from_iterable(in_parallel(self._comparisons, drafts, at_once)),
            mode=self.mode,
            unread=tuple(answer for answer in answers if isinstance(answer, UnreadCustomer)),
            leaving=leaving,
            rehearsal=self.rehearsal,
        )
        listed = {account.tenant for account in accounts}
        declared = () if tenants is not None else self._known.values()
        gone = (customer for customer in declared if customer.tenant not in listed)
        return replace(found, gone=tuple(customer for customer in gone if not self._moves(customer).everything))

    def _all(self) -> list[Account]:
        return sorted(
            {account.tenant: account for account in self.commerce.accounts()}.values(),
            key=lambda account: account.tenant,
        )

    def _read(self, account: Account) -> "_Read | UnreadCustomer":
        try:
            if not account.display_name:
                found = self.commerce.relationship(account.tenant)
                account = replace(account, display_name=found.display_name, domain=found.domain)
            listing = self.commerce.subscriptions(account.tenant)
        except ENDS_RUN:
            raise
        except ServiceError as error:
            return UnreadCustomer(account=account, error=error)
        return _Read(account=account, listing=listing)

    def _comparisons(self, draft: Draft) -> list[EntryComparison]:
        return list(self._compared(draft))

    def _compared(self, draft: Draft) -> Iterator[EntryComparison]:
        """Compares what is declared with what is live. A subscription of new commerce that differs is read by itself:
        the list may leave out what is scheduled.
        """
        now = self.commerce.clocks.earliest
        for name, desired in draft.declared.items():
            live, why = draft.listing.find(draft.meant(name)), draft.not_compared(name)
            comparison = EntryComparison(
                desired=desired,
                live=live,
                bound=draft.bound.get(name),
                why=why,
                is_open=draft.is_open(name),
                now=now,
                mode=self.mode,
            )
            if live and live.commitment and not why and comparison.differs:
                try:
                    yield replace(comparison, live=self.commerce.subscription(draft.customer.tenant, live.id))
                except ENDS_RUN:
                    raise
                except ServiceError as error:
                    yield replace(comparison, why=" ".join(problem.what for problem in error.problems))
            else:
                yield comparison

    def _drafts(self, read: Sequence["_Read"], states: Iterable[CustomerState]) -> list[Draft]:
        remembered = {state.customer.tenant: state for state in states}
        customers = self._named([customer.account for customer in read], remembered)
        return [
            self._draft(customer, customers[customer.account.tenant], remembered.get(customer.account.tenant))
            for customer in read
        ]

    def _draft(self, read: "_Read", customer: Customer, state: CustomerState | None) -> Draft:
        known = self.known
        return Draft(
            customer=customer,
            display_name=printable(read.account.display_name),
            declared=self._declared.get(customer.tenant, {}),
            state=state,
            listing=read.listing,
            mpn_id=self.settings.partner.mpn_id,
            resellers=self.settings.partner.resellers,
            details=known.details.get(customer.name, Details()) if known else Details(),
            defaults=self.settings.defaults,
            moves=self._moves(customer),
            perhaps_bought=self._perhaps_bought(state, read.listing),
            unfinished=self._unfinished(state),
            offers=frozenset(known.catalogue if known else ()),
        )

    def _moves(self, customer: Customer) -> Moves:
        return self.known.moves_of(customer.name) if self.known else Moves()

    def _perhaps_bought(self, state: CustomerState | None, listing: Listing) -> Mapping[str, Address]:
        if state is None:
            return {}
        found = changes.perhaps_bought(state, listing, self.commerce.clocks.earliest)
        return {live_id: state.address(state.name_of(change)) for live_id, change in found.items()}

    def _unfinished(self, state: CustomerState | None) -> frozenset[str]:
        """Returns the names of which a change is pending, or in doubt and may still show."""
        unfinished = open_changes(state, self.commerce.clocks.earliest) if state else ()
        return frozenset(state.name_of(change) for change in unfinished) if state else frozenset()

    def _named(self, accounts: Iterable[Account], remembered: Mapping[str, CustomerState]) -> dict[str, Customer]:
        """The customers by tenant: as the manifests call them, or state does, or by a name that nothing else has."""
        found = {tenant: state.customer for tenant, state in remembered.items()}
        found.update(self._known)
        moves = self.known.estate_moves.customers if self.known else Moves()
        taken = {*RESERVED, *self._stems, *moves.moved, *moves.removed}
        taken |= {customer.name for customer in found.values()}
        for account in accounts:
            if account.tenant not in found:
                base = customer_name(account.display_name, account.domain, account.tenant)
                found[account.tenant] = Customer(name=unique_name(base, taken), tenant=account.tenant)
                taken.add(found[account.tenant].name)
        return found

    def _file(self, customer: Customer, taken: Container[str]) -> str:
        """Returns the file of a customer: its own, else one of its name, or like it where a file may not have that."""
        reserved = {*RESERVED, *self._stems}
        free = unique_name(customer.name, taken) if customer.name in reserved else customer.name
        return self.known.customer_files.get(customer.name, f"{free}.yaml") if self.known else f"{free}.yaml"

    @cached_property
    def _stems(self) -> frozenset[str]:
        """The names of the estate's files without their endings, as a system compares them that ignores letter case."""
        return frozenset(PurePosixPath(file).stem.casefold() for file in (self.known.files if self.known else ()))

    @cached_property
    def _known(self) -> Mapping[str, Customer]:
        """The customers of the estate, by tenant."""
        return {customer.tenant: customer for customer in self.known.customers} if self.known else {}

    @cached_property
    def _declared(self) -> Mapping[str, Mapping[str, Desired]]:
        """The declared subscriptions, by tenant and name."""
        found: dict[str, dict[str, Desired]] = defaultdict(dict)
        for desired in self.known.desired if self.known else ():
            found[desired.customer.tenant][desired.address.name] = desired
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A customer, and what it has."""

    account: Account
    listing: Listing
