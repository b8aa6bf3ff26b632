"""A world as plain data, which a file can hold and people can edit; and what its members mean."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.world import World

HEAD = """A world of the sandbox. `reconciler sandbox load FILE` makes it the one that plan and apply meet.
Whatever is left out is as on any subscription: active, bought long ago, of a year, charged by the month.
Times are in UTC. Only `customers` is needed."""

NOTES: Mapping[str, str] = {
    "customers": """The customers, each with what was sold to it.
An offer is an id of the catalogue, or product:sku:availability of new commerce.
Of new commerce: term is P1M, P1Y or P3Y; next_term and actions are what is arranged for the end of the term;
batches are seats that can be given back, and until when.""",
    "behaviour": "How the service behaves where its documents leave room.",
    "faults": "What goes wrong, once or `times` times. See reconciler sandbox serve --help.",
    "partner": "The partner's own tenant.",
    "ledger": "What was really bought or changed, in order. Take it out to begin anew.",
    "records": "The audit log.",
    "answered": "Answers kept for requests that come again under the same id.",
    "revision": "How often the world was changed.",
    "nudges": "How often somebody changed something by reconciler sandbox nudge.",
    "ahead": "By how much its clock is ahead of this machine's.",
    "begun": "When time began to pass in it.",
}
"""Comments that stand above the members."""

_FIRST = ("customers", "behaviour", "faults")
_WORLD: TypeAdapter[World] = TypeAdapter(World)


def as_data(world: World) -> dict[str, Any]:
    """Returns the world as JSON has it, what people edit first; of what is as by default, nothing."""
    found: dict[str, Any] = _WORLD.dump_python(world, mode="json", exclude_defaults=True, exclude={"generation"})
    found = {"customers": [], **found}
    return {name: found[name] for name in (*_FIRST, *found) if name in found}


def from_data(data: object, where: str) -> World:
    """Returns the world of such data. Raises InvalidInput, with the first fault, for anything else; `where` is the
    file that it stands in.
    """
    known = {*World.__dataclass_fields__} - {"generation"}
    unknown = sorted(set(data) - known) if isinstance(data, dict) else []
    if unknown:
        fault = f"{unknown[0]} is no member of a world; there may be {', '.join(sorted(known))}"
        raise InvalidInput(problem("no_sandbox_world", where, fault=fault))
    try:
        world = _WORLD.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"]))
        fault = f"{at}: {first['msg']}" if at else first["msg"]
        raise InvalidInput(problem("no_sandbox_world", where, fault=fault)) from None
    if unknown_within := next(_unknown(data, _WORLD.dump_python(world, mode="json")), ""):
        raise InvalidInput(problem("no_sandbox_world", where, fault=f"{unknown_within} is no member there"))
    if below_none := next(
        (sold for customer in world.customers for sold in customer.subscriptions if sold.quantity < 0), None
    ):
        raise InvalidInput(problem("no_sandbox_world", where, fault=f"{below_none.quantity} is no number of seats"))
    if repeated := _repeated(world.customers):
        raise InvalidInput(problem("no_sandbox_world", where, fault=f"{repeated} stands there twice"))
    return world


def _unknown(data: object, read: object, at: str = "") -> Iterator[str]:
    """Yields the members of the data that nothing was made of, by their paths."""
    if isinstance(data, dict) and isinstance(read, dict):
        for name, value in data.items():
            path = f"{at}.{name}".removeprefix(".")
            if name in read:
                yield from _unknown(value, read[name], path)
            else:
                yield path
    elif isinstance(data, list) and isinstance(read, list):
        for number, (value, made) in enumerate(zip(data, read, strict=False)):
            yield from _unknown(value, made, f"{at}.{number}")


def _repeated(customers: list[Tenant]) -> str:
    """The first name or id that two customers or two subscriptions have; empty where none is there twice."""
    counts = Counter(found for customer in customers for found in (customer.tenant, customer.name))
    counts.update(sold.id for customer in customers for sold in customer.subscriptions)
    return next((found for found, count in counts.items() if count > 1), "")
