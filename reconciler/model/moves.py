"""Names that a customer's manifest moves or removes: what state remembers of them follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.subscription import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The moves of one customer. `moved` maps an old name to the next one; `removed` names are not tracked any more.
    `places` says where each old name is written.

    They stay in the manifest without harm: what state does not have under an old name is moved already.
    """

    moved: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    def last(self, name: str) -> str:
        """The name that a name has after all moves; the same where none is of it. No circle is in a valid manifest."""
        while name in self.moved:
            name = self.moved[name]
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMove:
    """A move that the next apply carries out in state; `to` is None where the address is not tracked any more."""

    address: Address
    to: Address | None
    source: Place
