"""Whom a sign-in speaks for, and what that allows, as a person reads it."""

from collections.abc import Sequence
from datetime import datetime

from reconciler.model.change import Step
from reconciler.model.identity import Allowance, Identity, Invitation, Keeping
from reconciler.rendering.formats.items import write_labelled, write_step
from reconciler.rendering.formats.page import Page

_KINDS = {"app": "an application alone", "app+user": "an application with a user", "unknown": "not known: it is opaque"}
_MFA = {True: ", with multi-factor authentication", False: ", without multi-factor authentication", None: ""}


def identity_text(identity: Identity, *, now: datetime, width: int = 80, color: bool = False) -> str:
    """Returns who, which kind of token, until when, and what that allows."""
    page = Page(width=width, color=color)
    page.write((f"Signed in to {identity.cloud} by {identity.way}", "bold"))
    _write_who(page, identity)
    write_labelled(page, "token", f"{_KINDS.get(identity.token_kind, identity.token_kind)}{_MFA[identity.mfa]}")
    if identity.audience:
        write_labelled(page, "for", identity.audience)
    _write_end(page, identity, now)
    page.gap()
    _write_allowances(page, identity.allows)
    if identity.lacks:
        page.gap()
        page.write("What this cloud does not have:")
        for lack in identity.lacks:
            page.write(f"{lack.what}: {lack.reason}", indent=2, mark=("- ", "dim"))
    return page.text()


def invitation_text(invitation: Invitation, *, width: int = 80, color: bool = False) -> str:
    """Returns what to open and what to type."""
    page = Page(width=width, color=color)
    page.write("To sign in, open this address in any browser:")
    page.exact(invitation.address, indent=4)
    page.write("and enter this code:")
    page.exact(invitation.code, indent=4)
    page.write(f"It is good for {round(invitation.seconds / 60)} minutes. Waiting ...")
    return page.text()


def keeping_text(keeping: Keeping, *, width: int = 80, color: bool = False) -> str:
    """Returns where the sign-in is kept now, and what to do next."""
    page = Page(width=width, color=color)
    page.write(
        "Signed in. This machine keeps it,", " encrypted," if keeping.encrypted else " readable by you alone,", " in:"
    )
    page.exact(keeping.place, indent=4, style="")
    write_step(page, Step("To see what it allows:", ("auth", "check")))
    return page.text()


def _write_who(page: Page, identity: Identity) -> None:
    for label, value in (("tenant", identity.tenant), ("app", identity.application), ("user", identity.user)):
        if value:
            write_labelled(page, label, value)


def _write_end(page: Page, identity: Identity, now: datetime) -> None:
    if identity.expires_at is None:
        return
    minutes = round((identity.expires_at - now).total_seconds() / 60)
    after = "renewed by itself" if identity.renewed else "not renewed"
    until = f"in {minutes} min" if minutes >= 0 else "expired"
    write_labelled(page, "until", f"{identity.expires_at:%Y-%m-%d %H:%M} UTC ({until}; {after})")


def _write_allowances(page: Page, allows: Sequence[Allowance]) -> None:
    reasons = {one.reason for one in allows}
    if len(reasons) == 1 and "" not in reasons:
        page.write(f"It may do nothing: {reasons.pop()}", mark=("x ", "red"))
        return
    page.write("It may, as far as the token and the cloud tell:")
    for allowance in allows:
        _write_allowance(page, allowance)


def _write_allowance(page: Page, allowance: Allowance) -> None:
    if allowance.allowed:
        page.write(allowance.what, indent=2, mark=("+ ", "green"))
    else:
        page.write(f"{allowance.what}: no; {allowance.reason}", indent=2, mark=("x ", "red"))
