"""Changes of names in state: who moved what to which name, who stopped tracking it, and when."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.model.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChange:
    """A name that was moved, or that is not tracked any more: then `new` is None. `old` is an address, or a customer's
    name that was moved with all its addresses. Written once, never altered.
    """

    old: str
    new: str | None
    at: datetime
    run: Run


def followed(changes: Iterable[NameChange], name: str) -> tuple[NameChange, ...]:
    """Returns the changes that a name went through, oldest first: its own and those of its customer. The last one says
    what it is called now, or since when it is not tracked.
    """
    found: list[NameChange] = []
    current = name
    for change in changes:
        if not (found and _at_once(found[-1], change)) and (now := _renamed(current, change)):
            found.append(change)
            current = now
    return tuple(found)


def led_to(changes: Sequence[NameChange], name: str) -> Iterator[tuple[str, NameChange]]:
    """Yields the earlier names of a name, the latest first, each with the change that ended it."""
    last: NameChange | None = None
    for change in reversed(changes):
        if change.new is None or (last and _at_once(last, change)):
            continue
        customer, slash, entry = name.partition("/")
        if change.new == name or (slash and change.new == customer):
            name = change.old if change.new == name else f"{change.old}{slash}{entry}"
            last = change
            yield name, change


def _at_once(change: NameChange, other: NameChange) -> bool:
    """Returns True for addresses that one apply moved together: they may have exchanged their names."""
    return "/" in change.old and "/" in other.old and (change.at, change.run) == (other.at, other.run)


def name_after(changes: Iterable[NameChange], name: str) -> str | None:
    """Returns the name that these changes lead to, None where it is not tracked any more."""
    for change in changes:
        if change.new is None:
            return None
        name = _renamed(name, change) or name
    return name


def _renamed(name: str, change: NameChange) -> str | None:
    """The name after the change; None where the change is of another one. What is not tracked any more keeps its name:
    it may be tracked again.
    """
    customer, slash, entry = name.partition("/")
    if change.old == name:
        return change.new or name
    return f"{change.new}{slash}{entry}" if change.old == customer and change.new else None


def joined(changes: Iterable[NameChange], others: Iterable[NameChange]) -> tuple[NameChange, ...]:
    """Returns the changes of both, each once, the oldest first."""
    return tuple(sorted(dict.fromkeys((*changes, *others)), key=lambda change: change.at))
