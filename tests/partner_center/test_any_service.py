"""A whole plan over a service gone mad for one customer: nothing is written, and the others are planned."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.plan import load
from reconciler.model.plan import Plan
from reconciler.operations.plan import plan_estate
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, E3
from reconciler.system.clock import Clock
from tests.applying.scenes import EVERYTHING, Scene
from tests.partner_center.mutations import DATES, RESTS, spoilt
from tests.rendering.shown import a_view, plan_json
from tests.thoroughness import examples
from tests.worlds import new_tenant

STATUSES = [*[200] * 12, 201, 202, 204, 301, 400, 403, 404, 408, 409, 410, 417, 429, 500, 501, 503]
BOUND = timedelta(seconds=20)
"""Far more than any plan takes here, and far less than one that is made for ever."""


class Mad(httpx.BaseTransport):
    """Answers about one customer with what is drawn at random from the right answer."""

    def __init__(self, inner: httpx.BaseTransport, tenant: str, random: Random) -> None:
        self._inner = inner
        self._tenant = tenant
        self._random = random

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if self._tenant not in request.url.path or self._random.random() < 0.3:
            return response
        if self._random.random() < 0.05:
            raise httpx.ReadError("reset", request=request)
        document = json.loads(response.read().decode("utf-8-sig"))
        headers = {"MS-RequestId": "x" * self._random.randint(0, 50), "Retry-After": self._random.choice(RESTS)}
        headers["Date"] = self._random.choice([response.headers["Date"], *DATES])
        return httpx.Response(
            self._random.choice(STATUSES), headers=headers, content=spoilt(document, self._random), request=request
        )


def an_estate(folder: Path) -> Scene:
    item = new_tenant("contoso", office=Sold(offer=BUSINESS, quantity=5), more=Sold(offer=BUSINESS, quantity=7))
    scene = Scene(folder, item, new_tenant("fabrikam", office=Sold(offer=BUSINESS, quantity=3)))
    scene.want("contoso/office", offer=E3)
    scene.want("contoso/more", quantity=9)
    scene.want("fabrikam/office", offer=E3)
    return scene


def planned(scene: Scene, make: Callable[[httpx.BaseTransport], httpx.BaseTransport]) -> Plan:
    with PartnerCenter(
        base_url="https://sandbox.invalid",
        tokens=StaticToken(scene.token, kind="app+user"),
        transport=make(httpx.WSGITransport(app=scene.counter)),
        retries=Retries(attempts=2, sleep=scene.clock.sleep, clock=Clock(now=scene.clock.utc)),
    ) as commerce:
        return plan_estate(scene.workspace_of(commerce, scene.store), EVERYTHING).plan


@settings(max_examples=examples(15), deadline=BOUND)
@given(seed=st.integers(0, 2**32))
def test_whatever_one_customers_answers_are_nothing_is_written_and_the_others_are_planned(seed: int) -> None:
    with TemporaryDirectory() as folder:
        scene = an_estate(Path(folder))
        plan = planned(scene, lambda inner: Mad(inner, scene.tenant(), Random(seed)))
        assert {request.method for request in scene.counter.requests} == {"GET"}
        assert "fabrikam/office" in {change.address for change in plan.changes}
        told = {change.address for change in plan.changes} | {item.address for item in plan.blocked}
        assert len({text for text in told if text.customer == "contoso"}) + plan.unchanged == 2
        assert load(plan_json(plan), "plan.json") == plan
        view = a_view(now=scene.clock.utc(), next_command=("apply",))
        assert all(render(plan, view) for render in FORMATS.values())
