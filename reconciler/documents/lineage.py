"""`estate.json`: the document that makes a state location an estate's own."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from reconciler.documents.damage import state_damaged
from reconciler.documents.format import Format
from reconciler.documents.text import indented, parse
from reconciler.documents.unreadable import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """The identity of the estate that owns a state location."""

    lineage: str


FORMAT = Format(Lineage, 1, types={"lineage": Annotated[str, Field(min_length=1)]}, closed=True)


def dump(lineage: str) -> str:
    """Returns the document of a lineage."""
    return indented(FORMAT.members(Lineage(lineage=lineage)))


def load(text: str, where: str) -> str:
    """Returns the lineage of such a document. Raises StateDamaged."""
    try:
        return FORMAT.value(parse(text, by_hand=True)).lineage
    except Unreadable as error:
        raise state_damaged(error, where) from None
