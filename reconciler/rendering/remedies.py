"""What to do about something: steps in order, a link, and whether waiting helps."""

from reconciler.model.change import Remedy
from reconciler.rendering.items import COLUMN, FIELDS, write_field
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import WAITING
from reconciler.rendering.prose import write_prose


def write_remedy(page: Page, remedy: Remedy) -> None:
    """A remedy as fields of an item."""
    for number, step in enumerate(remedy.steps, 1):
        mark = f"{number}. " if len(remedy.steps) > 1 else ""
        label = ("do" if number == 1 else "").ljust(COLUMN)
        write_prose(page, step, indent=FIELDS, mark=(label + mark, "dim"))
    if remedy.url:
        page.exact(remedy.url, indent=FIELDS, mark=("see".ljust(COLUMN), "dim"), style="underline")
    write_field(page, "waiting", WAITING[remedy.retry])
