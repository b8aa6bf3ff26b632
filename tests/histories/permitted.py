"""Holds what runs do to subscriptions of new commerce against their entries, and against what was there before."""

from dataclasses import dataclass

from reconciler.model.binding import Bound
from reconciler.model.desired import Desired
from reconciler.model.term import ChangeTerm, FewerSeats, Renew
from reconciler.sandbox import Entry, Sold
from tests.sandbox.modern import PREMIUM

UNASKED = 15
"""Seats that a colleague schedules, and that no manifest of these histories ever asks for."""

UNASKED_OFFER = PREMIUM
UNASKED_TERM = "P3Y"


def undeclared(sold: Sold, desired: Desired) -> str:
    """Returns what is scheduled that no manifest of these histories asks for; empty where nothing is. What is there
    already is a plain renewal.
    """
    then = sold.next_term
    for action in sold.actions or ():
        if action["actionType"] == "Cancel":
            return "" if desired.renew is Renew.END else "end"
        then = action.get("instructions")
    if not then:
        return ""
    product = then["product"]
    strange = {
        "seats": then["quantity"] == UNASKED != sold.quantity,
        "offer": product["productId"] == UNASKED_OFFER.split(":")[0] != sold.offer.split(":")[0],
        "term": product["termDuration"] == UNASKED_TERM != sold.term,
    }
    return next((what for what, is_so in strange.items() if is_so), "")


@dataclass(frozen=True, kw_only=True)
class Permitted:
    """One subscription before a run. `others_added`: seats that colleagues bought since the manifest's quantity was
    edited. `accepted`: `--accept-drift` names its address.
    """

    desired: Desired
    sold: Sold
    bound: Bound | None
    others_added: int
    accepted: bool

    def hold(self, entry: Entry) -> None:
        """Holds that an entry of the ledger, made by the run, is what the manifest asks for and permits."""
        desired, fewer = self.desired, self.desired.fewer_seats
        scheduled = undeclared(self.sold, desired)
        withdrawn = scheduled == "end" and self.bound is not None and self.bound.scheduled_by is not None
        assert not scheduled or self.accepted or withdrawn, f"an undeclared schedule was deleted or replaced: {entry}"
        match entry.kind:
            case "resize":
                assert entry.quantity == desired.quantity, f"another quantity was bought: {entry}"
                if entry.quantity < entry.before:
                    assert fewer is not FewerSeats.REFUSE, f"seats were removed that no manifest allowed: {entry}"
            case "schedule" if entry.then == "ends":
                assert desired.renew is Renew.END, f"an end was scheduled that no manifest asked for: {entry}"
            case "schedule":
                if entry.then == "renews" and entry.quantity < entry.before:
                    assert fewer is FewerSeats.AT_RENEWAL, f"seats were scheduled away without permission: {entry}"
                    assert entry.quantity >= desired.quantity, f"more seats were scheduled away than asked for: {entry}"
            case "term":
                assert desired.term is not None, f"a term was started that no manifest names: {entry}"
                assert desired.change_term is ChangeTerm.NOW, f"a term was started unasked: {entry}"
            case "transition":
                assert entry.offer.upper().startswith(desired.offer.id.upper()), f"another offer was bought: {entry}"
            case _:
                raise AssertionError(f"no run may do this: {entry}")
        if entry.kind in {"resize", "schedule"} and entry.then != "ends" and entry.quantity < entry.before:
            self._hold_seats_of_others(entry)

    def _hold_seats_of_others(self, entry: Entry) -> None:
        """Holds that seats which colleagues added since state last saw the subscription stay."""
        bound, seen = self.bound, self.bound is not None and self.bound.visible
        grew = bound is not None and bound.quantity < self.sold.quantity
        removable = seen and grew and self.others_added and self.sold.quantity > self.desired.quantity
        assert self.accepted or not removable, f"seats that others added were removed: {entry}"
