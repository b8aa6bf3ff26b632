"""`reconciler apply`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen, again, said
from reconciler.cli.duration import lock_timeout_option
from reconciler.cli.options import (
    APPLY_FORMATS,
    blocked_option,
    exclude_option,
    parallelism_option,
    report_option,
    shard_option,
    shared,
    target_option,
)
from reconciler.cli.parameters import Choice, File, Number

if TYPE_CHECKING:
    from reconciler.model.plan import Plan
    from reconciler.model.shard import Shard
    from reconciler.operations.plan import Planned
    from reconciler.operations.workspace import Workspace
    from reconciler.planning import Globs

LIMITS = (
    "max_changes",
    "max_changed_percent",
    "max_seats_removed",
    "max_seats_added",
    "max_seats_upgraded",
    "max_customers_emptied",
    "max_catalogue_change_percent",
    "estate_emptied",
)


@click.command()
@click.argument("planfile", required=False, type=File())
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--approved",
    "reviewed",
    metavar="PLANFILE",
    type=File(),
    help="Plan afresh, and carry out only what this reviewed plan has too.",
)
@click.option("--format", "form", type=Choice(["text", "json"]), default="text", help="json: one event a line.")
@report_option(APPLY_FORMATS)
@click.option(
    "--override-limit",
    "overridden",
    type=Choice(LIMITS),
    metavar="NAME",
    multiple=True,
    help="Lift this limit for this run; may be repeated.",
)
@click.option(
    "--license-report",
    metavar="FILE",
    type=File(),
    help="Users whose licences did not move (.csv or .json). Personal data.",
)
@target_option
@exclude_option
@click.option(
    "--canary",
    "canaries",
    type=Number(1),
    metavar="N",
    envvar="RECONCILER_CANARY",
    help="Finish the first N customers that have changes; go on only if all went well there.",
)
@click.option(
    "--stop-after-failures",
    type=Number(1),
    metavar="N",
    envvar="RECONCILER_STOP_AFTER_FAILURES",
    help="Begin nothing new after N failures [5].",
)
@shard_option
@blocked_option
@parallelism_option
@lock_timeout_option
@shared
def apply(
    planfile: Path | None,
    auto_approve: bool,
    reviewed: Path | None,
    form: str,
    reports: tuple[tuple[str, str], ...],
    overridden: tuple[str, ...],
    license_report: Path | None,
    target: tuple[str, ...],
    exclude: tuple[str, ...],
    canaries: int | None,
    stop_after_failures: int | None,
    shard: str | None,
    blocked: str | None,
    parallelism: int | None,
    lock_timeout: float,
    chosen: Chosen,
) -> int:
    """Carry out a saved plan; or plan, show, ask, and apply. Every change is recorded before and after it is sent.

    \b
    reconciler apply                       plan, show, ask, apply
    reconciler apply plan.json             exactly that plan; what changed meanwhile is left out
    reconciler apply --approved plan.json  what was reviewed, of a plan made afresh
    reconciler apply --auto-approve        in a pipeline that needs no saved plan
    """
    from reconciler.cli import exits
    from reconciler.cli.applying import carried_out, confirm, refuse_without_terminal
    from reconciler.cli.destinations import refuse_loss
    from reconciler.cli.opened import Opened
    from reconciler.cli.reports import Reports
    from reconciler.cli.signals import ending_at_once, stopping
    from reconciler.cli.wiring import Wiring
    from reconciler.documents.plan import fingerprint
    from reconciler.model.errors import worst
    from reconciler.model.shard import Shard
    from reconciler.operations.apply import ApplyOptions, apply_plan, refuse_while_clocks_disagree
    from reconciler.planning import Globs

    _refuse_contradictions(planfile, reviewed, globbed=bool(target or exclude or shard is not None))
    part = None if shard is None else Shard.parse(shard)
    globs = Globs(target=target, exclude=exclude, shard=part)
    given = planfile or reviewed
    refuse_without_terminal(planned=given is not None, auto_approve=auto_approve)
    flags: dict[str, object] = {
        "--approved": reviewed,
        "--auto-approve": auto_approve,
        "--canary": canaries,
        "--stop-after-failures": stop_after_failures,
        "--blocked": blocked,
        "--override-limit": overridden,
    }
    words = ([str(planfile)] if planfile else []) + said(flags)
    this_run = again("apply", *words, chosen=chosen, target=target, exclude=exclude, shard=shard)
    refuse_loss(reports, chosen=chosen, also=(license_report,), read=(planfile, reviewed))
    told = Reports.readied(form, reports, chosen=chosen, kind="apply")
    people = Opened.at(license_report, private=True) if license_report else None
    with told.of_failure():
        saved = _saved(given)
    wiring = Wiring(
        chosen=chosen,
        parallelism=parallelism,
        lock_timeout=lock_timeout,
        stop_after_failures=stop_after_failures,
        may_be_empty="estate_emptied" in overridden,
        outlives_signals=True,
        shards=_shards(part, saved if planfile else None),
    )
    with told.of_failure() as failing, wiring.workspace() as workspace, stopping(workspace.stop):
        wiring.refuse_lost_state()
        with ending_at_once("Interrupted. Nothing was sent."):
            with wiring.watched:
                planned = _planned(workspace, saved, globs, fresh=planfile is None)
            refuse_while_clocks_disagree(workspace, planned)
            if given is None:
                confirm(
                    planned.plan,
                    form=form,
                    auto_approve=auto_approve,
                    overridden=overridden,
                    chosen=chosen,
                    this_run=this_run,
                )
        wiring.watched.turns_to("Applying", "changes settled", len(planned.plan.changes))
        events = apply_plan(
            workspace,
            planned,
            ApplyOptions(
                fingerprint=fingerprint(planned.plan), overridden=overridden, canaries=canaries or 0, again=this_run
            ),
        )
        told.check()
        if people:
            people.check()
        failing.begun = True
        codes = carried_out(
            events,
            workspace,
            told=told,
            people=people,
            watched=wiring.watched,
            chosen=chosen,
            blocked=blocked or "warn",
        )
    return worst(codes | exits.of_plan(planned.plan, blocked=blocked or "warn", detailed=False))


def _refuse_contradictions(planfile: Path | None, reviewed: Path | None, *, globbed: bool) -> None:
    from reconciler.model.errors import Misused

    if planfile and reviewed:
        what = "PLANFILE is carried out as it is, and --approved plans afresh: only one of them makes sense."
        raise Misused.because(what, f"reconciler apply --approved {reviewed}", str(planfile))
    if planfile and globbed:
        what = "A saved plan is carried out as it is; --target, --exclude and --shard go with `plan`."
        raise Misused.because(what, f"reconciler plan --target … --out {planfile}", str(planfile))


def _saved(given: Path | None) -> "Plan | None":
    from reconciler.cli.files import read
    from reconciler.documents import plan as plan_document
    from reconciler.model.errors import PlanFileRefused

    if given is None:
        return None
    saved = plan_document.load(read(given), str(given))
    if "," in (saved.selection.shard or ""):
        what = f"The plan is of several shards, {saved.selection.shard}, put together to be read."
        raise PlanFileRefused.because(what, "Apply the plan of each shard.", str(given))
    if saved.selection.parts:
        what = f"The plan is of several selections, {', and '.join(saved.selection.parts)}, put together to be read."
        raise PlanFileRefused.because(what, "Apply the plan of each selection.", str(given))
    return saved


def _shards(part: "Shard | None", saved: "Plan | None") -> int:
    """How many runs share the service's rate: those of a saved plan's other shards are carried out beside it."""
    from reconciler.model.shard import Shard

    told = saved.selection.shard if saved else None
    shard = Shard.parse(told) if told else part
    return shard.of if shard else 1


def _planned(workspace: "Workspace", saved: "Plan | None", globs: "Globs", *, fresh: bool) -> "Planned":
    from reconciler.operations import review
    from reconciler.operations.plan import plan_estate
    from reconciler.operations.saved import planned_from

    if saved is None:
        return plan_estate(workspace, globs)
    return review.approved(workspace, saved, globs) if fresh else planned_from(workspace, saved)
