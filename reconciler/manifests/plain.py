"""Plain data as YAML that people edit: what JSON can hold, with comments above its first keys."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.advice import problem
from reconciler.manifests.files import Source
from reconciler.manifests.parse import only_document
from reconciler.manifests.scalar_text import scalar_text
from reconciler.manifests.scalars import NOTHING, YES_OR_NO
from reconciler.manifests.tree import Document, Items, Table, Unquoted, Value
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.place import Place


def plain_text(data: Mapping[str, Any], head: str, notes: Mapping[str, str]) -> str:
    """Returns the data as YAML below the comment `head`, with a comment above each key at the top that has a note.

    What is written is read back: raises InvalidInput where it would be anything else.
    """
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for key, value in data.items():
        lines += ["", *(f"# {line}".rstrip() for line in notes.get(key, "").splitlines())]
        lines += _mapping({key: value})
    text = "".join(f"{line}\n" for line in lines)
    if plain_file(text, "this file").data != data:
        raise InvalidInput(problem("yaml_not_writable"))
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFile:
    """A file of plain data, with the places of its values. `name` is the file as messages show it."""

    name: str
    data: Any
    document: Document | None

    def place(self, path: Sequence[str | int], *, at_key: bool = False) -> Place | str:
        """Returns the place of a value, or of its key, by its path; that of what it is missing in where it is not
        there; the file's name where the file is empty.
        """
        if self.document is None:
            return self.name
        value: Any = self.document.root
        mark = self.document.mark
        for number, key in enumerate(path, 1):
            if isinstance(value, Table) and key in value:
                of_key, of_value = value.marks[str(key)]
                mark = of_key if at_key and number == len(path) else of_value
            elif isinstance(value, Items) and isinstance(key, int) and key < len(value):
                mark = value.marks[key]
            else:
                break
            value = value[key]
        return self.document.place(mark)


def plain_file(text: str, where: str) -> PlainFile:
    """Returns what a file of plain data holds. Raises InvalidInput with every problem of its YAML."""
    problems: list[Problem] = []
    found = only_document([Source(relative=where, shown=where, content=text.encode())], problems)
    if problems:
        raise InvalidInput.of(problems)
    return PlainFile(name=where, data=_data(found.root) if found else {}, document=found)


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
