"""Shows every event of an apply as it comes, and keeps what must not be lost: reports and rescued states."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from reconciler.advice import sentence
from reconciler.cli import failure
from reconciler.cli.chosen import Chosen, again
from reconciler.cli.files import write_anew
from reconciler.cli.license_report import LicenseReport
from reconciler.cli.opened import Opened
from reconciler.cli.progress import Watched
from reconciler.cli.reports import Reports
from reconciler.cli.signals import INTERRUPTED
from reconciler.cli.terminal import Screen, messages
from reconciler.documents import state
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import (
    Event,
    Failed,
    Finished,
    HeldByService,
    Recovered,
    Skipped,
    Stale,
    StateNotWritten,
    Succeeded,
    Unknown,
)
from reconciler.model.invocation import Invocation, operand
from reconciler.model.remedy import Step
from reconciler.rendering.as_json import event_json
from reconciler.rendering.formats.events import event_text
from reconciler.rendering.outputs.applies import applied_outputs
from reconciler.rendering.reports.applied import Applied, ended
from reconciler.rendering.reports.names import display_names
from reconciler.rendering.subjects.applies import APPLIED


def carry_out(
    events: Iterator[Event],
    stop: threading.Event,
    reports: Reports,
    people: Opened | None,
    watched: Watched,
    chosen: Chosen,
    *,
    code_of: Callable[[Event], int],
    reported: Applied,
) -> set[int]:
    """Shows every event as it comes; returns the exit codes they amount to, each by `code_of`.

    Where the output breaks, nothing new is started, and every event is taken all the same: one of them may hold what is
    nowhere else. An error that ends the run counts beside what happened before it. The licence report, to be written to
    the file of `people`, and the others are written whatever happens; should one fail, that changes no code. `reported`
    has all of the apply but its events: what is blocked in it fails the reports too.
    """
    report, codes, happened = LicenseReport(), set[int](), list[Event]()
    show = _Showing(reports.screen, reports.form, stop, chosen.invocation, display_names(reported.customers))
    with watched:
        try:
            for event in events:
                report.add(event)
                codes.add(code_of(event))
                happened.append(_completed(event, happened, show, chosen))
                watched.make_way()
                if isinstance(event, _SETTLED):
                    watched.one_more()
                if not isinstance(event, reports.shown):
                    show(happened[-1])
        except ReconcilerError as error:
            codes.add(failure.show_error(error, chosen.invocation, no_color=chosen.no_color))
            if not happened:
                reports.save_failure(error, begun=True)
        finally:
            if people:
                text = partial(report.text, people.path.suffix)
                reports.attempt("the licence report", lambda: people.write(text()), "license_report_missing")
            applied = replace(reported, events=happened)
            if happened:
                reports.save(APPLIED, applied, applied_outputs)
    if happened and show.complete:
        reports.close(APPLIED, applied, applied_outputs)
    return codes if show.complete else show.broken_off(codes, happened, chosen)


_SETTLED = (Succeeded, Recovered, Failed, Skipped, Stale, Unknown, HeldByService)
"""Each is the end of one change."""


def _completed(event: Event, before: list[Event], show: "_Showing", chosen: Chosen) -> Event:
    """The event with what only this edge knows: its commands with everything that was chosen on the command line, the
    file of a rescued state, and whether it was the broken output that ended the run, and nobody else.
    """
    match event:
        case StateNotWritten():
            file = _rescued(event, chosen)
            return replace(event, file=file, next=(Step(run=("state", "push", operand(file or "FILE"))),))
        case Finished() if not show.complete:
            return replace(event, interrupted=_is_held(before))
        case _:
            return event


def _is_held(happened: list[Event]) -> bool:
    """Returns True if something was not started because the run was to stop."""
    return any(isinstance(event, Skipped) and event.code == "interrupted" for event in happened)


class _Showing:
    """Shows events for as long as the output takes them; then nothing new is to begin."""

    def __init__(
        self, screen: Screen, form: str, stop: threading.Event, invocation: Invocation, names: Mapping[str, str]
    ) -> None:
        self._screen = screen
        self._form = form
        self._stop = stop
        self._invocation = invocation
        self._names = names
        self._interrupted = False
        self.complete = True

    def __call__(self, event: Event) -> None:
        """Shows one event, if the output still takes anything."""
        if self.complete:
            try:
                self._screen.write(self._text(event))
            except (OSError, ReconcilerError):
                self.complete = False
                self._interrupted = self._stop.is_set()  # a terminal that was closed sends a signal and takes no more
                self._stop.set()

    def broken_off(self, codes: set[int], happened: list[Event], chosen: Chosen) -> set[int]:
        """Says that the output broke, and what all came to; the exit codes of the run, which that alone does not
        make an interrupted one.

        Where all was started already, they are the work's own.
        """
        held = _is_held(happened)
        broke = sentence("output_broke_midway" if held else "output_broke_at_the_end")
        messages(no_color=chosen.no_color).say(
            f"Error: {broke}", f"    {ended(happened)}", "    What is left to do:", again("plan", chosen=chosen)
        )
        mine = codes if self._interrupted else codes - {INTERRUPTED}
        return mine | ({1} if held else set())

    def _text(self, event: Event) -> str:
        if self._form == "json":
            return event_json(event, self._invocation)
        width, color = self._screen.width, self._screen.color
        return event_text(event, self._invocation, width=width, color=color, names=self._names)


def _rescued(event: StateNotWritten, chosen: Chosen) -> str:
    """Sends what could not be recorded to stderr and to a file here, so that neither's failure alone can lose
    it.

    The file's name, which no other file had; empty where none could be written.
    """
    document = state.dump(event.state)
    with suppress(OSError, ReconcilerError):  # ASCII: a log in any encoding holds it whole
        messages(no_color=chosen.no_color).write(json.dumps(json.loads(document), indent=2))
    try:
        return str(write_anew(Path(f"errored.{event.customer}.json"), document))
    except ReconcilerError as error:
        failure.show_error(error, chosen.invocation, no_color=chosen.no_color)
        return ""
