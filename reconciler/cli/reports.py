"""`--report FORMAT=FILE`: the same value in further formats beside the screen's, and what a CI system collects.

Where a file can't be written, that is said before anything is read. What an earlier run left there is taken away at
once, so that nobody takes it for this run's.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from reconciler.cli import files
from reconciler.cli.options import Chosen
from reconciler.cli.terminal import Screen, messages, output
from reconciler.cli.workspace import in_repository
from reconciler.model.errors import ReconcilerError
from reconciler.model.plan import Notice
from reconciler.rendering import (
    FAILED,
    SUMMARY_LIMIT,
    View,
    azure_summary,
    azure_variables,
    github_outputs,
    guards_text,
    of_pipeline,
)

STDOUT = "-"

_WIDTH = 100
"""Columns of a report of text."""

Formats = Mapping[str, Callable[[Any, View], str]]
Outputs = Callable[[Any], Mapping[str, object]]
"""Counted only where a CI system collects them: a large plan's fingerprint takes a while."""

Failure = Callable[[ReconcilerError, View, datetime], str]


@dataclass(kw_only=True)
class Failing:
    """What is known already, should the rest come to nothing."""

    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reports:
    """What was asked for: the format on the screen, and the reports, each a format and a file's name."""

    screen: Screen
    form: str
    wanted: tuple[tuple[str, str], ...]
    view: View

    @classmethod
    def readied(
        cls,
        form: str,
        wanted: tuple[tuple[str, str], ...],
        *,
        chosen: Chosen,
        kind: Literal["plan", "apply"] = "plan",
    ) -> "Reports":
        """The reports, each known to be writable. Raises InvalidInput where one isn't."""
        for _, name in wanted:
            if name != STDOUT:
                files.make_room(Path(name))
        on_screen = {form, *(one for one, name in wanted if name == STDOUT)}
        screen = output(no_color=chosen.no_color, forms=on_screen)
        view = replace(of_pipeline(View(), os.environ, _proposed()), width=screen.width, color=screen.color)
        return cls(
            screen=screen,
            form=form,
            wanted=wanted,
            view=in_repository(replace(view, kind=kind), chosen.root, os.environ),
        )

    def of_commit(self, commit: str | None) -> "Reports":
        """The same, of this commit."""
        return replace(self, view=replace(self.view, commit=commit))

    def save(self, formats: Formats, value: Any, outputs: Outputs, **view: Any) -> None:
        """Writes the files of the reports, and what GitHub's runner collects where its format was asked for."""
        seen = replace(self.view, **view)
        self._save(lambda form, as_: formats[form](value, as_), seen)
        if "github" in self._forms:
            self._collect(formats["markdown"](value, replace(seen, limit=SUMMARY_LIMIT)), outputs(value))

    def show(self, formats: Formats, value: Any, **view: Any) -> None:
        """Shows the value on the screen."""
        self.screen.write(formats[self.form](value, replace(self.view, **view)))

    def close(self, formats: Formats, value: Any, outputs: Outputs, **view: Any) -> None:
        """Shows the reports that go to the screen, and what Azure's agent collects there."""
        seen = replace(self.view, **view)
        for form in self._on_screen:
            self.screen.write(formats[form](value, seen))
        if "azure-devops" in self._forms:
            self._collect_by_azure(formats["markdown"](value, replace(seen, limit=SUMMARY_LIMIT)), outputs(value))

    @contextmanager
    def of_failure(self) -> Iterator["Failing"]:
        """While the value is made: an error is reported too, in the formats that can, and raised all the same. What is
        known by then of the estate's guards is said first.
        """
        failing = Failing()
        try:
            yield failing
        except ReconcilerError as error:
            self._tell(error, replace(self.view, notices=failing.notices), datetime.now(UTC))
            raise

    def _tell(self, error: ReconcilerError, view: View, at: datetime) -> None:
        formats = {form: partial(_told, told, error, at) for form, told in FAILED.items()}
        self._save(lambda form, as_: formats[form](as_) if form in formats else None, view)
        for form in {self.form, *self._on_screen} & {"github", "azure-devops"}:
            self.screen.write(formats[form](view))
        if "github" in self._forms:
            self._collect(formats["markdown"](view), {"verdict": "failed"})
        if "azure-devops" in self._forms:
            self._collect_by_azure(formats["markdown"](view), {"verdict": "failed"})
        if view.notices:
            aside = messages(no_color=not self.screen.color)
            aside.write(guards_text(view.notices, width=aside.width, color=aside.color))

    @property
    def _forms(self) -> set[str]:
        return {self.form, *(form for form, _ in self.wanted)}

    @property
    def _on_screen(self) -> list[str]:
        return [form for form, name in self.wanted if name == STDOUT]

    def _save(self, made: Callable[[str, View], str | None], view: View) -> None:
        plain = replace(view, width=_WIDTH, color=False)
        for form, name in self.wanted:
            text = None if name == STDOUT else made(form, plain)
            if text is not None:
                files.write(Path(name), text)

    def _collect(self, markdown: str, outputs: Mapping[str, object]) -> None:
        """The step's summary and its outputs."""
        for variable, text in (("GITHUB_STEP_SUMMARY", markdown), ("GITHUB_OUTPUT", github_outputs(outputs))):
            if name := os.environ.get(variable):
                files.append(Path(name), text)

    def _collect_by_azure(self, markdown: str, outputs: Mapping[str, object]) -> None:
        """The run's summary, which the agent uploads from a file, and its variables."""
        folder = os.environ.get("AGENT_TEMPDIRECTORY")
        if folder and os.environ.get("TF_BUILD"):
            file = Path(folder) / f"reconciler-{os.getpid()}.md"
            files.write(file, markdown)
            self.screen.write(azure_summary(str(file)) + azure_variables(outputs))


def _told(told: Failure, error: ReconcilerError, at: datetime, view: View) -> str:
    return told(error, view, at)


def _proposed() -> str | None:
    """The last commit of a pull request in GitHub, as its event tells it: GITHUB_SHA is a merge that nobody made."""
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
        return str(event["pull_request"]["head"]["sha"])
    except (KeyError, TypeError, ValueError, OSError):
        return None
