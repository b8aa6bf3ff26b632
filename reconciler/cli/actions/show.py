"""Carries out `reconciler show`."""

from dataclasses import dataclass
from pathlib import Path

import click

from reconciler import planning
from reconciler.advice import sentence
from reconciler.cli.actions.state import show_stored
from reconciler.cli.chosen import Chosen
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.files import read
from reconciler.cli.mails import write_mails
from reconciler.cli.reports import Reports
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.documents import plan as plan_document
from reconciler.model.invocation import operand
from reconciler.rendering.mails import mails
from reconciler.rendering.outputs.plans import plan_outputs
from reconciler.rendering.reports.verdict import plan_verdict
from reconciler.rendering.subjects.plans import FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions:
    """The options of `show`, as typed."""

    planfiles: tuple[Path, ...]
    form: str
    reports: tuple[tuple[str, str], ...]
    mails: Path | None


def show(options: ShowOptions, chosen: Chosen) -> None:
    """Shows one plan, several as one, or the state of every address where no plan is given."""
    if not options.planfiles:
        _show_state(options, chosen)
        return
    plan = planning.merged([plan_document.load(read(file), str(file)) for file in options.planfiles])
    refuse_loss(options.reports, chosen=chosen, read=options.planfiles)
    reports = Reports.readied(options.form, options.reports, chosen=chosen)
    files = tuple(map(operand, options.planfiles))
    view = {"next_command": ("apply", *files) if len(files) == 1 else (), "files": files}
    reports.save(FORMATS, plan, plan_outputs, **view)
    reports.show(FORMATS, plan, plan_verdict(plan), **view)
    reports.close(FORMATS, plan, plan_outputs, **view)
    if options.mails:
        write_mails(mails(plan.blocked), options.mails, chosen)


def _show_state(options: ShowOptions, chosen: Chosen) -> None:
    if options.form not in {"text", "json", "brief", "csv"} or options.reports:
        raise click.UsageError(sentence("state_in_no_such_format"))
    screen = output(no_color=chosen.no_color, forms=(options.form,))
    show_stored(Wiring(chosen=chosen), options.form, screen)
