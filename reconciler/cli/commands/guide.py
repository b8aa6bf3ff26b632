"""`reconciler guide`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import same_everywhere
from reconciler.cli.parameters import Choice
from reconciler.guides import topics


@click.command()
@click.argument("topic", type=Choice(topics()), metavar="[TOPIC]", required=False)
@click.option("--format", "form", type=Choice(["text", "markdown"]), default="text", show_default=True)
@same_everywhere
def guide(topic: str | None, form: str, chosen: Chosen) -> None:
    """Show a guide, offline: how something works, what to do. Without TOPIC, list them all.

    \b
    reconciler guide getting-started
    reconciler guide troubleshooting
    reconciler guide sign-in | less
    """
    from reconciler.cli.actions.guide import guide

    guide(topic, form, chosen)
