"""The customers, and the link by which a new one accepts the reseller."""

from typing import Any

from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.catalogue import link
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Request, collection
from reconciler.sandbox.paging import Cursor, chosen, page
from reconciler.sandbox.routes import Route
from reconciler.sandbox.tenants import Tenant, derived_id


def list_all(request: Request) -> Answer:
    """GET /v1/customers: the customers with a relationship, in pages of `size`, without what only the single one tells.

    `filter` chooses by CompanyName or Domain.
    """
    cursor = Cursor.of(request, request.behaviour.page_limit)
    found = [tenant for tenant in request.world.customers if tenant.relationship != "none"]
    if text := cursor.query.get("filter"):
        found = [
            entry for entry in found if chosen(text, {"companyname": entry.display_name, "domain": _domain(entry)})
        ]
    shown, members = page(request, cursor, found, "/customers")
    return Answer(document=collection([_document(item) for item in shown]) | members)


def get(request: Request, customer: str) -> Answer:
    """GET /v1/customers/{customer}: also whether delegated administration is allowed."""
    found = request.related(customer)
    return Answer(document=_document(found) | {"allowDelegatedAccess": found.delegated_admin})


def relationship_request(request: Request) -> Answer:
    """GET /v1/customers/relationshiprequests: the reseller's invitation; only for a signed-in user.

    US Government has none.
    """
    if request.behaviour.cloud is Cloud.US_GOVERNMENT:
        raise NO_RESOURCE
    request.require_user()
    query = f"invType=ResellerRelationship&partnerId={request.world.partner}&msppId=0&DAP=true"
    url = f"https://admin.sandbox.invalid/Adminportal/Home?{query}#/BillingAccounts/partner-invitation"
    return Answer(document={"url": url, "attributes": {"objectType": "RelationshipRequest"}})


def _domain(tenant: Tenant) -> str:
    return f"{tenant.name}.{'partner.onmschina.cn' if tenant.china else 'onmicrosoft.com'}"


def _document(tenant: Tenant) -> dict[str, Any]:
    return {
        "id": tenant.tenant,
        "commerceId": derived_id("commerce", tenant.tenant),
        "companyProfile": {
            "tenantId": tenant.tenant,
            "domain": _domain(tenant),
            "companyName": tenant.display_name,
            "links": {"self": link(f"/customers/{tenant.tenant}/profiles/company")},
            "attributes": {"objectType": "CustomerCompanyProfile"},
        },
        "relationshipToPartner": tenant.relationship,
        "links": {"self": link(f"/customers/{tenant.tenant}")},
        "attributes": {"objectType": "Customer"},
    }


ROUTES = (
    Route("GET", "/customers", list_all),
    Route("GET", "/customers/relationshiprequests", relationship_request),
    Route("GET", "/customers/{customer}", get),
)
