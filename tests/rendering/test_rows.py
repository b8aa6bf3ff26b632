"""Lines to search and spreadsheets: one for each item, in columns that never change."""

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from reconciler.model.cost import Cost, Costs
from reconciler.model.customer import Customer
from reconciler.rendering.formats.brief import brief
from reconciler.rendering.report import Item, Report, Section
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.golden_files import check
from tests.rendering.shown import a_view


def test_the_lines_of_the_showcase_are_as_reviewed() -> None:
    check("showcase.brief", FORMATS["brief"](plans.showcase(), a_view()))


@pytest.mark.parametrize("width", [40, 200])
def test_a_line_is_never_broken(width: int) -> None:
    lines = FORMATS["brief"](plans.showcase(), a_view(width=width)).splitlines()

    assert len(lines) == len([*csv.reader(io.StringIO(FORMATS["csv"](plans.showcase(), a_view())))]) - 1
    assert all(len(line.split()) > 2 for line in lines)


def test_the_first_three_columns_hold_no_blank() -> None:
    blocked = plans.blocked("fabrikam/office", plans.reason("a_code"), plans.reason("another_code"))
    ready, stopped = FORMATS["brief"](plans.plan(plans.resize(), blocked=(blocked,)), a_view()).splitlines()

    assert ready.split()[:3] == ["contoso/mail", "resize", "ready"]
    assert ready.endswith("Exchange Online (Plan 1); 10 -> 15 seats (+5)")
    assert stopped.split()[:3] == ["fabrikam/office", "blocked", "a_code,another_code"]

    item = Item(subject="Woodgrove Bank", kind="customer", code="customers_undeclared")
    (line,) = brief(Report(name="drift", sections=(Section(id="customers", items=(item,)),)), a_view()).splitlines()
    assert line.split() == ["Woodgrove_Bank", "customer", "customers_undeclared"]


def test_every_row_of_an_address_names_its_customer() -> None:
    (row,) = csv.DictReader(io.StringIO(FORMATS["csv"](plans.plan(plans.resize()), a_view())))
    assert row["customer"] == "contoso"


def test_where_nothing_is_to_be_known_there_is_no_line() -> None:
    assert FORMATS["brief"](plans.plan(), a_view()) == ""


def test_a_cell_never_acts_in_a_spreadsheet() -> None:
    change = replace(plans.resize(), customer=Customer(name="contoso", tenant="", display_name="=HYPERLINK()"))
    (row,) = csv.DictReader(io.StringIO(FORMATS["csv"](plans.plan(change), a_view())))

    assert row["customer"] == "'=HYPERLINK()"
    assert (row["address"], row["action"], row["seats"], row["seats_after"]) == ("contoso/mail", "resize", "10", "15")
    assert (row["offer"], row["place"]) == ("Exchange Online (Plan 1)", "manifests/contoso.yaml:12:3")


def test_what_a_change_costs_has_columns_that_are_empty_without_a_price() -> None:
    cost = Cost(currency="USD", monthly_before=Decimal("12.00"), monthly_after=Decimal("15.50"), committed=Decimal(42))
    priced = replace(plans.resize(), cost=cost)
    for change, cells in ((priced, ["USD", "12.00", "15.50", "42", "", "", ""]), (plans.resize(), [""] * 7)):
        plan = replace(plans.plan(change), costs=Costs())
        head, *rows = csv.reader(io.StringIO(FORMATS["csv"](plan, a_view())))
        names = "currency monthly_before monthly_after committed committed_until estimate monthly_otherwise"
        assert head[-7:] == names.split()
        assert [row[-7:] for row in rows] == [cells]
