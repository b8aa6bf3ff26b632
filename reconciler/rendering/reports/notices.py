"""Notices that an approver must read before the changes of a plan."""

from collections.abc import Iterable, Iterator

from reconciler.advice import instead_of_raising, row, sentence
from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.alarm import NOT_GUARDED, READ_FIRST, Alarm
from reconciler.model.breach import Breach, Held, overriding_each
from reconciler.model.limits import LIMITS
from reconciler.model.plan import Plan
from reconciler.model.remedy import Step
from reconciler.rendering.phrases import count
from reconciler.rendering.report import NOT_ASKED, Item, Level, Notice, Span, Tone
from reconciler.rendering.reports.alarms import of_terms
from reconciler.rendering.reports.asked import also, changes_before, is_one_way, one_way_first

_ALARMING = Span("!", Tone.BAD)


def notices(plan: Plan, next_command: tuple[str, ...]) -> Iterator[Notice]:
    """The notices in the order in which they are read."""
    if plan.limits:
        yield _limits(plan, next_command)
    yield from _dropped(plan)
    if first := tuple(_first(plan)):
        yield Notice(heading="READ THIS FIRST", items=first)
    yield from of_terms(_at_end(plan))
    yield from _summaries(plan)
    if unguarded := [alarm for alarm in plan.warnings if alarm.code in NOT_GUARDED]:
        items = tuple(
            Item(subject="", sign=Span("."), level=Level.NOTE, code=alarm.code, says=alarm.description)
            for alarm in unguarded
        )
        yield Notice(heading="Not guarded", level=Level.NOTE, items=items)


def _summaries(plan: Plan) -> Iterator[Notice]:
    """Notices of what the sections say at greater length."""
    if before := changes_before(plan):
        yield Notice(
            heading=f"{count(len(before), 'change is', 'changes are')} {NOT_ASKED}",
            items=_named(change.address for change in one_way_first(before)),
            text=also(plan),
            repeats=True,
        )
    if lost := [item.address for item in plan.pending if item.outcome == "unknown"]:
        yield Notice(
            heading=f"The outcome of {count(len(lost), 'earlier change')} is UNKNOWN",
            level=Level.ERROR,
            items=_named(lost),
            text="Nothing more is sent there until that is settled: see below.",
            repeats=True,
        )
    if losing := [change for change in plan.changes if change.seats < 0]:
        yield Notice(
            heading=count(plan.summary.seats_removed, "seat is removed", "seats are removed"),
            items=tuple(
                Item(subject=change.address, address=change.address, sign=_ALARMING, value=f"{change.seats:+d}")
                for change in losing
            ),
            repeats=True,
        )
    one_way = [(kind_of(change.request), change.address) for change in plan.changes if is_one_way(change)]
    for kind in dict.fromkeys(kind for kind, _ in one_way):
        addresses = [address for of, address in one_way if of is kind]
        noun = kind.words.noun
        yield Notice(
            heading=count(len(addresses), f"{noun} is one way", f"{noun}s are one way"),
            items=_named(addresses),
            text=f"Each {kind.words.one_way}.",
            repeats=True,
        )


def _dropped(plan: Plan) -> Iterator[Notice]:
    """Yields what the compared commits declare no more: subscriptions, then orders of which nothing is bought."""
    unbought, open_at = set(plan.unbought), {item.address for item in plan.pending}
    bought, orders = set(plan.dropped) - unbought, set(plan.dropped) & unbought
    kinds = (
        (bought, "NO LONGER DECLARED", "dropped"),
        (orders & open_at, "ORDERED, and NO LONGER DECLARED", "dropped_order_open"),
        (orders - open_at, "NOT ORDERED any more", "dropped_unbought"),
    )
    for addresses, heading, code in kinds:
        if addresses:
            items = tuple(_gone(plan, address, sentence(f"{code}_alone")) for address in sorted(addresses))
            since = f"{heading} since {plan.selection.changed_since}"
            yield Notice(heading=since, items=items, text=sentence(code))


