"""Names that the manifests move or remove: what state remembers of them follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The moves of one customer's entries, or of an estate's customers. `moved` maps an old name to the next one;
    `removed` names are not tracked any more. `places` says where each old name is written. Where the customer as a
    whole is removed, `everything` is the place that says so.

    They stay in the manifest without harm: what state does not have under an old name is moved already.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    everything: Place | None = None

    def path(self, name: str) -> tuple[str, ...]:
        """The names that a name is moved to, one after another; each once where entries exchange their names."""
        found: dict[str, None] = {}
        while (name := self.moved.get(name, "")) and name not in found:
            found[name] = None
        return tuple(found)

    def last(self, name: str) -> str:
        """The name that a name has after all moves; the same where none is of it, or where names are exchanged."""
        return next(reversed(self.path(name)), name)

    def leads(self, old: str, new: str) -> bool:
        """Returns True if the old name is moved to the new one, over others or at once."""
        return new in self.path(old)

    def joined(self, other: "Moves") -> "Moves":
        """Returns the moves of both."""
        return Moves(
            moved={**other.moved, **self.moved},
            removed=tuple(dict.fromkeys((*self.removed, *other.removed))),
            places={**other.places, **self.places},
            everything=self.everything or other.everything,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EstateMoves:
    """The moves of the estate's own file: those of `customers`, and those of entries by the name of their customer."""

    customers: Moves = field(default_factory=Moves)
    entries: Mapping[str, Moves] = field(default_factory=dict)

    def of(self, customer: str) -> Moves:
        """Returns the moves of one customer's entries, those under its earlier names included."""
        found = self.entries.get(customer, Moves())
        for name, moves in self.entries.items():
            if self.customers.leads(name, customer):
                found = found.joined(moves)
        if customer in self.customers.removed:
            return Moves(
                moved=found.moved,
                removed=found.removed,
                places=found.places,
                everything=self.customers.places[customer],
            )
        return found

    @property
    def names(self) -> frozenset[str]:
        """The customers that something is said of, by every name."""
        customers = self.customers
        return frozenset((*customers.moved, *customers.moved.values(), *customers.removed, *self.entries))


Names = tuple[Address, Address | None]
"""The name that an address had in state, and the one that it gets; None where it is not tracked any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMove:
    """A move that the next apply carries out in state; `to` is None where the address is not tracked any more."""

    address: Address
    to: Address | None
    source: Place

    @property
    def names(self) -> Names:
        """The name before and after."""
        return self.address, self.to


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMove:
    """A customer's state that the next apply moves to the customer's present name, with all its addresses. `source` is
    where the old name is written.
    """

    customer: str
    to: str
    source: Place
