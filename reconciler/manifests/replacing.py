"""Gives the keys of an entry other values in a YAML text, where they stand; comments stay."""

import re
from collections.abc import Iterator, Mapping

from yaml import MappingNode, Node, ScalarNode

from reconciler.manifests.aliases import alias_span, behind_anchor
from reconciler.manifests.inserting import Addition, added
from reconciler.manifests.removing import removed
from reconciler.manifests.scalar_text import scalar_text
from reconciler.manifests.splices import Splice, end_of, pair
from reconciler.model.term import FewerSeats, SeatPermission

_HEAD_WITH_COMMENT = re.compile(r"[|>][-+1-9]*([ \t]+#[^\r\n]*)")
_MERGE = "<<"


def replaced(text: str, name: Node, entry: Node, values: Mapping[str, str | int | SeatPermission]) -> Iterator[Splice]:
    """Gives the entry behind a name these values. A key that is not there is added behind the entry's last one."""
    if alias := alias_span(text, name, entry):
        inside = ", ".join(f"{key}: {_written(value)}" for key, value in values.items())
        yield Splice(*alias, f"{{<<: {text[slice(*alias)]}, {inside}}}")
        return
    if not isinstance(entry, MappingNode):
        return
    new: dict[str, str] = {}
    for key, value in values.items():
        found = pair(entry, key)
        if found is None:
            new[key] = _written(value)
        elif isinstance(value, SeatPermission) and (own := _own_mapping(text, *found)):
            yield from _with_pairs(text, entry, (found[0], own), _pairs_of(value))
        else:
            yield _with_value(text, *found, _written(value))
    if new and entry.value:
        yield from added(text, entry, _additions(new))


def _written(value: str | int | SeatPermission) -> str:
    return scalar_text(value) if isinstance(value, str) else str(value)


def _additions(pairs: Mapping[str, str]) -> list[Addition]:
    written = (f"{key}: {value}" for key, value in pairs.items())
    return [Addition(lines=(line,), braces=line) for line in written]


def _pairs_of(permission: SeatPermission) -> dict[str, str]:
    when = {} if permission.when is FewerSeats.NOW else {"when": str(permission.when)}
    until = {"until": str(permission.until)} if permission.until else {}
    return {"to": str(permission.to), **when, **until}


def _own_mapping(text: str, key: Node, value: Node) -> MappingNode | None:
    """Returns a value that is a mapping of its own, without a merge: its pairs can be edited."""
    if not isinstance(value, MappingNode) or alias_span(text, key, value) or pair(value, _MERGE):
        return None
    return value if value.value else None


def _with_pairs(
    text: str, entry: MappingNode, found: tuple[ScalarNode, MappingNode], wanted: Mapping[str, str]
) -> Iterator[Splice]:
    """Gives a mapping these pairs: those that it has get other values, others come behind the last of these or go."""
    key, mapping = found
    there = {name.value: (name, value) for name, value in mapping.value}
    for name, written in wanted.items():
        if name in there:
            yield _with_value(text, *there[name], written)
    kept = [there[name] for name in there if name in wanted]
    if new := {name: written for name, written in wanted.items() if name not in there}:
        yield from added(text, mapping, _additions(new), behind=kept[-1])
    if gone := {*there} - {*wanted}:
        yield from removed(text, entry, key, mapping, gone)


def _with_value(text: str, key: Node, value: Node, written: str) -> Splice:
    """Another value of a key: in place of its alias, or behind its anchor, and lines of a block behind the colon."""
    if alias := alias_span(text, key, value):
        return Splice(*alias, written)
    start, end = behind_anchor(text, value), end_of(text, key, value)
    if isinstance(value, ScalarNode):
        of_block = _HEAD_WITH_COMMENT.match(text, start) if value.style in {"|", ">"} else None
        written += of_block[1] if of_block else ""
    elif isinstance(value, MappingNode) and not value.flow_style and text[key.end_mark.index : start].strip() == ":":
        return Splice(text.index(":", key.end_mark.index) + 1, end, f" {written}")
    return Splice(start, start + len(text[start:end].rstrip("\r\n")), written)
