"""Carries out `reconciler renewals`."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.cli import selection
from reconciler.cli.chosen import Chosen
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.reports import Reports
from reconciler.cli.signals import ending_at_once
from reconciler.cli.wiring import Wiring
from reconciler.model.errors import worst
from reconciler.operations.renewals import RenewalsWanted, list_renewals
from reconciler.rendering.as_calendar import check_calendar
from reconciler.rendering.reports.renewals import renewals_verdict
from reconciler.rendering.subjects.renewals import RENEWALS
from reconciler.system.clock import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalsOptions:
    """The options of `renewals`, as typed. `routine` lists plain renewals of monthly terms too."""

    days: int
    customer: str | None
    target: tuple[str, ...]
    exclude: tuple[str, ...]
    routine: bool
    snapshot: Path | None
    form: str
    reports: tuple[tuple[str, str], ...]
    parallelism: int | None


def renewals(options: RenewalsOptions, chosen: Chosen) -> int:
    """Shows the list; returns 2 where anything needs a look, 1 where a customer was not read."""
    if "ics" in {options.form, *(form for form, _ in options.reports)}:
        check_calendar()
    refuse_loss(options.reports, chosen=chosen, read=(options.snapshot,))
    reports = Reports.readied(options.form, options.reports, chosen=chosen)
    globs = selection.globs(options.target, options.exclude, None)
    wanted = RenewalsWanted(days=options.days, customer=options.customer, globs=globs, routine=options.routine)
    with (
        reports.of_failure(),
        ending_at_once(),
        Wiring(chosen=chosen, parallelism=options.parallelism).workspace(options.snapshot) as workspace,
    ):
        found = list_renewals(workspace, wanted)
    now = utc_now() if options.snapshot else found.created_at
    reports.save(RENEWALS, found, dict, now=now)
    reports.show(RENEWALS, found, renewals_verdict(found), now=now)
    reports.close(RENEWALS, found, dict, now=now)
    return worst(({1} if found.unread else set()) | ({2} if found.needs_somebody else set()))
