"""What a code means: one at length, or all of them in a list."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from reconciler.model.change import Explanation
from reconciler.rendering.formats.items import write_labelled, write_steps
from reconciler.rendering.formats.page import Page, Part
from reconciler.rendering.phrases import WAITING, who
from reconciler.rendering.reports.blocked import advice

_ORIGINS = {
    "service": "Answered by Partner Center",
    "rule": "Refused by Partner Center, known before asking",
    "caution": "Warnings: nothing is blocked",
    "guard": "Changes of the estate's own guards, beside the plan",
    "apply": "While applying",
    "limit": "Limits: apply refuses the whole plan",
    "notice": "Noticed beside the plan: nothing is blocked",
    "api": "Answered by Partner Center's API: HTTP status, or status/code",
    "manifest": "Faults of the manifests, each shown with its place",
}


def explanation_text(known: Explanation, *, width: int = 80, color: bool = False) -> str:
    """One code: what it means, who must act, what to do, whether waiting helps."""
    page = Page(width=width, color=color)
    page.write(*_titled(known), indent=2)
    write_labelled(page, "means", known.meaning)
    write_labelled(page, "who", who(known.remedy))
    write_steps(page, replace(advice(known.remedy), waiting=WAITING[known.remedy.retry]))
    return page.text()


def explanations_text(known: Iterable[Explanation], *, width: int = 80, color: bool = False) -> str:
    """Every code and what it means, by where it comes from. Codes that mean the same are told together."""
    page = Page(width=width, color=color)
    for origin, group in groupby(known, key=lambda one: one.origin):
        page.gap()
        page.write((_ORIGINS.get(origin, origin), "bold"))
        for meaning, alike in groupby(group, key=lambda one: one.meaning):
            page.write(*_together(alike), indent=2)
            page.write(meaning, indent=6)
    page.gap()
    page.write("What to do about one of them:")
    page.exact("reconciler explain CODE", indent=4)
    return page.text()


def _together(alike: Iterable[Explanation]) -> Iterator[Part]:
    for at, one in enumerate(alike):
        yield from (", ",) if at else ()
        yield from _titled(one)


def _titled(known: Explanation) -> tuple[tuple[str, str], tuple[str, str]]:
    return (known.code, "bold"), (_numbered(known), "dim")


def _numbered(known: Explanation) -> str:
    if known.number is None:
        return ""
    other = known.number_in_transitions
    rest = f" in {known.number_in}" if known.number_in else f" ({other} in transitions)" if other else ""
    return f", service code {known.number}{rest}"
