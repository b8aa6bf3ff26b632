"""`reconciler plan`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.cli.options import (
    Chosen,
    again,
    blocked_option,
    exclude_option,
    format_option,
    parallelism_option,
    shard_option,
    shared,
    target_option,
)
from reconciler.cli.terminal import messages, output


@click.command()
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for apply.")
@format_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where changes are planned.")
@click.option(
    "--snapshot",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Plan from a snapshot: no sign-in, no network, no state location.",
)
@target_option
@exclude_option
@shard_option
@blocked_option
@parallelism_option
@shared
def plan(
    out: Path | None,
    form: str,
    detailed_exitcode: bool,
    snapshot: Path | None,
    target: tuple[str, ...],
    exclude: tuple[str, ...],
    shard: str | None,
    blocked: str | None,
    parallelism: int | None,
    chosen: Chosen,
) -> int:
    """Show what apply would do, and what is blocked, why, and who must act. Writes nothing to the service or to state.

    \b
    reconciler plan
    reconciler plan --target contoso --target 'fabrikam/*'
    reconciler plan --out plan.json --detailed-exitcode --blocked warn
    reconciler plan --snapshot snapshot.json
    """
    from reconciler.cli import exits
    from reconciler.cli.files import write
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import worst
    from reconciler.planning import Globs, Shard
    from reconciler.rendering import FORMATS, View, plan_json

    globs = Globs(target=target, exclude=exclude, shard=Shard.parse(shard) if shard else None)
    with ending_at_once(), Wiring(chosen=chosen, parallelism=parallelism).session(snapshot) as session:
        made = session.plan(globs).plan
        now = datetime.now(UTC) if snapshot else session.commerce.now()
    if out:
        write(out, plan_json(made))
    screen = output(no_color=chosen.no_color)
    apply = (
        again("apply", str(out), chosen=chosen)
        if out
        else again("apply", chosen=chosen, target=target, exclude=exclude, shard=shard)
    )
    view = View(
        width=screen.width, color=screen.color, now=now, next_command=apply, blocked_fails=(blocked or "fail") == "fail"
    )
    screen.write(FORMATS[form](made, view))
    if out and form != "text":
        messages(no_color=chosen.no_color).write(f"The plan is saved: {out}")
    return worst(exits.of_plan(made, blocked=blocked or "fail", detailed=detailed_exitcode))
