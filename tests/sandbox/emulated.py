"""A world in a file, the emulator over it in this process, and requests to it that read like sentences."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from reconciler.sandbox import Behaviour, Fault, Rehearsal, Sold, Tenant, World, application
from reconciler.sandbox.catalogue import E1
from reconciler.sandbox.jobs import begin
from tests.worlds import WorldFile, new_world

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
USER = "a-token-of-a-user"
APP = "an-app-only-token"


@dataclass(frozen=True)
class Reply:
    status: int
    body: Any
    headers: httpx.Headers
    content: bytes

    @property
    def code(self) -> tuple[int, str]:
        """The status and the service's own code of a refusal."""
        return self.status, self.body["code"]


class Emulated(WorldFile):
    """One customer, contoso, with the subscriptions given; `world` reads what the file holds now."""

    def __init__(self, path: Path, world: World, rehearsal: Rehearsal | None = None) -> None:
        super().__init__(path)
        self.now = NOON
        self.paused: list[float] = []
        begin(world, NOON)
        world.save(path)
        transport = httpx.WSGITransport(app=application(path, lambda: self.now, self.paused.append, rehearsal))
        self._http = httpx.Client(transport=transport, base_url="https://sandbox.invalid")

    @property
    def tenant(self) -> Tenant:
        return self.world.customers[0]

    @property
    def first(self) -> Sold:
        return self.tenant.subscriptions[0]

    @property
    def here(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def send(
        self, method: str, path: str, body: Any = None, *, token: str = USER, headers: Mapping[str, str] | None = None
    ) -> Reply:
        content = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        typed = {} if body is None else {"Content-Type": "application/json"}
        sent = {"Authorization": f"Bearer {token}", **typed, **(headers or {})}
        response = self._http.request(method, f"/v1{path}", content=content, headers=sent)
        try:
            found = json.loads(response.content.decode("utf-8-sig"))
        except ValueError:
            found = None
        return Reply(response.status_code, found, response.headers, response.content)

    def get(self, path: str = "", **how: Any) -> Reply:
        return self.send("GET", f"/customers/{self.tenant.tenant}/subscriptions{path}", **how)

    def upgrades(self, **how: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(f"/{self.first.id}/upgrades", **how).body["items"]
        return items

    def upgrade(self, target: str, kind: Any = "upgrade_only", *, request_id: str = "", **how: Any) -> Reply:
        """Buys the target for the first subscription."""
        body = {"targetOffer": {"id": target}, "upgradeType": kind}
        return self.post(body, request_id=request_id, **how)

    def post(self, body: Any, *, request_id: str = "", **how: Any) -> Reply:
        path = f"/customers/{self.tenant.tenant}/subscriptions/{self.first.id}/upgrades"
        return self.send("POST", path, body, headers={"MS-RequestId": request_id or str(uuid4())}, **how)

    def patch(self, *, request_id: str = "", without: tuple[str, ...] = (), **changed: Any) -> Reply:
        """Reads the first subscription, changes members, and sends the whole back."""
        url = f"/{self.first.id}"
        body = self.get(url).body | changed
        full = {key: value for key, value in body.items() if key not in without}
        path = f"/customers/{self.tenant.tenant}/subscriptions{url}"
        return self.send("PATCH", path, full, headers={"MS-RequestId": request_id or str(uuid4())})


def emulated(
    path: Path,
    *subscriptions: Sold,
    behaviour: Behaviour | None = None,
    faults: tuple[Fault, ...] = (),
    rehearsal: Rehearsal | None = None,
    **tenant: Any,
) -> Emulated:
    """Contoso with these subscriptions (an E1 of 25 where none is given)."""
    sold = list(subscriptions) or [Sold(offer=E1, quantity=25)]
    world = new_world(Tenant(name="contoso", subscriptions=sold, **tenant), behaviour=behaviour, faults=faults)
    return Emulated(path / "world.json", world, rehearsal)


def jwt(**claims: object) -> str:
    """A token with these claims; nobody looks at its signature."""
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{middle}.c2ln"


def codes(items: list[dict[str, Any]], kind: str = "upgrade_only") -> dict[str, set[int]]:
    """The error codes of each target, by its offer id, for one way to upgrade."""
    return {
        item["targetOffer"]["id"]: {error["code"] for error in item["upgradeErrors"]}
        for item in items
        if item["upgradeType"] == kind
    }
