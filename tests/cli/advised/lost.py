"""Changes whose answer is lost: an upgrade that buys, a change in place, an order; done or not, shown or not yet."""

from reconciler.sandbox import Fault, Sold, SourceFate
from reconciler.sandbox.catalogue import E1
from tests.cli.advised.orders import a_shop
from tests.cli.advised.situations import Elsewhere
from tests.cli.estates import FRONTLINE, OFFICE, Answer


def an_upgrade(elsewhere: Elsewhere, *, done: bool) -> Answer:
    """The upgrade of contoso/office: the apply that lost its answer. What it bought does not show for an hour."""
    elsewhere.declare(office=(OFFICE, "E3", 25))
    elsewhere.estate.behave(visible_after=3600, audited_after=3600, source_fate=SourceFate.STAYS_ACTIVE)
    elsewhere.estate.arm(Fault.parse("performed_then_dropped:2:POST" if done else "dropped_before:2:POST"))
    return elsewhere.apply(code=9)


def a_resize(elsewhere: Elsewhere) -> Answer:
    """The resize of contoso/frontline from 10 seats to 12, which was not done: the apply that lost its answer."""
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.estate.arm(Fault.parse("dropped_before:2:PATCH"))
    return elsewhere.apply(code=9)


def an_order(elsewhere: Elsewhere) -> Answer:
    """An order, which was placed: the apply that lost its answer. What it bought does not show for an hour."""
    a_shop(elsewhere)
    elsewhere.estate.behave(visible_after=3600, audited_after=3600)
    elsewhere.estate.arm("performed_then_dropped", method="POST", path="/checkout", times=2)
    return elsewhere.apply(code=9)


def two_upgrades(elsewhere: Elsewhere) -> None:
    """Two upgrades of as many seats to one offer, neither of which was done; both answers were lost."""
    elsewhere.only_sold(*(Sold(id=identity, offer=E1, quantity=25) for identity in (OFFICE, FRONTLINE)))
    for name, identity in (("office", OFFICE), ("frontline", FRONTLINE)):
        elsewhere.estate.arm(Fault.parse("dropped_before:2:POST"))
        elsewhere.declare(**{name: (identity, "E3", 25)})
        elsewhere.apply(code=9)
    elsewhere.declare(office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "E3", 25))


def made(elsewhere: Elsewhere) -> str:
    """Returns what the upgrade bought, and lets it show."""
    elsewhere.estate.show_what_was_bought()
    return next(entry.target for entry in reversed(elsewhere.estate.ledger) if entry.kind == "upgrade")


def somebody_resizes(elsewhere: Elsewhere, seats: int = 12) -> str:
    """contoso/frontline has other seats than before the change; its id."""
    with elsewhere.estate.changed() as world:
        world.find(FRONTLINE).quantity = seats
    return FRONTLINE
