"""Carries out `reconciler plan`."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli import plan_exits, selection
from reconciler.cli.chosen import Chosen, flag_words
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.opened import Opened
from reconciler.cli.reports import Failing, Reports
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import messages
from reconciler.cli.wiring import Wiring
from reconciler.documents.plan import dump as plan_json
from reconciler.model.errors import Misused, worst
from reconciler.model.invocation import operand
from reconciler.model.plan import Plan
from reconciler.operations.plan import plan_estate
from reconciler.planning import Globs
from reconciler.rendering.outputs.plans import plan_outputs
from reconciler.rendering.reports.verdict import plan_verdict
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.system.clock import utc_now


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """The options of `plan`, as typed. `out`: where the plan is saved; `blocked`: whether a blocked item fails."""

    out: Path | None
    form: str
    reports: tuple[tuple[str, str], ...]
    mails: Path | None
    detailed_exitcode: bool
    snapshot: Path | None
    recent: Path | None
    target: tuple[str, ...]
    exclude: tuple[str, ...]
    changed_since: str | None
    shard: str | None
    blocked: str | None
    parallelism: int | None
    accepted: tuple[str, ...]

    @cached_property
    def globs(self) -> Globs:
        """The selection. Raises Misused for a shard that is none."""
        return selection.globs(self.target, self.exclude, self.shard)

    @property
    def blocked_fails(self) -> bool:
        """Returns True if a blocked item fails the command, as it does by default."""
        return self.blocked != "warn"


def plan(options: PlanOptions, chosen: Chosen) -> int:
    """Plans, saves and shows the plan; returns the exit code."""
    if options.snapshot and options.recent:
        known = {"file": operand(options.snapshot), "folder": operand(options.recent)}
        raise Misused(problem("recent_and_snapshot", "--recent", **known))
    shard = options.globs.shard
    wiring = Wiring(
        chosen=chosen, parallelism=options.parallelism, shards=shard.of if shard else 1, accepted=options.accepted
    )
    refuse_loss(
        options.reports, chosen=chosen, also=(options.out,), read=(options.snapshot, *_recent_files(options.recent))
    )
    reports = Reports.readied(options.form, options.reports, chosen=chosen)
    file = Opened.at(options.out) if options.out else None
    with reports.of_failure() as failing, ending_at_once(), wiring.watched:
        made, now = _planned(options, wiring, failing)
    if options.changed_since is not None and reports.view.commit is None:
        reports = reports.of_commit(wiring.head())
    saved = file is None or reports.attempt(
        "the saved plan", lambda: file.write(plan_json(made, chosen.invocation)), "saved_plan_missing"
    )
    view = {
        "now": now,
        "next_command": _next_command(made, options.out if saved else None, options.globs),
        "files": (operand(options.out),) if options.out and saved else (),
        "blocked_fails": options.blocked_fails,
    }
    reports.save(FORMATS, made, plan_outputs, **view)
    if options.out and saved and options.form != "text":
        messages(no_color=chosen.no_color).say(f"The plan is saved: {options.out}")
    if options.form == "brief":
        messages(no_color=chosen.no_color).say(plan_verdict(made))
    reports.show(FORMATS, made, plan_verdict(made), **view)
    reports.close(FORMATS, made, plan_outputs, **view)
    if options.mails:
        from reconciler.cli.mails import write_mails
        from reconciler.rendering.mails import mails

        write_mails(mails(made.blocked), options.mails, chosen)
    blocked = "fail" if options.blocked_fails else "warn"
    codes = plan_exits.of_plan(made, blocked=blocked, detailed=options.detailed_exitcode)
    return worst(codes | (set() if saved else {1}))


def _planned(options: PlanOptions, wiring: Wiring, failing: Failing) -> tuple[Plan, datetime]:
    """Returns the plan, and the time by which it is shown.

    What the commits changed is known offline, and is shown even where the service can't be read.
    """
    comparison = None
    if options.changed_since is not None:
        comparison = wiring.comparison(options.changed_since, remembering=options.snapshot is None)
        failing.notices = comparison.changes.notices
    recent = wiring.recent(options.recent) if options.recent else None
    with wiring.workspace(options.snapshot) as workspace:
        made = plan_estate(workspace, options.globs, comparison, recent).plan
        return made, utc_now() if options.snapshot else workspace.commerce.now()


def _recent_files(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    from reconciler.cli.snapshots import files_of

    return tuple(files_of(folder))


def _next_command(made: Plan, out: Path | None, globs: Globs) -> tuple[str, ...]:
    """Returns the arguments of the command that carries out just this plan."""
    if out:
        return ("apply", operand(out))
    accepted = {"--accept-drift": made.selection.accepted}
    if made.selection.changed_since:  # apply compares no commits: it is told the addresses
        moved = (*(move.to for move in made.customer_moves), *(move.address.customer for move in made.moves))
        targets = tuple(dict.fromkeys((*(change.address for change in made.changes), *moved)))
        return ("apply", *flag_words({"--target": targets, **accepted}))
    shard = str(globs.shard) if globs.shard else None
    chosen = {"--target": globs.target, "--exclude": globs.exclude, **accepted, "--shard": shard}
    return ("apply", *flag_words(chosen))
