"""Bodies of the real service, where a collection of them lies beside this checkout: none makes anything crash."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.model.errors import ServiceError
from tests.partner_center.recorded import CALLS, WRITES, outcome
from tests.partner_center.service import SOURCE, TENANT, Script, answer, client, page, subscription

_BESIDE = Path(__file__).parents[3] / "shared" / "reference" / "wire-samples"
SAMPLES = Path(os.environ.get("RECONCILER_WIRE_SAMPLES") or _BESIDE)

UNDERSTOOD = {
    "customers/list-*": "accounts",
    "customers/by-id-*": "relationship",
    "subscriptions/list-*": "subscriptions",
    "subscriptions/addons-*": "subscriptions",
    "upgrades/get-*": "upgrades",
    "offers/list-us-*": "offers",
    "offers/addons-*": "offers",
    "relationshiprequests/*": "relationship_link",
    "adjacent/auditrecords-*": "audit",
    "orders/audit-*": "audit",
    "orders/by-id*": "order",
    "orders/create-*": "order",
    "orders/list-*": "orders",
    "orders/patch-*": "order",
    "carts/checkout-*": "check_out",
    "carts/create-*": "create_cart",
    "carts/addons-legacy-*": "cart",
}
"""The call that each sample answers."""

CLEARLY_REFUSED = ("not JSON", "incomplete: it counts", "not an id")
"""The reasons to refuse such an answer all the same: it was spoilt by hand, or cut short, when it was printed."""


def responses(file: Path) -> Iterator[httpx.Response]:
    """The answer that a sample holds; none where it holds a request or a table."""
    told = json.loads(file.read_text("utf-8")).get("response")
    if isinstance(told, dict) and told.get("body") is not None:
        headers = {name: str(value) for name, value in (told.get("headers") or {}).items() if name.isascii()}
        kept = {name: value for name, value in headers.items() if name.lower() not in {"content-length", "location"}}
        body = told["body"] if isinstance(told["body"], str) else json.dumps(told["body"])
        yield httpx.Response(_status(told), headers=kept, content=body.encode())


def _status(told: dict[str, Any]) -> int:
    status = told.get("status")
    return status if isinstance(status, int) else 200


def every_sample() -> list[Path]:
    return sorted(SAMPLES.rglob("*.json"))


def name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no collection of samples lies beside this checkout")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("file", every_sample(), ids=name)
def test_whatever_call_a_sample_answers_it_is_understood_or_clearly_refused(file: Path, call: str) -> None:
    for response in responses(file):
        script = Script(response)
        found = outcome(lambda: CALLS[call](client(script)))  # noqa: B023 - called at once
        if isinstance(found, ServiceError):
            assert found.problems[0].what
            assert found.problems[0].remedy
            assert found.support is not None
        if call in WRITES and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
            assert len(script.requests) == 1


@pytest.mark.parametrize("file", every_sample(), ids=name)
def test_a_sample_is_understood_by_the_call_it_answers(file: Path) -> None:
    call = next((call for pattern, call in UNDERSTOOD.items() if file.match(pattern)), None)
    for response in responses(file) if call else ():
        found = outcome(lambda: CALLS[str(call)](client(Script(response, answer(page())))))  # noqa: B023 - at once
        if isinstance(found, ServiceError):
            assert any(words in str(found) for words in CLEARLY_REFUSED)


@pytest.mark.parametrize("file", every_sample(), ids=name)
def test_no_sample_for_one_customer_makes_another_fail(file: Path) -> None:
    other = SOURCE
    for response in responses(file):

        def reply(request: httpx.Request, spoilt: httpx.Response = response) -> httpx.Response:
            if other in request.url.path:
                return answer(page(subscription()))
            return httpx.Response(spoilt.status_code, headers=spoilt.headers, content=spoilt.content)

        commerce = client(httpx.MockTransport(reply))
        outcome(lambda: commerce.subscriptions(TENANT))  # noqa: B023 - called at once
        assert len(commerce.subscriptions(other).lives) == 1
