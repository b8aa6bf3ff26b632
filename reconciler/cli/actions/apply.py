"""Carries out `reconciler apply`."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from reconciler.advice import problem
from reconciler.cli import exits, plan_exits, selection
from reconciler.cli.actions.carry_out import carry_out
from reconciler.cli.actions.confirm import confirm, refuse_without_terminal
from reconciler.cli.actions.same_run import of_same_run
from reconciler.cli.chosen import Chosen, flag_words
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.files import read
from reconciler.cli.opened import Opened
from reconciler.cli.reports import Reports
from reconciler.cli.signals import ending_at_once, stopping
from reconciler.cli.wiring import Wiring
from reconciler.documents import plan as plan_document
from reconciler.documents.plan import fingerprint
from reconciler.model.customer import Customer
from reconciler.model.errors import Misused, PlanFileRefused, ReconcilerError, worst
from reconciler.model.event import GuardLoosened
from reconciler.model.invocation import operand
from reconciler.model.limits import ESTATE_EMPTIED
from reconciler.model.overrides import Override
from reconciler.model.plan import Plan
from reconciler.model.shard import Shard
from reconciler.operations import review
from reconciler.operations.apply import ApplySettings, apply_plan, loosened, refuse_while_clocks_disagree
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.saved import planned_from
from reconciler.operations.settle import settle_pending, unsettled_works
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs
from reconciler.rendering.reports.applied import Applied


@dataclass(frozen=True, kw_only=True)
class ApplyOptions:
    """The options of `apply`, as typed.

    `planfile` is carried out as it is; `reviewed` (--approved) is planned afresh, and what one of `also_reviewed` has
    is left to its job; with `settle` only what is pending is settled. `overridden` are limits that are raised or lifted
    for this run. `license_report` is the file for users whose licences did not move.
    """

    planfile: Path | None
    auto_approve: bool
    settle: bool
    reviewed: Path | None
    also_reviewed: tuple[Path, ...]
    form: str
    reports: tuple[tuple[str, str], ...]
    overridden: tuple[Override, ...]
    license_report: Path | None
    target: tuple[str, ...]
    exclude: tuple[str, ...]
    canaries: int | None
    stop_after_failures: int | None
    shard: str | None
    blocked: str | None
    parallelism: int | None
    lock_timeout: float
    accepted: tuple[str, ...]

    @property
    def file(self) -> Path | None:
        """The plan file that was given, to be carried out or as a review."""
        return self.planfile or self.reviewed

    @property
    def blocked_or_default(self) -> str:
        """Returns whether a blocked item fails the command; by default it is a warning."""
        return self.blocked or "warn"

    @cached_property
    def globs(self) -> Globs:
        """The selection. Raises Misused for a shard that is none."""
        return selection.globs(self.target, self.exclude, self.shard)

    @property
    def run(self) -> tuple[str, ...]:
        """The command of this run, for messages: the arguments after `reconciler`."""
        flags: dict[str, object] = {
            "--approved": self.reviewed,
            "--also-reviewed": self.also_reviewed,
            "--auto-approve": self.auto_approve,
            "--settle": self.settle,
            "--canary": self.canaries,
            "--stop-after-failures": self.stop_after_failures,
            "--blocked": self.blocked,
            "--override-limit": self.overridden,
            "--target": self.target,
            "--exclude": self.exclude,
            "--accept-drift": self.accepted,
            "--shard": self.shard,
        }
        return ("apply", *([operand(self.planfile)] if self.planfile else []), *flag_words(flags))

    def settings(self, plan: Plan, signed: str | None) -> ApplySettings:
        """Returns how the plan is carried out. `signed` is the fingerprint of the file that it was read from."""
        return ApplySettings(
            fingerprint=signed or fingerprint(plan),
            overridden=self.overridden,
            canaries=self.canaries or 0,
            run=self.run,
        )


def _refuse_customer(file: Path | None, chosen: Chosen) -> None:
    """Refuses a customer's name, or an address, in the place of a plan file that is not there: `plan` takes it."""
    name = str(file) if file and not file.exists() else ""
    declared: set[str] = set()
    with suppress(ReconcilerError):
        declared = {desired.address for desired in Wiring(chosen=chosen).estate.desired} if name else set()
    if name in {*declared, *(address.partition("/")[0] for address in declared)}:
        raise Misused(problem("plan_file_is_a_name", name=name))


