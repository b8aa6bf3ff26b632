"""Claims: names of customers, tenants, ids and keys of orders, each of which may stand only once in an estate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from reconciler.advice import problem
from reconciler.manifests.tree import Document, Mark, place_at, text
from reconciler.model.address import canonical, is_guid
from reconciler.model.errors import Problem
from reconciler.model.place import Place


class Kind(Enum):
    """The kinds of claims, each with the code for two that claim the same."""

    NAME = "customer_name_claimed"
    TENANT = "tenant_claimed"
    ID = "subscription_claimed"
    ORDER = "order_key_claimed"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that nothing else in the estate may claim. `owner` claims it at `mark` in a file.

    `owned_at` is where the owner's name stands: a merged value is written once and claimed by several. Claims hold
    marks rather than documents, so that a file's document can be let go before the next is read.
    """

    kind: Kind
    value: str
    owner: str
    file: str
    mark: Mark
    owned_at: Mark

    @property
    def customer(self) -> str:
        """The customer whose document it is of."""
        return self.owner.partition("/")[0]

    @property
    def place(self) -> Place:
        """The place in the manifests."""
        return place_at(self.file, self.mark)


def claims(document: Document) -> Iterator[Claim]:
    """Yields the claims of a document, valid or not: a fault elsewhere in it hides no duplicate."""
    customer = document.table("customer")
    if customer is None:
        return
    name, tenant = text(customer, "name"), text(customer, "tenant")
    file = document.file
    owner, mark = name or ("a customer without a name", customer.mark)
    if name:
        yield Claim(Kind.NAME, owner, owner, file, mark, mark)
    if tenant and is_guid(tenant[0]):
        yield Claim(Kind.TENANT, canonical(tenant[0]), owner, file, tenant[1], mark)
    for entry_name, entry, entry_mark in document.entries("subscriptions"):
        entry_owner = f"{owner}/{entry_name}" if name else f"{entry_name} of {owner}"
        found, key = text(entry, "id"), text(entry, "order")
        if found and is_guid(found[0]):
            yield Claim(Kind.ID, canonical(found[0]), entry_owner, file, found[1], entry_mark)
        if key and key[0]:
            yield Claim(Kind.ORDER, key[0], entry_owner, file, key[1], entry_mark)


def contradictions(all_claims: Iterable[Claim]) -> Iterator[Problem]:
    """Yields a problem for every claim of what an earlier one has claimed, naming both places; for one customer's
    document that stands twice, and for the subscriptions of one that is the copy of another's, one problem.
    """
    first: dict[tuple[Kind, str], Claim] = {}
    groups: dict[tuple[object, ...], list[tuple[Claim, Claim]]] = {}
    for claim in all_claims:
        earlier = first.setdefault((claim.kind, claim.value), claim)
        if earlier is not claim:
            two = (claim.file, claim.customer, earlier.file, earlier.customer)
            groups.setdefault(two, []).append((claim, earlier))
    for pairs in groups.values():
        yield from _contradictions(pairs)


def _contradictions(pairs: list[tuple[Claim, Claim]]) -> Iterator[Problem]:
    """Yields the problems of two documents, by the claims of the later one and those of the earlier."""
    names = [pair for pair in pairs if pair[0].kind is Kind.NAME]
    if names and any(claim.kind is Kind.TENANT for claim, _ in pairs):
        yield _problem("customer_declared_twice", *names[0])
        return
    ids = [pair for pair in pairs if pair[0].kind is Kind.ID and pair[0].customer != pair[1].customer]
    for claim, earlier in pairs:
        if (claim, earlier) not in ids[1:]:
            others = len(ids) - 1 if ids and claim is ids[0][0] else 0
            counted = "is 1 other id" if others == 1 else f"are {others:,} other ids" if others else None
            yield _problem(claim.kind.value, claim, earlier, others=counted)


def _problem(code: str, claim: Claim, earlier: Claim, **known: object) -> Problem:
    where = claim.place if claim.place != earlier.place else place_at(claim.file, claim.owned_at)
    return problem(code, where, value=claim.value, owner=earlier.owner, place=earlier.place, **known)
