"""The names of the blobs of a location: `<customer>.json`, `<customer>.lock`, and `estate.json`."""

from collections.abc import Iterable

from reconciler.advice import problem
from reconciler.model.address import DEVICES, NAME
from reconciler.model.characters import escaped
from reconciler.model.errors import InvalidInput

ESTATE = "estate.json"
"""The blob of the estate's lineage."""

_STATE = ".json"
_LOCK = ".lock"
_RENAMED = {name: f"{name}_" for name in ("estate", *DEVICES)}
"""Customers whose state would be called as the estate's own document, or as a device of Windows, which can't have such
a file, nor git there a repository with it. No customer's name has an underscore.
"""


def state_name(customer: str) -> str:
    """Returns the name of a customer's state. Raises InvalidInput for a name that no customer can have."""
    return f"{_RENAMED.get(customer) or _checked(customer)}{_STATE}"


def earlier_state_name(customer: str) -> str | None:
    """Returns the name by which versions that knew no devices called such a customer's state; else None."""
    return f"{customer}{_STATE}" if customer in DEVICES else None


def lock_name(customer: str) -> str:
    """Returns the name of the lock on a customer. Raises InvalidInput for a name that no customer can have."""
    return f"{_RENAMED[customer] if customer in DEVICES else _checked(customer)}{_LOCK}"


def customers_among(names: Iterable[str]) -> tuple[str, ...]:
    """The customers whose states are among these names, sorted; every other name is passed over."""
    originals = {stem: customer for customer, stem in _RENAMED.items()}
    stems = {name.removesuffix(_STATE) for name in names if name.endswith(_STATE) and name != ESTATE}
    return tuple(sorted({name for name in (originals.get(stem, stem) for stem in stems) if NAME.fullmatch(name)}))


def locked_among(names: Iterable[str]) -> tuple[str, ...]:
    """The customers whose locks are among these names, sorted; every other name is passed over."""
    originals = {f"{stem}{_LOCK}": customer for customer, stem in _RENAMED.items() if customer in DEVICES}
    found = {originals.get(name, name.removesuffix(_LOCK)) for name in names if name.endswith(_LOCK)}
    return tuple(sorted(filter(NAME.fullmatch, found)))


def _checked(customer: str) -> str:
    """A name that stays within the location."""
    if not NAME.fullmatch(customer):
        raise InvalidInput(problem("no_customer_name", name=repr(escaped(customer))))
    return customer
