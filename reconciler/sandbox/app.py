"""The WSGI application: headers, tokens, faults and repeated requests around the handlers of the endpoints."""

import base64
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qsl
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIEnvironment

from reconciler.sandbox.accidents import instead, mangled
from reconciler.sandbox.endpoints import ROUTES
from reconciler.sandbox.faults import AFTER, BEFORE, WRITES, Fault, FaultKind, striking
from reconciler.sandbox.gateway import Gateway
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Refused, Request, invalid
from reconciler.sandbox.records import Answered
from reconciler.sandbox.rehearsal import Rehearsal
from reconciler.sandbox.routes import Handler
from reconciler.sandbox.spelling import with_integers, with_offer_names, with_words
from reconciler.sandbox.store import Store
from reconciler.sandbox.tenants import is_guid
from reconciler.sandbox.tokens import TokenRefused, caller
from reconciler.sandbox.world import World

_BOM = "\ufeff"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*")


class Application:
    """The emulator as a WSGI application over one world, whose clock may be ahead of the one given.

    Tokens are the directory's, which knows nothing of a clock that was moved: they end by the one given.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        pause: Callable[[float], object] = time.sleep,
        rehearsal: Rehearsal | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause = pause
        self._rehearsal = rehearsal
        self._gateway = Gateway()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request. Raises ConnectionResetError where a fault breaks the connection."""
        with self._store.opened() as world:
            here = self._clock().astimezone(UTC)
            call = _Call.of(environ, here, here + world.ahead)
            rehearsal = self._rehearsal or Rehearsal(behaviour=world.behaviour, faults=world.faults)
            turned_away = self._gateway.turned_away(rehearsal.behaviour, call.path, call.now)
            answer = turned_away or call.answer(world, rehearsal)
            delay = rehearsal.behaviour.latency + answer.delay
        if delay:
            self._pause(delay)
        body = answer.text.encode()
        headers = {**call.headers_of(answer), "Content-Length": str(len(body))}
        given = [(name, value) for name, value in headers.items() if value]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", given)
        return [body]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Call:
    """One HTTP request before anything is known of who makes it."""

    here: datetime
    now: datetime
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    request_id: str
    correlation_id: str

    @classmethod
    def of(cls, environ: WSGIEnvironment, here: datetime, now: datetime) -> Self:
        headers = _headers(environ)
        return cls(
            here=here,
            now=now,
            method=environ["REQUEST_METHOD"].upper(),
            path=environ.get("PATH_INFO", ""),
            query={key.lower(): value for key, value in parse_qsl(environ.get("QUERY_STRING", ""))},
            headers=headers,
            body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
            request_id=headers.get("ms-requestid") or str(uuid4()),
            correlation_id=headers.get("ms-correlationid") or str(uuid4()),
        )

    def answer(self, world: World, rehearsal: Rehearsal) -> Answer:
        """The answer, its text ready to be sent."""

        def strike(*kinds: FaultKind) -> Fault | None:
            fault = striking(rehearsal.faults, kinds, self.method, self.path)
            if fault is not None and rehearsal.faults is world.faults:
                world.touch()
            return fault

        if fault := strike(*BEFORE):
            return instead(fault, rehearsal.behaviour, self.now)
        spelt = _spelt(self._decided(world, rehearsal), strike, rehearsal.behaviour.offer_names)
        fault = strike(*AFTER)
        return mangled(fault, spelt) if fault else spelt

    def headers_of(self, answer: Answer) -> dict[str, str]:
        """The headers: all answers but the gateway's carry the tracing ids."""
        found = {"Date": format_datetime(self.now, usegmt=True), **answer.headers}
        if answer.text:
            found.setdefault("Content-Type", "application/json; charset=utf-8")
        if not answer.gateway:
            found["MS-RequestId"] = self.request_id
            found["MS-CorrelationId"] = self.correlation_id
            found["MS-CV"] = self.headers.get("ms-cv") or base64.b64encode(uuid4().bytes[:12]).decode() + ".0"
            found["MS-ServerId"] = "101030521"
            found["Request-Context"] = "appId=cid-v1:sandbox"
        return found

    def _decided(self, world: World, rehearsal: Rehearsal) -> Answer:
        try:
            speaker = caller(self.headers.get("authorization", ""), self.here, rehearsal.behaviour)
        except TokenRefused as refused:
            return _unauthorized(refused)
        request = Request(
            world=world,
            rehearsal=rehearsal,
            now=self.now,
            method=self.method,
            path=self.path,
            query=self.query,
            headers=self.headers,
            body=self.body,
            caller=speaker,
            request_id=self.request_id,
            correlation_id=self.correlation_id,
        )
        try:
            self._check_headers()
        except Refused as refused:
            return refused.answer
        return self._once(request) if self.method in WRITES else _handled(request)

    def _check_headers(self) -> None:
        for name in ("ms-requestid", "ms-correlationid"):
            if name in self.headers and not is_guid(self.headers[name]):
                raise invalid(f"The header {name} must be a GUID.")
        if _LOCALE.fullmatch(self.headers.get("x-locale", "en-US")) is None:
            raise invalid("The header x-locale must be a language tag such as en-US.")

    def _once(self, request: Request) -> Answer:
        """The answer to a write; a repeated MS-RequestId gets the first answer again, and nothing is done twice."""
        world = request.world
        key = f"{request.request_id.lower()} {request.method} {request.path.lower()}"
        if not request.behaviour.idempotent:
            return _handled(request)
        if (kept := world.answered.get(key)) and not _forgotten(kept, request):
            return Answer(status=kept.status, headers=kept.headers, document=kept.document)
        answer = _handled(request)
        kept = Answered(status=answer.status, headers=dict(answer.headers), document=answer.document, at=request.now)
        world.remember(key, kept)
        return answer


