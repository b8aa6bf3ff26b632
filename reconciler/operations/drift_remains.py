"""Lists what state tracks and no manifest declares."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from reconciler import planning
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.state import CustomerState
from reconciler.operations.drift_part import Part


class Remains(NamedTuple):
    """The addresses that state tracks and no manifest declares, those of them of which nothing is bought, the customers
    of them whom no manifest has at all, and why some of them can't be let go yet.
    """

    addresses: tuple[Address, ...]
    unbought: tuple[Address, ...]
    vanished: tuple[str, ...]
    warnings: tuple[Alarm, ...]


def remains_of(
    part: Part,
    gone: Collection[CustomerState],
    left: Iterable[Address],
    states: Iterable[CustomerState],
    open_at: Collection[Address],
) -> Remains:
    """Returns what is selected of the remains of customers that are `gone` from the manifests, and of what is `left` of
    those that are compared, whose `states` these are. What is open is none of them.
    """
    found = dict.fromkeys((*(state.address(name) for state in gone for name in state.subscriptions), *left))
    addresses = tuple(address for address in found if address not in open_at and part.holds(address))
    states = (*gone, *states)
    unbought = {address for state in states for address in state.unbought}
    earliest = part.workspace.commerce.clocks.earliest
    return Remains(
        addresses=addresses,
        unbought=tuple(unbought.intersection(addresses)),
        vanished=tuple(_vanished(part, gone, addresses)),
        warnings=tuple(planning.all_tracked_on(states, {*addresses}, earliest)),
    )


def _vanished(part: Part, gone: Iterable[CustomerState], addresses: Iterable[Address]) -> Iterator[str]:
    """Yields the customers that are gone from the manifests, and of whom all that state tracks is listed."""
    names = {address.customer for address in addresses}
    customers = (state.customer for state in gone)
    return (customer.name for customer in customers if customer.name in names and part.holds_all_of(customer))
