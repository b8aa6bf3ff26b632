"""One file's text to documents: tables with places, and every problem that YAML by itself can have."""

import re
from collections.abc import Iterable
from typing import Any

from yaml import MappingNode, MarkedYAMLError, Node, ScalarNode
from yaml.reader import ReaderError

from reconciler.advice import problem
from reconciler.manifests.compose import TooMuch, compose
from reconciler.manifests.faults import FORBIDDEN, conflicts, fault
from reconciler.manifests.files import Source, decode
from reconciler.manifests.scalars import NOTHING, described, excerpt, quoted, scalar
from reconciler.manifests.tree import Document, Items, Mark, Table, Unquoted, Value
from reconciler.model.errors import Problem
from reconciler.model.place import Place

_TAG_DIRECTIVE = re.compile(r"^%TAG", re.MULTILINE)
_MERGE = "<<"
_STANDARD_TAG = "tag:yaml.org,2002:"


def documents(source: Source, problems: list[Problem]) -> list[Document]:
    """The documents of a file that aren't empty; what is wrong with the file is added to `problems`.

    A file that stops being YAML somewhere gives the documents before that place.
    """
    text = decode(source, problems)
    return [] if text is None else _parse(source.shown, text, problems)


def _parse(file: str, text: str, problems: list[Problem]) -> list[Document]:
    found: list[Document] = []
    directive = _TAG_DIRECTIVE.search(text)
    if directive:
        problems.append(_at(file, text, directive.start(), "tags_used"))
        return found
    if left := conflicts(text):
        problems += (_marked(file, marker.mark, marker.code, **marker.data) for marker in left)
        return found
    try:
        for node in compose(text):
            document = _Builder(file, problems).document(node)
            if document.root != Unquoted("", NOTHING):
                found.append(document)
    except TooMuch as error:
        problems.append(_marked(file, error.problem_mark, error.code, **error.data))
    except MarkedYAMLError as error:
        complaint = fault(error, text)
        problems.append(_marked(file, complaint.mark, complaint.code, problem=error.problem, **complaint.data))
    except ReaderError:
        problems.append(_forbidden(file, text))
    return found


def only_document(sources: Iterable[Source], problems: list[Problem]) -> Document | None:
    """The one document of the one file there may be; None where there is none. More than one is a problem."""
    found = [document for file in sources for document in documents(file, problems)]
    for another in found[1:]:
        first = found[0].place(found[0].mark)
        problems.append(problem("second_document", another.place(another.mark), first=first))
    return found[0] if found else None


class _Builder:
    """Turns the nodes of one document into tables. A node that aliases share becomes one shared value."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._file = file
        self._problems = problems
        self._built: dict[int, Value] = {}
        self._reported: set[Place] = set()

    def document(self, node: Node) -> Document:
        return Document(file=self._file, root=self._value(node), mark=node.start_mark, reported=self._reported)

    def _value(self, node: Node) -> Value:
        if node.tag:
            tag = excerpt(node.tag.replace(_STANDARD_TAG, "!!"))
            self._problem(node.start_mark, "tag_used", tag=tag)
        if isinstance(node, ScalarNode):
            return node.value if node.style else scalar(node.value)
        built = self._built.get(id(node))
        if built is None:
            built = self._table(node) if isinstance(node, MappingNode) else self._items(node)
            self._built[id(node)] = built
        return built

    def _table(self, node: MappingNode) -> Table:
        table = Table(node.start_mark)
        merged: list[Table] = []
        for key_node, value_node in node.value:
            if _is_merge(key_node):
                if merged:
                    self._problem(key_node.start_mark, "merged_twice")
                merged += self._merged(value_node)
            else:
                self._put(table, key_node, value_node)
        for other in merged:
            table.inherit(other)
        return table

    def _items(self, node: Node) -> Items:
        return Items(map(self._value, node.value), (item.start_mark for item in node.value))

    def _put(self, table: Table, key_node: Node, value_node: Node) -> None:
        key, value = self._key(key_node), self._value(value_node)
        if key is None:
            return
        first = table.marks.get(key)
        if first is None:
            table.put(key, value, (key_node.start_mark, value_node.start_mark))
            return
        self._problem(key_node.start_mark, "key_repeated", key=quoted(key), first=self._place(first[0]))

    def _key(self, node: Node) -> str | None:
        key = self._value(node)
        if isinstance(key, str):
            return key
        if isinstance(key, Unquoted):
            written = {"quoted": f'"{key.text}"'} if key.text else {"empty": "yes"}
            self._problem(node.start_mark, "key_unquoted", value=described(key), **written)
            self._reported.add(self._place(node.start_mark))
            return key.text or None
        self._problem(node.start_mark, "key_not_text", value=described(key))
        return None

    def _merged(self, node: Node) -> list[Table]:
        value = self._value(node)
        tables = value if isinstance(value, list) else [value]
        found = [table for table in tables if isinstance(table, Table)]
        if len(found) < len(tables):
            self._problem(node.start_mark, "merged_no_mapping")
        return found

    def _place(self, mark: Mark) -> Place:
        return Place(file=self._file, line=mark.line + 1, column=mark.column + 1)

    def _problem(self, mark: Mark, code: str, **data: object) -> None:
        self._problems.append(problem(code, self._place(mark), **data))


def _is_merge(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == _MERGE and not node.style


def _marked(file: str, mark: Any, code: str, **data: object) -> Problem:
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return problem(code, Place(file=file, line=line, column=column), **data)


def _forbidden(file: str, text: str) -> Problem:
    found = FORBIDDEN.search(text)
    offset, sign = (found.start(), f"U+{ord(found[0]):04X}") if found else (0, "a sign")
    return _at(file, text, offset, "control_character", sign=sign)


def _at(file: str, text: str, offset: int, code: str, **data: object) -> Problem:
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    return problem(code, Place(file=file, line=line, column=column), **data)
