"""Warnings that a person should look at, of a plan as of drift: a notice for ends of terms, a section for the rest."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.advice import row
from reconciler.model.address import Address
from reconciler.model.alarm import OF_TERMS, Alarm
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.rendering.report import Advice, Item, Level, Notice, Section, Span, Tone


def of_terms(items: Iterable[Alarm], *further: Step, part: tuple[str, ...] = ()) -> Iterator[Notice]:
    """Yields the notice of what the end of a term makes urgent: it stands before everything else. `further` is what to
    do beside reading the list of renewals, of the `part` of the estate that these arguments select.
    """
    found = tuple(
        Item(
            subject=alarm.subject,
            address=alarm.address,
            sign=Span("!", Tone.BAD),
            level=Level.WARNING,
            code=alarm.code,
            says=alarm.description,
            place=alarm.source,
            urgent=True,
        )
        for alarm in items
        if alarm.code in OF_TERMS
    )
    if found:
        listing = ("renewals", "--within", "366d", *part)
        steps = (Step("All of them by date, and what to do about each:", listing), *further)
        yield Notice(heading="TERMS THAT NEED YOU", items=found, steps=steps)


def alarms(items: Iterable[Alarm], places: Mapping[Address, Place], applies: tuple[str, ...] = ()) -> Iterator[Section]:
    """Yields what a person should look at, and what to do; what the end of a term makes urgent has a notice. What is to
    be done about several is said at the first of them. `applies` is the command that carries the plan out.
    """
    options = (applies or ("apply", "PLANFILE"))[1:]
    given = set[tuple[Step, ...]]()
    found = tuple(
        Item(
            subject=item.subject,
            address=item.address,
            whose=item.customer,
            sign=Span("!", Tone.WARN),
            kind="look",
            level=Level.WARNING,
            state="please look at this",
            code=item.code,
            says=item.description,
            tone=Tone.WARN,
            place=item.source or (places.get(item.address) if item.address else None),
            advice=_first_given(item, given, options),
        )
        for item in items
        if item.code not in OF_TERMS
    )
    if found:
        heading = "Please look at these"
        yield Section(id="look", heading=heading, items=found, alert=True, dense=True, closing=tuple(_explained(found)))


def _explained(items: Iterable[Item]) -> Iterator[Step]:
    """Yields the command that tells more of what has no command of its own."""
    items = tuple(items)
    led = {item.code for item in items if any(step.run for step in item.advice.steps)}
    codes = tuple(dict.fromkeys(item.code for item in items if item.code not in led))
    if codes:
        yield Step("More about it:", ("explain", codes[0] if len(codes) == 1 else "CODE"))


def _first_given(alarm: Alarm, given: set[tuple[Step, ...]], options: tuple[str, ...]) -> Advice:
    """Returns what to do about an alarm; nothing where that was `given` for an earlier one."""
    known = {"address": alarm.address or "", "customer": alarm.customer, "place": str(alarm.source or "")}
    known |= {datum.name: datum.value for datum in alarm.data}
    steps = row(alarm.code).steps_for({"options": options, **{name: value for name, value in known.items() if value}})
    if not steps or steps in given:
        return Advice()
    given.add(steps)
    return Advice(steps=steps, label="do")
