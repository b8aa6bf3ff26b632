"""Customers' names for people, beside their addresses."""

from collections.abc import Iterable
from typing import Protocol

from reconciler.model.customer import Customer
from reconciler.rendering.report import Report


class OfCustomer(Protocol):
    """Anything that is of one customer."""

    @property
    def customer(self) -> Customer: ...


def with_names(report: Report, known: Iterable[OfCustomer]) -> Report:
    """Returns the report, each of its items with what people call its customer, where that says more than the name."""
    names = {item.customer.name: item.customer.display_name for item in known if _says_more(item.customer)}
    if not names:
        return report
    noticed = (item for notice in (*report.before, *report.notices) for item in notice.items)
    for item in (*noticed, *(item for section in report.sections for item in section.all)):
        name = item.address.customer if item.address else item.subject
        item.customer = names.get(name, "")
    return report


def _says_more(customer: Customer) -> bool:
    """Returns True if it is not only the name with other capitals and blanks."""
    return "-".join(customer.display_name.casefold().split()) not in {"", customer.name}
