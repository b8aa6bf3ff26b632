"""Reads how customers stand to the reseller, and the link by which they accept it. Writes nothing."""

from collections.abc import Iterable

from reconciler.advice import sentence
from reconciler.model.capabilities import Capability
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.relationship import CustomerStanding, Standings


def standings(commerce: Commerce, customers: Iterable[Customer], link: Capability) -> Standings:
    """Returns how each customer stands to the reseller. Raises the errors that end a run (`ENDS_RUN`)."""
    found = tuple(_standing(commerce, customer) for customer in customers)
    if not link.available:
        return Standings(customers=found, no_link=sentence(link.lacking))
    try:
        return Standings(customers=found, link=commerce.relationship_link())
    except ENDS_RUN:
        raise
    except ServiceError as error:
        return Standings(customers=found, no_link=error.problems[0].what)


def _standing(commerce: Commerce, customer: Customer) -> CustomerStanding:
    try:
        return CustomerStanding(customer=customer, found=commerce.relationship(customer.tenant))
    except ENDS_RUN:
        raise
    except ServiceError as error:
        return CustomerStanding(customer=customer, found=error)
