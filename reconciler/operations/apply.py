"""Applies a plan as a stream of events, unless the operator's limits or a clock stand against it."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from reconciler import planning
from reconciler.advice import instead_of_raising, problem, row
from reconciler.applying.context import ApplyContext
from reconciler.applying.estate import apply_works, nothing_done
from reconciler.applying.work import Work
from reconciler.model.breach import Breach, Held, overriding_each
from reconciler.model.errors import ClocksDisagree, LimitExceeded, Problem, StateError
from reconciler.model.event import (
    REVIEWED_ELSEWHERE,
    CostChanged,
    CustomerSkipped,
    Event,
    GuardLoosened,
    MovedAlready,
    Skipped,
    Stale,
)
from reconciler.model.limits import EVERY_CURRENCY, LIMITS, allowed, currencies
from reconciler.model.overrides import Override, together
from reconciler.model.plan import Plan
from reconciler.operations.plan import Planned
from reconciler.operations.recheck import Recheck
from reconciler.operations.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplySettings:
    """Options of carrying a plan out.

    `fingerprint` is the plan's, recorded with each result. Limits in `overridden` are lifted, or were raised before
    the plan was held against them. The first `canaries`
    customers with changes, in address order, are finished first; the rest only if all went well there. `run` is the
    command of this run, for messages: the arguments after `reconciler`.
    """

    fingerprint: str = ""
    overridden: tuple[Override, ...] = ()
    canaries: int = 0
    run: tuple[str, ...] = ("apply",)


def apply_plan(workspace: Workspace, planned: Planned, options: ApplySettings) -> Iterator[Event]:
    """Carries the plan out, as a stream of events; what limits hold back is told first, and not started.

    Raises LimitExceeded before anything is written or sent where a limit stops everything; what is pending is settled
    under any limit, where nothing is to be changed.
    """
    plan = lifted(planned.plan, options.overridden)
    if plan.refusing and plan.changes:
        commands = overriding_each(options.run, plan.refusing, plan.selection.one_shard)
        raise LimitExceeded(*(_exceeded(breach, commands[breach.name]) for breach in plan.refusing))
    refuse_while_clocks_disagree(workspace, planned)
    kept = frozenset(change.item for change in plan.ready)
    works = tuple(
        replace(work, changes=tuple(change for change in work.changes if change.item in kept)) for work in planned.works
    )
    held = (_held(item, plan, options, workspace.commerce.now()) for item in plan.held)
    raised = loosened(workspace, planned.plan, options.overridden)
    return carry_out(workspace, works, options, (*raised, *planned.left, *held))


def lifted(plan: Plan, overridden: Iterable[Override]) -> Plan:
    """Returns the plan as it is without the limits that are lifted."""
    names = {override.name for override in overridden if override.value is None}
    return planning.limited(plan, tuple(breach for breach in plan.limits if breach.name not in names))


def loosened(workspace: Workspace, plan: Plan, overridden: Iterable[Override]) -> Iterator[GuardLoosened]:
    """Yields what this run lets through beside what the settings do: each limit that it raises or lifts."""
    figures = {(breach.name, breach.currency): breach.figure for breach in plan.limits if not breach.unpriced}
    limits = workspace.estate.settings.limits
    for override in together(overridden):
        exceeded = (currency for name, currency in figures if name == override.name)
        lifted_in = {*currencies(limits, override.name), *exceeded} - {EVERY_CURRENCY}
        for currency in (override.value is None and sorted(lifted_in)) or (override.currency,):
            yield GuardLoosened(
                at=workspace.commerce.now(),
                limit=override.name,
                before=allowed(limits, override.name, currency),
                after=override.value,
                figure=figures.get((override.name, currency)),
                currency=currency,
            )


def carry_out(
    workspace: Workspace,
    works: tuple[Work, ...],
    options: ApplySettings,
    left: tuple[GuardLoosened | Stale | Skipped | CustomerSkipped | CostChanged | MovedAlready, ...] = (),
) -> Iterator[Event]:
    """Carries out all work, as a stream of events. What is `left` is told first, but what the review did not ask for
    last: after what this run did.
    """
    _release_abandoned(workspace, works)
    of_others = tuple(
        event for event in left if isinstance(event, Skipped | CustomerSkipped) and event.code in _OF_OTHERS
    )
    own = tuple(event for event in left if event not in of_others)
    if not works:
        return nothing_done((*own, *of_others), workspace.commerce.now())
    workspace.store.prove()
    return apply_works(works, _context(workspace, options), workspace.settings.parallelism, own, of_others)


_OF_OTHERS = {"blocked", "not_reviewed", REVIEWED_ELSEWHERE}
"""The codes of what is left that a review did not ask for."""


def _release_abandoned(workspace: Workspace, works: tuple[Work, ...]) -> None:
    """Releases the locks of processes that are provably gone, under the names of customers that the manifests move and
    for whom there is no work: nobody else would release one under an earlier name. The others are taken over with the
    work.
    """
    moved = workspace.estate.estate_moves.customers.moved
    busy = {name for work in works for name in work.names}
    for name in sorted({*moved, *moved.values()} - busy):
        lock = workspace.store.held(name)
        if lock and lock.run.process is not None and workspace.is_dead(lock.run.process):
            with suppress(StateError), workspace.store.lock(name, "apply", workspace.run()):
                pass  # taking it over tells of it, and it is released again


def refuse_while_clocks_disagree(workspace: Workspace, planned: Planned) -> None:
    """Raises ClocksDisagree where there is work to do and the service's time contradicts this machine's.

    Of a saved plan nothing was read yet: then each customer's first answer tells.
    """
    apart = workspace.commerce.clocks.apart
    if planned.works and apart:
        raise ClocksDisagree(problem("clocks_disagree_before_apply", **apart.data))


def _context(workspace: Workspace, options: ApplySettings) -> ApplyContext:
    """The state location gets its lineage before anything is read or sent: request ids are derived from it, so two
    first runs must agree on one. A run that ends there leaves nothing else behind, and no plan is refused for it.
    """
    recheck = Recheck(workspace)
    return ApplyContext(
        commerce=workspace.commerce,
        store=workspace.store,
        recheck=recheck,
        look=recheck.look,
        rearrange=workspace.rearrange,
        asks_for=workspace.asks_for,
        run=workspace.run(),
        lineage=workspace.lineage() or workspace.store.establish(workspace.new_lineage),
        wait=workspace.settings.wait,
        stop=workspace.stop,
        stop_after_failures=workspace.settings.limits.stop_after_failures,
        canaries=options.canaries,
        plan_fingerprint=options.fingerprint,
        clock=workspace.clock,
        pause=workspace.stop.wait,
        is_dead=workspace.is_dead,
    )


def _held(item: Held, plan: Plan, options: ApplySettings, at: datetime) -> Skipped:
    """Returns the event of a change that limits hold back: which, by which figures, and how to allow it."""
    known = row(item.code)
    breaches = planning.holding(plan, item)
    figures = (
        f"{LIMITS[breach.name].counts}: {breach.planned} planned, {breach.allowed} allowed" for breach in breaches
    )
    data = {**item.named, "figures": "; ".join(figures)}
    commands = overriding_each(options.run, breaches, plan.selection.one_shard)
    steps = (known.steps_for({**data, "limit": name, "options": run[1:]}) for name, run in commands.items())
    return Skipped(
        at=at,
        address=item.address,
        code=item.code,
        description=known.sentence(data),
        remedy=tuple(dict.fromkeys(chain.from_iterable(zip(*steps, strict=True)))),
    )


def _exceeded(breach: Breach, run: tuple[str, ...]) -> Problem:
    instead = instead_of_raising(breach)
    refused = problem(
        "limit_exceeded",
        where=breach.name,
        name=breach.name,
        figure=breach.planned,
        subject=breach.subject,
        limit=breach.allowed,
        options=run[1:],
        **{"instead" if instead else "meant": "true"},
    )
    return replace(refused, steps=(*instead, *refused.steps))
