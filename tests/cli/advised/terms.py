"""Terms of new commerce that end soon, have just ended, or go on after their end."""

from datetime import timedelta

from reconciler.sandbox import Sold, utc_now
from tests.cli.advised.orders import BASIC, modern
from tests.cli.advised.situations import Elsewhere
from tests.cli.estates import OFFICE, Answer

TRIAL = "CFQ7TTC0LCHC:0003"


def entry(more: str = "", offer: str = BASIC, quantity: int = 25) -> str:
    """The entry of contoso/office, with what else it says."""
    return f"office: {{id: {OFFICE}, offer: '{offer}', quantity: {quantity}{more and ', '}{more}}}"


def ending_in(days: int, *, auto_renew: bool = True) -> Sold:
    """25 seats for a year that ends in so many days."""
    return modern(created=utc_now() - timedelta(days=364 - days), auto_renew=auto_renew)


def a_trial() -> Sold:
    """A trial of a month that ends in ten days."""
    begun = utc_now() - timedelta(days=20)
    kind = {"trial": True, "term": "P1M", "billing_cycle": "none"}
    return Sold(id=OFFICE, offer=f"{TRIAL}:CFQ7TTC0SBX9", quantity=25, created=begun, **kind)  # type: ignore[arg-type]


def known(elsewhere: Elsewhere, *sold: Sold, more: str = "", quantity: int = 25) -> None:
    """Contoso has these, its manifest declares contoso/office, and an apply has recorded it."""
    elsewhere.only_sold(*sold)
    elsewhere.write("contoso", entry(more, quantity=quantity))
    elsewhere.apply()


def due(elsewhere: Elsewhere) -> Answer:
    """The list of renewals."""
    return elsewhere.run("renewals", "--within", "90d")
