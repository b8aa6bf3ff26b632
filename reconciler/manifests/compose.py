"""Text to YAML nodes, by libyaml, with depth, number and expansion bounded before anything is built from them."""

from collections.abc import Iterator
from typing import Any

from yaml import CSafeLoader, MappingNode, MarkedYAMLError, Node, ScalarNode, SequenceNode

MAXIMUM_DEPTH = 32
"""The deepest nesting of a document. A manifest needs four levels."""

MAXIMUM_NODES = 200_000
"""The most keys and values of a file, aliases counted in full: twice what fits into a manifest of 1 MiB."""


class TooMuch(MarkedYAMLError):
    """A document beyond the bounds: which of them, as a code of the advice, with its data."""

    def __init__(self, code: str, at: Any, **data: object) -> None:
        super().__init__(problem=code, problem_mark=at)
        self.code = code
        self.data = data


class _Composer(CSafeLoader):
    """libyaml's own composer. It is told of every node before it descends, and leaves every scalar as it is written."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nodes = 0

    def resolve(self, _kind: type[Node], _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self._depth += 1
        self._nodes += 1
        if self._depth > MAXIMUM_DEPTH:
            raise TooMuch("nested_too_deeply", parent and parent.start_mark, most=MAXIMUM_DEPTH)
        if self._nodes > MAXIMUM_NODES:
            raise TooMuch("too_many_nodes", parent and parent.start_mark, most=f"{MAXIMUM_NODES:,}")

    def ascend_resolver(self) -> None:
        self._depth -= 1


def compose(text: str) -> Iterator[Node]:
    """The root node of every document that isn't empty. Raises yaml's errors, and TooMuch, when it gets to them."""
    composer = _Composer(text)
    aliases = "&" in text and "*" in text
    while composer.check_node() and (node := composer.get_node()) is not None:
        if aliases:
            _Expansion().measure(node)
        yield node


class _Expansion:
    """Counts what a document would be with every alias written out, without writing any out."""

    def __init__(self) -> None:
        self._sizes: dict[int, int | None] = {}

    def measure(self, node: Node) -> int:
        """The number of nodes. Aliases come after their anchors, so this never descends deeper than what is written."""
        if isinstance(node, ScalarNode):
            return 1
        if id(node) in self._sizes:
            return self._again(node)
        self._sizes[id(node)] = None
        size = 1 + sum(self.measure(child) for child in _children(node))
        if size > MAXIMUM_NODES:
            raise TooMuch("aliases_too_large", node.start_mark, most=f"{MAXIMUM_NODES:,}")
        self._sizes[id(node)] = size
        return size

    def _again(self, node: Node) -> int:
        size = self._sizes[id(node)]
        if size is None:
            raise TooMuch("alias_within_itself", node.start_mark)
        return size


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value
