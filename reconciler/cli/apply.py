"""`reconciler apply`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options import (
    APPLY_FORMATS,
    Chosen,
    blocked_option,
    exclude_option,
    parallelism_option,
    report_option,
    shard_option,
    shared,
    target_option,
)

if TYPE_CHECKING:
    from reconciler.session import Planned, Session

LIMITS = ("max_changes", "max_changed_percent", "max_seats_removed", "max_seats_added")


@click.command()
@click.argument("planfile", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: one event a line.")
@report_option(APPLY_FORMATS)
@click.option(
    "--override-limit",
    "overridden",
    type=click.Choice(LIMITS),
    multiple=True,
    help="Lift this limit for this run; may be repeated.",
)
@click.option(
    "--license-report",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Users whose licences did not move (.csv or .json). Personal data.",
)
@target_option
@exclude_option
@shard_option
@blocked_option
@parallelism_option
@shared
def apply(
    planfile: Path | None,
    auto_approve: bool,
    form: str,
    reports: tuple[tuple[str, str], ...],
    overridden: tuple[str, ...],
    license_report: Path | None,
    target: tuple[str, ...],
    exclude: tuple[str, ...],
    shard: str | None,
    blocked: str | None,
    parallelism: int | None,
    chosen: Chosen,
) -> int:
    """Carry out a saved plan; or plan, show, ask, and apply. Every change is recorded before and after it is sent.

    \b
    reconciler apply                     plan, show, ask, apply
    reconciler apply plan.json           exactly that plan; what changed meanwhile is left out
    reconciler apply --auto-approve      in a pipeline that needs no saved plan
    """
    from reconciler.cli import exits
    from reconciler.cli.applying import approved, carried_out, refuse_without_terminal
    from reconciler.cli.reports import Reports
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import Misused, Problem, worst
    from reconciler.planning import Globs, Shard
    from reconciler.rendering import fingerprint

    if planfile and (target or exclude or shard):
        raise Misused(
            Problem(
                where=str(planfile),
                what="A saved plan is carried out as it is; --target, --exclude and --shard go with `plan`.",
                remedy=f"reconciler plan --target … --out {planfile}",
            )
        )
    part = Shard.parse(shard) if shard else None
    globs = Globs(target=target, exclude=exclude, shard=part)
    refuse_without_terminal(planned=planfile is not None, auto_approve=auto_approve)
    wiring = Wiring(chosen=chosen, parallelism=parallelism, outlives_signals=True, shards=part.of if part else 1)
    told = Reports.readied(form, reports, chosen=chosen, kind="apply")
    with told.of_failure(), wiring.session() as session:
        wiring.refuse_unchosen_state()
        with ending_at_once(), wiring.watched:
            planned = _saved(session, planfile) if planfile else session.plan(globs)
        if not planfile:
            approved(planned.plan, form=form, auto_approve=auto_approve, overridden=overridden, chosen=chosen)
        wiring.watched.turns_to("Applying", "changes settled", len(planned.plan.changes))
        events = session.apply(planned, fingerprint=fingerprint(planned.plan), overridden=overridden)
        codes = carried_out(
            events, session, told=told, license_report=license_report, watched=wiring.watched, chosen=chosen
        )
    return worst(codes | exits.of_plan(planned.plan, blocked=blocked or "warn", detailed=False))


def _saved(session: "Session", planfile: Path) -> "Planned":
    from reconciler import plan_file
    from reconciler.cli.files import read

    return session.saved(plan_file.load(read(planfile), str(planfile)))
