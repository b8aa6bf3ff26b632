"""What may be said only once in an estate: customers' names, their tenants, and subscription ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.manifests.tree import Document
from reconciler.model.address import canonical, is_guid
from reconciler.model.errors import Problem
from reconciler.model.subscription import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that nothing else in the estate may claim. `owner` claims it at `place`.

    `owned_at` is where the owner's name stands: a merged value is written once and claimed by several.
    """

    what: str
    value: str
    owner: str
    place: Place
    owned_at: Place
    remedy: str


def claims(document: Document) -> Iterator[Claim]:
    """What a document claims, valid or not: a fault elsewhere in it hides no duplicate."""
    customer = document.table("customer")
    if customer is None:
        return
    name, tenant = document.text(customer, "name"), document.text(customer, "tenant")
    owner = name[0] if name else "?"
    if name:
        remedy = "Give each customer a name of its own, and put all of a customer's subscriptions into one document."
        yield Claim(what="the customer name", value=owner, owner=owner, place=name[1], owned_at=name[1], remedy=remedy)
    if tenant and is_guid(tenant[0]):
        owned_at = name[1] if name else tenant[1]
        remedy = "Correct the tenant, or put all subscriptions of this customer into one document."
        value = canonical(tenant[0])
        yield Claim(what="the tenant", value=value, owner=owner, place=tenant[1], owned_at=owned_at, remedy=remedy)
    yield from _ids(document, owner)


def _ids(document: Document, customer: str) -> Iterator[Claim]:
    for name, entry, owned_at in document.entries("subscriptions"):
        found = document.text(entry, "id")
        if found and is_guid(found[0]):
            yield Claim(
                what="the subscription id",
                value=canonical(found[0]),
                owner=f"{customer}/{name}",
                place=found[1],
                owned_at=owned_at,
                remedy="A subscription has one address: correct the id, or remove one of the two entries.",
            )


def contradictions(all_claims: Iterable[Claim]) -> Iterator[Problem]:
    """A problem for every claim of what an earlier one has claimed, naming both places."""
    first: dict[tuple[str, str], Claim] = {}
    for claim in all_claims:
        earlier = first.setdefault((claim.what, claim.value), claim)
        if earlier is not claim:
            where = claim.place if claim.place != earlier.place else claim.owned_at
            what = f"{claim.what} {claim.value} is declared already, by {earlier.owner} at {earlier.place}"
            yield Problem(where=where, what=what, remedy=claim.remedy)
