"""The identity that a sign-in stands for, and its permissions."""

from datetime import UTC, datetime

import pytest

from reconciler.advice import sentence
from reconciler.model.identity import Identity
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.auth.identity import identity
from reconciler.partner_center.clouds import CLOUDS
from tests.partner_center.service import jwt

ENDS = datetime(2126, 11, 21, 10, 0, tzinfo=UTC)


def identity_of(*, cloud: str = "worldwide", **claims: object) -> Identity:
    token = jwt(**{"tid": "tenant", "exp": ENDS.timestamp(), "aud": CLOUDS[cloud].audience, **claims})
    return identity("access-token", StaticToken(token), CLOUDS[cloud])


def refused(who: Identity) -> set[str]:
    return {allow.what for allow in who.allows if not allow.allowed}


def test_an_application_alone_moves_no_licences_and_fetches_no_link() -> None:
    who = identity_of(appid="app", oid="object of the application")

    assert (who.token_kind, who.application, who.user, who.mfa) == ("app", "app", None, None)
    assert refused(who) == {"upgrade_with_license_transfer", "relationship link"}


def test_an_application_with_a_user_may_all_that_the_cloud_has() -> None:
    who = identity_of(scp="user_impersonation", azp="app", oid="user", amr=["pwd", "mfa"])

    assert (who.token_kind, who.application, who.user, who.mfa) == ("app+user", "app", "user", True)
    assert refused(who) == set()


def test_a_user_without_a_second_factor_may_nothing() -> None:
    who = identity_of(scp="user_impersonation", amr=["pwd"])

    assert who.mfa is False
    assert refused(who) == {allow.what for allow in who.allows}


@pytest.mark.parametrize(
    ("cloud", "audience", "fits"),
    [
        ("worldwide", "https://api.partnercenter.microsoft.com/", True),
        ("worldwide", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", True),
        ("worldwide", "https://graph.windows.net", False),
        ("china", "https://api.partnercenter.microsoft.com", False),
        ("sandbox", "https://graph.windows.net", True),
    ],
)
def test_a_token_for_another_audience_may_nothing(cloud: str, audience: str, fits: bool) -> None:
    who = identity_of(cloud=cloud, aud=audience, scp="user_impersonation", amr=["mfa"])

    assert ("read and plan" in refused(who)) is not fits
    assert fits or all(f"the token is for {audience}" in allow.reason for allow in who.allows)


@pytest.mark.parametrize(
    ("cloud", "lacks"), [("china", {"upgrade_with_license_transfer"}), ("us-government", {"relationship link"})]
)
def test_what_the_cloud_lacks_is_given_with_the_clouds_reason(cloud: str, lacks: set[str]) -> None:
    who = identity_of(cloud=cloud, scp="user_impersonation", amr=["mfa"])

    assert refused(who) == lacks
    capabilities = CLOUDS[cloud].capabilities
    lacking = {capabilities.license_transfer.lacking, capabilities.relationship_link.lacking} - {""}
    assert {allow.reason for allow in who.allows} <= {"", *map(sentence, lacking)}


def test_what_the_cloud_has_for_nobody_is_given_with_its_reason() -> None:
    told = {lack.what: lack.reason for lack in identity_of(cloud="china").lacks}
    can = CLOUDS["china"].capabilities

    missing = {"audit log": can.audit, "GDAP": can.gdap, "new commerce": can.new_commerce, "orders": can.orders}
    assert told == {what: sentence(capability.lacking) for what, capability in missing.items()}
    assert [lack.what for lack in identity_of(cloud="us-government").lacks] == ["orders"]
    assert identity_of().lacks == ()


def test_the_end_and_the_audience_are_the_tokens_own() -> None:
    who = identity_of(scp="user_impersonation")

    assert (who.expires_at, who.audience, who.tenant, who.renewed) == (
        ENDS,
        CLOUDS["worldwide"].audience,
        "tenant",
        False,
    )


@pytest.mark.parametrize("claims", [{"oid": 3, "tid": [], "amr": "mfa", "exp": {}}, {}])
def test_claims_of_another_shape_are_passed_over(claims: dict[str, object]) -> None:
    who = identity("access-token", StaticToken(jwt(scp="x", **claims)), CLOUDS["worldwide"])

    assert (who.user, who.tenant, who.mfa, who.expires_at) == (None, None, None, None)


def test_an_opaque_token_says_nothing_and_forbids_nothing() -> None:
    who = identity("access-token", StaticToken("opaque"), CLOUDS["worldwide"])

    assert (who.token_kind, who.tenant, refused(who)) == ("unknown", None, set())
