"""The document of a lock: who writes a customer's state. It has no version; members that are not known are ignored."""

from reconciler.documents.format import Format
from reconciler.documents.text import indented, parse
from reconciler.model.state_store import Lock

FORMAT = Format(Lock, None)


def dump(lock: Lock) -> str:
    """Returns a lock as text."""
    return indented(FORMAT.members(lock))


def load(text: str) -> Lock:
    """Returns the lock that the text is. Raises Unreadable."""
    return FORMAT.value(parse(text, by_hand=True))
