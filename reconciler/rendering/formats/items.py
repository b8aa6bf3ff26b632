"""The look of an item, a field, a step and a command on a page of text."""

from dataclasses import replace

from reconciler.model.remedy import Step
from reconciler.rendering.formats.page import Page, Part, line
from reconciler.rendering.passages import passages
from reconciler.rendering.report import Advice, Cause, Field, Item, Line, Names, Note, Span, Tone, labels

COLUMN = 8
"""Cells from a field's label to its text."""

FIELDS = 6
"""Cells by which fields are set in."""

_STYLES = {
    Tone.NAME: "bold",
    Tone.STRONG: "bold",
    Tone.QUIET: "dim",
    Tone.INFO: "cyan",
    Tone.GOOD: "green",
    Tone.WARN: "yellow",
    Tone.BAD: "red",
}
_BOLD = {Tone.GOOD, Tone.WARN, Tone.BAD}


def style(tone: Tone, *, bold: bool = False) -> str:
    """Returns how a tone looks; what stands out is `bold` too."""
    return f"bold {_STYLES[tone]}" if bold and tone in _BOLD else _STYLES.get(tone, "bold" if bold else "")


def parts(spans: Line) -> tuple[Part, ...]:
    """A line that stands out where it has a tone."""
    return tuple((span.text, style(span.tone, bold=span.tone is not Tone.PLAIN)) for span in spans)


def write_head(page: Page, item: Item, *, place: bool = True, indent: int = 2) -> None:
    """The item's first line: its sign, its subject, and at the right edge its place, or its id."""
    right = (str(item.place), "dim") if item.place and place else (item.id, "dim")
    value: tuple[Part, ...] = (f": {item.value}",) if item.value else ()
    page.ends((*subject_of(item), *value), right, indent=indent, mark=mark(item.sign))


def subject_of(item: Item) -> tuple[Part, ...]:
    """The subject, and what people call its customer."""
    return (item.subject, "bold"), *(((f" ({item.customer})", ""),) if item.customer else ())


def mark(sign: Span | None) -> Part:
    """A sign before its item."""
    return (f"{sign.text} ", style(sign.tone, bold=sign.tone is not Tone.INFO)) if sign and sign.text else ""


def write_entry(page: Page, item: Item, *, indent: int = FIELDS - 2) -> None:
    """An item of a notice: on a line of its own, or below its head where it stands in a file or has a value."""
    sentence = says(item)
    if item.place or item.value or not sentence:
        write_head(page, item)
        if sentence:
            page.write(*sentence, indent=indent)
    else:
        subject: tuple[Part, ...] = (*subject_of(item), ": ") if item.subject else ()
        page.write(*subject, *sentence, indent=2, mark=mark(item.sign))
    for text in item.more:
        page.write(text, indent=indent)


def write_listed(page: Page, item: Item) -> None:
    """An item of a list by itself: what is said of it on its own line, or below its head where that has a right part.

    A place without a subject comes first, in the form `file:line:column:` that editors and CI systems link.
    """
    first, *more = item.says.splitlines() or [""]
    text_of_item = says(replace(item, says=first))
    if item.subject and (item.place or item.id or not text_of_item):
        write_head(page, item, indent=0)
        if text_of_item:
            page.write(*text_of_item, indent=FIELDS - 2)
    else:
        subject = item.subject or str(item.place or "")
        page.write(*(((f"{subject}:", "bold red"), " ") if subject else ()), *text_of_item, mark=mark(item.sign))
    for text in (*more, *item.more):
        page.write(text, indent=FIELDS - 2)
    for user in item.users:
        page.write(user, indent=FIELDS)
    for step in item.advice.steps:
        write_step(page, step, indent=FIELDS - 2)
    if item.support:
        page.gap()
        write_support(page, item.support)


def says(item: Item) -> tuple[Part, ...]:
    """Returns what is said of an item, with its code where it has one; nothing where nothing is."""
    if not item.says:
        return ()
    return (item.says, style(item.tone)), *(((f" [{item.code}]", "dim"),) if item.code else ())


