"""Makes a `Problem` from a code and data."""

from reconciler.advice.rows import Data
from reconciler.advice.table import row_or_none
from reconciler.model.errors import Problem
from reconciler.model.place import Place


def problem(code: str, /, where: Place | str | None = None, **data: object) -> Problem:
    """The problem that a code means for these data.

    The sentence needs all the data that it names, and calls what is None unknown; a step of which something is not
    given, or is empty, is left out. Raises KeyError for a code that no table has, and where the sentence lacks
    something.
    """
    found = row_or_none(code)
    if found is None:
        raise KeyError(code)
    known: Data = {
        name: value if isinstance(value, tuple) else str(value) for name, value in data.items() if value is not None
    }
    what = found.sentence(known, data.keys() - known.keys())
    return Problem(where=where, code=code, what=what, steps=found.steps_for(known), data=known)
