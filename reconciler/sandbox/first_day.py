"""The sandbox's first day, in `first_day.json`: the customers of the sample estate in `manifests/`, and a little more.

People, companies and identifiers are made up; the offers are the public ones. The manifests tell each customer's story.
Woodgrove is declared by no manifest, for `import`. The file holds what differs from the defaults of `World`. Its dates
are as if the first day were `WRITTEN_ON`; those of new commerce move along with the day on which a sandbox begins, so
that the same terms end as soon, and the same seats can be given back, on whichever day somebody tries it.
"""

from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from reconciler.sandbox.calendar import midnight
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import utc_now
from reconciler.sandbox.world import World

WRITTEN_ON = datetime(2026, 11, 21, tzinfo=UTC)

_DATES = ("created", "term_start", "custom_end", "window_from", "status_since")


def first_day() -> World:
    """Returns the world of the first day, which is today; the same on every machine."""
    world = World.parse(files(__package__).joinpath("first_day.json").read_bytes())
    later = midnight(utc_now()) - WRITTEN_ON
    for _, sold in world.sold():
        if sold.new_commerce:
            _move(sold, later)
    return world


def _move(sold: Sold, later: timedelta) -> None:
    for name in _DATES:
        when: datetime | None = getattr(sold, name)
        if when is not None:
            setattr(sold, name, when + later)
    for batch in sold.batches or ():
        batch.until += later
    for instructions in _instructions(sold):
        if end := instructions.get("customTermEndDate"):
            instructions["customTermEndDate"] = (datetime.fromisoformat(end) + later).isoformat()


def _instructions(sold: Sold) -> list[dict[str, Any]]:
    found = (sold.next_term, *(action.get("instructions") for action in sold.actions or ()))
    return [instructions for instructions in found if instructions]
