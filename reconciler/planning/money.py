"""Counts what changes cost for the limits of money, and tells which of them these limits do not count."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal

from reconciler.advice import sentence
from reconciler.model.alarm import NOT_COUNTED, Alarm
from reconciler.model.change import Change
from reconciler.model.limits import Limits, currencies
from reconciler.model.renewal import RENEWING
from reconciler.planning.words import some_of


def is_unpriced(change: Change) -> bool:
    """Returns whether a change has no price, and may be held back for that."""
    return change.cost is None and not _keeps_seats(change)


def currency_of(change: Change) -> str:
    """Returns the currency in which limits of money count the change; empty without one. An order is paid in that of
    its request, whatever sheets say.
    """
    if cap := change.request.price_cap:
        return cap.currency
    return change.cost.currency if change.cost else ""


def _added_monthly(change: Change) -> Decimal:
    more = change.cost.monthly_added if change.cost and not _keeps_seats(change) else Decimal(0)
    if cap := change.request.price_cap:
        more = max(more, cap.monthly)
    return max(more, Decimal(0))


def _committed(change: Change) -> Decimal:
    committed = change.cost.committed if change.cost and not _keeps_seats(change) else Decimal(0)
    return max(committed, cap.in_all) if (cap := change.request.price_cap) else committed


AMOUNTS: Mapping[str, Callable[[Change], Decimal]] = {
    "max_monthly_cost_increase": _added_monthly,
    "max_commitment": _committed,
}
"""Amounts of one change, for each limit of money. An order counts with the most that it may cost, also where no sheet
has its price; any other change without a price counts with nothing.
"""


def not_counted(planned: Iterable[Change], limits: Limits) -> Iterator[Alarm]:
    """Yields a warning of the changes that may cost money and that the limits of money do not count: those without a
    price, orders apart.
    """
    names = [name for name in AMOUNTS if currencies(limits, name)]
    addresses = list(dict.fromkeys(change.address for change in planned if change.cost is None and _may_cost(change)))
    if names and addresses:
        known = {
            "limits": " and ".join(names),
            "counts": "counts" if len(names) == 1 else "count",
            "changes": f"{len(addresses)} {'subscription' if len(addresses) == 1 else 'subscriptions'}",
            "names": some_of(addresses),
        }
        yield Alarm(address=None, code=NOT_COUNTED, description=sentence(NOT_COUNTED, **known))


def _keeps_seats(change: Change) -> bool:
    """Returns whether seats would go at the end of the term without the change: no limit of money holds that back."""
    at_end, before = change.request.at_end, change.before
    if before is None or at_end is None or at_end.outcome not in RENEWING:
        return False
    then = before.renewal
    return then is None or then.outcome not in RENEWING or (then.quantity or 0) < before.quantity


def _may_cost(change: Change) -> bool:
    """Returns whether a change may cost more than before: not an order, whose most is known, nor what takes seats away,
    ends a subscription, or keeps its seats.
    """
    request = change.request
    if request.price_cap or _keeps_seats(change):
        return False
    if request.at_end is not None:
        return request.at_end.outcome in RENEWING
    return change.seats >= 0 or change.moves_offer or request.new_terms is not None
