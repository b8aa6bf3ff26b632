"""Price sheets of every known shape are read by the names of their columns. Everything in them is invented."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler import pricing
from reconciler.model.errors import InvalidInput
from reconciler.model.money import Money
from reconciler.model.prices import Prices
from tests.planning.cases import wants

TODAY = date(2026, 11, 29)
HEAD = (
    "ChangeIndicator,ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration,"
    "BillingPlan,Market,Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax,EffectiveStartDate,EffectiveEndDate,"
    "Tags,ERP Price,Segment,PreviousValues"
)


def row(
    price: str = "120",
    sku: str = "1",
    segment: str = "Commercial",
    starts: str = "2026-11-01T00:00:00.0000000Z",
    ends: str = "9999-11-30T00:00:00.0000000Z",
    currency: str = "USD",
    product: str = "CFQ7TTC0XXA1",
) -> str:
    """An annual price, billed annually, as the sheets of 2025 spell it."""
    return (
        f'Unchanged,Suite,{product},{sku},Suite,Microsoft,"Mail, files",,P1Y,Annual,US,{currency},{price},,,'
        f"{starts},{ends},License,150,{segment},"
    )


def read(folder: Path, *lines: str, name: str = "sheet.csv") -> Prices:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return pricing.read([name], folder)


def unit(prices: Prices, sku: str = "0001", segment: str | None = None, on: date = TODAY) -> Money | None:
    price = prices.find(f"CFQ7TTC0XXA1:{sku}", "annual", "annual", wants(market="US", segment=segment), on=on, today=on)
    return price.monthly if price else None


def exact(prices: Prices, on: date, today: date = TODAY) -> bool:
    """Returns whether what a seat costs in a term that begins on a day is no estimate."""
    price = prices.of_term("CFQ7TTC0XXA1:0001", "annual", "annual", wants(market="US"), begins=on, today=today)
    assert price
    return price.exact


def refused(folder: Path, *lines: str) -> str:
    """The problems of a sheet that can't be read."""
    with pytest.raises(InvalidInput) as error:
        read(folder, *lines)
    return "\n".join(f"{problem.where}: {problem.what}" for problem in error.value.problems)


USD_10 = Money("USD", Decimal("10.00"))


def test_a_mark_at_the_start_and_lost_zeros_change_nothing(tmp_path: Path) -> None:
    prices = read(tmp_path, "\ufeff" + HEAD, row(sku="1"), row("240", sku="000Z"), row("360", sku="11"))

    assert unit(prices) == USD_10
    assert [unit(prices, sku) for sku in ("000Z", "0011")] == [
        Money("USD", Decimal(each)) for each in ("20.00", "30.00")
    ]
    assert prices.sheets[0].month == date(2026, 11, 1)


def test_columns_stand_in_any_order_and_a_value_may_hold_line_breaks(tmp_path: Path) -> None:
    head = "UnitPrice,SkuDescription,Currency,Market,BillingPlan,TermDuration,SkuId,ProductId,EffectiveStartDate"
    prices = read(tmp_path, head, '120,"Mail,\nfiles, ""apps""",USD,US,Annual,P1Y,0001,CFQ7TTC0XXA1,2026-11-01')

    assert unit(prices) == USD_10


def test_a_sheet_of_2021_quotes_everything_has_us_dates_and_no_segment(tmp_path: Path) -> None:
    head = (
        '"ProductId","SkuId","TermDuration","BillingPlan","Market","Currency","UnitPrice","EffectiveStartDate",'
        '"EffectiveEndDate"'
    )
    old = '"CFQ7TTC0XXA1","0001","P1Y","Annual","US","USD","120","2/1/2019 12:00:00 AM","2/4/2027 8:35:31 PM"'

    prices = read(tmp_path, head, old)

    assert unit(prices) == unit(prices, segment="education") == USD_10
    assert unit(prices, on=date(2027, 2, 5)) is None


@pytest.mark.parametrize(
    "column", ["ProductId", "SkuId", "TermDuration", "BillingPlan", "Currency", "UnitPrice", "Market"]
)
def test_a_missing_column_is_named_with_its_file(tmp_path: Path, column: str) -> None:
    said = refused(tmp_path, HEAD.replace(column, "Other"), row())

    assert said.endswith(f"sheet.csv:1:1: this price sheet lacks the column {column}")


