"""The body of a PATCH of new commerce: values that it asks for."""

from dataclasses import dataclass
from typing import Any, Self

from reconciler.sandbox import items, schedules, terms
from reconciler.sandbox.at_end import instructions_of
from reconciler.sandbox.ledger import Kind
from reconciler.sandbox.messages import Refused, Request
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.spelling import STATUSES
from reconciler.sandbox.tenants import Tenant


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Values that a body asks for: the present ones where it says nothing, but for what counts as cleared then."""

    name: str
    quantity: int
    status: str
    term: str
    cycle: str
    auto_renew: bool
    partner_id: str | None
    next_term: dict[str, Any] | None
    actions: list[dict[str, Any]] | None
    next_charge: dict[str, Any] | None
    extra: dict[str, Any]

    @classmethod
    def of(cls, request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any]) -> Self:
        quantity, auto_renew = body.get("quantity", sold.quantity), body.get("autorenewenabled", False)
        name = body.get("friendlyname") or sold.name
        if not isinstance(quantity, int) or isinstance(quantity, bool):
            raise Refused(400, "3000", "The property quantity must be a whole number.")
        if not isinstance(name, str) or not isinstance(auto_renew, bool):
            raise Refused(400, "3000", "The property friendlyName must be text, autoRenewEnabled true or false.")
        actions = schedules.read_actions(request, tenant, sold, body)
        next_term = None if actions else schedules.read_next_term(request, tenant, sold, body)
        return cls(
            name=name if name != _shown_name(sold) else sold.name,
            quantity=quantity,
            status=_status(sold, body),
            term=str(body.get("termduration") or sold.term).upper(),
            cycle=str(body.get("billingcycle") or sold.billing_cycle).lower(),
            auto_renew=auto_renew,
            partner_id=body.get("partnerid") or None,
            next_term=next_term,
            actions=actions,
            next_charge=sold.next_charge if _same_charge(sold, body) else terms.read_next_charge(sold, body),
            extra={key: value for key, value in sold.extra.items() if key.lower() in body},
        )

    def immediate(self, sold: Sold) -> list[Kind]:
        """Returns which changes take effect at once."""
        changes: list[tuple[Kind, bool]] = [
            ("resize", self.quantity != sold.quantity),
            ("term", (self.term, self.cycle) != (sold.term, sold.billing_cycle)),
            ("status", self.status != sold.status),
        ]
        return [kind for kind, changed in changes if changed]

    def arranges(self, sold: Sold, period: int) -> bool:
        """Returns whether it arranges something else for the end of the term, rather than only leaving it out. What was
        written by one member and is shown by the other is the same.
        """
        arranged = _arranged(self.actions, self.next_term)
        return arranged is not None and arranged != _arranged(sold.actions, instructions_of(sold, period))


def _arranged(actions: list[dict[str, Any]] | None, next_term: dict[str, Any] | None) -> dict[str, Any] | None:
    """The action for the end of the term, whichever member states it; None where there is none."""
    if actions:
        return actions[0]
    return schedules.renewing(next_term) if next_term else None


def _status(sold: Sold, body: dict[str, Any]) -> str:
    value = body.get("status") or sold.status
    if isinstance(value, int) and 0 <= value < len(STATUSES):
        return STATUSES[value]
    return str(value).lower()


def _shown_name(sold: Sold) -> str:
    item = items.item(sold.offer)
    return sold.name or sold.offer_name or (item.name if item else sold.offer)


def _same_charge(sold: Sold, body: dict[str, Any]) -> bool:
    wanted, live = body.get("nextchargeinstructions"), sold.next_charge
    return live is not None and isinstance(wanted, dict) and wanted.get("quantity") == live["quantity"]
