"""Plain data as YAML that people edit: what JSON can hold, with comments above its first keys."""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.advice import problem
from reconciler.manifests.files import Source
from reconciler.manifests.parse import only_document
from reconciler.manifests.scalars import NOTHING, YES_OR_NO
from reconciler.manifests.tree import Unquoted, Value
from reconciler.manifests.writing import scalar_text
from reconciler.model.errors import InvalidInput, Problem


def plain_text(data: Mapping[str, Any], head: str, notes: Mapping[str, str]) -> str:
    """Returns the data as YAML below the comment `head`, with a comment above each key at the top that has a note.

    What is written is read back: raises InvalidInput where it would be anything else.
    """
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for key, value in data.items():
        lines += ["", *(f"# {line}".rstrip() for line in notes.get(key, "").splitlines())]
        lines += _mapping({key: value})
    text = "".join(f"{line}\n" for line in lines)
    if plain_data(text, "this file") != data:
        raise InvalidInput(problem("yaml_not_writable"))
    return text


def plain_data(text: str, where: str) -> Any:
    """Returns what a file of plain data holds. Raises InvalidInput with every problem of its YAML."""
    problems: list[Problem] = []
    found = only_document([Source(relative=where, shown=where, content=text.encode())], problems)
    if problems:
        raise InvalidInput.of(problems)
    return _data(found.root) if found else {}


def _mapping(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        name = scalar_text(key)
        if isinstance(value, dict) and value:
            yield f"{name}:"
            yield from (f"  {line}" for line in _mapping(value))
        elif isinstance(value, list) and value:
            yield f"{name}:"
            yield from (f"  {line}" for line in _list(value))
        else:
            yield f"{name}: {_scalar(value)}"


def _list(data: list[Any]) -> Iterator[str]:
    for value in data:
        nested = _mapping(value) if isinstance(value, dict) else _list(value) if isinstance(value, list) else ()
        lines = tuple(nested)
        if not lines:
            yield f"- {_scalar(value)}"
        else:
            yield f"- {lines[0]}"
            yield from (f"  {line}" for line in lines[1:])


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return scalar_text(value)
        case _:
            return "{}" if isinstance(value, dict) else "[]"


def _data(value: Value) -> Any:
    if isinstance(value, dict):
        return {key: _data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_data(item) for item in value]
    return _unquoted(value) if isinstance(value, Unquoted) else value


def _unquoted(value: Unquoted) -> Any:
    """An unquoted value as JSON has it; what JSON has no such value for is text."""
    if value.kind == NOTHING:
        return None
    if value.kind == YES_OR_NO:
        return {"true": True, "false": False}.get(value.text, value.text)
    for number in (int, float):
        try:
            return number(value.text)
        except ValueError:
            continue
    return value.text
