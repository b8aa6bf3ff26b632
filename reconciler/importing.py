"""Brings in what exists: live subscriptions become manifests, with names that stay the same when it is done again."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from reconciler import manifests
from reconciler.manifests import Draft, Estate
from reconciler.model.errors import AuthenticationFailed, ServiceError, ServiceUnreachable
from reconciler.model.ports import Account, Commerce, StateStore
from reconciler.model.settings import Settings
from reconciler.model.subscription import Customer, Live

SCHEMAS = ".schema"
"""Where the schemas lie that editors read. Hidden, so it is no part of the estate."""

_NOT_FOR_CUSTOMERS = ("offers", "reconciler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A customer whose subscriptions could not be read, and why."""

    account: Account
    error: ServiceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What the files of the estate should say, by their paths within it. `shared` are files of several customers."""

    customers: Mapping[str, str]
    offers: str
    schemas: Mapping[str, str]
    subscriptions: int
    left_out: int
    shared: frozenset[str]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Reads customers and writes down what they have. Sends nothing but GETs, and writes no file itself.

    `known` is the estate that is there already: its customers keep their names and files, its subscriptions their
    addresses, its offers their names. `offers` is the text of its catalogue.
    """

    commerce: Commerce
    store: StateStore
    settings: Settings
    known: Estate | None
    offers: str

    def bring_in(self, tenants: Iterable[str] | None) -> Imported:
        """The files of these customers; of all customers where no tenants are given.

        Raises AuthenticationFailed and ServiceUnreachable; a customer that can't be read otherwise is left `unread`.
        """
        accounts = self._all() if tenants is None else [Account(tenant=one, display_name="") for one in tenants]
        with ThreadPoolExecutor(max_workers=self.settings.parallelism) as pool:
            read = dict(zip(accounts, pool.map(self._read, accounts), strict=True))
        found = [one for one in read.values() if not isinstance(one, ServiceError)]
        customers = self._named(account for account, _ in found)
        drafts = [self._draft(customers[account.tenant], account, lives) for account, lives in found]
        names = manifests.offer_names(
            self.known.catalogue if self.known else {}, (live.offer for draft in drafts for _, live, _ in draft.kept)
        )
        sheets = {
            self._file(draft.customer): draft.sheet(names, _schema(self._file(draft.customer))) for draft in drafts
        }
        catalogue = {name: offer_id for offer_id, name in names.items() if name != offer_id}
        offered = [*catalogue, *(self.known.catalogue if self.known else ())]
        return Imported(
            customers={file: manifests.customer_text(sheet) for file, sheet in sorted(sheets.items())},
            offers=manifests.offers_text(catalogue, self.offers, f"{SCHEMAS}/offers.json"),
            schemas={f"{SCHEMAS}/{kind}.json": manifests.json_schema(kind, offered) for kind in manifests.KINDS},
            subscriptions=sum(len(sheet.entries) for sheet in sheets.values()),
            left_out=sum(len(sheet.left_out) for sheet in sheets.values()),
            shared=self._shared,
            unread=tuple(
                Unread(account=account, error=error)
                for account, error in read.items()
                if isinstance(error, ServiceError)
            ),
        )

    def _all(self) -> list[Account]:
        return sorted({one.tenant: one for one in self.commerce.accounts()}.values(), key=lambda one: one.tenant)

    def _read(self, account: Account) -> tuple[Account, tuple[Live, ...]] | ServiceError:
        try:
            name = account.display_name or self.commerce.relationship(account.tenant).display_name
            return Account(tenant=account.tenant, display_name=name), self.commerce.subscriptions(account.tenant)
        except (AuthenticationFailed, ServiceUnreachable):
            raise
        except ServiceError as error:
            return error

    def _named(self, accounts: Iterable[Account]) -> dict[str, Customer]:
        """The customers by tenant: known ones as they are, new ones under names that nobody and no file has."""
        found = {one.tenant: one for one in (self.known.customers if self.known else ())}
        files = self.known.customer_files.values() if self.known else ()
        taken = {*_NOT_FOR_CUSTOMERS, *(PurePosixPath(file).stem for file in files)}
        taken |= {one.name for one in found.values()}
        for account in accounts:
            if account.tenant not in found:
                base = manifests.slug(account.display_name) or f"customer-{account.tenant[:8]}"
                name = manifests.unique(base, taken)
                found[account.tenant] = Customer(name=name, tenant=account.tenant)
                taken.add(name)
        return found

    def _draft(self, customer: Customer, account: Account, lives: tuple[Live, ...]) -> Draft:
        declared = {
            one.address.name: one for one in (self.known.desired if self.known else ()) if one.customer == customer
        }
        remembered = self.store.read(customer.name)
        return Draft(
            customer=customer,
            display_name=manifests.printable(account.display_name),
            declared=declared,
            state=remembered.state if remembered else None,
            lives=tuple(sorted(lives, key=lambda one: one.id)),
            mpn_id=self.settings.partner.mpn_id,
        )

    def _file(self, customer: Customer) -> str:
        known = self.known.customer_files if self.known else {}
        return known.get(customer.name, f"{customer.name}.yaml")

    @cached_property
    def _shared(self) -> frozenset[str]:
        files = list(self.known.customer_files.values()) if self.known else []
        return frozenset(one for one in files if files.count(one) > 1)


def _schema(file: str) -> str:
    """Where the customers' schema lies, counted from a file."""
    return f"{'../' * file.count('/')}{SCHEMAS}/customer.json"
