"""Answers kept as text: how they are read, which call gets them, and how its outcome is told."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from reconciler.model.errors import ServiceError
from reconciler.model.subscription import Listing
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.wire.subscriptions import single
from reconciler.partner_center.wire.upgrades import option
from tests.partner_center.service import SOURCE, TENANT, TICKET, subscription, upgrade
from tests.requested import a_resize, an_order

COPILOT = "CFQ7TTC0MM8R:0001"
SINCE = datetime(2024, 2, 29, tzinfo=UTC)

CALLS: Mapping[str, Callable[[PartnerCenter], object]] = {
    "subscriptions": lambda commerce: commerce.subscriptions(TENANT),
    "subscription": lambda commerce: commerce.subscription(TENANT, SOURCE),
    "upgrades": lambda commerce: commerce.upgrades(TENANT, SOURCE),
    "upgrade": lambda commerce: commerce.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET),
    "update": lambda commerce: commerce.update(TENANT, single(subscription()), a_resize(40), TICKET),
    "relationship": lambda commerce: commerce.relationship(TENANT),
    "relationship_link": lambda commerce: commerce.relationship_link(),
    "accounts": lambda commerce: tuple(commerce.accounts()),
    "offers": lambda commerce: commerce.offers("US"),
    "audit": lambda commerce: commerce.audit(TENANT, SINCE),
    "availabilities": lambda commerce: commerce.availabilities(TENANT, COPILOT),
    "create_cart": lambda commerce: commerce.create_cart(TENANT, an_order(COPILOT, f"{COPILOT}:X"), TICKET),
    "cart": lambda commerce: commerce.cart(TENANT, SOURCE),
    "check_out": lambda commerce: commerce.check_out(TENANT, SOURCE, TICKET),
    "orders": lambda commerce: commerce.orders(TENANT),
    "order": lambda commerce: commerce.order(TENANT, SOURCE),
    "agreement": lambda commerce: commerce.agreement(TENANT),
}
"""By the name of the port's method."""

WRITES = {"upgrade", "update", "create_cart", "check_out"}


def answers(file: Path) -> list[httpx.Response]:
    """The answers in a file: status line, headers, an empty line, the body; `###` stands between two answers."""
    return [_answer(part) for part in file.read_bytes().split(b"###\n")]


def _answer(part: bytes) -> httpx.Response:
    head, _, body = part.partition(b"\n\n")
    status, *headers = head.decode("ascii").splitlines()
    _, number, reason = status.split(" ", 2)
    pairs = [(name, value.strip()) for name, _, value in (header.partition(":") for header in headers)]
    return httpx.Response(
        int(number),
        headers=pairs,
        content=body.removesuffix(b"\n"),
        extensions={"reason_phrase": reason.encode("ascii")},
    )


def outcome(call: Callable[[], object]) -> object:
    """The value, or the ServiceError."""
    try:
        return call()
    except ServiceError as error:
        return error


def as_text(found: object) -> str:
    """Returns what came of it, as text: values without what has its default, errors with all that they carry."""
    if isinstance(found, ServiceError):
        return "\n".join(_error_lines(found))
    if isinstance(found, Listing):
        return "\n".join([as_text(found.lives), *(f"unreadable: {item}" for item in found.unreadable)])
    if isinstance(found, tuple):
        return "\n".join(map(as_text, found)) or "nothing"
    return "\n".join(_value_lines(found)) if dataclasses.is_dataclass(found) else repr(found)


def _error_lines(error: ServiceError) -> Iterator[str]:
    yield f"{type(error).__name__}, status {error.status}, code {error.code!r}"
    for problem in error.problems:
        yield f"  {problem.what!r}"
        yield from (f"    {line}" for line in problem.remedy.splitlines())
    if error.support and error.support.server_id:
        sent = "as it was sent" if error.support.sent_request_id else None
        yield from _value_lines(dataclasses.replace(error.support, sent_request_id=sent), "  ")


def _value_lines(value: Any, indent: str = "") -> Iterator[str]:
    yield f"{indent}{type(value).__name__}"
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if held == field.default or field.name == "body":
            continue
        parts = held if isinstance(held, tuple) and held and dataclasses.is_dataclass(held[0]) else (held,)
        for part in parts:
            if dataclasses.is_dataclass(part):
                lines = list(_value_lines(part, indent + "    "))
                yield f"{indent}  {field.name}: {lines[0].strip()}"
                yield from lines[1:]
            else:
                yield f"{indent}  {field.name}: {part if isinstance(part, datetime) else repr(part)}"


def request_lines(request: httpx.Request) -> str:
    """A request, with what it needs besides the token and its ids."""
    token = request.headers.get("MS-ContinuationToken")
    mark = f"  MS-ContinuationToken: {token}" if token else ""
    target = re.sub(r"(startDate|filter)=[^&]*", r"\1=…", request.url.raw_path.decode())
    return f"> {request.method} {target}{mark}"
