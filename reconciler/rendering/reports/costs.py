"""The costs of a plan: the sentences that are read first, the fields of a change, and charts before and after."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from reconciler.model.address import Address
from reconciler.model.cost import Cost, Costs, CurrencyCosts, NoPrice
from reconciler.model.money import Money
from reconciler.model.plan import Plan
from reconciler.rendering.phrases import COST_NOTE, count, listed, without_price
from reconciler.rendering.report import Bar, Chart, Field, Line, Monthly, Span, Tone

_SHOWN = 12
"""Offers that have bars of their own; the smaller ones are added up."""


def cost_lines(plan: Plan) -> Iterator[Line]:
    """Yields what the changes cost by currency, what of them has no price, and what the figures are."""
    costs = plan.costs
    if costs is None or not plan.changes:
        return
    priced = False
    for currency, totals in costs.currencies.items():
        if totals.monthly_change is not None:
            priced = True
            yield (Span(in_words(currency, totals, plan), Tone.STRONG),)
    yield from _without_price(plan, costs)
    if priced:
        yield (Span(_source(plan, costs), Tone.QUIET),)


def _without_price(plan: Plan, costs: Costs) -> Iterator[Line]:
    """Yields what has no price, and why."""
    reasons: dict[Address, NoPrice] = {}
    for change in plan.changes:
        if change.no_price:
            reasons.setdefault(change.address, change.no_price)
    for sentence, code in without_price((str(address), reasons.get(address)) for address in costs.unpriced):
        explained = (Span(" ["), Span(code, Tone.OPTIONS), Span("]")) if code else ()
        yield (Span(sentence, Tone.WARN), *explained)


def in_words(currency: str, totals: CurrencyCosts, plan: Plan) -> str:
    """`Costs 412.50 USD a month more (1,000.00 -> 1,412.50), commits 4,950.00 USD until 2027-03-14.`"""
    more = totals.monthly_change or Decimal(0)
    amount = Money(currency, abs(more))
    if more:
        moved = f"{totals.monthly_before or 0:,.2f} -> {totals.monthly_after or 0:,.2f}"
        monthly = f"Costs {amount} a month {'more' if more > 0 else 'less'} ({moved})"
    else:
        monthly = f"Costs as much a month as before ({totals.monthly_before or 0:,.2f} {currency})"
    if not totals.committed:
        return f"{monthly}; commits to nothing more."
    ends = {change.cost.committed_until for change in plan.changes if change.cost and change.cost.currency == currency}
    known = sorted(end for end in ends if end)
    until = f" until {known[-1]}{' at the latest' if len(known) > 1 else ''}" if known else ""
    return f"{monthly}, commits {Money(currency, totals.committed)}{until}."


def _source(plan: Plan, costs: Costs) -> str:
    estimates = sum(change.cost.estimate for change in plan.changes if change.cost)
    guessed = f" {count(estimates, 'figure is an estimate', 'figures are estimates')}." if estimates else ""
    months = listed(sorted({sheet.month for sheet in costs.sheets}))
    held = " What is held back is counted too." if plan.held else ""
    return f"{COST_NOTE.removesuffix('.')}, by the price sheets of {months}.{guessed}{held}"


def cost_fields(cost: Cost | None) -> Iterator[Field]:
    """Yields what a change costs, or that it has no price."""
    if cost is None:
        yield Field("monthly", Monthly())
        return
    yield Field("monthly", Monthly(cost.monthly_before, cost.monthly_after, cost.currency, estimate=cost.estimate))
    if cost.monthly_otherwise not in {None, cost.monthly_before}:
        yield Field("without", f"{cost.monthly_otherwise:,.2f} {cost.currency} a month in the next term")
    if cost.committed:
        until = f" until {cost.committed_until}" if cost.committed_until else ""
        yield Field("commits", f"{Money(cost.currency, cost.committed)}{until}")


def cost_properties(cost: Cost | None) -> tuple[tuple[str, str], ...]:
    """Returns the figures of a change by their names, for machines."""
    if cost is None:
        return ()
    return (
        ("currency", cost.currency),
        ("monthly_before", str(cost.monthly_before)),
        ("monthly_after", str(cost.monthly_after)),
        ("committed", str(cost.committed)),
        *([("committed_until", str(cost.committed_until))] if cost.committed_until else []),
        *([("monthly_otherwise", str(cost.monthly_otherwise))] if cost.monthly_otherwise is not None else []),
        *([("estimate", "true")] if cost.estimate else []),
    )


def total_properties(costs: Costs) -> tuple[tuple[str, str], ...]:
    """Returns the totals by their names, for machines: `monthly_change_usd`."""
    found = [
        (f"{name}_{currency.lower()}", str(amount))
        for currency, totals in costs.currencies.items()
        for name in ("monthly_before", "monthly_after", "monthly_change", "committed")
        if (amount := getattr(totals, name)) is not None
    ]
    return (*found, ("unpriced", str(len(costs.unpriced))))


def cost_charts(plan: Plan) -> Iterator[Chart]:
    """Yields a chart for each currency: what offers cost in a month before and after."""
    for currency in plan.costs.currencies if plan.costs else ():
        bars = tuple(_bars(plan, currency))
        if bars:
            yield Chart(
                title=f"Cost a month by offer, before and after ({currency})",
                intro=f"{COST_NOTE} What has no price is not in it.",
                bars=bars,
                total=True,
            )


def _bars(plan: Plan, currency: str) -> Iterator[Bar]:
    """The offers, the dearest first: of each address what its first change begins with, and what its last leaves."""
    before, after, names = dict[str, Decimal](), dict[str, Decimal](), dict[str, str]()
    for _, of_address in groupby(plan.changes, key=lambda change: change.address):
        items = tuple(of_address)
        if any(item.cost is None for item in items):
            continue
        priced = [(item, item.cost) for item in items if item.cost and item.cost.currency == currency]
        if not priced:
            continue
        (first, begins), (last, ends) = priced[0], priced[-1]
        then = last.after
        if was := first.before:
            before[was.offer_id] = before.get(was.offer_id, Decimal(0)) + begins.monthly_before
            names[was.offer_id] = was.offer_name
        after[then.offer_id] = after.get(then.offer_id, Decimal(0)) + ends.monthly_after
        names[then.offer_id] = then.offer_name
    zero = Decimal(0)
    ordered = sorted(names, key=lambda offer: (-max(before.get(offer, zero), after.get(offer, zero)), offer))
    for offer in ordered[:_SHOWN]:
        name = names[offer].strip() or offer
        yield Bar(name=name, before=before.get(offer, zero), after=after.get(offer, zero))
    if rest := ordered[_SHOWN:]:
        sums = [sum((side.get(offer, zero) for offer in rest), zero) for side in (before, after)]
        yield Bar(name=f"{len(rest)} other offers", before=sums[0], after=sums[1])
