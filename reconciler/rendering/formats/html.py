"""A report as one self-contained web page: to be searched, filtered and sorted, by mouse, finger, keyboard or ear.

The page asks nothing of any network, and its own policy forbids it to. Every value passes `visible` and is escaped on
its way into the template, whatever the template does; only what stands in the template's own files acts.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reconciler.rendering.passages import passages
from reconciler.rendering.places import microsoft, source_url, web
from reconciler.rendering.report import (
    NOT_ASKED,
    Advice,
    Amount,
    Bar,
    Cause,
    Chart,
    Field,
    Item,
    Monthly,
    Names,
    Report,
    Section,
    cuts,
    labels,
    plain,
)
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.safe import defused, visible
from reconciler.rendering.view import View

_OPEN = 10
"""The number of remedies that are open when the page is; so many that a reader still sees what else there is."""

_NAMED = 12
"""The most addresses that a notice names of those that a section has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """The choices, and the number of rows that each shows."""

    customers: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    codes: dict[str, int] = field(default_factory=dict)
    by_code: Counter[str] = field(default_factory=Counter)

    def add(self, item: Item, causes: Iterable[Cause]) -> str:
        """Counts a row; returns its codes' numbers, which stand in the page for what may hold anything."""
        self.customers[item.subject.partition("/")[0]] += 1
        self.actions[item.kind] += 1
        own = item.code if item.says else ""
        noted = (note.code for note in item.notes)
        codes = dict.fromkeys(filter(None, (own, *noted, *(cause.code for cause in causes))))
        self.by_code.update(codes.keys())
        return " ".join(str(self.codes.setdefault(code, len(self.codes))) for code in codes)


@dataclass(slots=True, kw_only=True)
class _Folds:
    """Tells which advice is open: what was given before is folded, and all that comes after the first few."""

    given: set[Advice] = field(default_factory=set)

    def opens(self, advice: Advice) -> bool:
        first = advice not in self.given and len(self.given) < _OPEN
        self.given.add(advice)
        return first


def html(report: Report, view: View) -> str:
    """The page, a whole document."""
    filters, folds = Filters(), _Folds()
    rows = {id(item): filters.add(item, causes) for section in report.sections for item, causes in _rows(section)}
    facts: dict[str, Any] = {
        "report": report,
        "view": view,
        "verdict": plain(report.verdict),
        "filters": filters,
        "codes": lambda item: rows[id(item)],
        "first_list": next((section for section in report.sections if not section.table), None),
        "charts": _charts(report),
        "number": _number,
        "columns": _columns,
        "cells": _cells,
        "to_know": _to_know,
        "opens": folds.opens,
        "named": _named,
        "labelled": labelled,
        "passages": lambda step: passages(step, view.invocation),
        "place_url": lambda place: source_url(place, view),
        "page_url": microsoft,
        "run_url": web(view.run_url),
        "cuts": cuts,
        "labels": labels,
        "not_asked": NOT_ASKED,
    }
    page = _environment().get_template("report.html.jinja")
    return defused(page.render(facts | _own()))


def _rows(section: Section) -> Iterable[tuple[Item, tuple[Cause, ...]]]:
    yield from ((item, ()) for item in section.items)
    for part in section.parts:
        for group in part.groups:
            yield from group.items_with_causes


def _columns(items: Iterable[Item]) -> list[tuple[str, str]]:
    """The columns of names and amounts, each with its class: an amount has another one for the difference."""
    columns: dict[str, str] = {}
    for item in items:
        for labelled_value in item.fields:
            if isinstance(labelled_value.value, Names):
                columns[labelled(labelled_value.label)] = ""
            elif isinstance(labelled_value.value, Amount):
                columns |= {labelled(labelled_value.label): "figure", labels.DIFFERENCE: "figure"}
            elif isinstance(labelled_value.value, Monthly):
                columns[labelled(labelled_value.label)] = "figure"
    return list(columns.items())


def _cells(item: Item) -> list[Mapping[str, Any]]:
    """Returns what stands in these columns."""
    cells: list[Mapping[str, Any]] = []
    for labelled_value in item.fields:
        label, value = labelled(labelled_value.label), labelled_value.value
        if isinstance(value, Names):
            cells.append({"label": label, "names": value.names})
        elif isinstance(value, Amount):
            figures = value.figures.replace("->", "→")
            difference = "?" if value.absent else f"{value.change:+d}" if value.change else "0"
            cells += (
                {"label": label, "figure": figures, "value": value.after, "less": False},
                {"label": labels.DIFFERENCE, "figure": difference, "value": value.change, "less": value.change < 0},
            )
        elif isinstance(value, Monthly):
            figures = f"{value.figures}{value.delta}".replace("->", "→")
            cells.append({"label": label, "figure": figures, "value": value.after or 0, "less": False, "money": True})
    return cells


def _to_know(item: Item) -> list[Field]:
    """The fields without a column."""
    return [labelled_value for labelled_value in item.fields if isinstance(labelled_value.value, str)]


def _named(items: tuple[Item, ...], *, whole: bool) -> tuple[tuple[Item, ...], int]:
    """So many items as a notice names, and how many it leaves out."""
    shown = items if whole else items[:_NAMED]
    return shown, len(items) - len(shown)


def _charts(report: Report) -> list[tuple[Chart, list[tuple[str, str]], list[tuple[Bar, float, float]]]]:
    """The charts, each with its columns and their classes, and its bars with their lengths."""
    return [(chart, [(name, "figure") for name in chart.head[1:]], _bars(chart)) for chart in report.charts()]


def _bars(chart: Chart) -> list[tuple[Bar, float, float]]:
    """The bars of a chart with their lengths."""
    most = max((max(bar.before, bar.after) for bar in chart.bars), default=0) or 1
    return [(bar, *_lengths(bar, most)) for bar in chart.bars]


def _lengths(bar: Bar, most: int | Decimal) -> tuple[float, float]:
    """The lengths of the bars, in percent."""
    return round(float(100 * bar.before / most), 1), round(float(100 * bar.after / most), 1)


def _number(number: int | Decimal) -> str:
    """A number with commas; an amount of money with its cents."""
    return f"{number:,}" if isinstance(number, int) else f"{number:,.2f}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reconciler.rendering.formats", "web"),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _harmless(value: object) -> object:
    return value if isinstance(value, (Markup, int)) else visible(str(value))


@cache
def _own() -> dict[str, object]:
    """The page's own style and script, and the hashes by which its policy knows them."""
    loader = PackageLoader("reconciler.rendering.formats", "web")
    own: dict[str, object] = {}
    for name in ("report.css", "report.js"):
        source = loader.get_source(_environment(), name)[0]
        kind = name.removeprefix("report.")
        own[kind] = Markup(source)  # noqa: S704 -- our own file
        own[f"{kind}_hash"] = Markup(_hash(source))  # noqa: S704 -- base 64
    return own


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"
