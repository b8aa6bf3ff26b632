"""Customers' names for people, beside their addresses."""

from collections.abc import Iterable
from typing import Protocol

from reconciler.model.customer import Customer
from reconciler.rendering.report import Report


class OfCustomer(Protocol):
    """Anything that is of one customer."""

    @property
    def customer(self) -> Customer: ...


def display_names(customers: Iterable[Customer]) -> dict[str, str]:
    """Returns what people call the customers, by their names; of those alone where that says more than the name."""
    return {customer.name: customer.telling_name for customer in customers if customer.telling_name}


def with_names(report: Report, known: Iterable[OfCustomer], customers: Iterable[Customer] = ()) -> Report:
    """Returns the report, each of its items with what people call its customer, where that says more than the name."""
    names = display_names((*customers, *(item.customer for item in known)))
    if not names:
        return report
    noticed = (item for notice in (*report.before, *report.notices) for item in notice.items)
    for item in (*noticed, *(item for section in report.sections for item in section.all)):
        item.customer = names.get(item.customer_name, item.customer)
    return report
