"""Pauses of the program that no test need wait for."""

from collections.abc import Callable
from typing import Any

from tenacity import wait_none

from reconciler.partner_center.http import retry


def shorten(set_attribute: Callable[[Any, str, Any], None] = setattr) -> None:
    """Lets what was not answered be repeated at once. How pauses grow is tested with a clock that needs no waiting."""
    for name in ("wait_exponential", "wait_random"):
        set_attribute(retry, name, lambda *_, **__: wait_none())