def _spelt(answer: Answer, strike: Callable[..., Fault | None], offer_names: Mapping[str, str]) -> Answer:
    """The answer with its document as text, in the spelling that the armed habits want, with the offers' new names."""
    if answer.document is None:
        return answer
    document = with_offer_names(answer.document, offer_names) if offer_names else answer.document
    if strike(FaultKind.WORD_CODES):
        document = with_words(document)
    if strike(FaultKind.INTEGER_TYPES):
        document = with_integers(document)
    if _lists(document) and strike(FaultKind.INCOMPLETE_ITEM):
        *items, last = document["items"]
        incomplete = {member: value for member, value in last.items() if member != "quantity"}
        document = {**document, "items": [*items, incomplete]}
    plain = answer.status >= HTTPStatus.BAD_REQUEST or not answer.bom or strike(FaultKind.NO_BOM) is not None
    text = json.dumps(document, ensure_ascii=False, separators=(",\u200b" if answer.spoilt else ",", ":"))
    return replace(answer, text=text if plain else _BOM + text)


def _forgotten(kept: Answered, request: Request) -> bool:
    """Returns whether the service has forgotten an answer by now."""
    seconds = request.behaviour.remembered_for
    return kept.at is not None and seconds > 0 and request.now - kept.at >= timedelta(seconds=seconds)


def _lists(document: Any) -> bool:
    return isinstance(document, dict) and bool(document.get("items"))


def _unauthorized(refused: TokenRefused) -> Answer:
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    if not refused.code:
        return Answer(status=HTTPStatus.UNAUTHORIZED, headers=headers)
    return replace(Refused(HTTPStatus.UNAUTHORIZED, refused.code, refused.description).answer, headers=headers)


def _handled(request: Request) -> Answer:
    try:
        handler, parts = _route(request)
        return handler(request, **parts)
    except Refused as refused:
        return refused.answer


def _route(request: Request) -> tuple[Handler, dict[str, str]]:
    fitting = [(route, parts) for route in ROUTES if (parts := route.parts_of(request.path)) is not None]
    for route, parts in fitting:
        if route.method == request.method:
            return route.handler, parts
    if fitting:
        raise Refused(405, "405", f"The method {request.method} is not supported here.")
    raise NO_RESOURCE


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    found = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    return found | {"content-type": environ.get("CONTENT_TYPE", "")}