def write_item(page: Page, item: Item, *, place: bool = True) -> None:
    """An item of a section: its head, its fields, what is said of it, its warnings, and what to do."""
    if item.sign is None:
        for step in item.advice.steps:
            write_step(page, step, indent=FIELDS - 2, inset=2 if step.text else 0)
        return
    write_head(page, item, place=place)
    for field in item.fields:
        write_field(page, field)
    if item.says:
        page.write(*says(item), indent=FIELDS)
    for note in item.notes:
        write_note(page, note)
    write_steps(page, item.advice)
    for entry in item.entries:
        page.gap()
        page.write(*parts(entry.says), indent=FIELDS - 2)
        for field in entry.fields:
            write_field(page, field)
        for step in entry.steps:
            write_step(page, step, indent=FIELDS)


def write_note(page: Page, note: Note) -> None:
    """A warning beside an item."""
    page.write((note.text, "yellow"), (f" [{note.code}]", "dim"), indent=FIELDS - 2, mark=("! ", "bold yellow"))


def write_labelled(page: Page, label: str, *words: Part) -> None:
    """A label and its text, aligned with those of its neighbours where the label is short enough."""
    if len(label) < COLUMN:
        page.write(*words, indent=FIELDS, mark=(label.ljust(COLUMN), "dim"))
    else:
        page.write((f"{label} ", "dim"), *words, indent=FIELDS)


def write_field(page: Page, field: Field) -> None:
    """One field. Names are on one line, or the new one stands below the old."""
    value = field.value
    if isinstance(value, Names):
        _write_names(page, field.label, value)
    elif isinstance(value, str):
        write_labelled(page, field.label, (value, style(field.tone)))
    else:
        write_labelled(page, field.label, value.figures + value.delta)


def _write_names(page: Page, label: str, value: Names) -> None:
    arrow = str(value)
    if line(arrow).cell_len <= page.width - FIELDS - COLUMN:
        write_labelled(page, label, arrow)
        return
    write_labelled(page, label, value.names[0])
    for target in value.names[1:]:
        write_labelled(page, "", "-> ", target)


def write_steps(page: Page, advice: Advice) -> None:
    """The steps as a field, numbered where there are several, and the link unless a step holds it."""
    for number, step in enumerate(advice.steps, 1):
        mark = f"{number}. " if len(advice.steps) > 1 else ""
        label = (advice.label if number == 1 else "").ljust(COLUMN)
        write_step(page, step, indent=FIELDS, mark=(label + mark, "dim"))
    if advice.link:
        page.exact(advice.link, indent=FIELDS, mark=(labels.SEE.ljust(COLUMN), "dim"), style="underline")
    if advice.waiting:
        write_labelled(page, labels.WAITING, advice.waiting)


def write_cause(page: Page, cause: Cause, *, who: bool, same_as: str = "") -> None:
    """Writes why something is blocked, `who` must act, and what to do; or the address for which that is said
    already.
    """
    write_labelled(page, labels.WHY, (cause.says, "red"))
    write_labelled(page, "", (f"[{cause.codes}]", "dim"))
    for number, words in enumerate(cause.quote.splitlines()):
        write_labelled(page, "" if number else cause.label, words)
    if who:
        write_labelled(page, labels.WHO, cause.advice.who)
    if same_as:
        write_labelled(page, cause.advice.label, labels.same_as(same_as))
    else:
        write_steps(page, cause.advice)
    write_support(page, cause.support, indent=FIELDS)


def write_support(page: Page, support: tuple[tuple[str, str], ...], *, indent: int = 0) -> None:
    """Writes what to give to Microsoft's support; nothing where there is nothing."""
    if support:
        page.write((f"{labels.SUPPORT}:", "dim"), indent=indent)
    for label, value in support:
        page.exact(value, indent=indent + 2, mark=f"{label:<18}", style="")


def write_step(page: Page, step: Step, *, indent: int = 0, mark: Part = "", inset: int = 2) -> None:
    """A step: `mark` before its first line, all else set in below the text; commands alone on their lines."""
    marked = line(mark).cell_len
    inside = indent + marked
    for number, passage in enumerate(passages(step, page.invocation)):
        if passage.exact and number == 0 and marked:
            page.exact(passage.text, indent=indent, mark=mark)
        elif passage.exact:
            page.exact(passage.text, indent=inside + max(passage.indent, inset))
        elif number == 0:
            page.write(passage.text, indent=indent, mark=mark)
        else:
            page.write(passage.text, indent=inside + passage.indent)
