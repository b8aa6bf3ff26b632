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

_WORLDWIDE = "https://api.partnercenter.microsoft.com"
AUDIENCES = {
    Cloud.WORLDWIDE: _WORLDWIDE,
    Cloud.US_GOVERNMENT: _WORLDWIDE,
    Cloud.CHINA: "https://partner.partnercenterapi.microsoftonline.cn",
}
"""Whom a token must be issued for, in the clouds that ask."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who makes a request: an application (by its id), and the user who speaks through it, if any."""

    application: str
    user: str = ""


class TokenRefused(Exception):
    """401. Without a code the body is empty."""

    def __init__(self, code: str = "", description: str = "") -> None:
        super().__init__(description)
        self.code = code
        self.description = description


def caller(authorization: str, now: datetime, behaviour: Behaviour) -> Caller:
    """Who an Authorization header speaks for. Raises TokenRefused where it is missing, expired or not good enough."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenRefused
    claims = _claims(token) if token.count(".") == 2 else _of_opaque(token)  # noqa: PLR2004 - header, claims, signature
    if claims is None or _expired(claims, now):
        raise TokenRefused
    audience = AUDIENCES.get(behaviour.cloud)
    if audience and str(claims.get("aud", audience if "opaque" in claims else "")).rstrip("/") != audience:
        raise TokenRefused("900420", f"The token's audience is not {audience}.")
    if behaviour.require_mfa and "scp" in claims and "mfa" not in _list(claims.get("amr")):
        raise TokenRefused("900421", "The user must sign in with a second factor.")
    return Caller(application=_text(claims, "appid", "azp") or derived_id("application"), user=_user(claims))


def _user(claims: dict[str, Any]) -> str:
    return (_text(claims, "upn", "unique_name") or "admin@reseller.example") if "scp" in claims else ""


def _of_opaque(token: str) -> dict[str, Any]:
    kind = {} if "app-only" in token else {"scp": "user_impersonation"}
    return {"opaque": True, "amr": ["mfa"] if "mfa" in token else [], **kind}


def _claims(token: str) -> dict[str, Any] | None:
    middle = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError):
        return None
    return {key: value for key, value in claims.items() if key != "opaque"} if isinstance(claims, dict) else None


def _expired(claims: dict[str, Any], now: datetime) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and expiry <= now.timestamp()


def _text(claims: dict[str, Any], *names: str) -> str:
    return next((claims[name] for name in names if isinstance(claims.get(name), str)), "")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
