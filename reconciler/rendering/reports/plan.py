"""The report of a plan: what can go ahead, what can't and who must do what, what else was noticed, what to run next."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.model.address import Address
from reconciler.model.alarm import NOT_GUARDED
from reconciler.model.place import Place
from reconciler.model.plan import Drift, Plan
from reconciler.model.remedy import Step
from reconciler.rendering.report import (
    Field,
    Item,
    Level,
    Report,
    Section,
)
from reconciler.rendering.reports.alarms import alarms
from reconciler.rendering.reports.asked import (
    also,
    blocked_before,
    changes_before,
    changes_now,
    reasons_before,
    undoing,
)
from reconciler.rendering.reports.blocked import blocked_section
from reconciler.rendering.reports.catalogue import catalogue
from reconciler.rendering.reports.costs import cost_charts, cost_lines, total_properties
from reconciler.rendering.reports.counts import tiles
from reconciler.rendering.reports.differences import AS_ASKED, choosing_end, left_alone, moved, named
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.reports.names import with_names
from reconciler.rendering.reports.notices import notices
from reconciler.rendering.reports.planned import held_section, ready_section
from reconciler.rendering.reports.seats import by_offer
from reconciler.rendering.reports.state_moves import state_moves
from reconciler.rendering.reports.tasks import left_to_do
from reconciler.rendering.reports.timeline import coming_terms
from reconciler.rendering.reports.undeclared import undeclared
from reconciler.rendering.reports.unsettled import unsettled
from reconciler.rendering.reports.verdict import caveats, counts, origin, verdict
from reconciler.rendering.view import View


def plan_report(plan: Plan, view: View) -> Report:
    """The report, in the order in which it is read."""
    places = _places(plan)
    asides = reasons_before(plan)
    level = Level.ERROR if view.blocked_fails else Level.WARNING
    before = {address: aside for address, aside in asides.items() if address in plan.asked_before}
    blocked = blocked_section(plan.blocked, level, before)
    report = Report(
        name="reconciler plan",
        case="limits",
        marker="reconciler plan",
        at=plan.created_at,
        verdict=verdict(plan),
        counts="" if _is_nothing(plan) else counts(plan),
        origin=origin(plan, view.now),
        caveats=caveats(plan, view.now),
        before=(*guards(plan.notices), *catalogue(plan)),
        notices=tuple(notices(plan, view.next_command)),
        sections=(
            *ready_section("Planned" if plan.refusing else "Ready", plan, changes_now(plan), {}),
            *ready_section("NOT ASKED FOR BY THESE COMMITS", plan, changes_before(plan), asides, also(plan)),
            *held_section(plan),
            *blocked,
            *_blocked_before(plan),
            *unsettled(plan.pending, places, view.now),
            *left_to_do(plan.tasks, view.now, places),
            *state_moves(plan),
            *_drift(plan, places),
            *alarms(
                (alarm for alarm in plan.warnings if alarm.code not in NOT_GUARDED),
                places,
                view.next_command or view.this_run,
            ),
            *undeclared(plan.undeclared, plan.unbought, plan.pending, plan.warnings, plan.vanished, plan.dropped),
        ),
        recap=f"Of what is blocked, {blocked[0].summary}." if blocked else "",
        closing=_closing(plan, view.next_command),
        whole=_whole(view.files),
        tiles=lambda: tiles(plan),
        charts=lambda: (*by_offer(plan), *cost_charts(plan), *coming_terms(plan.months)),
        errored=plan.errored,
    )
    return with_names(_with_costs(report, plan), (), plan.known_customers)


def _with_costs(report: Report, plan: Plan) -> Report:
    """The report with what the changes cost together; as it is without price sheets."""
    if plan.costs is None:
        return report
    return replace(report, costs=tuple(cost_lines(plan)), properties=total_properties(plan.costs))


def _is_nothing(plan: Plan) -> bool:
    """Returns True if the verdict says all that the counts would."""
    return not (plan.changes or plan.blocked or plan.limits or plan.dropped or plan.pending or plan.rearranges)


def _blocked_before(plan: Plan) -> Iterator[Section]:
    if before := blocked_before(plan):
        heading = f"Blocked before this change already: {', '.join(before)}"
        yield Section(id="blocked-before", heading=heading)


def _drift(plan: Plan, places: Mapping[Address, Place]) -> Iterator[Section]:
    """Yields what somebody else changed, and what that means for this plan."""
    undone = "What this plan undoes of it is listed first." if undoing(plan) else "It is no change of this plan."
    if plan.drift:
        yield Section(
            id="drift",
            heading="Changed outside since the last apply",
            nouns=("subscription", "subscriptions"),
            intro=f"Somebody else did this. {undone} What the manifests ask stands above.",
            items=tuple(_moved(item, places.get(item.address)) for item in plan.drift),
            closing=tuple(_kept(plan)),
            folded=True,
            dense=True,
        )


def _kept(plan: Plan) -> Iterator[Step]:
    """Yields the command that keeps what somebody else did, where an entry can say it."""
    items = [item.address for item in plan.drift if item.acceptable and item.address not in plan.undeclared]
    if items:
        yield Step("To keep it, write it into the manifest:", ("accept", *named(items)))
    yield from choosing_end(plan.drift)


def _moved(item: Drift, place: Place | None) -> Item:
    found = moved(item.address, item.differences, place)
    now = (Field("now", left_alone(item.left_out) if item.left_out else AS_ASKED),) if item.agreed else ()
    return replace(found, fields=(*found.fields, *now), alone="Somebody else changed this since the last apply.")


def _closing(plan: Plan, command: tuple[str, ...]) -> tuple[Step, ...]:
    if plan.observed_from == "snapshot" and plan.changes:
        return (
            Step("`apply` refuses a plan from a snapshot; `apply --approved` takes it as a review and plans anew."),
        )
    if command and (plan.ready or plan.rearranges) and not plan.refusing:
        which = {0: "this", 1: "this change"}.get(len(plan.ready), f"these {len(plan.ready)} changes")
        return (Step(f"To carry out {which}:", command),)
    if plan.blocked and not plan.held:
        codes = tuple(dict.fromkeys(reason.code for item in plan.blocked for reason in item.reasons))
        return (Step("More about a reason:", ("explain", codes[0] if len(codes) == 1 else "CODE")),)
    return ()


def _whole(files: tuple[str, ...]) -> Step:
    """Returns how to read all of it where a host cuts."""
    if files:
        return Step("To read all of it, use another format of the saved plan:", ("show", *files))
    return Step("To read all of it, plan with --out plan.json, and use another format:", ("show", "plan.json"))


def _places(plan: Plan) -> dict[Address, Place]:
    """Returns where each address that the plan changes or blocks is declared."""
    changes = {item.address: item.source for item in plan.changes}
    return changes | {item.address: item.source for item in plan.blocked}
