"""The customer agreement: confirmed by the partner, or signed by the customer. Only a signed-in user reads it."""

from typing import Any

from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Refused, Request, collection
from reconciler.sandbox.routes import Route
from reconciler.sandbox.tenants import Tenant

_TYPE = "MicrosoftCustomerAgreement"
_OLDER_TYPE = "MicrosoftCloudAgreement"
"""The type that is listed unless another is asked for."""
_TEMPLATES = {
    _TYPE.lower(): "117a77b0-9360-443b-8795-c6dedc750cf9",
    _OLDER_TYPE.lower(): "998b88de-aa99-4388-a42c-1b3517d49490",
}


def list_all(request: Request, customer: str) -> Answer:
    """GET …/agreements[?agreementType=]: what the partner has confirmed for the customer."""
    tenant = _customer(request, customer)
    wanted = request.query.get("agreementtype", _OLDER_TYPE).lower()
    if wanted not in _TEMPLATES:
        raise Refused(400, "600009", f"The agreement type {wanted} is not supported.")
    confirmed = tenant.agreement == "confirmed" and wanted == _TYPE.lower()
    return Answer(document=collection([_document()] if confirmed else []))


def direct_signed(request: Request, customer: str) -> Answer:
    """GET …/directSignedMicrosoftCustomerAgreementStatus."""
    return Answer(document={"isSigned": _customer(request, customer).agreement == "signed"})


def confirm(request: Request, customer: str) -> Answer:
    """POST …/agreements: refused since 5 January 2026, with an error shape of its own where one is there already."""
    tenant = _customer(request, customer)
    if tenant.agreement == "confirmed":
        text = "A partner confirmed agreement already exists for the customer."
        name = "PartnerConfirmedAgreementAlreadyExists"
        body = {"code": 600061, "message": text, "description": text, "errorName": name, "isRetryable": False}
        return Answer(
            status=409, document=body | {"parameters": {}, "errorMessageExtended": "InternalErrorCode=600061"}
        )
    raise Refused(403, "600000", "Agreements can't be confirmed by this call any more; let the customer accept.")


def _customer(request: Request, customer: str) -> Tenant:
    if request.behaviour.cloud in {Cloud.CHINA, Cloud.US_GOVERNMENT}:
        raise NO_RESOURCE
    request.require_user()
    return request.customer(customer)


def _document() -> dict[str, Any]:
    return {
        "primaryContact": {"firstName": "Pat", "lastName": "Roe", "email": "pat@contoso.example", "phoneNumber": ""},
        "templateId": _TEMPLATES[_TYPE.lower()],
        "dateAgreed": "2025-06-14T00:00:00Z",
        "type": _TYPE,
        "agreementLink": "https://aka.ms/customeragreement",
    }


_AGREEMENTS = "/customers/{customer}/agreements"
ROUTES = (
    Route("GET", _AGREEMENTS, list_all),
    Route("POST", _AGREEMENTS, confirm),
    Route("GET", "/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", direct_signed),
)
