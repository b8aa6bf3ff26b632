"""Estates on disk, in as few words as a test needs."""

from pathlib import Path
from uuid import UUID

from reconciler.manifests.estate import read_estate
from reconciler.model.errors import InvalidInput

OFFERS = "offers: {E3: 796b6b5f-613c-4e24-a17c-eba730d49c02}\n"


def guid(number: int) -> str:
    """A GUID that is easy to tell from others."""
    return str(UUID(int=number + (0xC0FFEE << 100)))


def manifest(name: str = "fabrikam", number: int = 1, subscriptions: int = 1) -> str:
    """A customer's document; `number` makes its ids unlike those of other numbers."""
    entries = "".join(
        f"  s{item}:\n    id: {guid(1000 * number + item)}\n    offer: E3\n    quantity: 25\n"
        for item in range(subscriptions)
    )
    return f"customer:\n  name: {name}\n  tenant: {guid(number)}\nsubscriptions:\n{entries}"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Writes files below a directory, which is returned, with a catalogue beside them."""
    for name, content in {"offers.yaml": OFFERS, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def problems(root: Path) -> list[str]:
    """Returns what reading an estate complains of, each with its place; nothing where it is good."""
    try:
        read_estate(root, shown_as=Path())
    except InvalidInput as error:
        return [f"{problem.where}: {problem.what}" for problem in error.problems]
    return []
