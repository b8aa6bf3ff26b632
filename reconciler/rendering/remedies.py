"""What to do about something: steps in order, a link, and whether waiting helps."""

from reconciler.model.change import Remedy, Retry
from reconciler.rendering.items import COLUMN, FIELDS, write_field
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import WAITING, addressed
from reconciler.rendering.prose import write_prose


def write_remedy(page: Page, remedy: Remedy) -> None:
    """A remedy as fields of an item; that waiting does not help goes without saying."""
    write_steps(page, remedy)
    if remedy.retry is not Retry.NO:
        write_waiting(page, remedy.retry)


def write_waiting(page: Page, retry: Retry) -> None:
    """Whether waiting helps."""
    write_field(page, "waiting", WAITING[retry])


def write_steps(page: Page, remedy: Remedy) -> None:
    """The steps as a field, numbered where there are several, and the link unless a step holds it."""
    for number, step in enumerate(addressed(remedy), 1):
        mark = f"{number}. " if len(remedy.steps) > 1 else ""
        label = ("do" if number == 1 else "").ljust(COLUMN)
        write_prose(page, step, indent=FIELDS, mark=(label + mark, "dim"))
    if remedy.url and not any(remedy.url in step.text for step in remedy.steps):
        page.exact(remedy.url, indent=FIELDS, mark=("see".ljust(COLUMN), "dim"), style="underline")
