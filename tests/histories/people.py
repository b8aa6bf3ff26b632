"""A book of new commerce in which people and time do anything: rules for histories, without a run of ours."""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Renew, Term
from reconciler.sandbox import Sold
from tests.histories.book import OFFICE, Book
from tests.histories.permitted import UNASKED, UNASKED_OFFER, UNASKED_TERM
from tests.sandbox.modern import BASIC, STANDARD

SHOP, HEADQUARTERS = Address("contoso/shop"), Address("fabrikam/headquarters")
ADDRESSES = (OFFICE, SHOP, HEADQUARTERS)
ANY = st.sampled_from([OFFICE, *ADDRESSES])

NOTHING: dict[str, Any] = {"term": None, "billing": None, "renew": None}
EDITS = st.one_of(
    st.fixed_dictionaries({"quantity": st.sampled_from([20, 25, 30]), "fewer_seats": st.sampled_from(FewerSeats)}),
    st.fixed_dictionaries({"offer": st.sampled_from([BASIC, STANDARD])}),
    st.sampled_from(
        [
            NOTHING,
            {**NOTHING, "term": Term.MONTHLY, "billing": Billing.MONTHLY},
            {**NOTHING, "term": Term.ANNUAL, "billing": Billing.ANNUAL},
            {**NOTHING, "term": Term.ANNUAL, "billing": Billing.MONTHLY, "change_term": ChangeTerm.NOW},
            {**NOTHING, "renew": Renew.AUTO},
            {**NOTHING, "renew": Renew.END},
        ]
    ),
)


def _bought(year: int, month: int) -> datetime:
    return datetime(year, month, 10, 8, 15, tzinfo=UTC)


BESIDE = {
    "contoso": {
        "shop": Sold(offer=BASIC, quantity=25, term="P1M", billing_cycle="monthly", created=_bought(2026, 2)),
    },
    "fabrikam": {
        "headquarters": Sold(offer=BASIC, quantity=25, billing_cycle="annual", created=_bought(2025, 4)),
    },
}


class People(RuleBasedStateMachine):
    """Two subscriptions of one customer and one of another. Manifests are edited, colleagues are in the portal, and
    time passes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix="terms-"))
        self.book = Book(self.path, beside=BESIDE)
        self.others_added: Counter[Address] = Counter()
        lifted: dict[str, Any] = {
            "max_ended": 9,
            "max_terms_committed": 9,
            "max_seats_removed": 9999,
            "max_seats_removed_at_renewal": 9999,
        }
        self.book.settings = replace(
            self.book.settings,
            parallelism=1,
            limits=replace(self.book.settings.limits, **lifted),
            wait=replace(self.book.settings.wait, timeout_seconds=20),
        )

    @initialize(
        slow=st.sampled_from([0, 60, 2160, 18_000]),
        listed=st.booleans(),
        shown=st.sampled_from(["as_written", "actions", "both"]),
        idempotent=st.booleans(),
    )
    def the_service_is_like_this(self, slow: float, listed: bool, shown: str, idempotent: bool) -> None:
        self.book.behave(
            transitioned_after=slow, schedules_in_lists=listed, schedule_shown=shown, idempotent=idempotent
        )

    # The manifests, and people

    @rule(address=ANY, values=EDITS)
    def the_manifest_is_edited(self, address: Address, values: dict[str, Any]) -> None:
        if values.get("quantity", 0) != self.book.manifests[address].quantity:
            self.others_added.pop(address, None)
        self.book.want(address, **values)

    @rule(address=ANY, seats=st.sampled_from([3, 10]))
    def a_colleague_buys_seats(self, address: Address, seats: int) -> None:
        if self.sold(address).status == "active":
            self.book.colleague.add_seats(self.book.id_of(address), seats)
            self.others_added[address] += seats

    @rule(address=ANY, seats=st.sampled_from([2, 5]))
    def support_takes_seats_back(self, address: Address, seats: int) -> None:
        sold = self.sold(address)
        if sold.status == "active" and sold.quantity > seats + 5:
            self.book.colleague.remove_seats(sold.id, seats)

    @rule(address=ANY, how=st.sampled_from(["unschedule", "off", "on", "end", "extend"]))
    def a_colleague_arranges_the_end_of_the_term(self, address: Address, how: str) -> None:
        colleague, sold = self.book.colleague, self.sold(address)
        if sold.status != "active":
            return
        match how:
            case "unschedule":
                colleague.unschedule(sold.id)
            case "end":
                colleague.end_at_term(sold.id)
            case "extend":
                colleague.extend_at_term(sold.id)
            case _:
                colleague.set_auto_renew(sold.id, on=how == "on")

    @rule(address=ANY, what=st.sampled_from(["seats", "offer", "term"]))
    def a_colleague_schedules(self, address: Address, what: str) -> None:
        colleague, sold = self.book.colleague, self.sold(address)
        if sold.status != "active":
            return
        seats = (sold.next_term or {}).get("quantity", sold.quantity)
        match what:
            case "seats":
                colleague.schedule(sold.id, UNASKED)
            case "offer":
                colleague.schedule(sold.id, seats, item_id=UNASKED_OFFER)
            case _:
                colleague.schedule(sold.id, seats, term=UNASKED_TERM, cycle="monthly")

    @rule(address=ANY, how=st.sampled_from(["suspend", "reactivate", "rename"]))
    def a_colleague_does_what_no_manifest_manages(self, address: Address, how: str) -> None:
        colleague, sold = self.book.colleague, self.sold(address)
        if how == "reactivate" and sold.status == "suspended":
            colleague.reactivate(sold.id)
        elif how == "suspend" and sold.status == "active":
            colleague.suspend(sold.id)
        elif how == "rename":
            colleague.rename(sold.id, "Another name")

    # Time

    @rule(hours=st.sampled_from([1, 6, 25, 24 * 8, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.book.later(hours=hours)

    @rule(address=ANY, hours=st.sampled_from([12, 48, 24 * 5, -3, -30]))
    def the_end_of_the_term_comes(self, address: Address, hours: int) -> None:
        """To so many hours before it, or after it."""
        commitment = self.live(address).commitment
        ends = commitment.ends_at if commitment else None
        if ends and (ends - self.book.here).total_seconds() > hours * 3600:
            self.book.before_the_end(ends, hours=hours)

    # What is there

    def sold(self, address: Address) -> Sold:
        """The subscription, with all that is due by now done to it."""
        self.live(address)
        return self.book.world.find(self.book.id_of(address))

    def live(self, address: Address) -> Live:
        with self.book.changed() as world:
            faults, world.faults = world.faults, []
        try:
            return self.book.live(address)
        finally:
            with self.book.changed() as world:
                world.faults = faults

    def state(self, address: Address) -> CustomerState | None:
        found = self.book.store.read(address.customer)
        return found.state if found else None

    def bound(self, address: Address) -> Bound | None:
        state = self.state(address)
        return state.subscriptions.get(address.name) if state else None
