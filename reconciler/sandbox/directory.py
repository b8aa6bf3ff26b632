"""The directory that issues tokens, as far as a sign-in can be rehearsed: discovery, token and device endpoints.

It knows no application and no certificate, so whatever is well formed is accepted and no signature is checked, but for
words in a secret or a refresh token that ask for a refusal: `wrong`, `expired`, `revoked`. A refresh token with `mfa`
in it speaks for a user with a second factor. A person's device code counts as entered at once.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.tenants import derived_id, is_guid
from reconciler.sandbox.tokens import AUDIENCES, EXCHANGES, claims_of, header_of, jwt, packed

LIFETIME = 3600
"""Lifetime of a token, in seconds."""

_PATH = re.compile(r"/([^/]+)/(v2\.0/\.well-known/openid-configuration|\.well-known/openid-configuration|oauth2/.+)")
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _No(Exception):
    """The directory refuses: its number, and OAuth's word for it."""

    def __init__(self, number: int, word: str) -> None:
        super().__init__(number)
        self.number = number
        self.word = word


@dataclass(frozen=True)
class Directory:
    """A WSGI application in front of another one, which gets what is not the directory's.

    Tokens of both versions of the endpoint are for the audience that `behaviour`'s cloud asks for; in the sandbox, for
    any.
    """

    beyond: WSGIApplication
    behaviour: Behaviour
    clock: Callable[[], datetime]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        found = _PATH.fullmatch(environ.get("PATH_INFO", ""))
        if found is None:
            return self.beyond(environ, start_response)
        tenant, rest = found.groups()
        try:
            status, document = HTTPStatus.OK, self._routed(environ, tenant, rest)
        except _No as no:
            status, document = HTTPStatus.BAD_REQUEST, _refusal(no, self.clock())
        body = json.dumps(document).encode()
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _routed(self, environ: WSGIEnvironment, tenant: str, rest: str) -> dict[str, Any]:
        if not is_guid(tenant) and "." not in tenant:
            raise _No(90002, "invalid_tenant")
        base = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}/{tenant}"
        match environ["REQUEST_METHOD"], rest:
            case "GET", "v2.0/.well-known/openid-configuration":
                return _discovery(f"{base}/v2.0", f"{base}/oauth2/v2.0")
            case "GET", ".well-known/openid-configuration":
                return _discovery(f"{base}/", f"{base}/oauth2")
            case "POST", "oauth2/v2.0/devicecode" | "oauth2/devicecode":
                return _invitation(_form(environ), base)
            case "POST", "oauth2/v2.0/token" | "oauth2/token":
                return self._token(_form(environ), tenant)
            case _:
                raise _No(900144, "invalid_request")

    def _token(self, form: Mapping[str, str], tenant: str) -> dict[str, Any]:
        _check_application(form)
        grant = form.get("grant_type")
        proven = self._check_proof(form)
        if grant == "client_credentials":
            if not proven:
                raise _No(7000216, "invalid_client")
            return self._granted(form, tenant, {})
        if grant == "refresh_token":
            token = form.get("refresh_token", "")
            _check_words(token, {"revoked": 50173, "expired": 700082, "wrong": 9002313}, "invalid_grant")
            return self._granted(form, tenant, _user("mfa" in token), successor=_successor(token))
        if grant == _DEVICE_GRANT and (invited := claims_of(form.get("device_code", ""))):
            return self._granted({**form, **invited}, tenant, _user(True), successor="device-mfa.1")
        raise _No(70003, "unsupported_grant_type")

    def _check_proof(self, form: Mapping[str, str]) -> bool:
        if "client_secret" in form:
            _check_words(form["client_secret"], {"expired": 7000222, "wrong": 7000215}, "invalid_client")
            return bool(form["client_secret"])
        if "client_assertion" not in form:
            return False
        assertion = form["client_assertion"]
        claims, header = claims_of(assertion), header_of(assertion)
        if claims is None or header is None or form.get("client_assertion_type") != _ASSERTION:
            raise _No(50027, "invalid_client")
        ends = claims.get("exp")
        if not isinstance(ends, int | float) or ends <= self.clock().timestamp():
            raise _No(700024, "invalid_client")
        if not {"x5t", "x5t#S256"} & set(header) and claims.get("aud") != EXCHANGES[self.behaviour.cloud]:
            raise _No(700212, "invalid_client")
        return True

    def _granted(
        self, form: Mapping[str, str], tenant: str, user: Mapping[str, Any], successor: str = ""
    ) -> dict[str, Any]:
        audience = self._audience(form, alone=not user)
        now = int(self.clock().timestamp())
        about = {"aud": audience, "tid": tenant, "appid": form["client_id"], "iat": now, "exp": now + LIFETIME}
        answer = {"token_type": "Bearer", "expires_in": LIFETIME, "access_token": jwt(**about, **user, ver="1.0")}
        if user:
            about |= {
                "aud": form["client_id"],
                "sub": user["oid"],
                "oid": user["oid"],
                "iss": "https://sandbox.invalid",
            }
            answer |= {
                "refresh_token": successor,
                "scope": f"{audience}/user_impersonation",
                "client_info": packed({"uid": user["oid"], "utid": tenant}),
                "id_token": jwt(**about),
            }
        return answer

    def _audience(self, form: Mapping[str, str], *, alone: bool) -> str:
        """For whom a token is asked: by `resource` in the first version, by a scope of it in the second."""
        scopes = [word for word in form.get("scope", "").split() if "://" in word]
        resource = form.get("resource") or next(iter(scopes), "")
        audience = resource.removesuffix("/.default").removesuffix("/user_impersonation")
        if alone and "resource" not in form and not resource.endswith("/.default"):
            raise _No(1002012, "invalid_scope")
        wanted = AUDIENCES.get(self.behaviour.cloud)
        if not audience or (wanted and audience.rstrip("/") != wanted):
            raise _No(500011, "invalid_resource")
        return audience


