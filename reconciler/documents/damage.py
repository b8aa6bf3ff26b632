"""Makes StateDamaged of what is wrong with a document of a state location, and turns its bytes into text."""

from reconciler.documents.unreadable import Fault, Unreadable
from reconciler.model.encoding import other_encoding
from reconciler.model.errors import Problem, StateDamaged
from reconciler.model.subscription import Place

RESTORE = "Restore it from version control or a backup. Don't delete it: it is the record of what was bought."
"""The remedy for a damaged document of a state location."""

_UPGRADE = "Install the version of reconciler that wrote it, or a later one."
_PROBLEMS_SHOWN = 5
_WHAT = {
    "not_json": "is not JSON: {error}",
    "nested_too_deeply": "is nested too deeply",
    "not_an_object": "is not a JSON object",
    "ambiguous": "can't be understood: {error}",
    "no_version": "is damaged: its format_version is missing",
    "bad_version": "is damaged at format_version: it is no version",
    "incomplete": "lacks what its format has",
    "contradictory": "is damaged: {what}",
}


def decode(content: bytes, where: str) -> str:
    """Returns a file's bytes as text, without a byte order mark. Raises StateDamaged where they are not UTF-8."""
    if encoding := other_encoding(content):
        what = f"This file was saved as {encoding}; it must be UTF-8."
        raise StateDamaged.because(what, "Save it as UTF-8 in its place: it is the record of what was bought.", where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(f"is not UTF-8 text (byte {error.start + 1})", where) from None


def damaged(what: str, where: Place | str, restore: str = RESTORE) -> StateDamaged:
    """Returns the error of a document that does not say what it should; `what` continues "This file"."""
    return StateDamaged.because(f"This file {what}.", restore, where)


def state_damaged(error: Unreadable, where: str, restore: str = RESTORE) -> StateDamaged:
    """Returns the error of a document that can't be read. `restore` says what to do about a damaged one."""
    if error.faults:
        return StateDamaged(*(_of_fault(fault, where, restore) for fault in error.faults[:_PROBLEMS_SHOWN]))
    if error.code == "newer_version":
        what = "This file has format_version {version}; this version of reconciler reads up to {reads}."
        return StateDamaged.because(what.format(**error.data), _UPGRADE, where)
    line, column = error.data.get("line"), error.data.get("column")
    place = Place(file=where, line=line, column=column) if line and column else where
    return damaged(_WHAT[error.code].format(**error.data), place, restore)


def _of_fault(fault: Fault, where: str, restore: str) -> Problem:
    if fault.unknown:
        what = f"This file is damaged or newer: {fault.place} is a member that this version of reconciler doesn't know."
        return Problem(where=where, what=what, remedy=f"{_UPGRADE} If it was edited by hand, take the edit back.")
    return Problem(where=where, what=f"This file is damaged at {fault.place}: {fault.message}.", remedy=restore)
