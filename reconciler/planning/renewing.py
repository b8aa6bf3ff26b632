"""Changes that wait for a renewal: near the end of a term nothing is started that takes effect at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.changes.rules.schedules import FROZEN
from reconciler.model.unsettled import Unsettled
from reconciler.model.utc import utc_minute

_RENEWAL_TAKES = timedelta(hours=24)
"""The time from the end of the term within which the renewal is carried out (create-scheduled-changes)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewing:
    """A term that ends within a day, or has ended (`over`) while its renewal does not show yet."""

    ends_at: datetime
    over: bool

    def unsettled(self, case: Case) -> Unsettled:
        """The change that waits, as plans list it."""
        code = "renewal_awaited" if self.over else "renewal_near"
        again = self.ends_at + _RENEWAL_TAKES
        return Unsettled(
            address=case.desired.address,
            customer=case.desired.customer,
            what=advice.sentence(code, ends=utc_minute(self.ends_at)),
            since=self.ends_at if self.over else self.ends_at - FROZEN,
            outcome="waiting",
            remedy=advice.row("renewal_plan_again").remedy({"again": utc_minute(again)}),
            sent=False,
        )


def renewing(case: Case) -> Renewing | None:
    """Returns the renewal that changes at once have to wait for; None where none is near."""
    commitment, now = case.present.commitment, case.circumstances.now
    if not case.modern or commitment is None or commitment.ends_at is None or not case.present.active:
        return None
    if commitment.ends_at - now > FROZEN:
        return None
    return Renewing(ends_at=commitment.ends_at, over=commitment.ends_at < now)
