"""A directory that issues tokens over HTTPS on this machine, as strict as the real one about proofs of identity."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from reconciler.partner_center.auth.choice import Choice

TENANT = "5f1d2f6a-52a1-4c0e-8d0c-0f6f2f3c0001"
CLIENT = "0d9b8a77-6e5d-4c3b-9a29-1817f6e50002"
USER = "3c2b1a09-8f7e-4d6c-b5a4-93827160f003"
AUDIENCE = "https://api.partnercenter.microsoft.com"
SECRET = "s3cret~That.Nobody-May_See"
REFRESH = "0.AXoA-first-refresh-token-That-Nobody-May-See"
PIPELINE = "pipeline-bearer-That-Nobody-May-See"
SUBJECT = "repo:example/estate:environment:production"
EXCHANGE = "api://AzureADTokenExchange"
DEVICE_CODE = "device-code-That-Nobody-May-See"
USER_CODE = "ABCD-1234"

SignIns = Callable[..., Choice]
"""Makes what a sign-in is chosen from, of variables."""

ISSUER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Refused(Exception):
    """The directory says no, with this number."""

    def __init__(self, number: int, error: str = "invalid_grant") -> None:
        super().__init__(str(number))
        self.number = number
        self.error = error


@dataclass
class Directory:
    """Its accounts, the requests to it, and the tokens that it gave out. Change it to change its answers."""

    secret: str = SECRET
    certificates: list[x509.Certificate] = field(default_factory=list)
    refresh_tokens: list[str] = field(default_factory=lambda: [REFRESH])
    public: bool = True
    subject: str = SUBJECT
    lifetime: int = 3600
    mfa: bool = True
    pending: int = 1
    refusal: Refused | None = None
    before_grant: Callable[[], Refused | None] = lambda: None
    unwell: list[int] = field(default_factory=list)
    status: int | None = None
    body: bytes | None = None
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    @property
    def grants(self) -> list[dict[str, str]]:
        """The forms that the token endpoint got."""
        return [form for path, form in self.asked if path.endswith("/token")]

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)

    # ---- the protocol

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: str) -> tuple[int, bytes]:
        path = urlsplit(target).path
        form = {key: values[0] for key, values in parse_qs(body or urlsplit(target).query).items()}
        with self._lock:
            self.asked.append((path, form))
        if self.unwell and not path.endswith("openid-configuration"):
            return self.unwell.pop(0), b"<html>Not now</html>"
        if self.status is not None and not path.endswith("openid-configuration"):
            return self.status, self.body or b"{}"
        try:
            return 200, json.dumps(self._routed(method, path, form, headers)).encode()
        except Refused as no:
            return 400, json.dumps(_refusal(no)).encode()

    def _routed(self, method: str, path: str, form: dict[str, str], headers: Mapping[str, str]) -> dict[str, Any]:
        query = f"{method} {path}"
        if query == "GET /pipeline/github":
            return {"value": self.pipeline_token(headers, form["audience"])}
        if query == "POST /pipeline/azure":
            return {"oidcToken": self.pipeline_token(headers, EXCHANGE)}
        if path.split("/")[1] != TENANT:
            raise Refused(90002, "invalid_tenant")
        if path.endswith("/v2.0/.well-known/openid-configuration"):
            return self._discovery()
        if path.endswith("/devicecode"):
            return self._device(form)
        return self._token(form)

    def _discovery(self) -> dict[str, str]:
        base = f"{self.url}/{TENANT}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        }

    def _device(self, form: dict[str, str]) -> dict[str, Any]:
        self._check_client(form)
        if self.refusal is not None:
            raise self.refusal
        return {
            "device_code": DEVICE_CODE,
            "user_code": USER_CODE,
            "verification_uri": "https://login.example/device",
            "expires_in": 900,
            "interval": 0,
        }

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        if self.refusal is not None and form["grant_type"] != "refresh_token":
            raise self.refusal
        self._check_client(form)
        match form["grant_type"]:
            case "client_credentials":
                self._check_proof(form)
                self._check_scope(form, "/.default")
                return self._granted(user=False)
            case "refresh_token":
                return self._refreshed(form)
            case grant:
                assert grant == _DEVICE_GRANT
                return self._entered(form)

    def _refreshed(self, form: dict[str, str]) -> dict[str, Any]:
        if form.get("client_secret") or form.get("client_assertion") or not self.public:
            self._check_proof(form)
        refusal = self.before_grant() or self.refusal
        if refusal is not None:
            raise refusal
        if form["refresh_token"] not in self.refresh_tokens:
            raise Refused(50173)
        self._check_scope(form, "/user_impersonation")
        return self._granted(user=True)

    def _entered(self, form: dict[str, str]) -> dict[str, Any]:
        assert form["device_code"] == DEVICE_CODE
        if self.pending:
            self.pending -= 1
            raise Refused(70016, "authorization_pending")
        return self._granted(user=True)

    # ---- what it insists on

    def _check_client(self, form: dict[str, str]) -> None:
        if form.get("client_id") != CLIENT:
            raise Refused(700016, "unauthorized_client")

    def _check_scope(self, form: dict[str, str], end: str) -> None:
        if f"{AUDIENCE}{end}" not in form["scope"].split():
            raise Refused(70011, "invalid_scope")

    def _check_proof(self, form: dict[str, str]) -> None:
        if "client_secret" in form:
            if form["client_secret"] != self.secret:
                raise Refused(7000215, "invalid_client")
            return
        if "client_assertion" not in form:
            raise Refused(7000218, "invalid_client")
        assert form["client_assertion_type"] == _JWT_BEARER
        self._check_assertion(form["client_assertion"])

    def _check_assertion(self, assertion: str) -> None:
        thumbprint = jwt.get_unverified_header(assertion).get("x5t#S256")
        if thumbprint is None:
            self._check_federated(assertion)
            return
        known = {_thumbprint(certificate): certificate for certificate in self.certificates}
        thumbprint = thumbprint.rstrip("=")
        if thumbprint not in known:
            raise Refused(700027, "invalid_client")
        endpoint = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        key = known[thumbprint].public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        claims = jwt.decode(assertion, key, algorithms=["PS256"], audience=endpoint, issuer=CLIENT)
        assert claims["sub"] == CLIENT

    def _check_federated(self, assertion: str) -> None:
        claims = jwt.decode(assertion, ISSUER_KEY.public_key(), algorithms=["RS256"], options={"verify_aud": False})
        if claims["sub"] != self.subject:
            raise Refused(700213, "invalid_client")
        if claims["aud"] != EXCHANGE:
            raise Refused(700212, "invalid_client")

    def pipeline_token(self, headers: Mapping[str, str], audience: str) -> str:
        if headers.get("Authorization") != f"Bearer {PIPELINE}":
            raise Refused(0)
        return federated_token(aud=audience)

    # ---- what it gives

    def _granted(self, *, user: bool) -> dict[str, Any]:
        number = next(self._numbers)
        token = access_token(user=user, mfa=self.mfa, seconds=self.lifetime, number=number)
        self.issued.append(token)
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": self.lifetime, "access_token": token}
        if user:
            successor = f"0.AXoA-refresh-token-{number}-That-Nobody-May-See"
            self.refresh_tokens.append(successor)
            uid = {"uid": USER, "utid": TENANT}
            answer |= {"refresh_token": successor, "client_info": _encoded(uid), "id_token": _id_token()}
            answer["scope"] = f"{AUDIENCE}/user_impersonation"
        return answer


def access_token(*, user: bool, mfa: bool = True, seconds: int = 3600, number: int = 1) -> str:
    """A token for Partner Center's API; nobody but the service looks at its signature."""
    ends = int((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp())
    claims: dict[str, Any] = {"aud": AUDIENCE, "tid": TENANT, "appid": CLIENT, "exp": ends, "jti": str(number)}
    if user:
        claims |= {"scp": "user_impersonation", "oid": USER, "amr": ["pwd", "mfa"] if mfa else ["pwd"]}
    return jwt.encode(claims, "of nobody's concern, but thirty-two bytes long", algorithm="HS256")


def federated_token(**changes: str) -> str:
    """Returns what a platform says of a job of its own."""
    claims = {"iss": "https://pipelines.example", "sub": SUBJECT, "aud": EXCHANGE, **changes}
    return jwt.encode(claims, ISSUER_KEY, algorithm="RS256")


def _id_token() -> str:
    now = int(datetime.now(UTC).timestamp())
    claims = {"aud": CLIENT, "sub": USER, "oid": USER, "tid": TENANT, "iat": now, "exp": now + 3600, "iss": "x"}
    return jwt.encode(claims, "of nobody's concern, but thirty-two bytes long", algorithm="HS256")


def _encoded(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _thumbprint(certificate: x509.Certificate) -> str:
    return base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).decode().rstrip("=")


def _refusal(no: Refused) -> dict[str, Any]:
    return {
        "error": no.error,
        "error_description": f"AADSTS{no.number}: In words that change. Trace ID: 7\r\nCorrelation ID: 8",
        "error_codes": [no.number],
        "timestamp": "2026-11-21 10:00:00Z",
        "trace_id": "6b3f0e9e-0000-4000-8000-000000000007",
        "correlation_id": "6b3f0e9e-0000-4000-8000-000000000008",
    }


# ---- certificates of an application


@dataclass(frozen=True)
class KeyPair:
    """An application's private key and certificate, and the files they come in."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def pem(self, password: bytes | None = None) -> bytes:
        hidden = BestAvailableEncryption(password) if password else NoEncryption()
        private = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
        return self.certificate.public_bytes(Encoding.PEM) + private

    def pfx(self, password: bytes | None = None) -> bytes:
        hidden = BestAvailableEncryption(password) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"app", self.key, self.certificate, None, hidden)


def key_pair() -> KeyPair:
    """A fresh one, signed by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an application of the tests")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return KeyPair(key, certificate)


# ---- the server


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _answer(self, body: str) -> None:
        status, content = self.server.directory.answer(self.command, self.path, dict(self.headers), body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the library calls it
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, directory: Directory, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.directory = directory

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or trusts us not, is its own affair."""


@contextmanager
def serving(directory: Directory, authority: trustme.CA) -> Iterator[Directory]:
    """The directory over HTTPS, with a certificate of this authority for `localhost`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server = _Server(directory, context)
    directory.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield directory
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


def write(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)
