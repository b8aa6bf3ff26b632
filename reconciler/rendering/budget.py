"""Counts what fits where a host takes only so much. Numbers in, numbers out: what they count is the caller's."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """The needs of a block: `frame` for itself, and for each of its `rows` what `size` says, asked when it is needed.

    What is `essential` has room before the rest.
    """

    frame: int
    rows: int
    size: Callable[[int], int]
    essential: bool = False


def shares(demands: Sequence[Demand], room: int) -> list[int]:
    """Returns how many rows each of the first blocks may show; the blocks after these don't fit at all.

    First what is essential, up to its part; then an equal share for each, and what is left over in their order, so
    that a long block never hides a later one.
    """
    kept = demands[: leading((demand.frame for demand in demands), room)]
    left = room - sum(demand.frame for demand in kept)
    given = [0] * len(kept)
    essential = _shared(kept, given, left * 3 // 4, [demand.rows if demand.essential else 0 for demand in kept])
    left -= sum(sum(map(demand.size, range(count))) for demand, count in zip(kept, essential, strict=True))
    return _shared(kept, essential, left, [demand.rows for demand in kept])


def leading(sizes: Iterable[int], room: int, *, most: int | None = None) -> int:
    """Returns how many of the first fit, and never more than `most`."""
    count = 0
    for size in sizes:
        room -= size
        if room < 0 or count == most:
            break
        count += 1
    return count


def announced(total: int, room: int) -> int:
    """Returns how many of all are shown, where one place is taken by saying that others are not."""
    return total if total <= room else max(0, room - 1)


def _shared(demands: Sequence[Demand], given: Sequence[int], room: int, ends: Sequence[int]) -> list[int]:
    """Returns how many rows of each are shown, where so many are already and the others have so much room."""
    share = room // max(1, len(demands))
    shown = []
    for demand, start, end in zip(demands, given, ends, strict=True):
        at, rest = _fitting(demand, start, end, share)
        room -= share - rest
        shown.append(at)
    for at, (demand, end) in enumerate(zip(demands, ends, strict=True)):
        shown[at], room = _fitting(demand, shown[at], end, room)
    return shown


def _fitting(demand: Demand, start: int, end: int, room: int) -> tuple[int, int]:
    """Returns where the rows from `start` on end that fit, and how much room they leave."""
    for at in range(start, end):
        size = demand.size(at)
        if size > room:
            return at, room
        room -= size
    return max(start, end), room
