"""Hints at a way to an offer that can't be reached directly. They never block and never permit: the service decides.

The steps are those of the 21Vianet page "Upgrade an existing customer subscription" and of its worldwide sibling. They
go by name because no public source has the Chinese catalogue's ids.
"""

import re
from collections.abc import Iterable

_UPGRADES: dict[str, tuple[str, ...]] = {
    "office 365 business": ("office 365 business premium", "office 365 proplus", "office 365 enterprise e3"),
    "office 365 business premium": ("office 365 enterprise e3",),
    "office 365 business essentials": (
        "office 365 business premium",
        "office 365 enterprise e1",
        "office 365 enterprise e3",
    ),
}


def by_way_of(source: str, target: str, reachable: Iterable[str]) -> tuple[str, ...]:
    """Names of the offers between source and target: those the service permits as a first step come first.

    `reachable` are the offers that the service permits from the source now.
    """
    permitted = tuple(path for path in reachable if _plain(target) in _UPGRADES.get(_plain(path), ()))
    documented = tuple(path for path in _UPGRADES.get(_plain(source), ()) if _plain(target) in _UPGRADES.get(path, ()))
    return permitted or tuple(_titled(path) for path in documented)


def _plain(name: str) -> str:
    without_operator = re.sub(r"\(?\s*operated by 21vianet\s*\)?", "", name.casefold())
    return " ".join(without_operator.split())


def _titled(name: str) -> str:
    return name.title().replace("Proplus", "ProPlus")
