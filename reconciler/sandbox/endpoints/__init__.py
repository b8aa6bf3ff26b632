"""The service's endpoints, one file for each resource: a handler for each method and path, and the file's own routes.

A handler takes a request to one world, changes that world as the service would, and returns an answer or raises
Refused. A new endpoint is a new file and its name here.
"""

from reconciler.sandbox.endpoints import (
    add_ons,
    agreements,
    audit,
    carts,
    changes,
    customers,
    offers,
    orders,
    products,
    promotions,
    subscriptions,
    term_dates,
    transitions,
    upgrades,
)

_COMMERCE = (customers, term_dates, subscriptions, changes, upgrades, transitions, carts, orders, add_ons, agreements)
ROUTES = tuple(route for resource in (*_COMMERCE, offers, products, promotions, audit) for route in resource.ROUTES)
"""All routes; the first that fits is taken."""
