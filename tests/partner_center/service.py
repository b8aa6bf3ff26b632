"""A service that answers what a test says, bodies with the real service's quirks, and a client for both."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from reconciler.model.commerce import Ticket
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries

API = "https://api.example.test"
TOKEN = "opaque-token-of-the-tests"
TENANT = "7c1f1d5e-3f0a-4c0e-9f5b-2a52b4b0a001"
SOURCE = "1b9c6a70-52f4-4d3b-8a11-6f0d2f7c0001"
TARGET = "c0ffee00-1d2e-4f3a-8b4c-5d6e7f800002"
E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"
TICKET = Ticket(
    request_id="0f0f0f0f-aaaa-4bbb-8ccc-000000000001", correlation_id="0f0f0f0f-aaaa-4bbb-8ccc-000000000002"
)


class Script(httpx.MockTransport):
    """Gives its answers one after another, the last one for ever; keeps the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)
        super().__init__(self._next)

    def _next(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content, extensions=answer.extensions
        )


def client(transport: httpx.BaseTransport, *, token: str = TOKEN, naps: list[float] | None = None) -> PartnerCenter:
    """A client that never sleeps; `naps` collects the pauses it would have made."""
    pauses = [] if naps is None else naps
    return PartnerCenter(
        base_url=API, tokens=StaticToken(token), transport=transport, retries=Retries(sleep=pauses.append)
    )


def answer(document: Any, status: int = 200, **headers: str) -> httpx.Response:
    """As the service writes it: compact, and with a byte order mark where all went well."""
    text = json.dumps(document, separators=(",", ":"))
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return raw(("\ufeff" if status < 300 else "") + text, status, {"Content-Type": "application/json", **named})


def raw(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Any body at all."""
    content = body.encode() if isinstance(body, str) else body
    return httpx.Response(status, headers=headers, content=content)


def refused(status: int, code: int | str, description: str = "No.") -> httpx.Response:
    """An error body of the service."""
    return answer({"code": code, "description": description, "data": [], "source": "Tests"}, status)


def page(*items: Any, **members: Any) -> dict[str, Any]:
    """A list on one page."""
    return {"totalCount": len(items), "items": list(items), "attributes": {"objectType": "Collection"}, **members}


def subscription(**changes: Any) -> dict[str, Any]:
    """A licence subscription; ids in the casing in which the service sends them. A member given as None is left out."""
    document = {
        "id": SOURCE.upper(),
        "offerId": E3,
        "offerName": "Office 365 Enterprise E3",
        "friendlyName": "Everyone",
        "quantity": 25,
        "unitType": "Licenses",
        "creationDate": "2019-05-06T07:08:09.1234567Z",
        "status": "active",
        "autoRenewEnabled": True,
        "billingCycle": "monthly",
        "attributes": {"etag": etag(3), "objectType": "Subscription"},
        "somethingNew": {"deep": [1, 2.5, None]},
    }
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def etag(version: int) -> str:
    """An etag as the service makes them."""
    return base64.b64encode(json.dumps({"id": SOURCE, "version": version}).encode()).decode()


def upgrade(**changes: Any) -> dict[str, Any]:
    """An eligible upgrade to E3. A member given as None is left out."""
    document = {
        "targetOffer": {"id": E3, "name": "Office 365 Enterprise E3", "minimumQuantity": 1, "maximumQuantity": 300},
        "upgradeType": "upgrade_only",
        "isEligible": True,
        "quantity": 25,
        "upgradeErrors": [],
        "attributes": {"objectType": "Upgrade"},
    }
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def upgrade_result(**changes: Any) -> dict[str, Any]:
    """The answer to an upgrade that went well. A member given as None is left out."""
    document = {
        "sourceSubscriptionId": SOURCE,
        "targetSubscriptionId": TARGET,
        "upgradeType": 1,
        "upgradeErrors": [],
        "licenseErrors": [],
    }
    return {key: value for key, value in {**document, **changes}.items() if value is not None}


def pascal(document: Any) -> Any:
    """The same document with every key in PascalCase."""
    return rekeyed(document, lambda key: key[:1].upper() + key[1:])


def rekeyed(document: Any, spell: Callable[[str], str]) -> Any:
    """The same document with every key spelt otherwise."""
    if isinstance(document, dict):
        return {spell(key): rekeyed(value, spell) for key, value in document.items()}
    return [rekeyed(item, spell) for item in document] if isinstance(document, list) else document


def jwt(**claims: Any) -> str:
    """A token that looks issued; nobody signed it."""
    parts = [{"alg": "none"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "signature"])
