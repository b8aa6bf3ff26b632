"""Sign-ins, as a person reads of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reconciler.model.identity import Allowance, Identity, Invitation, Keeping, Lack
from reconciler.rendering.reports.sign_in import identity_report, invitation_report, keeping_report
from tests.rendering.golden_files import check, shown

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
APPLICATION = Identity(
    cloud="us-government",
    way="certificate",
    token_kind="app",
    tenant="7c1f1d5e-3f0a-4c0e-9f5b-2a52b4b0a001",
    application="0d9b8a77-6e5d-4c3b-9a29-1817f6e50002",
    audience="https://api.partnercenter.microsoft.com",
    expires_at=NOW + timedelta(minutes=59, seconds=40),
    renewed=True,
    allows=(
        Allowance(what="upgrade_only"),
        Allowance(what="upgrade_with_license_transfer", reason="an application alone can't."),
    ),
)


def test_who_what_until_when_and_what_that_allows() -> None:
    check("identity", shown(identity_report(APPLICATION, NOW)))


def test_what_the_cloud_does_not_have_is_listed_with_its_reason() -> None:
    text = shown(identity_report(replace(APPLICATION, lacks=(Lack(what="GDAP", reason="It is not offered."),)), NOW))

    assert "What this cloud does not have:\n  - GDAP: It is not offered.\n" in text


def test_a_token_that_says_nothing_is_shown_as_such() -> None:
    text = shown(identity_report(Identity(cloud="china", way="access-token", token_kind="unknown"), NOW))

    assert "not known: it is opaque" in text
    assert "None" not in text


def test_a_token_past_its_end_is_shown_as_expired() -> None:
    ended = Identity(cloud="china", way="access-token", token_kind="app+user", mfa=False, expires_at=NOW)

    text = shown(identity_report(ended, NOW + timedelta(hours=1)))

    assert "(expired; not renewed)" in text
    assert "an application with a user, without multi-factor authentication" in text


def test_what_closes_everything_is_said_once() -> None:
    closed = tuple(Allowance(what=what, reason="the user has one factor.") for what in ("plan", "upgrade_only"))

    text = shown(
        identity_report(Identity(cloud="china", way="access-token", token_kind="app+user", allows=closed), NOW)
    )

    assert text.count("one factor") == 1
    assert "x It may do nothing: the user has one factor." in text


def test_an_invitation_has_its_address_and_its_code_alone_on_their_lines() -> None:
    text = shown(invitation_report(Invitation(address="https://login.example/device", code="ABCD-1234", seconds=900)))

    assert {"    https://login.example/device", "    ABCD-1234"} <= set(text.splitlines())
    assert "15 minutes" in text


def test_what_the_directory_says_can_not_act_on_the_terminal() -> None:
    text = shown(invitation_report(Invitation(address="https://x\x1b[2J", code="\u202eABC", seconds=60)))

    assert not {"\x1b", "\u202e"} & set(text)


def test_where_a_sign_in_is_kept_and_how() -> None:
    assert "encrypted, in:" in shown(keeping_report(Keeping(place="/home/a/sign-in.bin", encrypted=True)))
    assert "readable by you alone, in:" in shown(keeping_report(Keeping(place="/home/a/sign-in.bin", encrypted=False)))
