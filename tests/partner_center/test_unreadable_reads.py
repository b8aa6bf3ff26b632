"""Over whole runs: once a read of a customer can't be understood, nothing is written for it; the others go on."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.documents.plan import fingerprint
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, E3
from reconciler.system.clock import Clock
from tests.applying.scenes import EVERYTHING, Scene
from tests.thoroughness import examples
from tests.worlds import new_tenant

SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda body: body[: len(body) // 2],
    "empty": lambda _: b"",
    "a web page": lambda _: b"<html></html>",
    "in another encoding": lambda body: body.decode("utf-8-sig").encode("utf-16"),
    "a list": lambda _: b"[]",
    "without items or ids": lambda body: body.replace(b'"items"', b'"things"').replace(b'"id"', b'"name"'),
    "with nonsense for numbers": lambda body: body.replace(b'"quantity":', b'"quantity":"many",  "old":'),
    "an error": lambda _: b'{"code":400072,"description":"Not available."}',
}


class Spoiling(httpx.BaseTransport):
    """Spoils every answer to a read about one customer, from the so-manieth on; keeps what was written afterwards."""

    def __init__(self, inner: httpx.BaseTransport, tenant: str, first: int, spoil: Callable[[bytes], bytes]) -> None:
        self._inner = inner
        self._tenant = tenant
        self._left = first
        self._spoil = spoil
        self.written_after: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if self._tenant not in request.url.path:
            return response
        if request.method != "GET":
            if self._left < 0:
                self.written_after.append(request)
            return response
        self._left -= 1
        if self._left >= 0:
            return response
        return httpx.Response(200, headers={"Date": response.headers["Date"]}, content=self._spoil(response.read()))


@settings(max_examples=examples(10), deadline=None)
@given(first=st.integers(0, 6), how=st.sampled_from(sorted(SPOILT)))
def test_nothing_is_written_after_an_unreadable_read_and_other_customers_go_on(first: int, how: str) -> None:
    with TemporaryDirectory() as folder:
        item = new_tenant("contoso", office=Sold(offer=BUSINESS, quantity=5), more=Sold(offer=BUSINESS, quantity=7))
        scene = Scene(Path(folder), item, new_tenant("fabrikam", office=Sold(offer=BUSINESS, quantity=3)))
        scene.want("contoso/office", offer=E3)
        scene.want("contoso/more", quantity=9)
        scene.want("fabrikam/office", offer=E3)
        service = Spoiling(httpx.WSGITransport(app=scene.counter), scene.tenant(), first, SPOILT[how])
        with PartnerCenter(
            base_url="https://sandbox.invalid",
            tokens=StaticToken(scene.token, kind="app+user"),
            transport=service,
            retries=Retries(attempts=2, sleep=scene.clock.sleep, clock=Clock(now=scene.clock.utc)),
        ) as commerce:
            workspace = scene.workspace_of(commerce, scene.store)
            planned = plan_estate(workspace, EVERYTHING)
            list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))
        assert service.written_after == []
        assert scene.tenant("fabrikam") in {entry.customer for entry in scene.ledger}
