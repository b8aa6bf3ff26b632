"""Reads the claims of a token. The signature is not looked at; only the service trusts a token."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def kind_of(token: str) -> str:
    """Returns whom a token speaks for: a JWT with `scp` is of an application with a user, one without of it alone.

    Any other token is opaque: `unknown`.
    """
    claims = claims_of(token)
    if claims is None:
        return "unknown"
    return "app+user" if claims.get("scp") else "app"


def claims_of(token: str) -> dict[str, Any] | None:
    """A JWT's claims; None where the token is opaque."""
    header, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    if not header or not payload or "." in signature:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def expiry(claims: dict[str, Any]) -> datetime | None:
    """Returns when the token ends, in UTC; None where it doesn't say so."""
    seconds = claims.get("exp")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def text(claims: Mapping[str, Any], *names: str) -> str | None:
    """The first of these claims that holds a text."""
    found = (claims.get(name) for name in names)
    return next((claim for claim in found if isinstance(claim, str) and claim), None)
