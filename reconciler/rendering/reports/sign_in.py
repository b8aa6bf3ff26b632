"""The reports of a sign-in: how to sign in, where it is kept, whom it speaks for, and what that allows."""

from collections.abc import Iterator
from datetime import datetime

from reconciler.model.identity import Allowance, Identity, Invitation, Keeping
from reconciler.model.remedy import Step
from reconciler.model.utc import utc_minute
from reconciler.rendering.report import Advice, Field, Item, Report, Section, Span, Tone
from reconciler.rendering.safe import visible

_KINDS = {"app": "an application alone", "app+user": "an application with a user", "unknown": "not known: it is opaque"}
_MFA = {True: ", with multi-factor authentication", False: ", without multi-factor authentication", None: ""}


def identity_report(identity: Identity, now: datetime, *, accepted: bool = False) -> Report:
    """Shows who signed in, which kind of token, until when, and what that allows. `accepted`: Partner Center takes
    it.
    """
    return Report(
        name="reconciler auth check",
        sections=(
            Section(
                id="identity",
                heading=f"Signed in to {identity.cloud} by {identity.way}",
                fields=tuple(Field(label, value) for label, value in _fields(identity, now) if value),
            ),
            _allowed(identity),
            *_lacking(identity),
        ),
        closing=(Step("Partner Center accepts it."),) if accepted else (),
    )


def _fields(identity: Identity, now: datetime) -> Iterator[tuple[str, str]]:
    yield "tenant", identity.tenant or ""
    yield "app", identity.application or ""
    yield "user", identity.user or ""
    yield "token", f"{_KINDS.get(identity.token_kind, identity.token_kind)}{_MFA[identity.mfa]}"
    yield "for", identity.audience or ""
    if identity.expires_at is not None:
        minutes = round((identity.expires_at - now).total_seconds() / 60)
        after = "renewed by itself" if identity.renewed else "not renewed"
        until = f"in {minutes} min" if minutes >= 0 else "expired"
        yield "until", f"{utc_minute(identity.expires_at)} ({until}; {after})"


def _allowed(identity: Identity) -> Section:
    reasons = {allowance.reason for allowance in identity.allows}
    if len(reasons) == 1 and "" not in reasons:
        nothing = Item(subject="", sign=Span("x", Tone.BAD), says=f"It may do nothing: {reasons.pop()}")
        return Section(id="allowed", items=(nothing,), flush=True)
    return Section(
        id="allowed",
        intro="It may, as far as the token and the cloud tell:",
        items=tuple(map(_allowance, identity.allows)),
        dense=True,
    )


def _allowance(allowance: Allowance) -> Item:
    if allowance.allowed:
        return Item(subject=allowance.what, sign=Span("+", Tone.GOOD))
    return Item(subject=allowance.what, sign=Span("x", Tone.BAD), value=f"no; {allowance.reason}")


def _lacking(identity: Identity) -> Iterator[Section]:
    if identity.lacks:
        items = tuple(Item(subject=lack.what, sign=Span("-"), value=lack.reason) for lack in identity.lacks)
        yield Section(id="lacking", intro="What this cloud does not have:", items=items, dense=True)


def invitation_report(invitation: Invitation) -> Report:
    """The address to open and the code to type."""
    return Report(
        name="reconciler auth login",
        closing=(
            Step(
                "To sign in, open this address in any browser:\n"
                f"    {visible(invitation.address)}\n"
                "and enter this code:\n"
                f"    {visible(invitation.code)}\n"
                f"It is good for {round(invitation.seconds / 60)} minutes. Waiting ..."
            ),
        ),
    )


def keeping_report(keeping: Keeping) -> Report:
    """Tells where the sign-in is kept now, and what to do next."""
    how = "encrypted" if keeping.encrypted else "readable by you alone"
    return Report(
        name="reconciler auth login",
        sections=(
            Section(
                id="kept",
                intro=f"Signed in. This machine keeps it, {how}, in:\n    {visible(keeping.place)}",
                items=(Item(subject="", advice=Advice(steps=(Step("To see what it allows:", ("auth", "check")),))),),
                flush=True,
                dense=True,
            ),
        ),
    )
