"""Counts the annotations that a CI system still shows: several commands of a step, and steps of a job, share what it
takes.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.rendering.formats.room import SHOWN, Annotated

_OF_STEP = {"error": SHOWN, "warning": SHOWN, "note": SHOWN}
_OF_JOB = {"error": 50, "warning": 40, "note": 30}
"""GitHub shows 50 of a job. Graver ones of later steps have some of them kept free."""

_HOSTS = {"github": ("RUNNER_TEMP", "GITHUB_ACTION"), "azure-devops": ("AGENT_TEMPDIRECTORY", "SYSTEM_TASKINSTANCEID")}
"""The variables that name the job's own folder, and this step of it."""

Counts = dict[str, dict[str, int]]
"""By step and level."""


def room(form: str) -> Mapping[str, int]:
    """Returns how many annotations of each level are still shown, for this command."""
    counts = _read(form)
    here = counts.get(_step(form), {})
    of_job = sum(number for step in counts.values() for number in step.values()) if form == "github" else 0
    return {level: max(0, min(_OF_STEP[level] - here.get(level, 0), _OF_JOB[level] - of_job)) for level in _OF_STEP}


def shown(form: str, text: str) -> None:
    """Remembers what this text has annotated, for later commands of the job."""
    file = _file(form)
    if file is None or not isinstance(text, Annotated):
        return
    counts = _read(form)
    here = counts.setdefault(_step(form), {})
    for level, number in text.levels.items():
        here[level] = here.get(level, 0) + number
    with suppress(OSError):  # a convenience, and no record
        file.write_text(json.dumps(counts), "utf-8")


def _file(form: str) -> Path | None:
    variable = _HOSTS[form][0] if form in _HOSTS else ""
    folder = os.environ.get(variable)
    return Path(folder) / "reconciler-annotations.json" if folder else None


def _step(form: str) -> str:
    return os.environ.get(_HOSTS[form][1], "") if form in _HOSTS else ""


def _read(form: str) -> Counts:
    file = _file(form)
    try:
        found = json.loads(file.read_text("utf-8")) if file else {}
        return {step: {level: int(number) for level, number in of.items()} for step, of in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