def _check_application(form: Mapping[str, str]) -> None:
    if not is_guid(form.get("client_id", "")):
        raise _No(700016, "unauthorized_client")


def _check_words(text: str, words: Mapping[str, int], refusal: str) -> None:
    number = next((number for word, number in words.items() if word in text), 0)
    if number or not text:
        raise _No(number or 900144, refusal if number else "invalid_request")


def _user(mfa: bool) -> dict[str, Any]:
    user = derived_id("user")
    return {"scp": "user_impersonation", "oid": user, "upn": "admin@reseller.example", "amr": ["pwd", "mfa"][: 1 + mfa]}


def _successor(token: str) -> str:
    """The same token with the next number, so that the words in it count for its successors too."""
    before, _, number = token.rpartition(".")
    return f"{before}.{int(number) + 1}" if before and number.isdecimal() else f"{token}.1"


def _discovery(issuer: str, endpoints: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{endpoints}/authorize",
        "token_endpoint": f"{endpoints}/token",
        "device_authorization_endpoint": f"{endpoints}/devicecode",
    }


def _invitation(form: Mapping[str, str], base: str) -> dict[str, Any]:
    _check_application(form)
    wanted = {name: form[name] for name in ("scope", "resource") if name in form}
    code = {"device_code": jwt(**wanted), "user_code": "SANDBOX42", "verification_uri": f"{base}/entered-by-itself"}
    return code | {"expires_in": 900, "interval": 1, "message": "Nothing is to be entered here."}


def _form(environ: WSGIEnvironment) -> dict[str, str]:
    return dict(
        parse_qsl(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("utf-8", "replace"))
    )


def _refusal(no: _No, now: datetime) -> dict[str, Any]:
    ids = {"trace_id": str(uuid4()), "correlation_id": str(uuid4())}
    return {
        "error": no.word,
        "error_description": f"AADSTS{no.number}: Refused by the sandbox's directory.",
        "error_codes": [no.number],
        "timestamp": f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}",
        **ids,
    }
