"""Two clocks that contradict each other: this machine's and the service's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FARTHEST_APART = timedelta(days=1)
"""How far this machine's clock and the service's may differ before neither is relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClocksApart:
    """What both clocks said at a moment when they were more than `FARTHEST_APART` apart. UTC."""

    here: datetime
    service: datetime

    @property
    def sentence(self) -> str:
        """What both say."""
        return (
            f"This machine's clock says {_written(self.here)}, the service's says {_written(self.service)}:"
            " more than a day apart, so one of them is wrong."
        )

    @property
    def remedy(self) -> str:
        """Who must act, for either of the two."""
        return (
            "Set this machine's clock (synchronise it by NTP), and run the same command again. If this machine is"
            " right, have whoever runs the proxy or gateway before Partner Center correct its Date header."
        )


def _written(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"
