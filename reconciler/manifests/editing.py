"""Edits of single values in a customer's file; every other byte stays as it is.

Values are replaced where libyaml found them. What was written is read back: an edit that would say anything else than
was meant, such as one of a value that two entries share, is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from yaml import MappingNode, Node, ScalarNode

from reconciler.advice import problem
from reconciler.manifests.compose import compose
from reconciler.manifests.files import Source, decode
from reconciler.manifests.parse import documents
from reconciler.manifests.tree import Unquoted, Value
from reconciler.manifests.writing import scalar_text
from reconciler.model.address import Address
from reconciler.model.encoding import MARK
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.subscription import Place

Values: TypeAlias = Mapping[str, str | int]
"""The new values of an entry, by key."""

_Plain: TypeAlias = Any
"""A value as it was read: texts, mappings, lists; what is not quoted in a tuple by itself."""


@dataclass(frozen=True, slots=True)
class _Splice:
    """Text that takes the place of what stands from one offset to another."""

    start: int
    end: int
    text: str


def edited_entries(source: Source, edits: Mapping[Address, Values]) -> bytes:
    """Returns the file's content with these entries edited: a key that is there gets another value, another key is
    added below the entry's last one. The content is the same where every value is there already.

    Raises InvalidInput for an entry that is not in the file, or can't be edited without changing anything else.
    """
    text = _text(source)
    nodes = dict(_nodes(text))
    for address in edits:
        if address not in nodes:
            raise InvalidInput(problem("entry_not_found", source.shown, address=address, file=source.shown))
    splices = [splice for address, values in edits.items() for splice in _splices(text, nodes[address], values)]
    after = text
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end), reverse=True):
        after = after[: splice.start] + splice.text + after[splice.end :]
    content = (MARK if source.content.startswith(MARK) else b"") + after.encode()
    wanted = [_with_edits(root, edits) for root in _roots(source)]
    if _roots(replace(source, content=content)) != wanted:
        line = min(nodes[address].start_mark.line for address in edits) + 1
        place = Place(file=source.shown, line=line, column=1)
        raise InvalidInput(problem("entry_not_editable", place, address=", ".join(map(str, edits))))
    return content


def _text(source: Source) -> str:
    problems: list[Problem] = []
    text = decode(source, problems)
    if text is None:
        raise InvalidInput(*problems)
    return text


def _roots(source: Source) -> list[_Plain]:
    """Every document of the file without its places; what can't be read is left out."""
    return [_plain(document.root) for document in documents(source, [])]


def _plain(value: Value) -> _Plain:
    if isinstance(value, Unquoted):
        return (value.text,)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _with_edits(root: _Plain, edits: Mapping[Address, Values]) -> _Plain:
    """A document as it is to be read afterwards."""
    if not isinstance(root, dict) or not isinstance(root.get("customer"), dict):
        return root
    entries, customer = root.get("subscriptions"), root["customer"].get("name")
    if not isinstance(entries, dict):
        return root
    of_document = {address.name: values for address, values in edits.items() if address.customer == customer}
    changed = {
        name: {
            **entries[name],
            **{key: (str(value),) if isinstance(value, int) else value for key, value in new.items()},
        }
        for name, new in of_document.items()
        if isinstance(entries.get(name), dict)
    }
    return {**root, "subscriptions": {**entries, **changed}}


def _nodes(text: str) -> Iterator[tuple[Address, Node]]:
    """Every entry's node by its address."""
    for document in compose(text):
        customer = _below(_below(document, "customer"), "name")
        subscriptions = _below(document, "subscriptions")
        if isinstance(customer, ScalarNode) and isinstance(subscriptions, MappingNode):
            for key, entry in subscriptions.value:
                yield Address(f"{customer.value}/{key.value}"), entry


def _below(node: Node | None, key: str) -> Node | None:
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for name, value in pairs if isinstance(name, ScalarNode) and name.value == key), None)


def _splices(text: str, entry: Node, values: Values) -> Iterator[_Splice]:
    added: list[str] = []
    for key, value in values.items():
        found = _below(entry, key)
        written = scalar_text(value) if isinstance(value, str) else str(value)
        if isinstance(found, ScalarNode):
            yield _Splice(found.start_mark.index, found.end_mark.index, written)
        else:
            added.append(f"{key}: {written}")
    if added and isinstance(entry, MappingNode) and entry.value:
        yield _added(text, entry, added)


def _added(text: str, entry: MappingNode, lines: list[str]) -> _Splice:
    """The lines below the last key of an entry; within the braces, where it is written with them."""
    (first, _), (_, last) = entry.value[0], entry.value[-1]
    end = last.end_mark.index
    if entry.flow_style:
        return _Splice(end, end, "".join(f", {line}" for line in lines))
    end = _end_of_line(text, end)
    break_ = _line_break(text, end)
    indent = " " * first.start_mark.column
    return _Splice(end, end, "".join(f"{break_}{indent}{line}" for line in lines))


def _end_of_line(text: str, start: int) -> int:
    """The offset of the break that ends the line, so that a comment behind a value stays behind it."""
    ends = (text.find(sign, start) for sign in "\r\n")
    return min((end for end in ends if end >= 0), default=len(text))


def _line_break(text: str, end: int) -> str:
    """The line break that the file has there, or else first."""
    at = end if end < len(text) else max(_end_of_line(text, 0), 0)
    return "\r\n" if text.startswith("\r\n", at) else "\n"
