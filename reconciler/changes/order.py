"""An order: buys a subscription that does not exist yet (cart-resources, "Checkout"). It is one way.

A cart is bought once, however often it is checked out: its id is durable before the first time. A cart whose order was
given up is never checked out again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reconciler.advice import problem, sentence
from reconciler.changes import traces
from reconciler.changes.binding import Done, follow
from reconciler.changes.cart import refusal
from reconciler.changes.case import Case
from reconciler.changes.facts import Question
from reconciler.changes.in_words import Detail, in_seats, length, terms
from reconciler.changes.kind import Kind, Words
from reconciler.changes.purchases import answer_of, made_by, tell
from reconciler.changes.rules import order as order_rules
from reconciler.changes.rules import order_request
from reconciler.changes.sending import Accepted, Answer, Performed, Sending, Unclear
from reconciler.changes.view import Read, Sight, View
from reconciler.model.binding import Bound
from reconciler.model.change import Caution, Change
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.errors import NoAnswer, NotSent, ServiceError
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.money import Money, at_most
from reconciler.model.offer import Offer
from reconciler.model.order import Cart, CartStatus
from reconciler.model.order_request import OrderRequest
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.renewal import AtRenewal, EndOfTerm
from reconciler.model.request import Request
from reconciler.model.result import Result
from reconciler.model.subscription import Live, Status
from reconciler.model.term import Billing, Commitment, Platform, Term, billed, months_later

_CARTS = 2
"""The number of carts that are asked for where no answer comes: a cart spends nothing."""


class OrderKind(Kind):
    """The kind whose requests are `OrderRequest`s."""

    name = "order"
    request = OrderRequest
    symbol = "+"
    words = Words(
        noun="order",
        doing="ordering",
        done="ordered",
        effect="the order",
        planned="A purchase that can go ahead. It is one way: a new subscription is paid for until its term ends.",
        one_way="buys a new subscription for a whole term; it can be cancelled for a few days only",
    )
    buys = True
    attributes = ("offer_id", "quantity", "term", "billing")
    rules = order_rules.RULES
    prepares = (Read.ORDERS,)
    looks = (Read.LISTING, Read.ORDERS, Read.CART)
    shows_in = (Read.LISTING, Read.ORDER)
    holds = timedelta(minutes=15)

    def order(self, seats: int) -> int:
        return 20

    def differs(self, case: Case) -> bool:
        return case.live is not None and case.live.absent

    def lookup(self, case: Case) -> frozenset[Question]:
        return order_request.lookup(case)

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        return order_request.plan(case)

    def leaves(self, live: Live, request: Request) -> Live:
        own = OrderRequest.of(request)
        return replace(
            live,
            offer=Offer(id=own.offer_id, name=own.offer_name),
            quantity=own.quantity,
            billing=own.billing,
            commitment=Commitment(term=own.term, renewal=AtRenewal(outcome=EndOfTerm.RENEWS.value)),
        )

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        return order_request.cautions(case, OrderRequest.of(request))

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        own = OrderRequest.of(pending.request)
        return (own.action, pending.subscription_id, own.offer_id, own.quantity, own.term, own.billing)

    def noted(self, pending: Pending, view: View) -> Pending:
        """The orders that were there before: what has come of this one is not among them."""
        return replace(pending, known_order_ids=tuple(sorted(order.id for order in view.orders or ())))

    def may_have_left(self, pending: Pending) -> bool:
        """Without a cart nothing can have been bought."""
        return pending.cart_id is not None

    def send(self, commerce: Commerce, sending: Sending) -> Answer | Unclear:
        """Asks for a cart, compares its line with what was approved, and checks it out once its id is durable.

        A cart that is on record is the one that was checked out before: it is checked out again, and no other.
        """
        pending, request = sending.pending, OrderRequest.of(sending.pending.request)
        cart_id = pending.cart_id
        if cart_id is None:
            cart = _cart(commerce, sending, request)
            if refused := refusal(cart, request):
                return refused
            sending.keep_cart(cart.id)
            cart_id = cart.id
        made = answer_of(commerce.check_out(sending.tenant, cart_id, sending.ticket, sending.look))
        known = isinstance(made, Performed) and made.subscription_id in sending.known_ids
        return Unclear() if known else made

    def may_resend(self, source: Live) -> bool:
        return True

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        """Nothing of the offer may have been bought meanwhile, by whomever, and the cart must still be open."""
        lives = view.listing.lives if view.listing else ()
        new = (live.id for live in lives if live.id not in known_ids and live.offer.id == pending.offer.id)
        ordered = (f"order {found.id}" for found in made_by(pending, view))
        if bought := next(new, None) or next(ordered, None):
            return sentence("stale_target_appeared", offer=pending.offer.name or pending.offer.id, id=bought)
        closed = view.cart is not None and view.cart.status is not CartStatus.ACTIVE
        return sentence("stale_cart_closed") if closed else ""

    def traced_in(self, pending: Pending) -> tuple[Read, ...]:
        """Nothing can have come of an order without a cart."""
        if pending.operation is not None:
            return (Read.LISTING, Read.ORDER)
        return (Read.LISTING,) if pending.cart_id is None else (Read.LISTING, Read.ORDERS, Read.CART, Read.PURCHASE)

    def poll(self, pending: Pending, view: View) -> Answer:
        answer = answer_of(view.purchase, view.listing) if view.purchase else None
        return Accepted(operation=pending.operation) if answer is None or isinstance(answer, Unclear) else answer

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live = view.find(subscription_id)
        wanted = (pending.offer.id, pending.quantity)
        return live if live and (live.offer.id, live.quantity) == wanted else None

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        if pending.cart_id is None:
            return Evidence(verdict=Verdict.UNCHANGED)
        return tell(pending, sight)

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        return traces.bought(pending, sight)

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """The service tells when the term ends."""
        own, after = OrderRequest.of(done.pending.request), follow(bound, done)
        if after.id != done.subscription_id:
            return after
        bought = replace(after, platform=Platform.NEW_COMMERCE, term=own.term, billing=own.billing, term_ends=None)
        return replace(bought, status=Status.ACTIVE.value)

    def details(self, change: Change, at: datetime) -> Iterator[Detail]:
        """Yields what it pays at most, and for how long."""
        own, on = OrderRequest.of(change.request), at.astimezone(UTC).date()
        seat, once, whole = (
            Money(own.currency, most) for most in (at_most(own.unit_price), own.most_at_once, own.most_in_all)
        )
        until = months_later(on, Term(own.term).months) - timedelta(days=1)
        bound = f"{in_seats(own.quantity)} for {length(own.term)}"
        yield Detail("term", terms(own.term, own.billing))
        yield Detail("price", f"at most {seat} per seat and month")
        yield Detail("pays", f"at most {once} {Billing(own.billing).period}, before tax", weighs=True)
        yield Detail("binds", f"{bound}: at most {whole} until {until}, if it is bought on {on}", weighs=True)
        yield Detail("undo", "by cancelling it in Partner Center within 7 days of the purchase", weighs=True)
        if own.reseller:
            yield Detail("reseller", own.reseller)

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        made = f" {subscription_id}" if subscription_id != pending.subscription_id else ""
        return f"the new subscription{made}"

    def wanted(self, request: Request) -> str:
        own = OrderRequest.of(request)
        return f"order of {own.offer_name or own.offer_id}, {own.quantity} seats"

    def particulars(self, request: Request) -> tuple[str, ...]:
        own = OrderRequest.of(request)
        return (
            f"{own.term} term",
            billed(own.billing),
            f"at most {own.unit_price} {own.currency} per seat and month",
            f"order key {own.order}",
            f"reseller {own.reseller or 'none'}",
            f"partner of record {'attested' if own.attested else 'not attested'}",
        )

    def outcome(self, result: Result) -> str:
        own, made = OrderRequest.of(result.request), result.target_subscription_id
        bought = f" It is subscription {made}." if made else ""
        return f"ordered {own.offer_name or own.offer_id}, {own.quantity} seats.{bought}"


def _cart(commerce: Commerce, sending: Sending, request: OrderRequest) -> Cart:
    """Returns a new cart. Raises NotSent where no answer comes: nothing was bought."""
    unanswered: ServiceError | None = None
    own_id = sending.pending.correlation_id
    ticket = Ticket(request_id=own_id, correlation_id=own_id)
    for _ in range(_CARTS):
        try:
            return commerce.create_cart(sending.tenant, request, ticket)
        except NoAnswer as error:
            unanswered = error
    raise NotSent(problem("cart_not_created", request.order, error=unanswered), code="cart_not_created")
