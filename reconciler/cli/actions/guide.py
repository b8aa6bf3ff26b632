"""Carries out `reconciler guide`."""

from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.guides import INDEX, read
from reconciler.rendering.guide import guide_text


def guide(topic: str | None, form: str, chosen: Chosen) -> None:
    """Prints a guide, or the list of guides where no topic is given."""
    markdown = read(topic or INDEX)
    screen = output(no_color=chosen.no_color, forms=(form,))
    screen.write(markdown if form == "markdown" else guide_text(markdown, width=screen.width, color=screen.color))
