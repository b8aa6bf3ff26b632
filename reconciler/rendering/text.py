"""A plan for people: what can go ahead, what can't and who must do what, what else was noticed, what to run next."""

from datetime import datetime

from reconciler.changes import of as kind_of
from reconciler.model.change import Change
from reconciler.model.plan import Plan
from reconciler.rendering.asked import also, asked_before, asked_now, blocked_before
from reconciler.rendering.blocked import needs, write_blocked
from reconciler.rendering.catalogue import catalogue_notices, write_catalogue
from reconciler.rendering.foremost import foremost
from reconciler.rendering.gravity import is_one_way
from reconciler.rendering.guards import write_guards
from reconciler.rendering.items import write_change
from reconciler.rendering.notices import (
    drift_intro,
    write_alarms,
    write_drift,
    write_dropped,
    write_foremost,
    write_limits,
    write_pending,
    write_undeclared,
)
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import CLOUDS, count
from reconciler.rendering.verdict import compared, counts, origin, selected, unknown, verdict

_SCREEN = 24
"""A page of more lines ends as it begins: with what it comes to, since its head has been scrolled away."""


def plan_text(
    plan: Plan,
    *,
    width: int = 80,
    color: bool = False,
    now: datetime | None = None,
    next_command: str | None = None,
) -> str:
    """The plan as a page `width` cells wide, though prose is never wider than is readable.

    `now` says how long ago things were. `next_command` is what would carry this plan out (`reconciler apply
    plan.json`); it is shown only where that would do something. Commands and links are never broken.
    """
    page = Page(width=width, color=color)
    if plan.notices:
        write_guards(page, plan.notices)
    if notices := catalogue_notices(plan):
        write_catalogue(page, notices)
    _write_origin(page, plan, now)
    _write_verdict(page, plan)
    if plan.limits:
        write_limits(page, plan, next_command)
    if plan.dropped:
        write_dropped(page, plan)
    if cautions := foremost(plan):
        write_foremost(page, cautions)
    if now_asked := asked_now(plan):
        _write_changes(page, now_asked, "Planned" if plan.limits else "Ready")
    if before := asked_before(plan):
        _write_changes(page, before, "NOT ASKED FOR BY THESE COMMITS", also(plan))
    write_blocked(page, plan.blocked)
    _write_blocked_before(page, plan)
    _write_notices(page, plan, now)
    if page.height > _SCREEN and (plan.changes or plan.blocked):
        _write_ending(page, plan)
    _write_next(page, plan, next_command)
    return page.text()


def _write_origin(page: Page, plan: Plan, now: datetime | None) -> None:
    chosen = plan.selection
    cloud = (CLOUDS.get(plan.cloud, plan.cloud), "bold")
    if plan.observed_from == "snapshot":
        page.write(cloud)
        page.write(f"P{origin(plan, now)[1:]}")
    else:
        page.write(cloud, f", {origin(plan, now)}")
    page.write(f"{count(chosen.customers, 'customer')}, {count(chosen.subscriptions, 'subscription')}")
    if selected(plan):
        page.write(f"Only part of the estate was planned: {selected(plan)}")
    if compared(plan):
        page.write(compared(plan))
    if plan.errored:
        page.write(("Something could not be read: this plan is incomplete. What it lists still holds.", "bold red"))


def _write_verdict(page: Page, plan: Plan) -> None:
    page.gap()
    if plan.limits or plan.changes or plan.blocked or plan.dropped:
        page.write(*verdict(plan))
        page.write((counts(plan), "dim"))
    else:
        page.write(*verdict(plan), f" {counts(plan)}" if plan.pending else "")
    _write_unknown(page, plan, "below")


def _write_ending(page: Page, plan: Plan) -> None:
    page.gap()
    page.write("In all: ", *verdict(plan))
    if plan.blocked:
        page.write(f"Of what is blocked, {needs(plan.blocked)}.")
    _write_unknown(page, plan, "above")


def _write_unknown(page: Page, plan: Plan, where: str) -> None:
    if unknown(plan):
        page.write((f"The outcome of {count(unknown(plan), 'earlier change')} is UNKNOWN: see {where}.", "bold red"))


def _write_changes(page: Page, changes: tuple[Change, ...], heading: str, warning: str = "") -> None:
    page.gap()
    page.write((f"{heading}: {count(len(changes), 'change')}", "bold red" if warning else "bold green"))
    if warning:
        page.write((warning, "red"), indent=2)
    for kind in dict.fromkeys(kind_of(change.request) for change in changes if is_one_way(change)):
        page.write(f"An {kind.words.noun} ({kind.symbol}) is one way: it {kind.words.one_way}.", indent=2)
    for change in changes:
        page.gap()
        write_change(page, change, "bold green" if is_one_way(change) else "bold yellow")


def _write_blocked_before(page: Page, plan: Plan) -> None:
    if before := blocked_before(plan):
        page.gap()
        page.write((f"Blocked before this change already: {', '.join(before)}", "bold"))


def _write_notices(page: Page, plan: Plan, now: datetime | None) -> None:
    if plan.pending:
        write_pending(page, plan.pending, now)
    if plan.drift:
        write_drift(page, plan.drift, drift_intro(plan))
    if plan.warnings:
        write_alarms(page, plan.warnings)
    if plan.undeclared:
        write_undeclared(page, plan.undeclared)


def _write_next(page: Page, plan: Plan, command: str | None) -> None:
    if plan.observed_from == "snapshot" and plan.changes:
        page.gap()
        page.write("A plan from a snapshot can't be applied: plan again against the live service.")
    elif command and plan.changes and not plan.limits:
        page.gap()
        page.write(f"To carry out {'this change' if len(plan.changes) == 1 else f'these {len(plan.changes)} changes'}:")
        page.exact(command, indent=4)
