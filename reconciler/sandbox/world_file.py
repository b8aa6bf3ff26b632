"""A world as plain data, which a file can hold and people can edit; and what its members mean."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from pydantic import TypeAdapter, ValidationError

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.place import Place
from reconciler.model.withheld import nearest
from reconciler.sandbox.words import Path, choices, is_known, is_open, members, undocumented
from reconciler.sandbox.world import World

HEAD = """A world of the sandbox. `reconciler sandbox load FILE` makes it the one that plan and apply meet.
Whatever is left out is as on any subscription: active, bought long ago, of a year, charged by the month.
Times are in UTC. Only `customers` is needed. A word that nobody documents, as a status, is written unknown(WORD)."""

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


Places = Callable[..., Place | str]
"""Returns the place of a value of a file by its path; with `at_key`, that of its key."""


def as_data(world: World) -> dict[str, Any]:
    """Returns the world as JSON has it, what people edit first; of what is as by default, nothing. A word that nobody
    documents stands as `unknown(WORD)`.
    """
    found: dict[str, Any] = _WORLD.dump_python(world, mode="json", exclude_defaults=True, exclude={"generation"})
    found = {"customers": [], **found}
    for holder, key, path in members(found):
        if not is_known(holder[key], path):
            holder[key] = f"unknown({holder[key]})"
    return {name: found[name] for name in (*_FIRST, *found) if name in found}


def from_data(data: Any, place: Places) -> World:
    """Returns the world of such data. Raises InvalidInput, with every fault of one kind at its place, for anything
    else.
    """
    if not isinstance(data, dict):
        raise InvalidInput(problem("no_sandbox_customers", place(())))
    _raise_any(_unknown(data, _members_of(World), place))
    _raise_any(_wrong_words(data, place))
    data = deepcopy(data)
    for holder, key, _ in members(data):
        holder[key] = undocumented(holder[key])
    try:
        world = _WORLD.validate_python(data)
    except ValidationError as error:
        raise InvalidInput.of(_invalid(fault, place) for fault in error.errors(include_url=False)) from None
    _raise_any(_unknown(data, _WORLD.dump_python(world, mode="json"), place))
    _raise_any(_beyond(world, place))
    if not world.customers:
        raise InvalidInput(problem("no_sandbox_customers", place(())))
    return world


def _raise_any(problems: Iterable[Problem]) -> None:
    """Raises InvalidInput where there are problems."""
    if found := list(problems):
        raise InvalidInput.of(found)


def _members_of(world: type[World]) -> dict[str, Any]:
    return dict.fromkeys({*world.__dataclass_fields__} - {"generation"})


def _wrong_words(data: Any, place: Places) -> Iterator[Problem]:
    for holder, key, path in members(data):
        if not is_known(holder[key], path):
            more = {"undocumented": "true"} if is_open(path) else {}
            yield _word(holder[key], path, choices(path), place, **more)


def _word(value: object, path: Path, words: Iterable[str], place: Places, **more: str) -> Problem:
    """The problem of a value that is none of the words that may stand there."""
    written, known = str(value), tuple(words)
    shown = {"value": f'"{written}"'} if _SHORT.fullmatch(written) else {"unshown": "true"}
    data = {
        "name": ".".join(map(str, path)),
        "choices": ", ".join(known),
        "near": _near(written, known),
        **shown,
        **more,
    }
    return problem("no_sandbox_word", place(path), **data)


def _near(word_typed: str, words: tuple[str, ...]) -> str | None:
    folded = {word.casefold(): word for word in words}
    near = word_typed.casefold() if word_typed.casefold() in folded else nearest(word_typed, folded)
    return folded[near] if near else None


def _invalid(fault: Any, place: Places) -> Problem:
    path: Path = tuple(key for key in fault["loc"] if isinstance(key, str | int))
    words = (
        _BOOLEANS
        if fault["type"].startswith("bool")
        else tuple(_QUOTED.findall(fault.get("ctx", {}).get("expected", "")))
    )
    if words and isinstance(fault["input"], str | int | float):
        return _word(fault["input"], path, words, place)
    at = ".".join(map(str, path))
    text = "a mapping belongs here" if fault["type"].startswith("dataclass") else fault["msg"]
    return problem("no_sandbox_world", place(path), fault=f"{at}: {text}" if at else text)


def _unknown(data: Any, read: Any, place: Places, path: Path = ()) -> Iterator[Problem]:
    """Yields the members of the data that nothing was made of, at their keys."""
    if isinstance(data, dict) and isinstance(read, dict):
        for name, value in data.items():
            if name in read:
                yield from _unknown(value, read[name], place, (*path, name))
            else:
                at, near = ".".join(map(str, (*path, name))), nearest(name, read)
                fault = f"{at} is no member {'there' if path else 'of a world'}"
                known = {"fault": fault, "near": near, "members": ", ".join(sorted(read))}
                yield problem("no_sandbox_world", place((*path, name), at_key=True), **known)
    elif isinstance(data, list) and isinstance(read, list):
        for number, (value, made) in enumerate(zip(data, read, strict=False)):
            yield from _unknown(value, made, place, (*path, number))


def _beyond(world: World, place: Places) -> Iterator[Problem]:
    """Yields what no single member tells: a number of seats below none, and names and ids that stand there twice."""
    seen: set[str] = set()
    for number, customer in enumerate(world.customers):
        at: Path = ("customers", number)
        if not _COUNTRY.fullmatch(customer.country):
            yield _word(customer.country, (*at, "country"), ("two capital letters, such as US",), place)
        for name, value in (("name", customer.name), ("tenant", customer.tenant)):
            if value in seen:
                yield problem("no_sandbox_world", place((*at, name)), fault=f"{value} stands there twice")
            seen.add(value)
        for index, sold in enumerate(customer.subscriptions):
            within = (*at, "subscriptions", index)
            if sold.quantity < 0:
                fault = f"{sold.quantity} is no number of seats"
                yield problem("no_sandbox_world", place((*within, "quantity")), fault=fault)
            if sold.offer.count(":") not in {0, _COLONS}:
                fault = f"{_short_offer(sold.offer)} is no offer: of new commerce it is product:sku:availability"
                yield problem("no_sandbox_world", place((*within, "offer")), fault=fault)
            if sold.id in seen:
                yield problem("no_sandbox_world", place((*within, "id")), fault=f"{sold.id} stands there twice")
            seen.add(sold.id)


def _short_offer(offer: str) -> str:
    """Returns an offer as it is shown: a long text may be anything."""
    return offer if _SHORT_OFFER.fullmatch(offer) else "this"


_COLONS = 2
_SHORT_OFFER = re.compile(r"[\w.:-]{1,60}")
_SHORT = re.compile(r"[\w. -]{1,40}")
_COUNTRY = re.compile("[A-Z]{2}")
_QUOTED = re.compile("'([^']*)'")
_BOOLEANS = ("true", "false")