def apply(options: ApplyOptions, chosen: Chosen) -> int:
    """Plans, or takes a saved plan; asks; carries it out. Returns the exit code.

    Every file is opened before the first request that spends.
    """
    _refuse_contradictions(options)
    _refuse_customer(options.file, chosen)
    if options.settle:
        return _settle(options, chosen)
    refuse_without_terminal(planned=options.file is not None, auto_approve=options.auto_approve)
    written, read_too = (options.license_report,), (options.planfile, options.reviewed, *options.also_reviewed)
    refuse_loss(options.reports, chosen=chosen, also=written, read=read_too)
    reports = Reports.readied(options.form, options.reports, chosen=chosen, kind="apply")
    people = Opened.at(options.license_report, private=True) if options.license_report else None
    with reports.of_failure():
        saved, signed = _saved(options.file) if options.file else (None, None)
        others = {str(file): _saved(file)[0] for file in options.also_reviewed}
    wiring = _wiring(options, chosen, saved)
    with reports.of_failure() as failing, wiring.workspace() as workspace, stopping(workspace.stop):
        wiring.refuse_lost_state()
        with ending_at_once("Interrupted. Nothing was sent."):
            with wiring.watched:
                planned = _planned(workspace, saved, options, others)
            refuse_while_clocks_disagree(workspace, planned)
            if options.file is None:
                guards = loosened(workspace, planned.plan, options.overridden)
                if confirm(planned.plan, guards, options, chosen):
                    reports = replace(reports, shown=(GuardLoosened,))
        wiring.watched.turns_to("Applying", "changes settled", len(planned.plan.changes))
        events = apply_plan(workspace, planned, options.settings(planned.plan, signed if options.planfile else None))
        reports.check()
        if people:
            people.check()
        failing.begun = True
        codes = carry_out(
            of_same_run(events, options.run),
            workspace.stop,
            reports,
            people,
            wiring.watched,
            chosen,
            code_of=partial(exits.of_event, blocked=options.blocked_or_default),
            reported=Applied(
                events=(),
                blocked=planned.plan.blocked if options.blocked_or_default == "fail" else (),
                customers=_customers(workspace, planned, saved),
            ),
        )
    return worst(codes | plan_exits.of_plan(planned.plan, blocked=options.blocked_or_default, detailed=False))


def _customers(workspace: Workspace, planned: Planned, saved: Plan | None) -> tuple[Customer, ...]:
    """Returns every customer of whom an event may be. The plan alone knows one that an earlier run removed."""
    plans = (planned.plan, *([saved] if saved else []))
    return (
        *(customer for plan in plans for customer in plan.known_customers),
        *(work.customer for work in planned.works),
        *workspace.estate.customers,
    )


def _settle(options: ApplyOptions, chosen: Chosen) -> int:
    """Settles what is pending; returns the exit code. Begins nothing, so nobody is asked."""
    written = (options.license_report,)
    refuse_loss(options.reports, chosen=chosen, also=written, read=())
    reports = Reports.readied(options.form, options.reports, chosen=chosen, kind="apply")
    people = Opened.at(options.license_report, private=True) if options.license_report else None
    wiring = _wiring(options, chosen, None)
    with reports.of_failure() as failing, wiring.workspace() as workspace, stopping(workspace.stop):
        wiring.refuse_lost_state()
        with ending_at_once("Interrupted. Nothing was sent."), wiring.watched:
            works = unsettled_works(workspace, options.globs)
        wiring.watched.turns_to("Settling", "changes settled", sum(len(work.unsettled) for work in works))
        events = settle_pending(workspace, works)
        reports.check()
        if people:
            people.check()
        failing.begun = True
        codes = carry_out(
            of_same_run(events, options.run),
            workspace.stop,
            reports,
            people,
            wiring.watched,
            chosen,
            code_of=exits.of_settling,
            reported=Applied(events=(), customers=tuple(work.customer for work in works)),
        )
    return worst(codes)


def _wiring(options: ApplyOptions, chosen: Chosen, saved: Plan | None) -> Wiring:
    return Wiring(
        chosen=chosen,
        parallelism=options.parallelism,
        lock_timeout=options.lock_timeout,
        stop_after_failures=options.stop_after_failures,
        may_be_empty=Override(ESTATE_EMPTIED) in options.overridden,
        overrides=options.overridden,
        outlives_signals=True,
        accepted=saved.selection.accepted if saved and options.planfile else options.accepted,
        shards=_shards(options.globs.shard, saved if options.planfile else None),
    )


def _refuse_contradictions(options: ApplyOptions) -> None:
    planfile, reviewed = options.planfile, options.reviewed
    if options.settle and options.file:
        raise Misused(problem("settle_and_plan", str(options.file)))
    if planfile and reviewed:
        raise Misused(problem("plan_and_approved", str(planfile), reviewed=reviewed))
    if options.also_reviewed and not reviewed:
        raise Misused(problem("other_reviews_alone", str(options.also_reviewed[0])))
    if planfile and (options.globs != Globs() or options.accepted):
        raise Misused(problem("plan_and_selection", str(planfile), planfile=planfile))


def _saved(given: Path) -> tuple[Plan, str | None]:
    saved, signed = plan_document.load_signed(read(given), str(given))
    if "," in (saved.selection.shard or ""):
        raise PlanFileRefused(problem("several_shards", str(given), shards=saved.selection.shard))
    if saved.selection.parts:
        selections = ", and ".join(saved.selection.parts)
        raise PlanFileRefused(problem("several_selections", str(given), selections=selections))
    return saved, signed


def _shards(part: Shard | None, saved: Plan | None) -> int:
    """Returns how many runs share the service's rate: those of a saved plan's other shards run beside it."""
    written = saved.selection.shard if saved else None
    shard = Shard.parse(written) if written else part
    return shard.of if shard else 1


def _planned(workspace: Workspace, saved: Plan | None, options: ApplyOptions, others: Mapping[str, Plan]) -> Planned:
    """Returns a new plan, a new one reduced to what was reviewed, or the saved plan as it is."""
    if saved is None:
        return plan_estate(workspace, options.globs)
    if options.planfile:
        return planned_from(workspace, saved)
    return review.approved(workspace, saved, options.globs, others, options.run)
