"""What apply says while it works: a few calm lines each for people, one JSON object each for machines."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from reconciler import changes
from reconciler.documents.escaping import json_safe
from reconciler.model.event import (
    DONE_ALREADY,
    Event,
    Failed,
    Finished,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    Started,
    StateNotWritten,
    Succeeded,
    Unknown,
    Waiting,
)
from reconciler.model.state import Result
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import count, offers, seats
from reconciler.rendering.problems import write_support
from reconciler.rendering.prose import write_prose

_INDENT = 4
_SHOWN = 10
"""How many users are listed; the rest are counted."""


def event_text(event: Event, *, width: int = 80, color: bool = False) -> str:
    """The event for people. Every happening begins with its address, so that one can be followed among many."""
    page = Page(width=width, color=color)
    writer: Callable[[Page, Any], None] = _WRITERS[type(event)]
    writer(page, event)
    return page.text()


def event_json(event: Event) -> str:
    """The event as one line of JSON, `type` and `time` first, then its members as in plan files and state files.

    No personal data: of a user only the directory's object id. The state that a StateNotWritten carries is left out;
    it belongs in a file.
    """
    kind: Any = type(event)
    members: dict[str, Any] = _adapter(kind).dump_python(event, mode="json", exclude=_EXCLUDED)
    members.pop("at", None)
    document = {"type": event.type, "time": _rfc3339(event.at), **members}
    return json_safe(json.dumps(document, ensure_ascii=False)) + "\n"


_EXCLUDED: Mapping[str, Any] = {"license_errors": True, "state": True, "result": {"run": True, "unanswered": True}}
"""Users' names and addresses, whole states, and who ran the program."""


@cache
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _started(page: Page, event: Started) -> None:
    change = event.change
    arrow = " -> ".join(offers(change.before, change.after))
    doing, moved = changes.of(change.request).words.doing, seats(change.before.quantity, change.after.quantity)
    _say(page, event.address, f"{doing}, {arrow}, {moved}")


def _waiting(page: Page, event: Waiting) -> None:
    _say(
        page,
        event.address,
        f"waiting for {event.what} ({event.elapsed_seconds:.0f} of {event.timeout_seconds:.0f} s)",
        "dim",
    )


def _succeeded(page: Page, event: Succeeded) -> None:
    _say(page, event.address, _outcome(event.result), "green")
    if not event.visible:
        page.write("The service does not show it yet. It is recorded; the next plan looks again.", indent=_INDENT)
    left = changes.of(event.result.request).left_to_do(event.result.request)
    if left:
        page.write(left, indent=_INDENT)
    users = event.result.license_errors
    if users:
        page.write((f"The licences of {count(len(users), 'user')} did not move.", "bold yellow"), indent=2, mark="! ")
        page.write("Assign them by hand; their object ids in the customer's directory:", indent=_INDENT)
        for user in users[:_SHOWN]:
            codes = f" ({', '.join(user.codes)})" if user.codes else ""
            page.write(f"{user.user_object_id}{codes}", indent=_INDENT + 2)
        if len(users) > _SHOWN:
            page.write(f"and {len(users) - _SHOWN} more, all recorded in state", indent=_INDENT + 2)


def _recovered(page: Page, event: Recovered) -> None:
    _say(page, event.address, f"{_outcome(event.result)} The answer was lost, but it was found done.", "green")


def _not_done(page: Page, event: NotDone) -> None:
    _say(
        page, event.address, "settled as NOT DONE. Nothing shows of what an earlier run sent.", "bold yellow", mark="! "
    )
    for step in event.next:
        write_prose(page, step, indent=_INDENT)


def _failed(page: Page, event: Failed) -> None:
    _say(page, event.address, "FAILED. Nothing was changed.", "bold red", mark="x ")
    page.write(event.description, (f" [{event.code}]", "dim"), indent=_INDENT)
    for step in event.remedy:
        write_prose(page, step, indent=_INDENT)
    if event.support is not None:
        write_support(page, event.support, indent=_INDENT)


