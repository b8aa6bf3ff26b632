"""`reconciler auth …`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared
from reconciler.cli.terminal import messages, output

if TYPE_CHECKING:
    from reconciler.model.identity import Invitation

COMMANDS = {
    "check": Entry("reconciler.cli.auth:check", "Show who is signed in, and what that allows."),
    "login": Entry("reconciler.cli.auth:login", "Sign in on this machine, in a browser anywhere."),
}


@click.group("auth", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def auth(ctx: click.Context, chosen: Chosen) -> None:
    """Who is signed in to Partner Center, and what that allows.

    \b
    reconciler auth check
    reconciler auth login --cloud worldwide
    """
    ctx.obj = chosen


@click.command()
@shared
def check(chosen: Chosen) -> None:
    """Sign in, show for whom the token speaks, what it allows and until when, and ask Partner Center whether it agrees.

    Changes nothing: it reads one page of the customers.
    """
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import AuthenticationFailed
    from reconciler.partner_center.auth.acceptance import refusal_of
    from reconciler.rendering import identity_text
    from reconciler.system.clock import utc_now

    wiring = Wiring(chosen=chosen)
    screen = output(no_color=chosen.no_color)
    who = wiring.identity()
    with wiring.commerce() as commerce:
        refused = refusal_of(lambda: next(iter(commerce.accounts()), None))
    if isinstance(refused, AuthenticationFailed):
        who = who.powerless("Partner Center refuses it.")
    screen.write(identity_text(who, now=utc_now(), width=screen.width, color=screen.color))
    if refused:
        raise refused
    screen.write("\nPartner Center accepts it.")


@click.command()
@shared
def login(chosen: Chosen) -> None:
    """Sign in as a person, with a code that you enter in a browser anywhere. The sign-in is kept on this machine.

    \b
    reconciler auth login --cloud china
    """
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import InvalidInput
    from reconciler.partner_center.auth import making
    from reconciler.rendering import invitation_text, keeping_text

    wiring = Wiring(chosen=chosen)
    if wiring.settings.cloud == "sandbox":
        remedy = "Name the cloud to sign in to: reconciler auth login --cloud worldwide"
        raise InvalidInput.because("The cloud is sandbox, which needs no sign-in.", remedy)
    here = messages(no_color=chosen.no_color)

    def invite(invitation: "Invitation") -> None:
        here.write(invitation_text(invitation, width=here.width, color=here.color))

    kept = making.device(wiring.sign_in_choice).login(invite)
    here.write(keeping_text(kept, width=here.width, color=here.color))