def _gone(plan: Plan, address: Address, alone: str) -> Item:
    """Returns an address that is declared no more. Of what state tracks, a section has the code."""
    return Item(
        subject=address,
        address=address,
        sign=_ALARMING,
        level=Level.WARNING,
        state="no longer declared",
        code="" if address in plan.undeclared else "undeclared",
        alone=f"No manifest declares it. {alone}",
    )


def _limits(plan: Plan, next_command: tuple[str, ...]) -> Notice:
    """The operator's limits that are exceeded, and how to allow it once."""
    live = plan.observed_from != "snapshot"
    rehearsed = {"rehearsed": "true"} if plan.changes and not live else {}
    instead = tuple(step for breach in plan.limits for step in instead_of_raising(breach))
    steps = row("limit_to_raise").steps_for({**rehearsed, "instead" if instead else "meant": "true"})
    if plan.changes and live:
        steps = tuple(_allowing(plan, next_command))
    what = "nothing will be sent" if plan.changes else "apply will refuse every change"
    if not plan.refusing:
        what = count(len(plan.held), "change is held back", "changes are held back")
    items = tuple(
        Item(
            subject="",
            sign=_ALARMING,
            kind="limit",
            level=Level.ERROR,
            code=breach.name,
            says=_exceeded(breach),
            tone=Tone.BAD,
            urgent=True,
        )
        for breach in plan.limits
    )
    return Notice(heading=f"LIMIT EXCEEDED: {what}", level=Level.ERROR, items=items, steps=(*instead, *steps))


def _allowing(plan: Plan, next_command: tuple[str, ...]) -> Iterator[Step]:
    """Yields a command for each limit alone: of those that stop the whole run where there are any, since nothing that
    the others hold back goes before.
    """
    stopping = plan.refusing
    commands = overriding_each(next_command or ("apply", "PLANFILE"), stopping or plan.limits, plan.selection.one_shard)
    instead = {breach.name for breach in plan.limits if instead_of_raising(breach)}
    for name, command in commands.items():
        what = "this" if len(plan.limits) == 1 else f"what {name} counts"
        allow = f"To apply without that, allow {what}" if name in instead else f"If {what} is meant, allow it"
        yield Step(f"{allow} for one run:", command)
    several = len(commands) > 1
    holds = {
        "several_stop": bool(stopping) and several,
        "several_hold": not stopping and several,
        "others_hold": bool(stopping) and len(stopping) < len(plan.limits),
    }
    yield from row("limits_allowed").steps_for({name: "true" for name, is_so in holds.items() if is_so})


def _exceeded(breach: Breach) -> str:
    """A limit, what the plan comes to, and what is allowed."""
    figure = f"{breach.planned} ({breach.subject})" if breach.subject else f"{breach.planned} planned"
    limit = LIMITS.get(breach.name)
    return f"{limit.counts if limit else breach.name}: {figure}, {breach.allowed} allowed"


def _first(plan: Plan) -> Iterator[Item]:
    """The warnings without which nobody should approve the plan, each with the address of its change. Of a change that
    a limit holds back, that is said too: apply undoes nothing by it.
    """
    held = {item.item: item for item in plan.held}
    for change in one_way_first(plan.changes):
        for warning in change.warnings:
            if warning.code in READ_FIRST:
                yield Item(
                    subject=change.address,
                    address=change.address,
                    sign=_ALARMING,
                    level=Level.WARNING,
                    code=warning.code,
                    says=_unless_held(warning.description, held.get(change.item)),
                    place=change.source,
                    urgent=True,
                )


def _unless_held(description: str, held: Held | None) -> str:
    if held is None:
        return description
    return f"{description} But that is held back ({' and '.join(held.limits)}): apply does not begin it."


def _at_end(plan: Plan) -> Iterator[Alarm]:
    """Yields the warnings of the plan and of its changes."""
    yield from plan.warnings
    for change in plan.changes:
        for warning in (warning for warning in change.warnings if warning.code not in READ_FIRST):
            yield Alarm(
                address=change.address, code=warning.code, description=warning.description, source=change.source
            )


def _named(addresses: Iterable[Address]) -> tuple[Item, ...]:
    return tuple(Item(subject=address, address=address, sign=_ALARMING) for address in addresses)