def _skipped(page: Page, event: Skipped) -> None:
    head = ": done already. " if event.code == DONE_ALREADY else ": not begun. "
    parts = ((event.address, "bold"), head, event.description, (f" [{event.code}]", "dim"))
    page.write(*parts, hang=_INDENT)
    for step in event.remedy:
        write_prose(page, step, indent=_INDENT)


def _stale(page: Page, event: Stale) -> None:
    _say(page, event.address, "STALE: not begun, nothing was sent.", "bold yellow", mark="! ")
    page.write(event.description, indent=_INDENT)
    page.write("Plan again, and apply that plan.", indent=_INDENT)


def _unknown(page: Page, event: Unknown) -> None:
    _say(
        page,
        event.address,
        "OUTCOME UNKNOWN. Do not repeat this by hand: it may have been done.",
        "bold red",
        mark="? ",
    )
    page.write(event.description, indent=_INDENT)
    page.write(f"Request id {event.request_id}", indent=_INDENT)
    for step in event.next:
        write_prose(page, step, indent=_INDENT)
    if event.support is not None:
        write_support(page, event.support, indent=_INDENT)


def _state_not_written(page: Page, event: StateNotWritten) -> None:
    _say(page, event.customer, "STATE NOT WRITTEN. A change was made and is not recorded.", "bold red", mark="! ")
    page.write(event.description, indent=_INDENT)
    page.write(
        f"Nothing more is done for this customer. What must be recorded {_kept(event)} "
        "Once the state location can be written again, run:",
        indent=_INDENT,
    )
    for command in event.next:
        page.exact(command, indent=_INDENT + 2)


def _kept(event: StateNotWritten) -> str:
    return f"is in {event.file}; keep it." if event.file else "stands on the error output; save it as FILE."


def _finished(page: Page, event: Finished) -> None:
    bad = event.failed or event.unknown or event.with_license_errors or event.state_not_written or event.interrupted
    page.write((finished(event), "bold red" if bad else "bold green"))
    if event.not_done:
        page.write("What was settled as not done is planned afresh by the next run: reconciler plan", indent=_INDENT)


def finished(event: Finished) -> str:
    """What an apply came to, in one sentence."""
    said = [
        f"{event.succeeded} succeeded" if event.succeeded else "",
        f"{event.with_license_errors} succeeded with users left to assign" if event.with_license_errors else "",
        f"{event.recovered} recovered" if event.recovered else "",
        f"{event.not_done} settled as not done" if event.not_done else "",
        f"{event.failed} FAILED" if event.failed else "",
        f"{event.unknown} UNKNOWN" if event.unknown else "",
        f"{event.stale} stale" if event.stale else "",
        f"{event.done_already} done already" if event.done_already else "",
        f"{event.skipped} not begun" if event.skipped else "",
        f"{event.state_not_written} STATE NOT WRITTEN" if event.state_not_written else "",
    ]
    head = "Apply was interrupted" if event.interrupted else "Apply finished"
    return f"{head}: {', '.join(filter(None, said)) or 'nothing was changed'}."


def _outcome(result: Result) -> str:
    return changes.of(result.request).outcome(result)


def _say(page: Page, subject: str, words: str, style: str = "", *, mark: str = "") -> None:
    page.write((subject, "bold"), ": ", (words, style), mark=(mark, style) if mark else "", hang=_INDENT - len(mark))


_WRITERS: Mapping[type[Event], Callable[[Page, Any], None]] = {
    Started: _started,
    Waiting: _waiting,
    Succeeded: _succeeded,
    Recovered: _recovered,
    NotDone: _not_done,
    Failed: _failed,
    Skipped: _skipped,
    Stale: _stale,
    Unknown: _unknown,
    StateNotWritten: _state_not_written,
    Finished: _finished,
}
