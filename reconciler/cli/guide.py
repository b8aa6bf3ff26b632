"""`reconciler guide`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice
from reconciler.cli.terminal import output
from reconciler.guides import INDEX, read, topics


@click.command()
@click.argument("topic", type=Choice(topics()), metavar="[TOPIC]", required=False)
@click.option("--format", "form", type=Choice(["text", "markdown"]), default="text", show_default=True)
@shared
def guide(topic: str | None, form: str, chosen: Chosen) -> None:
    """Show a guide, offline: how something works, what to do. Without TOPIC, list them all.

    \b
    reconciler guide getting-started
    reconciler guide troubleshooting
    reconciler guide sign-in | less
    """
    markdown = read(topic or INDEX)
    screen = output(no_color=chosen.no_color, forms=(form,))
    if form == "markdown":
        screen.write(markdown)
        return
    from reconciler.rendering.guide import guide_text

    screen.write(guide_text(markdown, width=screen.width, color=screen.color))
