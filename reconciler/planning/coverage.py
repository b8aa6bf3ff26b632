"""Finds what no manifest declares: live subscriptions, and customers of the partner."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import groupby

from reconciler import advice, changes
from reconciler.changes.facts import Facts
from reconciler.changes.in_words import in_seats
from reconciler.changes.offer_names import called
from reconciler.model.alarm import Alarm
from reconciler.model.commerce import Account
from reconciler.model.drift import Undeclared
from reconciler.model.moves import Moves
from reconciler.model.offer import Offer
from reconciler.model.renewal import EndOfTerm
from reconciler.model.subscription import Live
from reconciler.model.unsettled import Unsettled
from reconciler.planning.words import some_of


def undeclared_subscriptions(
    facts: Facts, pending: Iterable[Unsettled], now: datetime, moves: Moves
) -> Iterator[Undeclared]:
    """Yields live subscriptions that no manifest declares. Trials are left out: they end by themselves.

    So is what a request of ours made for certain, what one may have made is marked; and what the manifests remove, by
    the customer's `moves`, is let go on purpose.
    """
    state = facts.state
    let_go = state.let_go(moves) if state else frozenset[str]()
    ours = changes.perhaps_bought(state, facts.listing, now) if state else {}
    owner = {live_id: state.address(state.name_of(change)) for live_id, change in ours.items()} if state else {}
    done = {item.address for item in pending if item.outcome == "recovered"}
    for live in facts.lives.values():
        declared = live.id in facts.managed_ids | let_go or owner.get(live.id) in done
        if live.active and not live.is_trial and not declared:
            yield Undeclared(
                customer=facts.customer,
                subscription_id=live.id,
                offer_id=live.offer.id,
                offer_name=live.offer.name,
                quantity=live.quantity,
                add_on=live.is_add_on,
                ends_on=_ends_on(live),
                perhaps_of=owner.get(live.id),
            )


def undeclared_customers(accounts: Iterable[Account], tenants: Iterable[str]) -> tuple[Account, ...]:
    """Returns the partner's customers that are none of these tenants, by name."""
    known = set(tenants)
    found = {account.tenant: account for account in accounts if account.tenant not in known}
    return tuple(sorted(found.values(), key=lambda account: (account.display_name.casefold(), account.tenant)))


def coverage_alarms(customers: tuple[Account, ...], subscriptions: Iterable[Undeclared]) -> Iterator[Alarm]:
    """Yields what a plan says of them: a warning for all the customers, and one for the subscriptions of each."""
    if customers:
        names = some_of([f"{account.display_name or 'unnamed'} ({account.tenant})" for account in customers])
        yield _alarm("customers_undeclared", "", len(customers), names)
    by_name = sorted(subscriptions, key=lambda item: (item.customer.name, item.subscription_id))
    for name, of_customer in groupby(by_name, key=lambda item: item.customer.name):
        items = [_in_words(item) for item in of_customer if item.perhaps_of is None]
        if items:
            yield _alarm("subscriptions_undeclared", name, len(items), some_of(items))


def customers_not_listed(why: str) -> Alarm:
    """Returns what a plan says where the partner's customers can't be listed."""
    return Alarm(
        address=None, code="customers_not_listed", description=advice.sentence("customers_not_listed", why=why)
    )


def _alarm(code: str, customer: str, count: int, names: str) -> Alarm:
    known = {"names": names, "one" if count == 1 else "count": count}
    return Alarm(address=None, customer=customer, code=code, description=advice.sentence(code, **known))


def _in_words(item: Undeclared) -> str:
    offer = called(Offer(id=item.offer_id, name=item.offer_name))
    return f"{offer} ({in_seats(item.quantity)}, {item.subscription_id})"


def _ends_on(live: Live) -> date | None:
    found = live.commitment
    ends = found is not None and found.renewal.outcome == EndOfTerm.ENDS
    return found.ends_at.astimezone(UTC).date() if found and found.ends_at and ends else None