def test_a_spreadsheets_numbers_are_refused_with_their_line_and_never_guessed(tmp_path: Path) -> None:
    said = refused(tmp_path, HEAD, row(), row("12.000,00".replace(",", "'")))

    assert "sheet.csv:3:1: the UnitPrice can't be read" in said


@pytest.mark.parametrize(
    ("damaged", "why"),
    [
        (row().replace('files"', "files"), "',' expected after '\"'"),
        (row().replace('"Mail, files"', "Mail, files"), "the row has 22 cells, the first row 21"),
        (row().split(",120,")[0], "the row has 12 cells, the first row 21"),
        (row(sku="3").removesuffix(",") + ',"', "unexpected end of data"),
    ],
    ids=["a lost quotation mark", "two lost ones", "a row cut off", "a file cut off"],
)
def test_a_row_whose_values_stand_below_other_columns_is_refused_with_its_line(
    tmp_path: Path, damaged: str, why: str
) -> None:
    said = refused(tmp_path, HEAD, row(), damaged, *([] if "end of data" in why else [row(sku="2")]))

    assert "sheet.csv:" in said
    assert f"this is no CSV: {why}" in said


def test_empty_lines_and_empty_cells_at_the_end_are_no_damage(tmp_path: Path) -> None:
    prices = read(tmp_path, HEAD, row(), "", ",,,", row("240", sku="2").removesuffix(","), "")

    assert [str(unit(prices, sku)) for sku in ("0001", "0002")] == ["10.00 USD", "20.00 USD"]


def test_a_row_that_is_missing_has_no_price(tmp_path: Path) -> None:
    prices = read(tmp_path, HEAD, row())

    assert unit(prices, "0002") is None
    assert unit(prices, segment="education") is None


def test_each_segment_has_its_own_price_and_charity_is_nonprofit(tmp_path: Path) -> None:
    prices = read(tmp_path, HEAD, row(), row("36", segment="Charity"), row("60", segment="Education"))

    found = [unit(prices, segment=segment) for segment in (None, "commercial", "nonprofit", "education", "government")]
    assert [str(each) for each in found] == ["10.00 USD", "10.00 USD", "3.00 USD", "5.00 USD", "None"]


def test_of_a_sheet_that_was_published_again_the_newest_price_in_force_counts(tmp_path: Path) -> None:
    later, next_month = "2026-11-15T00:00:00.0000000Z", "2026-12-01T00:00:00.0000000Z"
    prices = read(tmp_path, HEAD, row("120"), row("132", starts=later), row("144", starts=next_month))

    found = [unit(prices, on=on) for on in (date(2026, 11, 14), TODAY, date(2026, 12, 1))]
    assert [str(each) for each in found] == ["10.00 USD", "11.00 USD", "12.00 USD"]


def test_a_price_ends_with_its_months_validity(tmp_path: Path) -> None:
    prices = read(tmp_path, HEAD, row(ends="2026-12-01T00:00:00.0000000Z"))

    assert unit(prices, on=date(2026, 11, 30)) == USD_10
    assert unit(prices, on=date(2026, 12, 1)) is None


def test_two_prices_from_the_same_day_on_are_none(tmp_path: Path) -> None:
    assert unit(read(tmp_path, HEAD, row("120"), row("132"))) is None


OCTOBER, NOVEMBER, DECEMBER = (f"2026-{month}-01T00:00:00.0000000Z" for month in (10, 11, 12))


def test_a_price_that_is_published_ahead_makes_no_sheet_one_of_the_next_month(tmp_path: Path) -> None:
    read(tmp_path, HEAD, row(), row("240", sku="2", starts=DECEMBER), name="november.csv")
    read(tmp_path, HEAD, row("108", starts="2026-10-01T00:00:00.0000000Z"), name="october.csv")
    prices = pricing.read(["october.csv", "november.csv"], tmp_path)

    assert unit(prices) == USD_10
    assert [sheet.month_on(TODAY) for sheet in prices.sheets] == [date(2026, 10, 1), date(2026, 11, 1)]
    assert exact(prices, TODAY)


JANUARY, MARCH = (f"2026-{month}-01T00:00:00.0000000Z" for month in ("01", "03"))


