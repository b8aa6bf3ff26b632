"""What is blocked, in a comment: every address in one table, and what to do about each reason below it."""

from collections.abc import Iterable, Iterator

from reconciler.model.change import Blocked, Reason, Remedy, Retry
from reconciler.model.plan import Plan
from reconciler.model.subscription import Status
from reconciler.model.support import Support
from reconciler.rendering.blocked import Wait, by_wait, needs
from reconciler.rendering.commonmark import block, clipped, code, folded, link, markup, named, placed, wanted, words
from reconciler.rendering.fitting import Section
from reconciler.rendering.markdown_advice import inline, steps
from reconciler.rendering.phrases import WAITING, count, delta, figures, offers
from reconciler.rendering.places import microsoft
from reconciler.rendering.problems import support_fields
from reconciler.rendering.view import View

_STEP = 200
"""How much of the first step the table shows; all of it stands below."""


def blocked_sections(plan: Plan, view: View) -> Iterator[Section]:
    """The table, then each reason with its remedy. The first remedy of each code has room before all addresses."""
    if not plan.blocked:
        return
    waits = by_wait(plan.blocked)
    head = (
        f"### Blocked: {count(len(plan.blocked), 'subscription')}\n\n{words(needs(plan.blocked))}.\n\n"
        "| Address | Why | Who first | First step |\n|---|---|---|---|\n"
    )
    rows = tuple(_row(item, wait, view) for wait, members in waits.items() for item in members)
    yield Section(head=head, rows=rows, tail="\n", nouns=("blocked subscription", "blocked subscriptions"))
    first, further = _remedies(item for members in waits.values() for item in members)
    yield Section(head="#### What to do\n\n", rows=first, nouns=("reason", "reasons"), essential=True)
    if further:
        nouns = ("remedy of these reasons", "remedies of these reasons")
        yield Section(head="", rows=further, nouns=nouns)


def _row(item: Blocked, wait: Wait, view: View) -> str:
    reasons = "<br>".join(f"{words(one.description)} ({code(one.code, cell=True)})" for one in item.reasons)
    remedy = next((one.remedy for one in item.reasons if wait.begins(one.remedy)), None)
    cells = (
        f"{code(item.address, cell=True)}<br>{_wanted(item, view)}",
        reasons,
        wait.who,
        _first_step(remedy) if remedy else "",
    )
    return f"| {' | '.join(cells)} |\n"


def _first_step(remedy: Remedy) -> str:
    step = next((step.plain for step in remedy.steps), "")
    return inline(clipped(step if len(step) <= _STEP else step.split("\n", 1)[0], _STEP), cell=True)


def _wanted(item: Blocked, view: View) -> str:
    quantity = item.before.quantity if item.before else None
    seats = f"{figures(quantity, item.after.quantity)} seats{delta(quantity, item.after.quantity)}".replace("->", "→")
    status = item.before.status if item.before and item.before.status != Status.ACTIVE else ""
    parts = (wanted(offers(item.before, item.after)), seats, words(status), placed(item.source, view))
    return ", ".join(filter(None, parts))


def _remedies(items: Iterable[Blocked]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A fold for each reason and remedy: the first of each code, and the others."""
    alike: dict[str, dict[Reason, list[str]]] = {}
    for item in items:
        for reason in item.reasons:
            alike.setdefault(reason.code, {}).setdefault(reason, []).append(item.address)
    folds = [[_fold(reason, addresses) for reason, addresses in of.items()] for of in alike.values()]
    return tuple(of[0] for of in folds), tuple(one for of in folds for one in of[1:])


def _fold(reason: Reason, addresses: list[str]) -> str:
    number = "" if reason.number is None else f", service code {reason.number}"
    speaker = "Partner Center says" if reason.origin == "service" else "Detail"
    details = f"**{speaker}:** {words(reason.details)}\n\n" if reason.details.strip() else ""
    summary = f"<b>{markup(reason.description)}</b> {count(len(addresses), 'subscription')}"
    body = (
        f"{named(addresses)} ({code(reason.code)}{number})\n\n"
        f"{details}{steps(reason.remedy)}{_more(reason.remedy)}{_support(reason)}"
    )
    before, after = folded(summary, body)
    return f"{before}{after}\n"


def _for_support(support: Support) -> Iterator[str]:
    return (f"{label}: {value}" for label, value in support_fields(support).items())


def _support(reason: Reason) -> str:
    """What Microsoft's support asks for, to be opened and copied."""
    if reason.support is None:
        return ""
    return f"For a support ticket with Microsoft:\n\n{block(*_for_support(reason.support))}\n\n"


def _more(remedy: Remedy) -> str:
    """The link, where no step holds it or it can be followed, and whether waiting helps."""
    known = microsoft(remedy.url)
    held = any(remedy.url in step.text for step in remedy.steps) if remedy.url else True
    shown = link("Open the page in question", known) if known else "" if held else code(remedy.url or "")
    waiting = "" if remedy.retry is Retry.NO else f"Waiting {words(WAITING[remedy.retry])}."
    return "".join(f"{part}\n\n" for part in (shown, waiting) if part)
