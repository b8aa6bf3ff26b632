"""`estate.json`: the document that makes a state location an estate's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from reconciler.documents.damage import state_damaged
from reconciler.documents.format import Format
from reconciler.documents.text import indented, parse
from reconciler.documents.unreadable import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """The identity of the estate that owns a state location, and the key of each tenant's last order.

    The key is there once the order was started. A customer's state that does not know it was lost, or is an older one.
    """

    lineage: str
    orders: Mapping[str, str] = field(default_factory=dict)


FORMAT = Format(Lineage, 1, types={"lineage": Annotated[str, Field(min_length=1)]}, closed=True)


def dump(estate: Lineage) -> str:
    """Returns the document of an estate, tenants sorted."""
    members = FORMAT.members(estate)
    return indented({**members, "orders": dict(sorted(members["orders"].items()))})


def load(text: str, where: str) -> Lineage:
    """Returns the estate of such a document. Raises StateDamaged."""
    try:
        return FORMAT.value(parse(text, by_hand=True))
    except Unreadable as error:
        raise state_damaged(error, where) from None
