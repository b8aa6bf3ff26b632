"""Carries out `reconciler auth check` and `auth login`."""

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.model.errors import AuthenticationFailed, InvalidInput
from reconciler.model.identity import Invitation
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.acceptance import refusal_of
from reconciler.rendering.reports.sign_in import identity_report, invitation_report, keeping_report
from reconciler.system.clock import utc_now


def check(chosen: Chosen) -> None:
    """Signs in, shows for whom the token speaks and what it allows, and asks Partner Center whether it agrees."""
    wiring = Wiring(chosen=chosen)
    screen = output(no_color=chosen.no_color)
    who = wiring.service.identity()
    with wiring.service.commerce() as commerce:
        refused = refusal_of(lambda: next(iter(commerce.accounts()), None))
    if isinstance(refused, AuthenticationFailed):
        who = who.powerless("Partner Center refuses it.")
    screen.show(identity_report(who, utc_now(), accepted=refused is None), chosen.invocation)
    if refused:
        raise refused


def login(chosen: Chosen) -> None:
    """Signs in as a person, with a code that is entered in a browser anywhere."""
    wiring = Wiring(chosen=chosen)
    if wiring.settings.cloud == "sandbox":
        raise InvalidInput(problem("sandbox_needs_no_sign_in"))
    here = messages(no_color=chosen.no_color)

    def invite(invitation: Invitation) -> None:
        here.show(invitation_report(invitation), chosen.invocation)

    kept = making.device(wiring.service.sign_in_choice).login(invite)
    here.show(keeping_report(kept), chosen.invocation)
