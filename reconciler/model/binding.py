"""The subscription that an address means, and what was last seen of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from reconciler.model.offer import Offer
from reconciler.model.pending import Pending
from reconciler.model.renewal import AtRenewal, EndOfTerm, ScheduleForm
from reconciler.model.subscription import Live, Status, Terms, terms_of
from reconciler.model.term import Term

DECLARED = "declared"
"""In place of a request id: somebody else scheduled what the manifest asks for, so that it is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The subscription that an address means, through all its upgrades, and what was last seen of it.

    `previous_ids` are in order, oldest first. `visible` is False between buying a target and first seeing it.
    `partner_id` is who sold it: empty where the service named nobody, None where that was never recorded.
    `scheduled_by` is the request id of the schedule at the service that is ours; DECLARED where somebody else made the
    one that the manifest asks for. All members from `platform` to `scheduled_by` are None where they are unknown, or
    where the platform has none. `writes` counts the changes sent to a new-commerce subscription: the service takes
    about 1,200 in its life. `bought_otherwise`: it had another number of seats than was asked when it was first
    seen, and has it still.
    """

    id: str
    previous_ids: tuple[str, ...] = ()
    offer_id: str
    offer_name: str
    quantity: int
    status: str
    visible: bool = True
    partner_id: str | None = None
    observed_at: datetime
    platform: str | None = None
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None
    scheduled_by: str | None = None
    writes: int = 0
    bought_otherwise: bool = False

    @property
    def to_be_bought(self) -> bool:
        """Returns whether there is no subscription yet: an order was started, and bought nothing so far."""
        return self.status == Status.ABSENT

    @property
    def offer(self) -> Offer:
        """The offer that it had when it was last seen."""
        return Offer(id=self.offer_id, name=self.offer_name)

    @property
    def chain(self) -> tuple[str, ...]:
        """Every id the address has had, the present one last."""
        return (*self.previous_ids, self.id)

    @property
    def terms(self) -> Terms:
        """The terms that it had when it was last seen."""
        return Terms(term=self.term, billing=self.billing, term_ends=self.term_ends, renewal=self.renewal)

    def renewed(self, live: Live | None, now: datetime) -> Self:
        """With what our schedule has made of the subscription since it was seen, once its term has ended: nobody else
        did that. Where it renewed as it was, the schedule was lost before, and nothing has come of it.
        """
        then, found = self.renewal, live.commitment if live else None
        if live is None or found is None or then is None or self.scheduled_by is None or self.term_ends is None:
            return self
        if then.outcome != EndOfTerm.RENEWS_CHANGED or then.quantity is None:
            return self
        if (live.quantity, found.term, live.billing) == (self.quantity, self.term, self.billing):
            return self
        passed = now > self.term_ends != found.ends_at
        return replace(self, quantity=then.quantity, term=then.term, billing=then.billing) if passed else self

    def without_added(self, live: Live) -> Live:
        """The live values after a change of ours, but the remembered seats where somebody else has added more: they
        may not be removed unasked.
        """
        added = live.quantity > self.quantity
        return replace(live, quantity=self.quantity) if added else live

    def owning_schedule(self) -> Self:
        """With the schedule as ours."""
        return self if self.scheduled_by else replace(self, scheduled_by=DECLARED)

    def without_schedule(self, scheduled_by: str, renewal: AtRenewal | None, now: datetime) -> Self:
        """Without this schedule of ours, which is gone; the same value where another one is ours by now."""
        if self.scheduled_by != scheduled_by:
            return self
        return replace(self, scheduled_by=None, renewal=renewal, observed_at=now)

    def resold(self, live: Live) -> bool:
        """Returns whether another partner has the subscription than was last seen, as far as both are known."""
        return None not in {self.partner_id, live.partner_id} and self.partner_id != live.partner_id

    def perhaps_extended(self, live: Live, now: datetime) -> bool:
        """Returns whether a subscription of new commerce looks as if it went on in the extended service term: it has
        another product and a term of a month now that its own has ended (extended-service-terms).
        """
        ended = self.term_ends is None or self.term_ends < now
        other = self.visible and self.offer_id != live.offer.id and ended
        return other and live.commitment is not None and live.commitment.term == Term.MONTHLY

    def observe(self, live: Live, now: datetime, *, alone: bool = False) -> Self:
        """With the live values; the same value, its time included, where nothing differs or they are another's.

        `alone`: the subscription was read by itself, so that what it does not show is not there.
        """
        if live.id != self.id:
            return self
        same = live.quantity == self.quantity
        seen = replace(
            self,
            offer_id=live.offer.id,
            offer_name=live.offer.name,
            quantity=live.quantity,
            status=live.status,
            visible=True,
            bought_otherwise=self.bought_otherwise and same if self.visible else not same,
            partner_id=self.partner_id if live.partner_id is None else live.partner_id,
            observed_at=self.observed_at,
            **self._terms(live, alone=alone or live.body is not None),
        )
        return self if seen == self else replace(seen, observed_at=now)

    def _terms(self, live: Live, *, alone: bool) -> dict[str, Any]:
        """The terms of a live subscription. A schedule that is not the one that was seen last is not ours any more.

        A list may leave out what is scheduled: that it shows nothing ends no schedule of the same term.
        """
        seen, found = terms_of(live), live.commitment
        if found is None or self.scheduled_by is None:
            return {"platform": live.platform, **seen}
        silent = not alone and found.form is ScheduleForm.NONE and found.ends_at == self.term_ends
        if silent and found.auto_renew is not False:
            return {"platform": live.platform, **seen, "renewal": self.renewal}
        ours = self.scheduled_by if found.renewal == self.renewal else None
        return {"platform": live.platform, **seen, "scheduled_by": ours}

    @classmethod
    def to(cls, live: Live, now: datetime, previous_ids: tuple[str, ...] = ()) -> Self:
        """A new binding to a live subscription."""
        return cls(
            id=live.id,
            previous_ids=previous_ids,
            offer_id=live.offer.id,
            offer_name=live.offer.name,
            quantity=live.quantity,
            status=live.status,
            partner_id=live.partner_id or "",
            observed_at=now,
            platform=live.platform,
            **terms_of(live),
        )

    @classmethod
    def by(cls, pending: Pending) -> Self:
        """A new binding to what a change is of, as it was seen just before."""
        before = pending.before
        return cls(
            id=pending.subscription_id,
            offer_id=before.offer_id,
            offer_name=before.offer_name,
            quantity=before.quantity,
            status=before.status,
            partner_id=before.partner_id,
            observed_at=pending.started_at,
            platform=before.platform,
            term=before.term,
            billing=before.billing,
            term_ends=before.term_ends,
            renewal=before.renewal,
        )
