"""`reconciler relationship`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import customers
from reconciler.cli.options import mails_option, shared


@click.command()
@click.argument("customer", required=False, shell_complete=customers)
@mails_option
@shared
def relationship(customer: str | None, mails: Path | None, chosen: Chosen) -> int:
    """Show whether a customer is yours, and delegated access; and the link and the mail by which it becomes so.

    CUSTOMER is a name of the manifests, or a tenant id. Without it, every customer of the manifests is shown. It exits
    with 3 where one of them is not yours.

    \b
    reconciler relationship contoso
    """
    from reconciler.cli.actions.relationship import relationship

    return relationship(customer, mails, chosen)
