"""`--report FORMAT=FILE`: the same value in further formats beside the screen's, and what a CI system collects.

Where a file can't be written, that is said before anything is read, and what an earlier run left there is taken away
at once, so that nobody takes it for this run's. A report that fails later is named on stderr, and changes nothing else:
neither what is said of the work, nor its exit code, nor any other report.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal

from reconciler.advice import row
from reconciler.cli import annotating
from reconciler.cli.chosen import Chosen
from reconciler.cli.collecting import Azure, Collector, Github
from reconciler.cli.failure import known, show_error
from reconciler.cli.opened import Opened
from reconciler.cli.terminal import Screen, messages, output
from reconciler.cli.workspace import in_repository
from reconciler.model.errors import InvalidInput, Problem, ReconcilerError
from reconciler.model.plan import Notice
from reconciler.rendering.hosts import of_pipeline
from reconciler.rendering.reports.failure import guards_report
from reconciler.rendering.subjects.failures import FAILED, UNWRITTEN
from reconciler.rendering.view import View
from reconciler.system.clock import utc_now

STDOUT = "-"

_WIDTH = 100
"""Columns of a report of text."""

Formats = Mapping[str, Callable[[Any, View], str]]
Outputs = Callable[[Any], Mapping[str, object]]
"""Counted only where a CI system collects them: a large plan's fingerprint takes a while."""

Failure = Callable[[ReconcilerError, View, datetime], str]


@dataclass(kw_only=True)
class Failing:
    """The things known already, should the rest come to nothing. Once the work has `begun`, it never comes to
    nothing.
    """

    notices: tuple[Notice, ...] = ()
    begun: bool = False


