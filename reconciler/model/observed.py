"""Live values that state does not have yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from reconciler.model.address import Address
from reconciler.model.offer import Offer
from reconciler.model.renewal import AtRenewal
from reconciler.model.subscription import Live, terms_of
from reconciler.model.term import Commitment, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Live values that state does not have yet. Apply records them, so that drift can be told next time.

    `declared`: somebody else made the schedule, and it is what the manifest asks for, so that it becomes ours.
    `schedule_gone` is the schedule of ours, as state names it, that is not there any more and nobody asks for.
    """

    address: Address
    subscription_id: str
    offer_id: str
    offer_name: str
    quantity: int
    status: str
    partner_id: str | None = None
    platform: Platform = Platform.TRADITIONAL
    term: str | None = None
    billing: str | None = None
    term_ends: datetime | None = None
    renewal: AtRenewal | None = None
    declared: bool = False
    schedule_gone: str | None = None

    @classmethod
    def of(cls, address: Address, live: Live, *, declared: bool = False, schedule_gone: str | None = None) -> Self:
        """Returns what is to be recorded of a live subscription."""
        return cls(
            address=address,
            subscription_id=live.id,
            offer_id=live.offer.id,
            offer_name=live.offer.name,
            quantity=live.quantity,
            status=live.status,
            partner_id=live.partner_id,
            platform=live.platform,
            declared=declared,
            schedule_gone=schedule_gone,
            **terms_of(live),
        )

    @property
    def live(self) -> Live:
        """The subscription as far as it was observed."""
        commitment = None
        if self.term and self.renewal:
            commitment = Commitment(term=self.term, ends_at=self.term_ends, renewal=self.renewal)
        return Live(
            id=self.subscription_id,
            offer=Offer(id=self.offer_id, name=self.offer_name),
            quantity=self.quantity,
            status=self.status,
            partner_id=self.partner_id,
            platform=self.platform,
            billing=self.billing or "",
            commitment=commitment,
        )
