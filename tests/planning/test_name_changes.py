"""Follows a name over the changes of names in state, forwards and backwards."""

from datetime import UTC, datetime

import pytest

from reconciler.model.name_change import NameChange, followed, led_to, name_after
from reconciler.model.run import Run

RUN = Run(id="run-1", actor="ann")


def changes(*names: tuple[str, str | None, int]) -> tuple[NameChange, ...]:
    return tuple(
        NameChange(old=old, new=new, at=datetime(2026, 11, day, tzinfo=UTC), run=RUN) for old, new, day in names
    )


SWAPPED = (("a/x", "a/y", 1), ("a/y", "a/x", 1), ("a", "b", 2))


@pytest.mark.parametrize(
    ("made", "name", "now", "before"),
    [
        ((("a/x", "a/y", 1), ("a", "b", 2), ("b/y", "b/z", 3)), "a/x", "b/z", ["b/y", "a/y", "a/x"]),
        (SWAPPED, "a/x", "b/y", ["a/y", "a/x"]),
        (SWAPPED, "a/y", "b/x", ["a/x", "a/y"]),
        ((("a/x", None, 1),), "a/x", None, []),
        ((("a", "b", 1), ("b", "a", 2), ("a", "c", 3)), "a/x", "c/x", ["a/x", "b/x", "a/x"]),
    ],
)
def test_a_name_is_followed_over_moves_of_its_own_and_of_its_customer(
    made: tuple[tuple[str, str | None, int], ...], name: str, now: str | None, before: list[str]
) -> None:
    known = changes(*made)
    assert name_after(followed(known, name), name) == now
    assert [earlier for earlier, _ in led_to(known, now or name)] == before
