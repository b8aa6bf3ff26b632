"""The customers, and the link by which a new one accepts the reseller."""

from typing import Any

from reconciler.sandbox.catalogue import link
from reconciler.sandbox.messages import Answer, Request, collection
from reconciler.sandbox.tenants import Tenant, derived_id


def every(request: Request) -> Answer:
    """GET /v1/customers: all customers with a relationship, without what only the single customer tells."""
    items = [_document(one) for one in request.world.customers if one.relationship != "none"]
    return Answer(document=collection(items, "/customers?size=0"))


def single(request: Request, customer: str) -> Answer:
    """GET /v1/customers/{customer}: also whether delegated administration is allowed."""
    found = request.related(customer)
    return Answer(document=_document(found) | {"allowDelegatedAccess": found.delegated_admin})


def relationship_request(request: Request) -> Answer:
    """GET /v1/customers/relationshiprequests: the reseller's invitation; only for a signed-in user."""
    request.require_user()
    query = f"invType=ResellerRelationship&partnerId={request.world.partner}&msppId=0&DAP=true"
    url = f"https://admin.sandbox.invalid/Adminportal/Home?{query}#/BillingAccounts/partner-invitation"
    return Answer(document={"url": url, "attributes": {"objectType": "RelationshipRequest"}})


def _document(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.tenant,
        "commerceId": derived_id("commerce", tenant.tenant),
        "companyProfile": {
            "tenantId": tenant.tenant,
            "domain": f"{tenant.name}.{'partner.onmschina.cn' if tenant.china else 'onmicrosoft.com'}",
            "companyName": tenant.display_name,
            "links": {"self": link(f"/customers/{tenant.tenant}/profiles/company")},
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "relationshipToPartner": tenant.relationship,
        "links": {"self": link(f"/customers/{tenant.tenant}")},
        "attributes": {"objectType": "Customer"},
    }
