"""Prices changes: what they cost in a month before and after, and what they commit to until the term ends.

    monthly     seats x UnitPrice / months of the term
    new term    seats x UnitPrice, from the day of the change
    more seats  seats added x charge x (days left / days of the billing period + billing periods after it)

Amounts are rounded to whole cents once, at the end. What has no price has no cost: no price is derived from another.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from reconciler.changes.case import Case
from reconciler.changes.schedule import is_scheduled, without_schedule
from reconciler.model.change import Change
from reconciler.model.cost import Cost, NoPrice
from reconciler.model.desired import Desired
from reconciler.model.money import cents
from reconciler.model.offer import Offer
from reconciler.model.prices import Prices
from reconciler.model.renewal import RENEWING, NextTerm
from reconciler.model.request import Request
from reconciler.model.subscription import Live
from reconciler.model.term import Commitment
from reconciler.planning.seat_costs import DAY, Priced, Seats
from reconciler.planning.without_price import no_price, why_without_price

_NOTHING = Decimal(0)


def cost_of(case: Case, request: Request, prices: Prices) -> Cost | NoPrice:
    """Returns what a change costs that begins with the subscription as the case has it; an order begins with nothing.

    There is no price where a sheet lacks one, where a promotion decides what the subscription costs, and for an order
    that is sold in another currency than its price sheet has.
    """
    today = case.circumstances.now.astimezone(UTC).date()
    live = case.live if case.live and not case.live.absent else None
    return _Pricing(prices=prices, desired=case.desired, today=today).cost(live, request)


def repriced(change: Change, desired: Desired, prices: Prices, now: datetime) -> Change:
    """Returns a change that was planned earlier with what it costs by these sheets, from today on.

    The subscription is as the change says that planning saw it. That does not tell when its term began and whether a
    promotion decides its price: the term has its full length, and the price is that of the sheets.
    """
    live = _as_seen(change) if change.before and not change.before.absent else None
    pricing = _Pricing(prices=prices, desired=desired, today=now.astimezone(UTC).date())
    return change.costing(pricing.cost(live, change.request))


def _as_seen(change: Change) -> Live | None:
    before = change.before
    if before is None:
        return None
    commitment = None
    if before.renewal is not None:
        commitment = Commitment(term=before.term or "", ends_at=before.term_ends, renewal=before.renewal)
    return Live(
        id=change.subscription_id,
        offer=Offer(id=before.offer_id, name=before.offer_name),
        quantity=before.quantity,
        status=before.status,
        platform=before.platform,
        commitment=commitment,
        billing=before.billing or "",
    )


class _NotPricedError(Exception):
    """Something that a cost is made of has no price."""

    def __init__(self, reason: NoPrice) -> None:
        super().__init__(reason.why)
        self.reason = reason


class _NextTermCost(NamedTuple):
    """The cost of a next term: in a month, and in all. `monthly` is None where there is none."""

    monthly: Decimal | None
    whole: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pricing:
    """The prices of one address, today."""

    prices: Prices
    desired: Desired
    today: date

    def cost(self, live: Live | None, request: Request) -> Cost | NoPrice:
        try:
            return self._cost(live, request)
        except _NotPricedError as missing:
            return missing.reason

    def _cost(self, live: Live | None, request: Request) -> Cost:
        before = self._priced(self._present(live)) if live else None
        if before and live and request.at_end is not None:
            return self._renewal(before, live, request.at_end.outcome, request.next_term)
        begins = before is None or request.begins_term
        after = self._priced(self._following(before, request, begins=begins))
        cap = request.price_cap
        if cap is not None and cap.currency != after.price.currency:
            currencies = {"currency": cap.currency, "other_currency": after.price.currency}
            raise _NotPricedError(no_price("price_in_other_currency", **currencies))
        bought = after.seats.quantity - (before.seats.quantity if before and not begins else 0)
        committed = max(bought, 0) * after.unit(self.today)
        if before is None or live is None or begins or not is_scheduled(live):
            return _cost(before, after, committed)
        return self._unscheduled(before, live, after, committed)

    def _present(self, live: Live) -> Seats:
        """A subscription as it is paid for. A term whose end is not known begins today at worst. Without a commitment,
        and with a promotion, no sheet has the price.
        """
        commitment = live.commitment
        if commitment is None or not live.offer.new_commerce:
            raise _NotPricedError(no_price("price_of_no_term"))
        if commitment.promotion_id:
            raise _NotPricedError(no_price("price_of_promotion"))
        last = _day(commitment.ends_at) if commitment.ends_at else None
        return Seats(
            offer_id=live.offer.id,
            term=commitment.term,
            billing="none" if live.is_trial else live.billing,
            quantity=live.quantity,
            begins=commitment.begins_on or self.today,
            last=last,
        )

    def _following(self, before: Priced | None, request: Request, *, begins: bool) -> Seats:
        """The seats once a change has taken effect. Whether an upgrade begins a term the service does not say: at
        worst, it does.
        """
        was = before.seats if before else Seats(offer_id="", term="", billing="", quantity=0, begins=self.today)
        term, billing = request.new_terms or (was.term, was.billing)
        following = replace(
            was,
            offer_id=request.new_offer.id if request.new_offer else was.offer_id,
            term=term,
            billing=billing,
            quantity=was.quantity if request.new_quantity is None else request.new_quantity,
        )
        return replace(following, begins=self.today, last=None) if begins else following

    def _renewal(self, before: Priced, live: Live, outcome: str, then: NextTerm | None) -> Cost:
        """The cost of the next term against the present one. It commits to what the next term costs beyond what it
        would cost without the change: where that has no price, neither has the change.
        """
        if outcome not in RENEWING:
            return _cost(before, None, _NOTHING)
        planned = same = replace(before.seats, begins=before.last + DAY, last=None)
        if then:
            last = _day(then.custom_end) if then.custom_end else None
            planned = replace(
                same, offer_id=then.offer_id, term=then.term, billing=then.billing, quantity=then.quantity, last=last
            )
        if then and then.promotion_id:
            raise _NotPricedError(no_price("price_of_promotion"))
        after, without = self._priced(planned), self._standing(same, live)
        cost = _cost(before, after, max(_whole(after) - without.whole, _NOTHING))
        return replace(cost, monthly_otherwise=without.monthly)

    def _unscheduled(self, before: Priced, live: Live, after: Priced, committed: Decimal) -> Cost:
        """The cost of a change that begins no term and deletes what is scheduled. It commits also to what the next term
        costs beyond what was scheduled, where there is a next term then.
        """
        left = without_schedule(live).commitment
        if left is None or left.renewal.outcome not in RENEWING:
            return _cost(before, after, committed)
        same = replace(before.seats, begins=before.last + DAY, last=None)
        following, standing = self._priced(replace(same, quantity=after.seats.quantity)), self._standing(same, live)
        more = _whole(following) - standing.whole
        if more <= 0:
            return _cost(before, after, committed)
        cost = _cost(before, after, committed + more)
        return replace(cost, committed_until=following.last, estimate=cost.estimate or not following.price.exact)

    def _standing(self, same: Seats, live: Live) -> "_NextTermCost":
        """The cost of the next term as it stands, `same` being the present seats for another term; nothing where there
        is none.
        """
        standing = live.commitment.renewal if live.commitment else None
        scheduled = live.commitment.next_term if live.commitment else None
        if standing is None or standing.outcome not in RENEWING:
            return _NextTermCost(monthly=None, whole=_NOTHING)
        if scheduled and scheduled.promotion_id:
            raise _NotPricedError(no_price("price_of_promotion"))
        standing_seats = self._priced(
            replace(
                same,
                offer_id=standing.offer_id or same.offer_id,
                term=standing.term or same.term,
                billing=standing.billing or same.billing,
                quantity=same.quantity if standing.quantity is None else standing.quantity,
            )
        )
        return _NextTermCost(monthly=standing_seats.monthly, whole=_whole(standing_seats))

    def _priced(self, seats: Seats) -> Priced:
        """The seats with the price of the day on which their term begins; where none is known, with today's."""
        wanted = (seats.offer_id, seats.term, seats.billing, self.desired)
        price = self.prices.of_term(*wanted, begins=seats.begins, today=self.today)
        if price is None:
            terms = {"term": seats.term, "billing": seats.billing}
            reason = why_without_price(self.prices, self.desired, seats.offer_id, terms, self.today)
            raise _NotPricedError(reason or no_price("price_without_row"))
        return Priced(seats=seats, price=price)


def _whole(priced: Priced) -> Decimal:
    return priced.seats.quantity * priced.unit(priced.seats.begins)


def _cost(before: Priced | None, after: Priced | None, committed: Decimal) -> Cost:
    """The cost of a change. It has none where the sheets of two months are in two currencies."""
    prices = [side.price for side in (before, after) if side]
    if prices[0].currency != prices[-1].currency:
        currencies = {"currency": prices[0].currency, "other_currency": prices[-1].currency}
        raise _NotPricedError(no_price("price_in_two_currencies", **currencies))
    return Cost(
        currency=prices[0].currency,
        monthly_before=before.monthly if before else cents(_NOTHING),
        monthly_after=after.monthly if after else cents(_NOTHING),
        committed=cents(committed),
        committed_until=after.last if after and committed else None,
        estimate=not all(price.exact for price in prices),
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