@dataclass(frozen=True, kw_only=True)
class Reports:
    """The formats asked for: the one on the screen, and the reports, each a format and a file; None is the screen.

    `unwritten` collects the reports that failed. Events of the types in `shown` are on the screen already.
    """

    screen: Screen
    form: str
    wanted: tuple[tuple[str, Opened | None], ...]
    view: View
    unwritten: list[Problem] = field(default_factory=list)
    shown: tuple[type, ...] = ()

    @classmethod
    def readied(
        cls,
        form: str,
        wanted: tuple[tuple[str, str], ...],
        *,
        chosen: Chosen,
        kind: Literal["plan", "apply"] = "plan",
    ) -> "Reports":
        """The reports, each opened. Raises InvalidInput where one can't be; what a CI system names is only told."""
        on_screen = {form, *(shown for shown, name in wanted if name == STDOUT)}
        screen = output(no_color=chosen.no_color, forms=on_screen)
        opened = [(shown, None if name == STDOUT else Opened.at(Path(name))) for shown, name in wanted]
        view = replace(of_pipeline(View(invocation=chosen.invocation), os.environ, _proposed()), width=screen.width)
        view = replace(view, color=screen.color)
        view = in_repository(replace(view, kind=kind), chosen.root, os.environ)
        reports = cls(screen=screen, form=form, wanted=tuple(opened), view=view)
        for host in (Github(), reports._azure):
            for name, check in host.checks() if host.form in reports._forms else ():
                reports.attempt(name, check, "annotations_missing")
        reports.unwritten.clear()  # what fails now is told now, and fails again
        return reports

    def check(self) -> None:
        """Looks again whether everything can be written, the screen too. Raises InvalidInput where something can't."""
        self.screen.check()
        for _, opened in self.wanted:
            if opened:
                opened.check()

    def of_commit(self, commit: str | None) -> "Reports":
        """The same, of this commit."""
        return replace(self, view=replace(self.view, commit=commit))

    def save(self, formats: Formats, value: Any, outputs: Outputs, **view: Any) -> None:
        """Writes the files of the reports, and what GitHub's runner collects where its format was asked for."""
        seen = replace(self.view, **view)
        self._save({form: partial(render, value) for form, render in formats.items()}, seen)
        self._collect(Github(), partial(formats["markdown"], value), seen, partial(outputs, value))

    def show(self, formats: Formats, value: Any, verdict: str, **view: Any) -> None:
        """Shows the value on the screen. Raises InvalidInput where that takes no more; stderr then has the verdict."""
        try:
            self._print(self.form, partial(formats[self.form], value), replace(self.view, **view))
        except InvalidInput:
            messages(no_color=True).say(verdict)
            raise

    def close(self, formats: Formats, value: Any, outputs: Outputs, **view: Any) -> None:
        """Shows the reports that go to the screen, what Azure's agent collects there, and which reports failed."""
        seen = replace(self.view, **view)
        for form in self._on_screen:
            self.attempt(f"the {form} report", partial(self._print, form, partial(formats[form], value), seen))
        self._collect(self._azure, partial(formats["markdown"], value), seen, partial(outputs, value))
        self._tell_unwritten(seen)

    def attempt(self, name: str, write: Callable[[], object], code: str = "report_missing") -> bool:
        """Writes something, and returns whether that succeeded. An error is reported, with what it means by the row of
        `code`, and not raised.
        """
        try:
            write()
        except Exception as error:  # noqa: BLE001 - after a purchase no fault of a report may hide what was done
            problem = known(error).problems[0]
            missing = row(code)
            what = missing.sentence({"what": f"{name[0].upper()}{name[1:]}", "why": problem.what})
            problem = replace(problem, what=what, steps=(*missing.steps_for({}), *problem.steps))
            self.unwritten.append(problem)
            show_error(ReconcilerError(problem), self.view.invocation, no_color=not self.screen.color)
            return False
        return True

    @contextmanager
    def of_failure(self) -> Iterator["Failing"]:
        """While the value is made: an error is reported too, in the formats that can, and raised all the same. What is
        known by then of the estate's guards is said first.
        """
        failing = Failing()
        try:
            yield failing
        except ReconcilerError as error:
            if not failing.begun:
                self.save_failure(error, failing.notices)
            raise

    def save_failure(self, error: ReconcilerError, notices: tuple[Notice, ...] = (), *, begun: bool = False) -> None:
        """Reports an error that ended the run, in the formats that can. `begun`: something may have been sent."""
        view = replace(self.view, notices=notices, begun=begun)
        formats = {form: partial(_rendered, render, error, utc_now()) for form, render in FAILED.items()}
        self._save(formats, view)
        self._collect(Github(), formats["markdown"], view, lambda: {"verdict": "failed"})
        for form in {self.form, *self._on_screen} & {"github", "azure-devops"}:
            self.attempt(f"the {form} report", partial(self._print, form, formats[form], view))
        self._collect(self._azure, formats["markdown"], view, lambda: {"verdict": "failed"})
        self._tell_unwritten(view)
        if notices:
            messages(no_color=not self.screen.color).show(guards_report(notices), self.view.invocation)

    @property
    def _azure(self) -> Azure:
        return Azure(screen=self.screen, title="-".join(filter(None, ("reconciler", self.view.kind, self.view.slug))))

    @property
    def _forms(self) -> set[str]:
        return {self.form, *(form for form, _ in self.wanted)}

    @property
    def _on_screen(self) -> list[str]:
        return [form for form, opened in self.wanted if opened is None]

    def _save(self, formats: Mapping[str, Callable[[View], str]], view: View) -> None:
        plain = replace(view, width=_WIDTH, color=False)
        for form, opened in self.wanted:
            if opened is not None and form in formats:
                self.attempt(f"the {form} report", partial(_write, opened, partial(formats[form], plain)))

    def _print(self, form: str, render: Callable[[View], str], view: View) -> None:
        text = render(replace(view, annotations=annotating.room(form)))
        self.screen.write(text)
        annotating.shown(form, text)

    def _collect(
        self, host: Collector, markdown: Callable[[View], str], view: View, outputs: Callable[[], Mapping[str, object]]
    ) -> None:
        """Gives a CI system what it collects, where its format was asked for."""
        if host.form in self._forms:
            for name, write in host.writes(
                lambda limit: markdown(replace(view, limit=limit)),
                lambda: {**outputs(), "unwritten": len(self.unwritten)},
            ):
                self.attempt(name, write)

    def _tell_unwritten(self, view: View) -> None:
        """Names the reports that failed where a CI system shows it."""
        for form in {self.form, *self._on_screen} & UNWRITTEN.keys() if self.unwritten else ():
            with suppress(OSError, ReconcilerError):
                self._print(form, partial(_rendered, UNWRITTEN[form], self.unwritten, utc_now()), view)


def _write(opened: Opened, render: Callable[[], str]) -> None:
    opened.write(render())


def _rendered(render: Callable[[Any, View, datetime], str], error: Any, at: datetime, view: View) -> str:
    return render(error, view, at)


def _proposed() -> str | None:
    """The last commit of a pull request in GitHub, as its event tells it: GITHUB_SHA is a merge that nobody made."""
    try:
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
        return str(event["pull_request"]["head"]["sha"])
    except (KeyError, TypeError, ValueError, OSError):
        return None
