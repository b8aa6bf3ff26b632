"""A customer of new commerce with 25 seats of Business Premium, and an entry that orders Copilot, which needs it."""

from datetime import datetime

from reconciler.sandbox import Sold, utc_now
from tests.cli.advised.situations import Elsewhere
from tests.cli.estates import OFFICE

BASIC, STANDARD, PREMIUM = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001", "CFQ7TTC0LCHC:0002"
COPILOT = "CFQ7TTC0MM8R:0001"
KEY = "2026-11-copilot"
BASE = f"office: {{id: {OFFICE}, offer: '{PREMIUM}', quantity: 25}}"
_AVAILABILITIES = {BASIC: "CFQ7TTC0K971", STANDARD: "CFQ7TTC0SBX2", PREMIUM: "CFQ7TTC0SBX3", COPILOT: "CFQ7TTC0SC01"}


def modern(offer: str = BASIC, quantity: int = 25, created: datetime | None = None, **values: object) -> Sold:
    """A subscription of new commerce, by product and SKU."""
    sold: dict[str, object] = {"id": OFFICE, "created": created or utc_now(), **values}
    return Sold(offer=f"{offer}:{_AVAILABILITIES[offer]}", quantity=quantity, **sold)  # type: ignore[arg-type]


def ordering(name: str = "copilot", key: str = KEY, offer: str = COPILOT, **values: object) -> str:
    """An entry that orders ten seats for a year."""
    members = {"order": key, "offer": offer, "quantity": 10, "term": "annual", "billing": "monthly"}
    members |= {"max_unit_price": 30.0, **values}
    return f"{name}: {{{', '.join(f'{member}: {value!r}' for member, value in members.items())}}}"


def a_shop(elsewhere: Elsewhere, *entries: str) -> None:
    """Contoso, which holds Business Premium and orders; orders are allowed, and our own statement is given."""
    elsewhere.only_sold(modern(PREMIUM))
    elsewhere.settings("orders: {attest_partner_on_record: true}\nlimits: {max_orders: 5}\n")
    elsewhere.settings("defaults: {market: US}\n")
    elsewhere.write("contoso", "\n".join((BASE, *(entries or (ordering(),)))))


def bought(elsewhere: Elsewhere) -> str:
    """Returns the id of what was bought last by a checkout."""
    return next(entry.target for entry in reversed(elsewhere.estate.ledger) if entry.kind == "order")
