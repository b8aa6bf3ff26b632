"""A request as the handlers see it, and what they answer with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.sandbox import jobs
from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.faults import Fault, FaultKind, striking
from reconciler.sandbox.rehearsal import Rehearsal
from reconciler.sandbox.tenants import Tenant, is_guid
from reconciler.sandbox.tokens import Caller
from reconciler.sandbox.world import World


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request to one world. `request_id` and `correlation_id` are the caller's, or made up for it."""

    world: World
    rehearsal: Rehearsal
    now: datetime
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller
    request_id: str
    correlation_id: str

    @property
    def behaviour(self) -> Behaviour:
        """Behaviour of the service."""
        return self.rehearsal.behaviour

    @property
    def period(self) -> int:
        """Number of the availabilities that the catalogue has now."""
        return self.world.period(self.now, self.behaviour)

    @property
    def locale(self) -> str:
        """The language asked for."""
        return self.headers.get("x-locale") or "en-US"

    def habit(self, kind: FaultKind) -> Fault | None:
        """The habit of this kind that hits the request, if any."""
        fault = striking(self.rehearsal.faults, (kind,), self.method, self.path)
        if fault is not None:
            self.world.touch()
        return fault

    def document(self) -> dict[str, Any]:
        """The body as JSON, its keys in lower case at every depth. Raises Refused where it is no JSON object."""
        if self.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise invalid("The content type must be application/json.")
        try:
            found = json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise invalid("The body is not JSON.") from None
        if not isinstance(found, dict):
            raise invalid("The body must be a JSON object.")
        return {key.lower(): _lower_keys(value) for key, value in found.items()}

    def customer(self, tenant: str) -> Tenant:
        """The customer whose subscriptions are open to us, as it is now. Raises Refused (403/20002) for any other."""
        found = self.related(tenant)
        if found.relationship != "reseller":
            raise NO_RELATIONSHIP
        jobs.run(self.world, (found,), self.now, self.behaviour)
        return found

    def related(self, tenant: str) -> Tenant:
        """The customer that has any relationship to us. Raises Refused: 403/20002 for any other, 400/2000 for no id."""
        found = self.world.customer(tenant)
        if found is None or found.tenant != tenant.lower() or found.relationship == "none":
            raise NO_RELATIONSHIP if is_guid(tenant) else Refused(400, "2000", "The tenant id must be a GUID.")
        return found

    def require_user(self) -> None:
        """Raises Refused (403/900329) where no user speaks."""
        if not self.caller.user:
            raise Refused(403, "900329", NO_USER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer, `delay` real seconds late. `document` becomes `text`, the body, before it is sent.

    The gateway's answers carry no ids. An empty header is left out. `bom` is False where the service that answers
    writes no byte order mark, `spoilt` is True where its text has zero-width spaces between the members.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    document: Any = None
    text: str = ""
    gateway: bool = False
    bom: bool = True
    spoilt: bool = False
    delay: float = 0


class Refused(Exception):
    """The service says no: status, code and description, in the service's own error document."""

    def __init__(self, status: int, code: str, description: str, *data: str) -> None:
        super().__init__(description)
        self.answer = Answer(
            status=status,
            document={"code": code, "description": description, "data": list(data), "source": "PartnerSandbox"},
        )


NO_USER = "This resource can't be reached by an application alone; sign in as a user."
NO_RESOURCE = Refused(404, "1000", "There is no such resource.")
NO_RELATIONSHIP = Refused(403, "20002", "The partner has no commerce relationship with this account.")


def invalid(description: str) -> Refused:
    """400/800002: the request is malformed."""
    return Refused(400, "800002", description)


def collection(items: list[dict[str, Any]], uri: str = "") -> dict[str, Any]:
    """Items in the service's envelope; with a link to itself where the service has one."""
    links = {"links": {"self": {"uri": uri, "method": "GET", "headers": []}}} if uri else {}
    return {"totalCount": len(items), "items": items, **links, "attributes": {"objectType": "Collection"}}


def _lower_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lower_keys(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_lower_keys(item) for item in value]
    return value
