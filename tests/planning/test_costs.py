"""Every figure of a plan's costs can be recomputed by hand: 40 cases, with the expected figures written down.

The prices are those of `SHEETS`. Today is 29 November 2026. A year that began on 15 March 2026 ends on 14 March 2027:
of the billing period from 15 November to 14 December 16 of 30 days are left, today among them, and three follow.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from reconciler.changes.case import Case
from reconciler.changes.resize import ResizeRequest
from reconciler.changes.term import TermRequest
from reconciler.model.change import Before
from reconciler.model.cost import Cost, CurrencyCosts, NoPrice
from reconciler.model.money import Money
from reconciler.model.offer import Offer
from reconciler.model.order_request import OrderRequest
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request, TransitionRequest, UpgradeRequest
from reconciler.model.subscription import Live
from reconciler.planning.cost_totals import costs_of
from reconciler.planning.costs import cost_of, repriced
from reconciler.rendering.reports.costs import cost_charts
from tests.planning.cases import (
    E3,
    HIGHER,
    MODERN,
    OFFICE,
    change,
    circumstances,
    committed,
    facts,
    live,
    option,
    upgrading,
    wants,
)
from tests.rendering.plans import plan as a_plan

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
FIRST, LAST = date(2024, 1, 1), date.max
TRIAL = "CFQ7TTC0LCHC:0003"


def rows(factor: str = "1") -> dict[PriceKey, tuple[PriceRow, ...]]:
    """UnitPrice by offer, term and billing. Those of `factor` 1 are USD; of HIGHER there is no monthly term."""
    amounts = {
        (MODERN.id, "monthly", "monthly"): "12",
        (MODERN.id, "annual", "annual"): "120",
        (MODERN.id, "annual", "monthly"): "126",
        (MODERN.id, "triennial", "annual"): "360",
        (MODERN.id, "triennial", "monthly"): "378",
        (MODERN.id, "triennial", "triennial"): "360",
        (HIGHER.id, "annual", "annual"): "220",
        (HIGHER.id, "annual", "monthly"): "231",
        (TRIAL, "monthly", "none"): "0",
    }
    return {
        PriceKey(offer, term, billing, "commercial"): (PriceRow(Decimal(amount) * Decimal(factor), FIRST, LAST),)
        for (offer, term, billing), amount in amounts.items()
    }


def sheet(market: str, currency: str, month: date, factor: str = "1") -> Sheet:
    return Sheet(file=f"{market}.csv", market=market, currency=currency, month=month, rows=rows(factor))


SHEETS = Prices(
    sheets=(
        sheet("US", "USD", date(2026, 11, 1)),
        sheet("US", "USD", date(2026, 3, 1), "0.5"),
        sheet("GB", "GBP", date(2026, 11, 1), "0.8"),
    )
)


def runs(begins: tuple[int, int, int], ends: tuple[int, int, int]) -> dict[str, Any]:
    """A term from one day to another, both included."""
    return {"starts_at": datetime(*begins, tzinfo=UTC), "ends_at": datetime(*ends, 23, 59, 59, tzinfo=UTC)}


YEAR = runs((2026, 3, 15), (2027, 3, 14))
JUNE = runs((2026, 6, 15), (2027, 6, 14))
MONTH = runs((2026, 11, 20), (2026, 12, 19))
THREE = runs((2025, 3, 15), (2028, 3, 14))


def holds(seats: int = 10, term: str = "annual", billing: str = "monthly", of: Any = MODERN, **more: Any) -> Live:
    """So many seats of Business Standard in a year from 15 March 2026, billed monthly, unless said otherwise."""
    known = {"then": AtRenewal(outcome="renews", quantity=seats, term=term, billing=billing), **YEAR, **more}
    trial = known.pop("trial", False)
    return live(of, seats, billing=billing, is_trial=trial, commitment=committed(seats, term=term, **known))


def resize(seats: int) -> Request:
    return ResizeRequest(kind="resize", quantity=seats)


def upgrade(seats: int = 10, term: str | None = None, billing: str | None = None) -> Request:
    return TransitionRequest(
        kind="transition", type="", target_offer_id=HIGHER.id, catalog_item_id="", quantity=seats, term=term,
        billing=billing,
    )  # fmt: skip


def term(length: str, billing: str) -> Request:
    return TermRequest(kind="term", term=length, billing=billing)


def order(seats: int, length: str, billing: str) -> Request:
    return OrderRequest(
        kind="order", order="key", offer_id=MODERN.id, catalog_item_id="", quantity=seats, term=length, billing=billing,
        unit_price=Decimal(99), currency="USD",
    )  # fmt: skip


def renewal(seats: int, length: str = "annual", billing: str = "monthly", **more: Any) -> Request:
    following = NextTerm(offer_id=MODERN.id, quantity=seats, term=length, billing=billing, **more)
    return RenewalRequest(kind="renewal", outcome="renews_changed", next_term=following, form=ScheduleForm.NONE)


def outcome(word: str) -> Request:
    return RenewalRequest(kind="renewal", outcome=word, form=ScheduleForm.NONE)


def then(word: str, seats: int = 10, length: str = "annual", billing: str = "monthly") -> AtRenewal:
    return AtRenewal(outcome=word, quantity=seats, term=length, billing=billing)


def price(
    found: Live | None, request: Request, market: str | None = "US", segment: str | None = None
) -> Cost | NoPrice:
    """The cost of a change that begins with a subscription, for a customer of a market."""
    desired = wants(offer=MODERN, market=market, segment=segment)
    known = facts(desired, lives=[found] if found else [])
    today = circumstances(now=NOW, prices=SHEETS)
    begins = found or Live.nothing(OFFICE)
    return cost_of(Case(desired=desired, facts=known, circumstances=today, left=begins), request, SHEETS)


CASES: dict[str, tuple[Live | None, Request, str]] = {
    # More seats: the price of March, half of November's. 16/30 of a month and three months are left.
    # 10 x 63/12 = 52.50; 15 x 5.25 = 78.75; 5 x 5.25 x (16/30 + 3) = 92.75
    "more seats, billed monthly": (holds(), resize(15), "USD 52.50 78.75 92.75 2027-03-14"),
    # 1 x 5.25 x 3.5333 = 18.55
    "one more seat": (holds(), resize(11), "USD 52.50 57.75 18.55 2027-03-14"),
    # Billed up front: 60 a seat; of the year from 15 March 106 of 365 days are left. 5 x 60 x 106/365 = 87.1233
    "more seats, billed annually": (holds(billing="annual"), resize(15), "USD 50.00 75.00 87.12 2027-03-14"),
    # A term of June has no sheet of June: the newest before it is that of March.
    # 10 x 5.25; 5 x 5.25 x (16/30 + 6) = 171.50
    "a term whose month has no sheet": (holds(**JUNE), resize(15), "USD 52.50 78.75 171.50 2027-06-14 estimate"),
    # The whole month's charge is 12; of 20 November to 19 December 21 of 30 days are left. 4 x 12 x 21/30 = 33.60
    "more seats of a monthly term": (
        holds(6, "monthly", **MONTH), resize(10), "USD 72.00 120.00 33.60 2026-12-19"
    ),
    # No sheet of March 2025: the oldest after it is that of March 2026. 180 a year up front, from 15 March 2026 106/365
    # left, and one more year. 378/2/36 = 5.25 a month
    "three years, billed monthly": (
        holds(10, "triennial", **THREE), resize(12), "USD 52.50 63.00 163.10 2028-03-14 estimate"
    ),
    # charge 60 a year: 2 x 60 x (106/365 + 1) = 154.8493
    "three years, billed annually": (
        holds(10, "triennial", "annual", **THREE), resize(12), "USD 50.00 60.00 154.85 2028-03-14 estimate"
    ),
    # charge 180 for three years: 15 March 2025 to 14 March 2028 has 1096 days, 472 are left. 2 x 180 x 472/1096
    "three years, billed up front": (
        holds(10, "triennial", "triennial", **THREE), resize(12), "USD 50.00 60.00 155.04 2028-03-14 estimate"
    ),
    "fewer seats commit to nothing": (holds(), resize(8), "USD 52.50 42.00 0.00"),
    "as many seats": (holds(), resize(10), "USD 52.50 52.50 0.00"),
    # Of 30 October to 29 November one of 31 days is left: 5 x 5.25 x 1/31 = 0.8468. The oldest sheet is that of March.
    "the last day of a term": (
        holds(starts_at=datetime(2025, 11, 30, tzinfo=UTC), ends_at=datetime(2026, 11, 29, 23, 59, tzinfo=UTC)),
        resize(15),
        "USD 52.50 78.75 0.85 2026-11-29 estimate",
    ),
    # The first day of a term of November: all twelve charges. 5 x 10.50 x 12 = 630
    "the first day of a term": (
        holds(starts_at=NOW, ends_at=datetime(2027, 11, 28, 23, 59, tzinfo=UTC)), resize(15),
        "USD 105.00 157.50 630.00 2027-11-28"
    ),
    # A common end cuts the first term short: from 1 December on there is January alone. 15 November to 31 January:
    # of 1 to 30 November 2 of 30 days are left, and two months. 5 x 10.50 x (2/30 + 2) = 108.50
    "a common end date": (
        holds(starts_at=datetime(2026, 11, 15, tzinfo=UTC), ends_at=datetime(2027, 1, 31, tzinfo=UTC)), resize(15),
        "USD 105.00 157.50 108.50 2027-01-31"
    ),
    # Nobody knows when the term ends: at worst it begins today. 5 x 126 = 630
    "a term without a known end": (holds(ends_at=None), resize(15), "USD 105.00 157.50 630.00 2027-11-28"),
    # Upgrades: at worst a whole new term from today, at November's price.
    # 10 x 231/12 = 192.50; 10 x 231 = 2310
    "an upgrade": (holds(), upgrade(), "USD 52.50 192.50 2310.00 2027-11-28"),
    "an upgrade with more seats": (holds(), upgrade(12), "USD 52.50 231.00 2772.00 2027-11-28"),
    # 220/12 x 10 = 183.3333
    "an upgrade that is billed annually": (
        holds(), upgrade(10, "annual", "annual"), "USD 52.50 183.33 2200.00 2027-11-28"
    ),
    "an upgrade to a term that is not sold": (holds(), upgrade(10, "triennial", "monthly"), "price_without_row"),
    # Terms: 120/12 x 10 = 100; 120 x 10
    "another billing at once": (holds(), term("annual", "annual"), "USD 52.50 100.00 1200.00 2027-11-28"),
    # 378/36 x 10 = 105; 378 x 10
    "three years at once": (holds(), term("triennial", "monthly"), "USD 52.50 105.00 3780.00 2029-11-28"),
    "a year in place of months": (
        holds(10, "monthly", **MONTH), term("annual", "monthly"), "USD 120.00 105.00 1260.00 2027-11-28"
    ),
    "a billing that is not sold": (holds(), term("annual", "triennial"), "price_without_row"),
    # Orders begin with nothing. 3 x 126
    "an order, billed monthly": (None, order(3, "annual", "monthly"), "USD 0.00 31.50 378.00 2027-11-28"),
    "an order, billed annually": (None, order(3, "annual", "annual"), "USD 0.00 30.00 360.00 2027-11-28"),
    "an order of a month": (None, order(3, "monthly", "monthly"), "USD 0.00 36.00 36.00 2026-12-28"),
    "an order of three years": (None, order(3, "triennial", "annual"), "USD 0.00 30.00 1080.00 2029-11-28"),
    "an order of what is not sold": (None, order(3, "monthly", "annual"), "price_without_row"),
    # Renewals: the next term begins on 15 March 2027, which has no sheet: November's price, an estimate. They commit to
    # what the next term costs beyond what it would cost without the change: 10 x 126 = 1260.
    # 8 x 10.50 = 84; 8 x 126 is less than 1260
    "fewer seats at renewal": (holds(), renewal(8), "USD 52.50 84.00 0.00 estimate"),
    # 12 x 10.50 = 126; 12 x 126 - 1260 = 252
    "more seats at renewal": (holds(), renewal(12), "USD 52.50 126.00 252.00 2028-03-14 estimate"),
    # 10 x 120/12 = 100
    "billed annually from the renewal on": (holds(), renewal(10, "annual", "annual"), "USD 52.50 100.00 0.00 estimate"),
    # 3780 - 1260 = 2520
    "three years from the renewal on": (
        holds(), renewal(10, "triennial", "monthly"), "USD 52.50 105.00 2520.00 2030-03-14 estimate"
    ),
    "months from the renewal on": (
        holds(), renewal(10, "monthly", "monthly"), "USD 52.50 120.00 0.00 estimate"
    ),
    "an end": (holds(), outcome("ends"), "USD 52.50 0.00 0.00"),
    # Without the change nothing would follow: 1260
    "no end after all": (holds(then=then("ends")), outcome("renews"), "USD 52.50 105.00 1260.00 2028-03-14 estimate"),
    # 1260 - 4 x 126 = 756
    "a schedule that is withdrawn": (
        holds(then=then("renews_changed", 4)), outcome("renews"), "USD 52.50 105.00 756.00 2028-03-14 estimate"
    ),
    # The next term ends on 31 May 2027: of 1 to 31 March 17 of 31 days, and two months. 10 x 10.50 x (17/31 + 2) =
    # 267.5806, less than 1260
    "a common end of the next term": (
        holds(), renewal(10, custom_end=datetime(2027, 5, 31, tzinfo=UTC)), "USD 52.50 105.00 0.00 estimate"
    ),
    # What no sheet says
    "a traditional subscription": (
        live(), UpgradeRequest(kind="upgrade", type="", target_offer_id=E3.id, quantity=25), "price_of_no_term"
    ),
    "a promotion": (holds(promotion_id="39NFJQT1PFPJ:000H"), resize(15), "price_of_promotion"),
    "a promotion of the next term": (holds(), renewal(12, promotion_id="39NFJQT1PFPJ:000H"), "price_of_promotion"),
    # A trial costs nothing, by its own row.
    "a trial that ends": (
        holds(25, "monthly", "none", Offer(id=TRIAL, name="Trial"), trial=True, **MONTH), outcome("lapses"),
        "USD 0.00 0.00 0.00"
    ),
}  # fmt: skip


def shown(cost: Cost | NoPrice) -> str:
    """The figures as the table has them; the reason where there is no price."""
    if isinstance(cost, NoPrice):
        return cost.code
    figures = (cost.currency, cost.monthly_before, cost.monthly_after, cost.committed, cost.committed_until or "")
    return " ".join([*filter(None, map(str, figures)), *(["estimate"] if cost.estimate else [])])


@pytest.mark.parametrize("case", CASES)
def test_a_change_costs_what_anybody_computes_by_hand(case: str) -> None:
    begins, request, expected = CASES[case]

    assert shown(price(begins, request)) == expected


def test_there_are_forty_cases() -> None:
    assert len(CASES) == 40


THREE_YEARS = then("renews_changed", 10, "triennial", "monthly")
UNSCHEDULING: dict[str, tuple[AtRenewal, Request, str]] = {
    # Five seats more until 14 March 2027 are 92.75, as above. In place of 6 seats 15 renew: 9 x 126 = 1134.
    "more seats": (then("renews_changed", 6), resize(15), "USD 52.50 78.75 1226.75 2028-03-14 estimate"),
    # In place of 6 seats 8 renew: 2 x 126 = 252
    "fewer seats, but more than scheduled": (
        then("renews_changed", 6), resize(8), "USD 52.50 42.00 252.00 2028-03-14 estimate"
    ),
    # 15 x 126 = 1890 is less than the 3780 that were scheduled.
    "more seats in place of three years": (THREE_YEARS, resize(15), "USD 52.50 78.75 92.75 2027-03-14"),
    # Auto-renew stays off: there is no next term.
    "more seats in place of an end": (then("ends"), resize(15), "USD 52.50 78.75 92.75 2027-03-14"),
    # A new term is committed to from today: 10 x 231, as above.
    "an upgrade": (then("renews_changed", 6), upgrade(), "USD 52.50 192.50 2310.00 2027-11-28"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSCHEDULING)
def test_a_change_that_deletes_a_schedule_commits_to_what_the_next_term_costs_beyond_it(case: str) -> None:
    standing, request, expected = UNSCHEDULING[case]

    assert shown(price(holds(then=standing), request)) == expected


def test_a_change_that_deletes_a_schedule_without_a_price_has_none() -> None:
    promoted = NextTerm(offer_id=MODERN.id, quantity=6, term="annual", billing="monthly", promotion_id="39NFJ")
    assert shown(price(holds(then=then("renews_changed", 6), next_term=promoted), resize(15))) == "price_of_promotion"


def test_each_market_has_its_currency_and_a_customer_without_one_has_no_price() -> None:
    begins = holds(starts_at=NOW, ends_at=datetime(2027, 11, 28, 23, 59, tzinfo=UTC))

    assert shown(price(begins, resize(15), "GB")) == "GBP 84.00 126.00 504.00 2027-11-28"
    assert shown(price(begins, resize(15), "DE")) == "price_without_sheet"
    assert shown(price(begins, resize(15), None)) == "price_without_market"
    assert shown(price(begins, resize(15), "US", "education")) == "price_without_row"


def test_of_a_renewal_item_only_what_it_adds_beyond_the_next_term_as_it_stands_counts_for_the_limit() -> None:
    """March's price is half of November's: 10 seats renew at 105.00 where they cost 52.50 now, whatever is planned."""
    planned = {
        "fewer seats": (holds(), renewal(8), "105.00 -21.00"),
        "more seats": (holds(), renewal(12), "105.00 21.00"),
        "dearer months": (holds(), renewal(10, "monthly", "monthly"), "105.00 15.00"),
        "in place of another schedule": (holds(then=then("renews_changed", 12)), renewal(13), "126.00 10.50"),
        "in place of an end": (holds(then=then("ends")), outcome("renews"), "None 52.50"),
        "at once": (holds(), resize(12), "None 10.50"),
    }

    found = {case: price(begins, request) for case, (begins, request, _) in planned.items()}

    figures = {
        case: f"{cost.monthly_otherwise} {cost.monthly_added}" for case, cost in found.items() if isinstance(cost, Cost)
    }
    assert figures == {case: expected for case, (*_, expected) in planned.items()}


def test_a_renewal_item_in_place_of_a_schedule_without_a_price_has_none() -> None:
    unsold = holds(then=then("renews_changed", 10, "monthly", "annual"))
    promoted = NextTerm(offer_id=MODERN.id, quantity=10, term="annual", billing="monthly", promotion_id="39NFJ")

    assert shown(price(unsold, renewal(12))) == "price_without_row"
    assert shown(price(holds(then=then("renews_changed"), next_term=promoted), renewal(12))) == "price_of_promotion"


def test_an_address_of_which_a_change_has_no_price_is_in_no_total_and_no_bar() -> None:
    cost = price(*CASES["an order, billed monthly"][:2])
    first = change(upgrading(option())).costing(cost)
    both = (first, replace(first, action="renewal", cost=None))

    whole, part = (costs_of(changes, SHEETS, {first.address: "US"}, NOW) for changes in ((first,), both))

    assert whole.currencies["USD"].committed == Decimal(378)
    assert part.currencies == {"USD": CurrencyCosts(unpriced=(first.address,))}
    assert list(cost_charts(replace(a_plan(*both), costs=part))) == []


def test_what_one_seat_costs_in_a_month_is_in_whole_cents() -> None:
    today = NOW.date()

    price = SHEETS.find(HIGHER.id, "annual", "annual", wants(market="US"), on=today, today=today)
    assert price
    assert price.monthly == Money("USD", Decimal("18.33"))
    assert (
        SHEETS.find(HIGHER.id, "annual", "annual", wants(market="US", segment="commercial"), on=today, today=today)
        == price
    )
    assert SHEETS.find(HIGHER.id, "monthly", "monthly", wants(market="US"), on=today, today=today) is None


@pytest.mark.parametrize(
    "case", ["more seats, billed monthly", "an order, billed monthly", "a schedule that is withdrawn"]
)
def test_a_change_of_a_saved_plan_costs_what_todays_sheets_say_and_not_what_its_file_says(case: str) -> None:
    begins, request, expected = CASES[case]
    desired = wants(offer=MODERN, market="US")
    saved = replace(
        change(upgrading(option())), before=Before.of(begins) if begins else None, request=request,
        cost=Cost(currency="USD", monthly_before=Decimal(0), monthly_after=Decimal(1), committed=Decimal(1)),
    )  # fmt: skip

    today, none = (repriced(saved, desired, prices, NOW) for prices in (SHEETS, Prices(sheets=())))
    assert today.cost
    assert shown(today.cost) == expected
    assert none.no_price
    assert (none.cost, none.no_price.code) == (None, "price_without_sheet")
