"""Imports live subscriptions as manifests, with names that stay the same when it is done again."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TypeVar

from reconciler import changes, manifests
from reconciler.manifests import Details, Draft, Estate
from reconciler.model.address import DEVICES, Address
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.evidence import open_changes
from reconciler.model.ports import Account, Commerce, StateStore
from reconciler.model.settings import Settings
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Desired, Listing, Live, Offer
from reconciler.operations.failures import end_if_refused
from reconciler.system.threads import each

_Item = TypeVar("_Item")

SCHEMAS = ".schema"
"""The folder of the schemas that editors read. Hidden, so it is no part of the estate."""

_NOT_FOR_CUSTOMERS = frozenset(("offers", "reconciler", *DEVICES))
"""Names that no customer's file may have: the estate's other files, and devices of Windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A customer whose subscriptions could not be read, and why."""

    account: Account
    error: ServiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The contents of the estate's files, by their paths within it. `shared` are files of several customers.

    `named_otherwise` are offers of the catalogue that the service calls otherwise, and how it calls them. `unmet` is
    what each file asks for and is not so, with what is live: replacing the file takes that back.
    `pending` are the addresses in each file of which a change was sent and is not final, and whose
    entry says what shows today.
    """

    customers: Mapping[str, str]
    offers: str
    schemas: Mapping[str, str]
    subscriptions: int
    left_out: int
    shared: frozenset[str]
    named_otherwise: tuple[tuple[Offer, str], ...]
    unread: tuple[Unread, ...]
    unmet: Mapping[str, tuple[tuple[Desired, Live | None], ...]]
    pending: Mapping[str, tuple[Address, ...]]


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Drafts the manifests of customers. Sends nothing but GETs, and writes no file itself.

    `known` is the estate that is there already: its customers keep their names and files, its subscriptions their
    addresses, its offers their names. `offers` is the text of its catalogue.
    """

    commerce: Commerce
    store: StateStore
    settings: Settings
    known: Estate | None
    offers: str

    def bring_in(self, tenants: Iterable[str] | None) -> Imported:
        """The files of these customers, of all customers where no tenants are given. Who has nothing gets no file.

        Raises the errors that end a run (`ENDS_RUN`), AuthenticationFailed also where every customer is refused for
        what is about ourselves; a customer that can't be read otherwise is left `unread`.
        """
        accounts = self._all() if tenants is None else [Account(tenant=tenant, display_name="") for tenant in tenants]
        at_once = self.settings.parallelism
        answers = list(each(self._read, accounts, at_once))
        end_if_refused(answer.error if isinstance(answer, Unread) else None for answer in answers)
        states = [found.state for found in each(self.store.read, self.store.customers(), at_once) if found]
        read = [answer for answer in answers if isinstance(answer, _Read)]
        drafts = self._drafts(
            [customer for customer in read if customer.listing.lives or customer.account.tenant in self._known], states
        )
        return self._imported(drafts, tuple(answer for answer in answers if isinstance(answer, Unread)))

    def _all(self) -> list[Account]:
        return sorted(
            {account.tenant: account for account in self.commerce.accounts()}.values(),
            key=lambda account: account.tenant,
        )

    def _read(self, account: Account) -> "_Read | Unread":
        try:
            name = account.display_name or self.commerce.relationship(account.tenant).display_name
            listing = self.commerce.subscriptions(account.tenant)
        except ENDS_RUN:
            raise
        except ServiceError as error:
            return Unread(account=account, error=error)
        return _Read(account=Account(tenant=account.tenant, display_name=name), listing=listing)

    def _drafts(self, read: Sequence["_Read"], states: Iterable[CustomerState]) -> list[Draft]:
        remembered = {state.customer.tenant: state for state in states}
        customers = self._named([customer.account for customer in read], remembered)
        return [
            Draft(
                customer=customers[customer.account.tenant],
                display_name=manifests.printable(customer.account.display_name),
                declared=self._declared.get(customer.account.tenant, {}),
                state=remembered.get(customer.account.tenant),
                listing=customer.listing,
                mpn_id=self.settings.partner.mpn_id,
                resellers=self.settings.partner.resellers,
                details=self._details(customers[customer.account.tenant]),
                defaults=self.settings.defaults,
                perhaps_bought=self._perhaps_bought(remembered.get(customer.account.tenant), customer.listing),
                unfinished=self._unfinished(remembered.get(customer.account.tenant)),
            )
            for customer in read
        ]

    def _details(self, customer: Customer) -> Details:
        return self.known.details.get(customer.name, Details()) if self.known else Details()

    def _perhaps_bought(self, state: CustomerState | None, listing: Listing) -> Mapping[str, Address]:
        if state is None:
            return {}
        found = changes.perhaps_bought(state, listing, self.commerce.clocks.earliest)
        return {live_id: state.address(state.name_of(asked)) for live_id, asked in found.items()}

    def _unfinished(self, state: CustomerState | None) -> frozenset[str]:
        """Returns the names of which a change is pending, or in doubt and may still show."""
        asked = open_changes(state, self.commerce.clocks.earliest) if state else ()
        return frozenset(state.name_of(change) for change in asked) if state else frozenset()

    def _named(self, accounts: Iterable[Account], remembered: Mapping[str, CustomerState]) -> dict[str, Customer]:
        """The customers by tenant: as the manifests call them, or state does, or by a name that nothing else has."""
        found = {tenant: state.customer for tenant, state in remembered.items()}
        found.update(self._known)
        taken = {*_NOT_FOR_CUSTOMERS, *self._stems}
        taken |= {customer.name for customer in found.values()}
        for account in accounts:
            if account.tenant not in found:
                base = manifests.slug(account.display_name) or f"customer-{account.tenant[:8]}"
                found[account.tenant] = Customer(name=manifests.unique(base, taken), tenant=account.tenant)
                taken.add(found[account.tenant].name)
        return found

    def _imported(self, drafts: Sequence[Draft], unread: tuple[Unread, ...]) -> Imported:
        known = self.known.catalogue if self.known else {}
        names = manifests.offer_names(known, (live.offer for draft in drafts for _, live, _ in draft.kept))
        catalogue = {name: offer_id for offer_id, name in names.items() if name != offer_id}
        service_names = {live.offer.id: live.offer.name for draft in drafts for _, live, _ in draft.kept}
        unlike = [
            (offer, service_names[offer.id])
            for _, offer in sorted(known.items())
            if offer.id in service_names and not offer.agrees_with(service_names[offer.id])
        ]
        misnamed = frozenset(offer.id for offer, _ in unlike)
        taken = {*_NOT_FOR_CUSTOMERS, *self._stems, *(draft.customer.name for draft in drafts)}
        files = {draft.customer.name: self._file(draft.customer, taken) for draft in drafts}
        sheets = {(file := files[draft.customer.name]): draft.sheet(names, _schema(file), misnamed) for draft in drafts}
        return Imported(
            customers={file: manifests.customer_text(sheet) for file, sheet in sorted(sheets.items())},
            offers=manifests.offers_text(catalogue, self.offers, f"{SCHEMAS}/offers.json", service_names),
            schemas={
                f"{SCHEMAS}/{kind}.json": manifests.json_schema(kind, {**known, **catalogue})
                for kind in manifests.KINDS
            },
            subscriptions=sum(len(sheet.entries) for sheet in sheets.values()),
            left_out=sum(len(sheet.left_out) for sheet in sheets.values()),
            shared=frozenset(file for file, customers in Counter(self._files.values()).items() if customers > 1),
            named_otherwise=tuple(unlike),
            unread=unread,
            unmet=_by_file((files[draft.customer.name], draft.unmet) for draft in drafts),
            pending=_by_file((files[draft.customer.name], _unfinished(draft)) for draft in drafts),
        )

    def _file(self, customer: Customer, taken: Container[str]) -> str:
        """Returns the file of a customer: its own, else one of its name, or like it where the name is reserved."""
        free = manifests.unique(customer.name, taken) if customer.name in _NOT_FOR_CUSTOMERS else customer.name
        return self._files.get(customer.name, f"{free}.yaml")

    @property
    def _stems(self) -> Iterable[str]:
        """The names of the estate's customer files, without their endings."""
        return (PurePosixPath(file).stem for file in self._files.values())

    @property
    def _files(self) -> Mapping[str, str]:
        return self.known.customer_files if self.known else {}

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


def _unfinished(draft: Draft) -> tuple[Address, ...]:
    return tuple(Address(f"{draft.customer.name}/{name}") for name in sorted(draft.unfinished - draft.unseen.keys()))


def _by_file(items: Iterable[tuple[str, tuple[_Item, ...]]]) -> Mapping[str, tuple[_Item, ...]]:
    """Groups items by file: one file may be of several customers. Files without any are left out."""
    groups: dict[str, tuple[_Item, ...]] = {}
    for file, of_customer in items:
        if of_customer:
            groups[file] = (*groups.get(file, ()), *of_customer)
    return groups


def _schema(file: str) -> str:
    """Returns the path of the customers' schema, relative to a file."""
    return f"{'../' * file.count('/')}{SCHEMAS}/customer.json"
