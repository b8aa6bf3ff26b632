"""An estate, and what is wrong with one, as lines of text."""

import os
from collections.abc import Iterator

from reconciler.manifests.estate import Estate
from reconciler.model.desired import Desired
from reconciler.model.errors import ReconcilerError
from reconciler.model.settings import Settings


def problem_lines(error: ReconcilerError) -> list[str]:
    return [f"{problem.where}: {problem.what} — {problem.remedy}" for problem in error.problems]


def estate_lines(estate: Estate) -> list[str]:
    return [
        *(
            f"customer {customer.name} {customer.tenant} in {estate.customer_files[customer.name]}"
            for customer in estate.customers
        ),
        *map(_desired_line, estate.desired),
        *(f"offer {name!r} is {offer.id}" for name, offer in estate.catalogue.items()),
        *_settings_lines(estate),
    ]


_OPTIONAL = (
    "fewer_seats",
    "fewer_seats_once",
    "allow_duplicate_offer",
    "term",
    "billing",
    "change_term",
    "renew",
    "market",
    "segment",
    "reseller",
    "labels",
)


def _desired_line(item: Desired) -> str:
    said = [
        f"{name}={'+'.join(sorted(value)) if isinstance(value, frozenset) else value}"
        for name in _OPTIONAL
        if (value := getattr(item, name)) != Desired.__dataclass_fields__[name].default
    ]
    words = (
        item.address,
        item.subscription_id,
        item.offer.id,
        f"{item.offer.name!r}",
        item.quantity,
        item.license_transfer,
    )
    return " ".join(map(str, (*words, *said, f"at {item.source}")))


def _settings_lines(estate: Estate) -> Iterator[str]:
    """Only what differs from the defaults; an absolute path is shown from the estate's root."""
    default = Settings()
    for name in Settings.__slots__:
        value = getattr(estate.settings, name)
        if value != getattr(default, name):
            yield f"{name} {os.path.relpath(value, estate.root) if name == 'state' else value}"
