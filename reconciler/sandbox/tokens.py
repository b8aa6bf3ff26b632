"""Bearer tokens, as far as the emulator looks into them: who speaks, an application alone or a user through one.

A token of three dot-separated parts is read as a JWT, without checking its signature: with the claim `scp` a user
speaks, without it an application alone; past its `exp` it is refused. Any other text is an application alone where it
contains "app-only", else a user, with a second factor where it contains "mfa"; it is good for every cloud.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.sandbox.behaviour import Behaviour, Cloud
from reconciler.sandbox.tenants import derived_id

_DOTS = 2
"""In a JWT: between its header, its claims and its signature."""

_WORLDWIDE = "https://api.partnercenter.microsoft.com"
AUDIENCES = {
    Cloud.WORLDWIDE: _WORLDWIDE,
    Cloud.US_GOVERNMENT: _WORLDWIDE,
    Cloud.CHINA: "https://partner.partnercenterapi.microsoftonline.cn",
}
"""Audience of a token, in the clouds that check it."""

EXCHANGES = {
    Cloud.SANDBOX: "api://AzureADTokenExchange",
    Cloud.WORLDWIDE: "api://AzureADTokenExchange",
    Cloud.US_GOVERNMENT: "api://AzureADTokenExchangeUSGov",
    Cloud.CHINA: "api://AzureADTokenExchangeChina",
}
"""Audience of a pipeline's token that proves an application."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Maker of a request: an application (by its id), and the user who speaks through it, if any."""

    application: str
    user: str = ""


class TokenRefused(Exception):
    """401. Without a code the body is empty."""

    def __init__(self, code: str = "", description: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def caller(authorization: str, now: datetime, behaviour: Behaviour) -> Caller:
    """Returns the caller of an Authorization header. Raises TokenRefused: missing, expired or insufficient."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused
    opaque = token.count(".") != _DOTS
    claims = _of_opaque(token) if opaque else claims_of(token)
    if claims is None or _expired(claims, now):
        raise TokenRefused
    audience = AUDIENCES.get(behaviour.cloud)
    if audience and not opaque and str(claims.get("aud", "")).rstrip("/") != audience:
        raise TokenRefused("900420", f"The token's audience is not {audience}.")
    if behaviour.require_mfa and "scp" in claims and "mfa" not in _list(claims.get("amr")):
        raise TokenRefused("900421", "The user must sign in with a second factor.")
    return Caller(application=_text(claims, "appid", "azp") or derived_id("application"), user=_user(claims))


def _user(claims: dict[str, Any]) -> str:
    return (_text(claims, "upn", "unique_name") or "admin@reseller.example") if "scp" in claims else ""


def _of_opaque(token: str) -> dict[str, Any]:
    kind = {} if "app-only" in token else {"scp": "user_impersonation"}
    return {"amr": ["mfa"] if "mfa" in token else [], **kind}


def jwt(**claims: Any) -> str:
    """A token with these claims, for the emulator itself: its signature is none."""
    return f"{packed({'alg': 'none', 'typ': 'JWT'})}.{packed(claims)}.c2FuZGJveA"


def header_of(token: str) -> dict[str, Any] | None:
    """The header of a JWT; None for any other text."""
    return _unpacked(token.split(".", maxsplit=1)[0]) if token.count(".") == _DOTS else None


def claims_of(token: str) -> dict[str, Any] | None:
    """The claims of a JWT; None for any other text."""
    return _unpacked(token.split(".")[1]) if token.count(".") == _DOTS else None


def packed(document: dict[str, Any]) -> str:
    """A document as a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _unpacked(part: str) -> dict[str, Any] | None:
    try:
        document = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _expired(claims: dict[str, Any], now: datetime) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and expiry <= now.timestamp()


def _text(claims: dict[str, Any], *names: str) -> str:
    return next((claims[name] for name in names if isinstance(claims.get(name), str)), "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
