"""The time by two clocks, this machine's and the service's, neither of which is relied on alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.model.utc import utc_second

FARTHEST_APART = timedelta(days=1)
"""Largest difference between the two clocks at which they are still relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Both clocks at one moment, in UTC.

    `service` is the `Date` of the latest answer that had one, carried on; None before. Whatever protects a change that
    may have been made begins at `latest` and is over once `earliest` says so: one clock that is wrong, or was, ends
    nothing too soon. Where the service's time is not known, this machine is trusted to within `FARTHEST_APART`.
    """

    machine: datetime
    service: datetime | None = None

    @property
    def apart(self) -> "ClocksApart | None":
        """Returns what both say, where they contradict each other by more than `FARTHEST_APART`."""
        if self.service is None or abs(self.service - self.machine) <= FARTHEST_APART:
            return None
        return ClocksApart(here=self.machine, service=self.service)

    @property
    def earliest(self) -> datetime:
        """Returns the earliest time that it can be."""
        return self.machine - FARTHEST_APART if self.service is None else min(self.machine, self.service)

    @property
    def latest(self) -> datetime:
        """Returns the later of the two; a service's time that is too far ahead counts as `FARTHEST_APART` ahead."""
        return self.machine if self.service is None else max(self.machine, self._service_at_most)

    @property
    def lag(self) -> timedelta:
        """Returns how far `earliest` is behind the service's time: by so much later a protection is over."""
        return self._service_at_most - self.earliest

    @property
    def _service_at_most(self) -> datetime:
        return self.machine if self.service is None else min(self.service, self.machine + FARTHEST_APART)

    def minute_after(self, moment: datetime) -> datetime:
        """Returns the first whole minute of the service's time at which `earliest` is surely past the moment."""
        return (moment + self.lag + timedelta(minutes=1)).replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksApart:
    """Both clocks at a moment when they were more than `FARTHEST_APART` apart. UTC."""

    here: datetime
    service: datetime

    @property
    def data(self) -> dict[str, str]:
        """Both times, as messages show them."""
        return {"here": utc_second(self.here), "service": utc_second(self.service)}