def test_a_sheet_is_of_no_earlier_month_though_prices_of_it_began_then(tmp_path: Path) -> None:
    """Only the newest month of a sheet has its exact prices, whichever sheet the settings name first."""
    read(tmp_path, HEAD, row(starts=JANUARY), row(sku="2", starts=MARCH), name="march.csv")
    read(tmp_path, HEAD, row(starts=JANUARY), row(sku="2", starts=MARCH), row(sku="3"), name="november.csv")
    begins = [date(2026, 1, 21), date(2026, 2, 2), date(2026, 3, 20), TODAY, date(2027, 1, 1)]

    november = pricing.read(["november.csv"], tmp_path)
    assert [exact(november, on) for on in begins] == [False, False, False, True, False]
    for names in (["march.csv", "november.csv"], ["november.csv", "march.csv"]):
        both = pricing.read(names, tmp_path)
        assert [exact(both, on) for on in begins] == [False, False, True, True, False], names


def test_of_two_sheets_of_a_month_each_has_its_rows_and_what_they_contradict_has_no_price(tmp_path: Path) -> None:
    read(tmp_path, HEAD, row(), row("240", sku="2"), name="one.csv")
    read(tmp_path, HEAD, row("132"), row("240", sku="2"), row("360", sku="3"), name="two.csv")
    prices = pricing.read(["one.csv", "two.csv"], tmp_path)

    assert [str(unit(prices, sku)) for sku in ("0001", "0002", "0003")] == ["None", "20.00 USD", "30.00 USD"]


def two(folder: Path, euros: str, dollars: list[str]) -> Prices:
    """Two sheets of a market: one in euros of a month, one in dollars with prices from several months."""
    eur, usd = row(currency="EUR", starts=euros), [row(starts=starts) for starts in dollars]
    (folder / "eur.csv").write_text(f"{HEAD}\n{eur}\n", encoding="utf-8")
    (folder / "usd.csv").write_text("\n".join((HEAD, *usd)), encoding="utf-8")
    return pricing.read(["eur.csv", "usd.csv"], folder)


@pytest.mark.parametrize("dollars", [[NOVEMBER], [NOVEMBER, DECEMBER], [OCTOBER, NOVEMBER]])
def test_one_market_in_two_currencies_is_refused_with_both_files(tmp_path: Path, dollars: list[str]) -> None:
    with pytest.raises(InvalidInput, match=r"usd\.csv has prices of US for 2026-11 in USD; .*eur\.csv has .* EUR"):
        two(tmp_path, NOVEMBER, dollars)


def test_a_market_whose_currency_changed_from_one_month_to_another_is_read(tmp_path: Path) -> None:
    prices = two(tmp_path, OCTOBER, [NOVEMBER])

    assert [str(unit(prices, on=on)) for on in (date(2026, 10, 9), TODAY)] == ["10.00 EUR", "10.00 USD"]


def test_what_is_no_sheet_of_the_estate_is_refused_for_what_it_is(tmp_path: Path) -> None:
    estate = tmp_path / "manifests"
    estate.mkdir()
    (tmp_path / "outside.csv").write_text(f"{HEAD}\n{row()}\n", encoding="utf-8")
    (estate / "link.csv").symlink_to(tmp_path / "outside.csv")
    (estate / "archive.csv").write_bytes(b"PK\x03\x04")
    (estate / "utf16.csv").write_bytes(f"{HEAD}\n".encode("utf-16"))
    (estate / "long.csv").write_text("x" * 200_000)
    (estate / "folder.csv").mkdir()

    with pytest.raises(InvalidInput) as error:
        pricing.read([f"{name}.csv" for name in ("gone", "link", "archive", "utf16", "long", "folder")], estate)

    assert sorted(problem.code for problem in error.value.problems) == [
        "price_sheet_encoding",
        "price_sheet_is_zip",
        "price_sheet_leads_out",
        "price_sheet_missing",
        "price_sheet_not_csv",
        "price_sheet_unreadable",
    ]


def test_five_thousand_rows_are_read_within_a_second(tmp_path: Path) -> None:
    lines = [row(product=f"CFQ7TTC{number:05}") for number in range(5000)]
    (tmp_path / "sheet.csv").write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")

    began = time.process_time()
    prices = pricing.read(["sheet.csv"], tmp_path)

    assert len(prices.sheets[0].rows) == 5000
    assert time.process_time() - began < 1
