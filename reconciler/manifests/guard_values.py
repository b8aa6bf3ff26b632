"""Values of guards: how much a permission to remove seats lets through, and how a value is written."""

from collections.abc import Mapping

from reconciler.model.term import FewerSeats

GRADES = {FewerSeats.REFUSE: 0, FewerSeats.AT_RENEWAL: 2, FewerSeats.NOW: 4}
"""The permissions to remove seats, by how much they let through; a one-off one lets through less."""


def written(value: object) -> str:
    """Returns a value as a manifest has it; `not set` for none."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {figure}" if name else str(figure) for name, figure in value.items())
    if isinstance(value, bool):
        return str(value).lower()
    return "not set" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
