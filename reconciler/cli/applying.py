"""What apply shows, asks and keeps while it works."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from reconciler import state
from reconciler.cli import exits
from reconciler.cli.files import write
from reconciler.cli.license_report import LicenseReport
from reconciler.cli.options import Chosen
from reconciler.cli.terminal import Screen, messages, output
from reconciler.model.errors import NotConfirmed, Problem
from reconciler.model.event import Event, StateNotWritten
from reconciler.model.plan import Plan
from reconciler.rendering import event_json, event_text, plan_text
from reconciler.session import Session


def refuse_without_terminal(*, planned: bool, auto_approve: bool) -> None:
    """Nobody is there to say yes: refused before anything is read."""
    if planned or auto_approve or sys.stdin.isatty():
        return
    raise NotConfirmed(
        Problem(
            where=None,
            what="There is no terminal to ask on, no saved plan, and no --auto-approve. Nothing was sent.",
            remedy="In a pipeline: reconciler plan --out plan.json, have it reviewed, then reconciler apply plan.json",
        )
    )


def approved(plan: Plan, *, form: str, auto_approve: bool, overridden: tuple[str, ...], chosen: Chosen) -> None:
    """Shows the plan and asks; raises NotConfirmed for any answer but yes. Asks nothing where nothing would change."""
    screen = (output if form == "text" else messages)(no_color=chosen.no_color)
    screen.write(plan_text(plan, width=screen.width, color=screen.color, now=plan.created_at))
    breached = any(breach.name not in overridden for breach in plan.limits)
    if auto_approve or not plan.changes or breached:
        return
    messages(no_color=chosen.no_color).write("Do you want to carry this out? Upgrades can't be undone.")
    answer = click.prompt("Only yes is taken as yes", default="no", show_default=False, err=True)
    if answer.strip() != "yes":
        raise NotConfirmed(Problem(where=None, what="Not applied. Nothing was sent.", remedy="reconciler apply"))


def carried_out(
    events: Iterator[Event], session: Session, *, form: str, license_report: Path | None, chosen: Chosen
) -> set[int]:
    """Shows every event as it comes; the exit codes they amount to. The licence report is written whatever happens."""
    screen = output(no_color=chosen.no_color)
    report = LicenseReport()
    codes: set[int] = set()
    with _stopping(session.stop):
        try:
            for event in events:
                screen.write(_shown(event, form, screen))
                report.add(event)
                codes.add(exits.of_event(event))
                if isinstance(event, StateNotWritten):
                    _rescue(event, chosen)
        finally:
            if license_report:
                write(license_report, report.text(license_report.suffix), private=True)
    return codes


def _shown(event: Event, form: str, screen: Screen) -> str:
    return event_json(event) if form == "json" else event_text(event, width=screen.width, color=screen.color)


def _rescue(event: StateNotWritten, chosen: Chosen) -> None:
    """What could not be recorded goes to a file here and to stderr, so that no full disk alone can lose it."""
    document = state.dump(event.state)
    messages(no_color=chosen.no_color).write(document)
    write(Path(f"errored.{event.customer}.json"), document, private=True)


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """The first SIGINT or SIGTERM lets what is in flight be recorded; a second one ends the program at once.

    What was sent is in state as pending by then, for the next run to settle.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()
        click.echo("Stopping: nothing new is begun; what is in flight is recorded. Again to end at once.", err=True)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
