"""The report of a plan: what can go ahead, what can't and who must do what, what else was noticed, what to run next."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler import advice
from reconciler.changes import Kind
from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.alarm import NOT_GUARDED, OF_TERMS, UNDOING
from reconciler.model.breach import Held
from reconciler.model.change import Change
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.place import Place
from reconciler.model.plan import Drift, Plan
from reconciler.model.remedy import Step
from reconciler.model.subscription import Status
from reconciler.rendering.phrases import ATTRIBUTES, offers
from reconciler.rendering.report import (
    Amount,
    Field,
    Item,
    Level,
    Line,
    Names,
    Note,
    Report,
    Section,
    Span,
    Tile,
    Tone,
)
from reconciler.rendering.reports.alarms import alarms
from reconciler.rendering.reports.asked import (
    also,
    blocked_before,
    changes_before,
    changes_now,
    is_one_way,
    reasons_before,
    undoing,
)
from reconciler.rendering.reports.blocked import blocked_section
from reconciler.rendering.reports.catalogue import catalogue
from reconciler.rendering.reports.commitment import commitment
from reconciler.rendering.reports.differences import moved
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.reports.names import OfCustomer, with_names
from reconciler.rendering.reports.notices import notices
from reconciler.rendering.reports.seats import by_offer
from reconciler.rendering.reports.tasks import left_to_do
from reconciler.rendering.reports.undeclared import undeclared
from reconciler.rendering.reports.unsettled import unsettled
from reconciler.rendering.reports.verdict import counts, origin, unknown, verdict
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
        before=(*guards(plan.notices), *catalogue(plan)),
        notices=tuple(notices(plan, view.next_command)),
        sections=(
            *_ready("Planned" if plan.refusing else "Ready", plan, changes_now(plan), {}),
            *_ready("NOT ASKED FOR BY THESE COMMITS", plan, changes_before(plan), asides, also(plan)),
            *_held(plan),
            *blocked,
            *_blocked_before(plan),
            *unsettled(plan.pending, places, view.now),
            *left_to_do(plan.tasks, view.now, places),
            *_moves(plan),
            *_drift(plan, places),
            *alarms((alarm for alarm in plan.warnings if alarm.code not in NOT_GUARDED), places),
            *undeclared(plan.undeclared, plan.unbought, plan.pending, plan.warnings, plan.dropped),
        ),
        recap=f"Of what is blocked, {blocked[0].summary}." if blocked else "",
        closing=_closing(plan, view.next_command),
        whole=_whole(view.files),
        tiles=lambda: tuple(tile for tile in _tiles(plan) if tile.number),
        charts=lambda: tuple(by_offer(plan)),
        timeline=lambda: plan.months,
        errored=plan.errored,
    )
    known: tuple[OfCustomer, ...] = (*plan.changes, *plan.blocked, *plan.pending, *plan.tasks)
    return with_names(_with_costs(report, plan), known)


def _with_costs(report: Report, plan: Plan) -> Report:
    """The report with what the changes cost together; as it is without price sheets."""
    if plan.costs is None:
        return report
    from reconciler.rendering.reports.costs import cost_charts, cost_lines, total_properties

    return replace(
        report,
        costs=tuple(cost_lines(plan)),
        properties=total_properties(plan.costs),
        charts=lambda: (*report.charts(), *cost_charts(plan)),
    )


def _is_nothing(plan: Plan) -> bool:
    """Returns True if the verdict says all that the counts would."""
    return not (plan.changes or plan.blocked or plan.limits or plan.dropped or plan.pending or plan.rearranges)


def _ready(
    heading: str, plan: Plan, changes: tuple[Change, ...], asides: Mapping[Address, str], warning: str = ""
) -> Iterator[Section]:
    """Changes that can go ahead."""
    if changes:
        warnings = ((Span(warning, Tone.BAD),),) if warning else ()
        kinds = dict.fromkeys(kind_of(change.request) for change in changes if is_one_way(change))
        yield Section(
            id="asked-before" if warning else "ready",
            heading=heading,
            nouns=("change", "changes"),
            tone=Tone.BAD if warning else Tone.GOOD,
            items=tuple(_change(plan, change, asides.get(change.address, "")) for change in changes),
            legends=(*warnings, *map(_legend, kinds)),
            table=True,
        )


def _held(plan: Plan) -> Iterator[Section]:
    """Changes that limits hold back."""
    by_item = {change.item: change for change in plan.changes}
    items = tuple(_held_back(plan, held, by_item[held.item]) for held in plan.held if held.item in by_item)
    if items:
        yield Section(
            id="held",
            heading="Held back by a limit",
            nouns=("change", "changes"),
            tone=Tone.BAD,
            items=items,
            legends=((Span("Apply does not begin these, and carries out the others."),),),
            closing=(_about_limits(plan.held),),
            table=True,
        )


def _about_limits(held: tuple[Held, ...]) -> Step:
    """Returns the command that tells of a limit."""
    names = tuple(dict.fromkeys(name for item in held for name in item.limits))
    return Step("What the limit is for, and how to raise it:", ("explain", names[0] if len(names) == 1 else "LIMIT"))


def _held_back(plan: Plan, held: Held, change: Change) -> Item:
    item = _change(plan, change)
    names = " and ".join(held.limits)
    where = _HELD_WITH.get(held.code, "")
    return replace(
        item,
        level=Level.WARNING,
        state=f"{change.action}, held back by a limit",
        code=held.code,
        alone=advice.sentence(held.code, **held.named),
        fields=(*item.fields, Field("held by", f"{names}{where}")),
        skipped=True,
    )


_HELD_WITH = {
    "earlier_change_held": " (by an earlier change of the address)",
    "renewal_held": " (by the renewal of the address, which would schedule again what this deletes)",
}


def _legend(kind: Kind) -> Line:
    noun = kind.words.noun
    article = "An" if noun[0] in "aeiou" else "A"
    return (Span(f"{article} {noun} ({kind.symbol}) is one way: it {kind.words.one_way}."),)


def _change(plan: Plan, change: Change, aside: str = "") -> Item:
    fields = [
        Field("offer", Names(offers(change.before, change.after))),
        Field("seats", Amount(change.before.quantity if change.before else None, change.after.quantity)),
    ]
    others = {found.path: f"{found.before} -> {found.after}" for found in change.differences}
    status = {"status": change.before.status} if change.before and change.before.status != Status.ACTIVE else {}
    fields.extend(Field(path, value) for path, value in {**status, **others}.items() if path not in ATTRIBUTES)
    cost, properties = _cost(change) if plan.costs else ((), ())
    fields.extend(cost)
    kind, one_way = kind_of(change.request), is_one_way(change)
    fields.extend(commitment(change, plan.created_at))
    if users := kind.users(change.request):
        fields.append(Field("users", users))
    return Item(
        subject=change.address,
        address=change.address,
        sign=Span(kind.symbol, Tone.GOOD if one_way else Tone.WARN),
        kind=change.action,
        level=Level.WARNING if aside else Level.NOTE,
        state=change.action,
        code=change.action,
        alone=kind.words.planned,
        place=change.source,
        fields=tuple(fields),
        notes=tuple(
            Note(warning.description, warning.code, warning.code in UNDOING | OF_TERMS) for warning in change.warnings
        ),
        aside=aside,
        urgent=one_way,
        properties=properties,
    )


def _cost(change: Change) -> tuple[tuple[Field, ...], tuple[tuple[str, str], ...]]:
    """Returns what a change costs, for people and for machines."""
    from reconciler.rendering.reports.costs import cost_fields, cost_properties

    return tuple(cost_fields(change.cost)), cost_properties(change.cost)


def _blocked_before(plan: Plan) -> Iterator[Section]:
    if before := blocked_before(plan):
        heading = f"Blocked before this change already: {', '.join(before)}"
        yield Section(id="blocked-before", heading=heading)


def _moves(plan: Plan) -> Iterator[Section]:
    """Yields what apply moves in state, and what it stops tracking, a line each."""
    if plan.customer_moves:
        yield Section(
            id="customers-moved",
            heading="Customers moved in state, as the manifests say",
            nouns=("customer", "customers"),
            intro="Each with all its addresses. Nothing of it is sent to Partner Center.",
            items=tuple(map(_customer_move, plan.customer_moves)),
            dense=True,
        )
    moved = [move for move in plan.moves if move.to]
    yield from _moved_in_state("moves", "Moved in state, as the manifests say", moved)
    gone = [move for move in plan.moves if move.to is None]
    bought = [move for move in gone if move.address not in plan.unbought]
    more = " That cancels nothing: each subscription and its bill go on, and so does what is scheduled for it."
    yield from _moved_in_state("not-tracked", "Not tracked any more, as the manifests say", bought, more)
    orders = [move for move in gone if move.address in plan.unbought]
    heading = "Orders that are not tracked any more, as the manifests say"
    yield from _moved_in_state("orders-not-tracked", heading, orders, " Nothing is known to be bought for them.")


def _moved_in_state(name: str, heading: str, moves: list[StateMove], more: str = "") -> Iterator[Section]:
    if moves:
        yield Section(
            id=name,
            heading=heading,
            nouns=("address", "addresses"),
            intro=f"Nothing of it is sent to Partner Center.{more}",
            items=tuple(map(_state_move, moves)),
            dense=True,
        )


def _state_move(move: StateMove) -> Item:
    state = f"is {move.to} from now on" if move.to else "is not tracked any more"
    return Item(
        subject=f"{move.address} -> {move.to}" if move.to else move.address,
        address=move.address,
        sign=Span(">", Tone.INFO),
        kind="moved" if move.to else "removed",
        level=Level.NOTE,
        state="moved in state" if move.to else "not tracked any more",
        code="moved" if move.to else "removed",
        place=move.source,
        alone=f"In state, {move.address} {state}.",
    )


def _customer_move(move: CustomerMove) -> Item:
    return Item(
        subject=f"{move.customer} -> {move.to}",
        sign=Span(">", Tone.INFO),
        kind="moved",
        level=Level.NOTE,
        state="moved in state",
        code="moved",
        place=move.source,
        alone=f"In state, the customer {move.customer} is {move.to} from now on.",
    )


def _drift(plan: Plan, places: Mapping[Address, Place]) -> Iterator[Section]:
    """Yields what somebody else changed, and what that means for this plan."""
    undone = "What of it this plan undoes is said first." if undoing(plan) else "It is no change of this plan."
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
        only = items[0] if len(plan.drift) == 1 else "ADDRESS"
        yield Step("To keep it, write it into the manifest:", ("accept", only))


def _moved(item: Drift, place: Place | None) -> Item:
    return replace(
        moved(item.address, item.differences, place), alone="Somebody else changed this since the last apply."
    )


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


def _tiles(plan: Plan) -> Iterator[Tile]:
    summary = plan.summary
    for action, number in summary.actions.items():
        yield Tile(name=f"{action}s", number=number, tone=Tone.GOOD, section="ready")
    yield Tile(name="held back", number=summary.held, tone=Tone.BAD, section="held")
    yield Tile(name="blocked", number=summary.blocked, tone=Tone.BAD, section="blocked")
    yield Tile(name="outcome unknown", number=unknown(plan), tone=Tone.BAD, section="pending")
    yield Tile(name="waiting", number=summary.waiting, section="pending")
    yield Tile(name="left to do by hand", number=len(plan.tasks), section="tasks")
    yield Tile(name="unchanged", number=summary.unchanged)
    yield Tile(name="seats upgraded", number=summary.seats_upgraded, section="ready")
    yield Tile(name="seats added", number=summary.seats_added, section="ready")
    yield Tile(name="seats removed", number=summary.seats_removed, tone=Tone.BAD, section="ready")
    yield Tile(name="seats removed at renewal", number=summary.seats_removed_at_renewal, section="ready")
    yield Tile(name="changed outside", number=len(plan.drift), section="drift")
    yield Tile(name="no longer declared", number=len(plan.undeclared), section="undeclared")
