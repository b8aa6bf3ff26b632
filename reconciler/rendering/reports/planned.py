"""The changes of a plan: those that can go ahead, and those that a limit holds back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler import advice
from reconciler.changes import Kind
from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.alarm import OF_TERMS, READ_FIRST
from reconciler.model.breach import Held
from reconciler.model.change import Change
from reconciler.model.plan import Plan
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
    Section,
    Span,
    Tone,
)
from reconciler.rendering.reports.asked import (
    is_one_way,
)
from reconciler.rendering.reports.commitment import commitment
from reconciler.rendering.reports.costs import cost_fields, cost_properties


def ready_section(
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


def held_section(plan: Plan) -> Iterator[Section]:
    """Changes that limits hold back."""
    by_item = {change.item: change for change in plan.changes}
    items = tuple(_held_back(plan, held, by_item[held.item]) for held in plan.held if held.item in by_item)
    legend = "Apply does not begin these, and carries out the others."
    if plan.refusing:
        legend = "These stay held back once the limit that stops the apply is settled."
    if items:
        yield Section(
            id="held",
            heading="Held back by a limit",
            nouns=("change", "changes"),
            tone=Tone.BAD,
            items=items,
            legends=((Span(legend),),),
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
    others = {difference.path: f"{difference.before} -> {difference.after}" for difference in change.differences}
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
            Note(warning.description, warning.code, warning.code in READ_FIRST | OF_TERMS)
            for warning in change.warnings
        ),
        aside=aside,
        urgent=one_way,
        properties=properties,
    )


def _cost(change: Change) -> tuple[tuple[Field, ...], tuple[tuple[str, str], ...]]:
    """Returns what a change costs, for people and for machines."""
    return tuple(cost_fields(change.cost)), cost_properties(change.cost)
