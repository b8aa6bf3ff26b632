"""The reports of codes: one at length, or all of them in a list."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from reconciler.model.reason import Explanation
from reconciler.model.remedy import Step
from reconciler.rendering.phrases import WAITING, who
from reconciler.rendering.report import Field, Item, Report, Section, Span
from reconciler.rendering.reports.blocked import advice

_ORIGINS = {
    "service": "Answered by Partner Center",
    "rule": "Refused by Partner Center, known before asking",
    "caution": "Warnings: nothing is blocked",
    "renewal": "Renewals: to be looked at in time",
    "guard": "Changes of the estate's own guards, beside the plan",
    "apply": "While applying",
    "task": "Left to do by hand",
    "topic": "Features of Partner Center, and today's way to them",
    "limit": "Limits: apply refuses the whole plan",
    "notice": "Noticed beside the plan: nothing is blocked",
    "api": "Answered by Partner Center's API: HTTP status, or status/code",
    "manifest": "Faults of the manifests, each shown with its place",
}


def explanation_report(explanations: Iterable[Explanation]) -> Report:
    """Each code: what it means, who must act, what to do, whether waiting helps."""
    return Report(
        name="reconciler explain", sections=(Section(id="codes", items=tuple(map(_explained, explanations))),)
    )


def _explained(known: Explanation) -> Item:
    return Item(
        subject=_titled(known),
        sign=Span(""),
        fields=(Field("means", known.meaning), Field("who", who(known.remedy))),
        advice=replace(advice(known.remedy), waiting=WAITING[known.remedy.retry]),
    )


def explanations_report(known: Iterable[Explanation]) -> Report:
    """Every code and what it means, by where it comes from. Codes that mean the same stand together."""
    return Report(
        name="reconciler explain",
        sections=tuple(
            Section(
                id=origin, heading=_ORIGINS.get(origin, origin), counted=False, items=tuple(_alike(group)), dense=True
            )
            for origin, group in groupby(known, key=lambda code: code.origin)
        ),
        closing=(Step("What to do about one of them:", ("explain", "CODE")),),
    )


def _alike(group: Iterable[Explanation]) -> Iterator[Item]:
    for meaning, alike in groupby(group, key=lambda code: code.meaning):
        yield Item(subject=", ".join(map(_titled, alike)), sign=Span(""), says=meaning)


def _titled(known: Explanation) -> str:
    return known.code if known.number is None else f"{known.code}, service code {known.number}"
