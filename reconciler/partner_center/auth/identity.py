"""Describes whom a sign-in speaks for, and what that allows in its cloud."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.advice import sentence
from reconciler.model.capabilities import Capabilities, Capability
from reconciler.model.identity import Allowance, Identity, Lack
from reconciler.partner_center.auth.claims import claims_of, expiry, text
from reconciler.partner_center.auth.tokens import StaticToken, TokenSource
from reconciler.partner_center.clouds import Cloud

RESOURCE = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"
"""Partner Center's API as the directory knows it: some tokens have this id for an audience, and no address."""


def identity(way: str, tokens: TokenSource, cloud: Cloud) -> Identity:
    """Reads a token of this sign-in. Raises AuthenticationFailed where there is no token to be had."""
    claims = claims_of(tokens.token()) or {}
    kind = tokens.kind
    user = kind == "app+user"
    return Identity(
        cloud=cloud.name,
        way=way,
        token_kind=kind,
        tenant=text(claims, "tid"),
        application=text(claims, "appid", "azp"),
        user=text(claims, "oid") if user else None,
        mfa=_mfa(claims) if user else None,
        audience=text(claims, "aud"),
        expires_at=expiry(claims),
        renewed=not isinstance(tokens, StaticToken),
        allows=tuple(_allowances(kind, claims, cloud)),
        lacks=tuple(_lacking(cloud.capabilities)),
    )


def _mfa(claims: Mapping[str, Any]) -> bool | None:
    methods = claims.get("amr")
    return "mfa" in methods if isinstance(methods, list) else None


def _allowances(kind: str, claims: Mapping[str, Any], cloud: Cloud) -> Iterator[Allowance]:
    """Sources: the service answers code 5 and withholds the link where there is no user (reference, sections 5, 6.2);
    since 2026 it refuses every call of a user without more than one factor.
    """
    can = cloud.capabilities
    wrong = _unfit(kind, claims, cloud)
    alone = sentence("app_alone_may_not") if kind == "app" else ""
    yield Allowance(what="read and plan", reason=wrong)
    yield Allowance(what="change seats", reason=wrong)
    yield Allowance(what="upgrade_only", reason=wrong)
    yield Allowance(what="upgrade_with_license_transfer", reason=wrong or _lacks(can.license_transfer) or alone)
    yield Allowance(what="relationship link", reason=wrong or _lacks(can.relationship_link) or alone)


def _unfit(kind: str, claims: Mapping[str, Any], cloud: Cloud) -> str:
    """Returns why the service accepts this token for nothing; "" where it may. The sandbox accepts any audience."""
    audience = text(claims, "aud")
    if audience and audience.rstrip("/").lower() not in {cloud.audience, RESOURCE} and cloud.name != "sandbox":
        return sentence("token_for_another_api", audience=audience, api=cloud.audience)
    if kind == "app+user" and _mfa(claims) is False:
        return sentence("user_without_second_factor")
    return ""


def _lacking(can: Capabilities) -> Iterator[Lack]:
    """Yields what is missing for every sign-in in this cloud."""
    capabilities = (
        ("audit log", can.audit),
        ("GDAP", can.gdap),
        ("new commerce", can.new_commerce),
        ("orders", can.orders),
    )
    for what, capability in capabilities:
        if not capability.available:
            yield Lack(what=what, reason=sentence(capability.lacking))


def _lacks(capability: Capability) -> str:
    return "" if capability.available else sentence(capability.lacking)
