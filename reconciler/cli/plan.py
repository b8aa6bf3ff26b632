"""`reconciler plan`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen, again
from reconciler.cli.options import (
    blocked_option,
    exclude_option,
    format_option,
    parallelism_option,
    report_option,
    shard_option,
    shared,
    since_option,
    target_option,
)
from reconciler.cli.parameters import File
from reconciler.cli.terminal import messages

if TYPE_CHECKING:
    from reconciler.model.plan import Plan
    from reconciler.planning import Globs


@click.command()
@click.option("--out", metavar="FILE", type=File(), help="Save the plan for apply.")
@format_option
@report_option()
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where changes are planned.")
@click.option(
    "--snapshot",
    metavar="FILE",
    type=File(),
    help="Plan from a snapshot: no sign-in, no network, no state location.",
)
@target_option
@exclude_option
@shard_option
@since_option
@blocked_option
@parallelism_option
@shared
def plan(
    out: Path | None,
    form: str,
    reports: tuple[tuple[str, str], ...],
    detailed_exitcode: bool,
    snapshot: Path | None,
    target: tuple[str, ...],
    exclude: tuple[str, ...],
    changed_since: str | None,
    shard: str | None,
    blocked: str | None,
    parallelism: int | None,
    chosen: Chosen,
) -> int:
    """Show what apply would do, and what is blocked, why, and who must act. Writes nothing to the service or to state.

    \b
    reconciler plan
    reconciler plan --target contoso --target 'fabrikam/*'
    reconciler plan --changed-since origin/main --report markdown=comment.md --report html=plan.html
    reconciler plan --out plan.json --detailed-exitcode --blocked warn
    reconciler plan --snapshot snapshot.json
    """
    from reconciler.cli import exits
    from reconciler.cli.destinations import refuse_loss
    from reconciler.cli.opened import Opened
    from reconciler.cli.reports import Reports
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.documents.plan import dump as plan_json
    from reconciler.model.errors import worst
    from reconciler.model.shard import Shard
    from reconciler.operations.plan import plan_estate
    from reconciler.planning import Globs
    from reconciler.rendering import FORMATS, plan_outputs, plan_verdict

    part = None if shard is None else Shard.parse(shard)
    globs = Globs(target=target, exclude=exclude, shard=part)
    wiring = Wiring(chosen=chosen, parallelism=parallelism, shards=part.of if part else 1)
    refuse_loss(reports, chosen=chosen, also=(out,), read=(snapshot,))
    told = Reports.readied(form, reports, chosen=chosen)
    kept = Opened.at(out) if out else None
    with told.of_failure() as failing, ending_at_once(), wiring.watched:
        # known offline, and told even where the service can't be asked
        comparison = (
            wiring.comparison(changed_since, remembering=snapshot is None) if changed_since is not None else None
        )
        failing.notices = comparison.changes.notices if comparison else ()
        with wiring.workspace(snapshot) as workspace:
            made = plan_estate(workspace, globs, comparison).plan
            now = datetime.now(UTC) if snapshot else workspace.commerce.now()
    if changed_since is not None and told.view.commit is None:
        told = told.of_commit(wiring.head())
    saved = kept is None or told.attempt("the saved plan", lambda: kept.write(plan_json(made)), _NOT_SAVED)
    view = {
        "now": now,
        "next_command": _next_command(made, out if saved else None, globs, chosen),
        "blocked_fails": (blocked or "fail") == "fail",
    }
    told.save(FORMATS, made, plan_outputs, **view)
    if out and saved and form != "text":
        messages(no_color=chosen.no_color).write(f"The plan is saved: {out}")
    told.show(FORMATS, made, plan_verdict(made), **view)
    told.close(FORMATS, made, plan_outputs, **view)
    codes = exits.of_plan(made, blocked=blocked or "fail", detailed=detailed_exitcode)
    return worst(codes | (set() if saved else {1}))


_NOT_SAVED = "The plan is as it is shown; it can't be applied from this file. Mend this, and plan again."


def _next_command(made: "Plan", out: Path | None, globs: "Globs", chosen: Chosen) -> str:
    """The command that carries out just this plan."""
    if out:
        return again("apply", str(out), chosen=chosen)
    if made.selection.changed_since:  # apply compares no commits: it is told the addresses
        return again("apply", chosen=chosen, target=tuple(change.address for change in made.changes))
    shard = str(globs.shard) if globs.shard else None
    return again("apply", chosen=chosen, target=globs.target, exclude=globs.exclude, shard=shard)
