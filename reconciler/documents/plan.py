"""The plan's document: what `--format json` prints is what a plan file holds.

Promises that what was hashed is what is loaded, and that any other text is refused with its reason. The fingerprint
guards against accidents, not against forgery; it is the same whatever flags the commands of the advice are shown with.
"""

from collections.abc import Iterator
from dataclasses import field, fields, make_dataclass
from typing import Any

from reconciler import advice
from reconciler.documents.coherence import contradiction
from reconciler.documents.format import Derived, Format
from reconciler.documents.requests import requests_of_plan
from reconciler.documents.text import canonical, digest, encodable, indented, parse
from reconciler.documents.unreadable import Unreadable
from reconciler.model.errors import PlanFileRefused
from reconciler.model.invocation import NO_FLAGS, Invocation
from reconciler.model.plan import Plan, Summary
from reconciler.model.request import ACTIONS

_COUNTS = tuple(member for member in fields(Summary) if member.name != "actions")
_FIRST = {"upgrade", "resize"}
"""The actions that plans of the first version had: a summary without them is damaged."""

_Summary = make_dataclass(
    "Summary",
    [
        *((action, int) if action in _FIRST else (action, int, field(default=0)) for action in ACTIONS),
        *((count.name, int, field(default=count.default)) for count in _COUNTS),
    ],
    frozen=True,
    kw_only=True,
)
"""A summary as documents have it: a member for each action, and the other counts."""

FORMAT = Format(
    Plan,
    "2.0",
    upgrades=(requests_of_plan,),
    names_writer=True,
    derived={
        "unchanged": Derived(
            name="summary",
            type=_Summary,
            write=lambda plan: _counted(plan.summary),
            read=lambda summary: summary.unchanged,
            contradicted="its summary does not count what it lists",
        )
    },
    required=frozenset(
        {"observed_from", "selection", "errored", "changes", "blocked", "pending", "drift", "warnings", "undeclared"}
        | {"observed", "limits"}
    ),
    contradiction=contradiction,
)
FOLLOWS_FINGERPRINT = "errored"
"""The member before which the fingerprint stands."""

_ESCAPED_SURROGATE = b"\\ud"
"""Without it in a canonical spelling, every member is one that UTF-8 can carry."""


def _counted(summary: Summary) -> Any:
    counts = {count.name: getattr(summary, count.name) for count in _COUNTS}
    return _Summary(**summary.actions, **counts)


def dump(plan: Plan, invocation: Invocation) -> str:
    """Returns the plan's document: byte for byte the same for the same plan, flags in force and version of the program.

    The commands of its advice are shown with the flags in force, those of `invocation`.
    """
    members = encodable(FORMAT.members(plan))
    signed = {"fingerprint": digest(canonical(members))}
    _show_commands(members, invocation)
    at = list(members).index(FOLLOWS_FINGERPRINT)
    return indented({**dict(list(members.items())[:at]), **signed, **dict(list(members.items())[at:])})


def fingerprint(plan: Plan) -> str:
    """Returns `sha256:…` over the document's other members, each command of its advice without the flags in force: the
    same as in the file that this version writes.
    """
    members = FORMAT.members(plan)
    content = canonical(members)
    return digest(canonical(encodable(members)) if _ESCAPED_SURROGATE in content else content)


def load(text: str, where: str) -> Plan:
    """Returns the plan that `dump` wrote. `where` is the file's name as the user typed it. Raises as `load_signed`."""
    return load_signed(text, where)[0]


def load_signed(text: str, where: str) -> tuple[Plan, str]:
    """Returns a plan and the fingerprint of its file: the one that was reviewed, also where another version wrote it.

    Raises PlanFileRefused for anything that is no plan file, is damaged, was altered, or has a newer major version.
    """
    try:
        return _read(text)
    except Unreadable as error:
        data = {"fault": next(iter(error.faults), ""), **error.data}
        code = f"plan_{error.code}" if advice.row_or_none(f"plan_{error.code}") else "plan_not_json"
        raise PlanFileRefused(advice.problem(code, where, **data)) from None


def _read(text: str) -> tuple[Plan, str]:
    try:
        members = parse(text)
    except Unreadable as error:
        raise Unreadable("no_version" if error.code == "not_an_object" else error.code, **error.data) from None
    claimed = members.pop("fingerprint", None)
    FORMAT.check_version(members)
    _show_commands(members, NO_FLAGS)
    content = canonical(members)
    signed = digest(content)
    if claimed != signed:
        raise Unreadable("altered")
    return FORMAT.value(members, content), signed


def _show_commands(members: dict[str, Any], invocation: Invocation) -> None:
    """Shows each command of the plan's advice, the last line of its step, with the flags of `invocation`.

    The members may be anything that a file holds: what is no step with a command is left as it is.
    """
    for remedy in _remedies(members):
        match remedy:
            case {"steps": [*steps], "advice": [_, *_] as advice}:
                shown = [_shown(step, data, invocation) for step, data in zip(steps, advice, strict=False)]
                remedy["steps"] = shown + steps[len(shown) :]
            case {"steps": [*steps], "commands": [*commands]}:
                shown = [_shown_before(step, run, invocation) for step, run in zip(steps, commands, strict=False)]
                remedy["steps"] = shown + steps[len(shown) :]
    for pending in _objects(members.get("pending")):
        _show_next(pending, invocation)


def _show_next(pending: dict[str, Any], invocation: Invocation) -> None:
    """Shows what is next of a change that is not final, its first step and first command, with other flags.

    Versions that wrote the texts of all steps as one, or no remedy, had no flags here: these stay as they are.
    """
    match pending:
        case {"next": str(text), "run": [*words], "remedy": {"advice": [first, *_] as advice}}:
            pending["next"] = _shown(text, first, invocation)
            commands = (step["run"] for step in _objects(advice) if step.get("run"))
            match next(commands, None):
                case [str(), *_] as run if _is_command(run) and _contains(words, run):
                    pending["run"] = list(invocation.arguments(*run))


def _contains(words: list[Any], run: list[Any]) -> bool:
    return any(words[at : at + len(run)] == run for at in range(len(words)))


def _remedies(members: dict[str, Any]) -> Iterator[Any]:
    for blocked in _objects(members.get("blocked")):
        for reason in _objects(blocked.get("reasons")):
            yield reason.get("remedy")
    for pending in _objects(members.get("pending")):
        yield pending.get("remedy")


def _objects(member: Any) -> Iterator[dict[str, Any]]:
    return (item for item in member if isinstance(item, dict)) if isinstance(member, list) else iter(())


def _shown(step: Any, data: Any, invocation: Invocation) -> Any:
    """Returns a step with its command under other flags; as it is where it is not the text of its data."""
    match data:
        case {"text": str(text), "run": [str(), *_] as run} if _is_command(run) and isinstance(step, str):
            return invocation.shown(text, tuple(run)) if step.startswith(f"{text}\n" if text else "") else step
    return step


def _shown_before(step: Any, run: Any, invocation: Invocation) -> Any:
    """The same of a document without the steps as data, as older versions wrote it: its fingerprint needs that."""
    match run:
        case [str(), *_] if _is_command(run) and isinstance(step, str):
            return invocation.shown(step.rpartition("\n")[0], tuple(run))
    return step


def _is_command(run: list[Any]) -> bool:
    return all(isinstance(word, str) for word in run)
