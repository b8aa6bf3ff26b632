"""Makes StateDamaged of what is wrong with a document of a state location, and turns its bytes into text."""

from typing import Literal

from reconciler.advice import problem
from reconciler.documents.unreadable import Fault, Unreadable
from reconciler.model.encoding import other_encoding
from reconciler.model.errors import Problem, StateDamaged
from reconciler.model.place import Place

Origin = Literal["stored", "pushed"]
"""The place that a document comes from, on which depends what to do about a damaged one: the state location, or a file
that is given to `state push`.
"""

_PROBLEMS_SHOWN = 5


def decode(content: bytes, where: str) -> str:
    """Returns a file's bytes as text, without a byte order mark. Raises StateDamaged where they are not UTF-8."""
    if encoding := other_encoding(content):
        raise StateDamaged(problem("state_in_other_encoding", where, encoding=encoding))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged("state_not_utf8", where, byte=error.start + 1) from None


def damaged(code: str, where: Place | str, origin: Origin = "stored", **data: object) -> StateDamaged:
    """Returns the error of a document that does not say what it should."""
    return StateDamaged(problem(code, where, **{origin: "true"}, **data))


def state_damaged(error: Unreadable, where: str, origin: Origin = "stored") -> StateDamaged:
    """Returns the error of a document that can't be read."""
    if error.faults:
        return StateDamaged(*(_of_fault(fault, where, origin) for fault in error.faults[:_PROBLEMS_SHOWN]))
    line, column = error.data.get("line"), error.data.get("column")
    place = Place(file=where, line=line, column=column) if line and column else where
    return damaged(f"state_{error.code}", place, origin, **error.data)


def _of_fault(fault: Fault, where: str, origin: Origin) -> Problem:
    code = "state_member_unknown" if fault.unknown else "state_member_invalid"
    return problem(code, where, **{origin: "true"}, place=fault.place, message=fault.message)
