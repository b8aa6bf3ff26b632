"""Customers, their relationship to the reseller, and the offers they can buy."""

from typing import Any

from reconciler.model.address import canonical
from reconciler.model.commerce import Account
from reconciler.model.customer import Relationship
from reconciler.model.offer import CatalogueOffer
from reconciler.partner_center.wire.values import Flag, Identifier, MaybeIdentifier, Text, Wire, identifier, word

RELATIONSHIPS = {0: "unknown", 1: "reseller", 2: "advisor", 3: "syndication", 4: "microsoft_support", 5: "none"}


class _CompanyProfile(Wire):
    tenant_id: Any = None
    company_name: Text = ""
    domain: Text = ""


class _Customer(Wire):
    id: MaybeIdentifier = None
    company_profile: _CompanyProfile | None = None
    relationship_to_partner: Any = None
    allow_delegated_access: Flag = None

    @property
    def profile(self) -> _CompanyProfile:
        return self.company_profile or _CompanyProfile()


class _Offer(Wire):
    id: Identifier
    name: Text = ""
    upgrade_target_offers: Any = None
    is_add_on: Flag = None
    is_trial: Flag = None


class _RelationshipRequest(Wire):
    url: Text = ""


def relationship(raw: Any) -> Relationship:
    """Reads how a customer stands to the reseller."""
    customer = _Customer.model_validate(raw)
    kind = customer.relationship_to_partner
    return Relationship(
        kind=None if kind is None else word(kind, RELATIONSHIPS),
        allow_delegated_access=customer.allow_delegated_access,
        display_name=customer.profile.company_name,
        domain=customer.profile.domain,
    )


def account(raw: Any) -> Account:
    """Reads a line of the customer list. Raises ValueError where it names no tenant."""
    customer = _Customer.model_validate(raw)
    tenant = customer.id or customer.profile.tenant_id
    if not tenant:
        raise ValueError("lists a customer without a tenant")
    profile = customer.profile
    return Account(tenant=identifier(tenant), display_name=profile.company_name, domain=profile.domain)


def offer(raw: Any) -> CatalogueOffer:
    """Reads a line of the catalogue. Advertised upgrades that can't be read are none: they are hints."""
    listed = _Offer.model_validate(raw)
    targets = listed.upgrade_target_offers
    return CatalogueOffer(
        id=listed.id,
        name=listed.name,
        upgrades=_ids(targets) if isinstance(targets, list) else None,
        add_on=listed.is_add_on or False,
        trial=listed.is_trial or False,
    )


def _ids(targets: list[Any]) -> tuple[str, ...]:
    return tuple(canonical(target) for target in targets if isinstance(target, str))


def relationship_link(raw: Any) -> str:
    """The link. Raises ValueError unless it is https: customers are asked to click it.

    The service has sent `&amp;` for `&`; no other entity is undone, since a link may hold such letters by itself.
    """
    link = _RelationshipRequest.model_validate(raw).url.replace("&amp;", "&")
    if not link.lower().startswith("https://") or not link.isprintable() or " " in link:
        raise ValueError("holds no https link")
    return link
