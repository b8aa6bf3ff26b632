"""Figures as a table for a terminal, as one for the guide, and as JSON."""

import json
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

import psutil

from reconciler import __version__
from tests.benchmarks.workshop import Figure

_BEGIN = "<!-- speed: the output of python -m tests.benchmarks --markdown -->\n"
_END = "<!-- /speed -->"
_LIBRARIES = ("click", "httpx", "httpcore", "pydantic", "PyYAML", "deepdiff")


def machine() -> dict[str, Any]:
    """Returns what it was measured on: the kind of machine, never its name."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": _cores(),
        "gigabytes": round(psutil.virtual_memory().total / 1024**3),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _cores() -> int | None:
    """Those that this process may use; all of the machine where the system does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _processor() -> str:
    """Returns what the system calls it; its architecture where it does not say."""
    told = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", told, re.MULTILINE)
    return found[1] if found else platform.machine()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The findings of one run of the benchmarks: the figures, at which scale, of how many runs each, and what
    failed.
    """

    figures: Sequence[Figure]
    scale: float = 1
    times: int = 1
    failed: Sequence[str] = ()

    @property
    def judged(self) -> tuple[Figure, ...]:
        """The figures; without aims at another scale than theirs."""
        return tuple(self.figures) if self.scale == 1 else tuple(replace(figure, aim=None) for figure in self.figures)

    @property
    def scaled(self) -> tuple[str, ...]:
        """A line that names the scale where it is not that of the aims."""
        return () if self.scale == 1 else (f"Scale {self.scale:g}: nothing is judged, as the aims are for scale 1.", "")


def as_json(report: Report) -> str:
    """Everything, with when and on what it was measured."""
    document = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "reconciler": __version__,
        "machine": machine(),
        "scale": report.scale,
        "times": report.times,
        "failed": list(report.failed),
        "figures": [{**asdict(item), "verdict": verdict(item)} for item in report.judged],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_text(report: Report) -> str:
    """A line for each figure, below its work."""
    lines = [*report.scaled]
    for work, ones in groupby(report.judged, lambda item: item.work):
        lines.append(work.replace("`", ""))
        lines += [
            f"    {entry.what:<36} {measured(entry):>12}  {aim(entry):<14} {verdict(entry):<18} {floor(entry)}"
            for entry in ones
        ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def as_markdown(report: Report) -> str:
    """The guide's table, with the sentence that names the machine."""
    here = machine()
    named = (
        f"On {here['cores']} cores ({here['processor']}) with {here['gigabytes']} GB, {here['system']}, "
        f"Python {here['python']}:"
    )
    head = [
        *report.scaled,
        named,
        "",
        "| work | | measured | aim | | floor, measured in the same run |",
        "|---|---|--:|--:|---|---|",
    ]
    rows = [
        f"| {item.work} | {item.what} | {measured(item)} | {aim(item)} | {verdict(item)} | {floor(item)} |"
        for item in report.judged
    ]
    return "\n".join(head + rows) + "\n"


def inserted(page: str, table: str) -> str:
    """The page with the table between its marks."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    return f"{before}{begin}\n{table}\n{end}{after}"


def measured(figure: Figure) -> str:
    """The figure with its unit."""
    return _number(figure.value, figure.unit)


def aim(figure: Figure) -> str:
    """At most so much, or exactly."""
    return "" if figure.aim is None else f"{'=' if figure.exact else '≤'} {_number(figure.aim, figure.unit)}"


def floor(figure: Figure) -> str:
    """The floor, and what it is."""
    return "" if figure.floor is None else f"{_number(figure.floor, figure.unit)}: {figure.floor_is}"


def verdict(figure: Figure) -> str:
    """Returns whether the aim is met; if not, by how much it is missed."""
    if figure.aim is None:
        return ""
    if figure.value == figure.aim or (figure.value < figure.aim and not figure.exact):
        return "met"
    if figure.exact:
        return f"missed by {figure.value - figure.aim:+g}"
    return f"missed by {100 * (figure.value / figure.aim - 1):.0f} %" if figure.aim else "missed"


def _number(value: float, unit: str) -> str:
    digits = 0 if unit in {"MB", "bytes"} or value == int(value) else 2
    return f"{value:,.{digits}f} {unit}".strip()
