"""The report of a plan: what can go ahead, what can't and who must do what, what else was noticed, what to run next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.changes import Kind
from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.change import Change, Difference
from reconciler.model.plan import UNDOING, Alarm, Drift, Plan, Unsettled
from reconciler.model.remedy import Step
from reconciler.model.subscription import Place, Status, same_name
from reconciler.rendering.phrases import ATTRIBUTES, offers, since
from reconciler.rendering.report import (
    Advice,
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
from reconciler.rendering.reports.asked import (
    also,
    asked_before,
    asked_now,
    blocked_before,
    is_one_way,
    reasons_before,
    undoing,
)
from reconciler.rendering.reports.blocked import blocked_section
from reconciler.rendering.reports.catalogue import catalogue
from reconciler.rendering.reports.commitment import OUTCOMES, commitment
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.reports.notices import notices
from reconciler.rendering.reports.seats import by_offer
from reconciler.rendering.reports.verdict import counts, origin, unknown, verdict
from reconciler.rendering.view import View

_OUTCOMES = {
    "recovered": "done",
    "waiting": "done, but not seen at the service yet",
    "unknown": "UNKNOWN whether it was done; nothing more is sent for this address until that is settled",
}
"""What reading back says of an earlier change."""


def plan_report(plan: Plan, view: View) -> Report:
    """The report, in the order in which it is read."""
    places = _places(plan)
    asides = reasons_before(plan)
    level = Level.ERROR if view.blocked_fails else Level.WARNING
    blocked = blocked_section(plan.blocked, level, asides)
    return Report(
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
            *_ready("Planned" if plan.limits else "Ready", asked_now(plan), {}),
            *_ready("NOT ASKED FOR BY THESE COMMITS", asked_before(plan), asides, also(plan)),
            *blocked,
            *_blocked_before(plan),
            *unsettled(plan.pending, places, view.now),
            *_drift(plan, places),
            *alarms(plan.warnings, places),
            *undeclared(plan.undeclared, plan.dropped),
        ),
        recap=f"Of what is blocked, {blocked[0].summary}." if blocked else "",
        closing=_closing(plan, view.next_command),
        whole=_whole(view.files),
        tiles=lambda: tuple(tile for tile in _tiles(plan) if tile.number),
        chart=lambda: by_offer(plan),
        errored=plan.errored,
    )


def _is_nothing(plan: Plan) -> bool:
    """Returns True if the verdict says all that the counts would."""
    return not (plan.changes or plan.blocked or plan.limits or plan.dropped or plan.pending)


def _ready(
    heading: str, changes: tuple[Change, ...], asides: Mapping[Address, str], warning: str = ""
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
            items=tuple(_change(change, asides.get(change.address, "")) for change in changes),
            legends=(*warnings, *map(_legend, kinds)),
            table=True,
        )


def _legend(kind: Kind) -> Line:
    noun = kind.words.noun
    article = "An" if noun[0] in "aeiou" else "A"
    return (Span(f"{article} {noun} ({kind.symbol}) is one way: it {kind.words.one_way}."),)


def _change(change: Change, aside: str) -> Item:
    fields = [
        Field("offer", Names(offers(change.before, change.after))),
        Field("seats", Amount(change.before.quantity, change.after.quantity)),
    ]
    if change.before.status != Status.ACTIVE:
        fields.append(Field("status", change.before.status))
    kind, one_way = kind_of(change.request), is_one_way(change)
    fields.extend(commitment(change))
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
        notes=tuple(Note(one.description, one.code, one.code in UNDOING) for one in change.warnings),
        aside=aside,
        urgent=one_way,
    )


def _blocked_before(plan: Plan) -> Iterator[Section]:
    if before := blocked_before(plan):
        heading = f"Blocked before this change already: {', '.join(before)}"
        yield Section(id="blocked-before", heading=heading)


def unsettled(
    pending: tuple[Unsettled, ...], places: Mapping[Address, Place], now: datetime | None
) -> Iterator[Section]:
    """Yields the section of changes of earlier runs that are not final yet."""
    if pending:
        yield Section(
            id="pending",
            heading="Not finished yet, from an earlier apply",
            items=tuple(_unsettled(item, places.get(item.address), now) for item in pending),
            folded=True,
        )


def _unsettled(item: Unsettled, place: Place | None, now: datetime | None) -> Item:
    unknown = item.outcome == "unknown"
    outcome = _OUTCOMES[item.outcome]
    return Item(
        subject=item.address,
        address=item.address,
        sign=Span("?", Tone.BAD) if unknown else Span(".", Tone.INFO),
        kind=item.outcome,
        level=Level.ERROR if unknown else Level.NOTE,
        state="outcome unknown" if unknown else "not finished yet",
        code="outcome_unknown" if unknown else item.outcome,
        alone=outcome,
        place=place,
        fields=(
            Field("change", item.what),
            Field("since", since(item.since, now)),
            Field("now", outcome, Tone.BAD if unknown else Tone.PLAIN),
        ),
        advice=Advice(steps=(Step(item.next, item.run),), label="next"),
        urgent=unknown,
        skipped=item.outcome == "waiting",
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
            folded=True,
            dense=True,
        )


def moved(address: Address, differences: tuple[Difference, ...], place: Place | None = None) -> Item:
    """Returns the item of an address whose subscription changed outside, in a plan as in a drift report."""
    return Item(
        subject=address,
        address=address,
        sign=Span("*", Tone.INFO),
        kind="drift",
        level=Level.WARNING,
        state="changed outside",
        code="drift",
        place=place,
        fields=differing(differences),
    )


def _moved(item: Drift, place: Place | None) -> Item:
    return replace(
        moved(item.address, item.differences, place), alone="Somebody else changed this since the last apply."
    )


def differing(differences: Iterable[Difference]) -> tuple[Field, ...]:
    """Returns what differs, and `before -> after`. Offers go by name where both names are known."""
    by_path = {one.path: one for one in differences}
    names = by_path.pop("offer_name", None)
    if names and "offer_id" in by_path:
        offer = by_path["offer_id"]
        same = same_name(str(names.before), str(names.after))
        by_path["offer_id"] = replace(
            offer,
            before=f"{names.before} ({offer.before})" if same else names.before,
            after=f"{names.after} ({offer.after})" if same else names.after,
        )
    return tuple(
        Field(ATTRIBUTES.get(path, path), f"{_value(path, one.before)} -> {_value(path, one.after)}")
        for path, one in by_path.items()
    )


def _value(path: str, value: str | int | bool | None) -> str:
    if value in {None, ""}:
        return "nothing"
    return _SHOWN.get(path, "{}").format(OUTCOMES.get(str(value), value) if path == "renewal.outcome" else value)


_SHOWN = {"renewal.quantity": "{} seats", "renewal.term": "term {}", "renewal.billing": "billed {}"}
"""How the values of some attributes are shown, whose label says less."""


def alarms(items: Iterable[Alarm], places: Mapping[Address, Place]) -> Iterator[Section]:
    """Yields what a person should look at."""
    found = tuple(
        Item(
            subject=item.subject,
            address=item.address,
            sign=Span("!", Tone.WARN),
            kind="look",
            level=Level.WARNING,
            state="please look at this",
            code=item.code,
            says=item.description,
            tone=Tone.WARN,
            place=places.get(item.address) if item.address else None,
        )
        for item in items
    )
    if found:
        yield Section(id="look", heading="Please look at these", items=found, alert=True, dense=True)


def undeclared(tracked: tuple[Address, ...], dropped: tuple[Address, ...] = ()) -> Iterator[Section]:
    """Yields what state tracks and no manifest declares; `dropped` was declared at the compared commit."""
    if tracked:
        yield Section(
            id="undeclared",
            heading="No longer declared",
            nouns=("address", "addresses"),
            intro="State tracks these, but no manifest declares them. Nothing is cancelled: each subscription and its "
            "bill go on. To stop tracking one:",
            items=tuple(_gone(address, dropped=address in dropped) for address in tracked),
            folded=True,
            dense=True,
        )


def _gone(address: Address, *, dropped: bool) -> Item:
    return Item(
        subject=address,
        address=address,
        kind="undeclared",
        level=Level.WARNING if dropped else Level.NOTE,
        state="no longer declared",
        code="undeclared",
        alone="State tracks this, but no manifest declares it. Nothing is cancelled: the subscription goes on.",
        advice=Advice(steps=(Step(run=("forget", address)),), label="to stop tracking it"),
    )


def _closing(plan: Plan, command: tuple[str, ...]) -> tuple[Step, ...]:
    if plan.observed_from == "snapshot" and plan.changes:
        return (Step("A plan from a snapshot can't be applied: plan again against the live service."),)
    if command and plan.changes and not plan.limits:
        which = "this change" if len(plan.changes) == 1 else f"these {len(plan.changes)} changes"
        return (Step(f"To carry out {which}:", command),)
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
    yield Tile(name="blocked", number=summary.blocked, tone=Tone.BAD, section="blocked")
    yield Tile(name="outcome unknown", number=unknown(plan), tone=Tone.BAD, section="pending")
    yield Tile(name="waiting", number=summary.waiting, section="pending")
    yield Tile(name="unchanged", number=summary.unchanged)
    yield Tile(name="seats upgraded", number=summary.seats_upgraded, section="ready")
    yield Tile(name="seats added", number=summary.seats_added, section="ready")
    yield Tile(name="seats removed", number=summary.seats_removed, tone=Tone.BAD, section="ready")
    yield Tile(name="changed outside", number=len(plan.drift), section="drift")
    yield Tile(name="no longer declared", number=len(plan.undeclared), section="undeclared")
