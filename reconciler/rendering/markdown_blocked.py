"""What is blocked, in a comment: who must act, why, and what to do, each remedy said once."""

from collections.abc import Iterator

from reconciler.model.change import Blocked, Reason, Remedy, Retry
from reconciler.model.plan import Plan
from reconciler.model.subscription import Status
from reconciler.model.support import Support
from reconciler.rendering.blocked import alike, by_wait
from reconciler.rendering.commonmark import block, code, folded, link, placed, wanted, words
from reconciler.rendering.fitting import Section
from reconciler.rendering.markdown_advice import steps
from reconciler.rendering.phrases import WAITING, count, delta, figures, offers
from reconciler.rendering.places import microsoft
from reconciler.rendering.problems import support_fields
from reconciler.rendering.view import View

_SHORT = 500
"""A remedy that is longer than this is folded."""

_DOING = "What to do"


def blocked_sections(plan: Plan, view: View) -> Iterator[Section]:
    """A section for each who must act, the reader first."""
    said: dict[Remedy, str] = {}
    for wait, members in by_wait(plan.blocked).items():
        head = f"### {wait.heading}: {count(len(members), 'subscription')}\n\n"
        rows = tuple(row for group in alike(members) for row in _group(group, said, view))
        yield Section(head=head, rows=rows, nouns=("entry", "entries"))


def _group(items: list[Blocked], said: dict[Remedy, str], view: View) -> Iterator[str]:
    """What the items have in common is one row, so that none is ever shown without it."""
    first, *more = items
    reasons = "".join(_reason(reason, first, said) for reason in first.reasons)
    if not more:
        yield f"#### {code(first.address)}\n\n{_wanted(first, view)}\n\n{reasons}"
        return
    yield f"#### {len(items)} subscriptions, for the same reason\n\n{reasons}{_line(first, view)}"
    yield from (_line(item, view) for item in more[:-1])
    yield f"{_line(more[-1], view)}\n"


def _line(item: Blocked, view: View) -> str:
    return f"- {code(item.address)}: {_wanted(item, view)}\n"


def _wanted(item: Blocked, view: View) -> str:
    quantity = item.before.quantity if item.before else None
    seats = f"{figures(quantity, item.after.quantity)} seats{delta(quantity, item.after.quantity)}".replace("->", "→")
    status = item.before.status if item.before and item.before.status != Status.ACTIVE else ""
    parts = (wanted(offers(item.before, item.after)), seats, words(status), placed(item.source, view))
    return ", ".join(filter(None, parts))


def _reason(reason: Reason, item: Blocked, said: dict[Remedy, str]) -> str:
    number = "" if reason.number is None else f", service code {reason.number}"
    why = f"**Why:** {words(reason.description)} ({code(reason.code)}{number})"
    speaker = "Partner Center says" if reason.origin == "service" else "Detail"
    details = f"<br>\n**{speaker}:** {words(reason.details)}" if reason.details.strip() else ""
    return f"{why}{details}\n\n{_remedy(reason.remedy, item, said)}{_support(reason)}"


def _for_support(support: Support) -> Iterator[str]:
    return (f"{label}: {value}" for label, value in support_fields(support).items())


def _support(reason: Reason) -> str:
    """What Microsoft's support asks for, to be opened and copied."""
    if reason.support is None:
        return ""
    before, after = folded("For a support ticket with Microsoft", block(*_for_support(reason.support)) + "\n\n")
    return f"{before}{after}\n"


def _remedy(remedy: Remedy, item: Blocked, said: dict[Remedy, str]) -> str:
    first = said.setdefault(remedy, item.address)
    if first != item.address and len(remedy.steps) > 1:
        return f"**{_DOING}:** the same as for {code(first)}, above.\n\n"
    body = f"{steps(remedy)}{_more(remedy)}"
    if len(remedy.steps) == 1 and not body.startswith("`"):
        return f"**{_DOING}:** {body}"
    if len(body) <= _SHORT:
        return f"**{_DOING}:**\n\n{body}"
    before, after = folded(f"<b>{_DOING}</b>: {count(len(remedy.steps), 'step')}", body)
    return f"{before}{after}\n"


def _more(remedy: Remedy) -> str:
    """The link, where no step holds it or it can be followed, and whether waiting helps."""
    known = microsoft(remedy.url)
    held = any(remedy.url in step for step in remedy.steps) if remedy.url else True
    shown = link("Open the page in question", known) if known else "" if held else code(remedy.url or "")
    waiting = "" if remedy.retry is Retry.NO else f"Waiting {words(WAITING[remedy.retry])}."
    return "".join(f"{part}\n\n" for part in (shown, waiting) if part)
