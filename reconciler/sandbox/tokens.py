"""Bearer tokens, as far as the emulator looks into them: who speaks, an application alone or a user through one.

A token of three dot-separated parts is read as a JWT, without checking its signature: with the claim `scp` a user
speaks, without it an application alone; past its `exp` it is refused. Any other text is an application alone where it
contains "app-only", else a user.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who makes a request."""

    user: bool


def caller(authorization: str, now: datetime) -> Caller | None:
    """Who an Authorization header speaks for; None where it is missing, expired or no bearer token."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    if token.count(".") != 2:  # noqa: PLR2004 - a JWT's header, claims and signature
        return Caller(user="app-only" not in token)
    claims = _claims(token)
    if claims is None or _expired(claims, now):
        return None
    return Caller(user="scp" in claims)


def _claims(token: str) -> dict[str, Any] | None:
    middle = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _expired(claims: dict[str, Any], now: datetime) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and expiry <= now.timestamp()
