"""Classifies libyaml's complaints: a code of the advice for each, and the place of its cause."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yaml import MarkedYAMLError

from reconciler.manifests.tree import Mark

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that a YAML file may not hold (YAML 1.1, section 5.1)."""

_OPENED = {
    "did not find expected ',' or ']'": "bracket_open",
    "did not find expected ',' or '}'": "brace_open",
    "found unexpected end of stream": "quotation_open",
}
"""Faults whose cause stands where the construct began."""

_FOUND = {
    "mapping values are not allowed in this context": "colon_misplaced",
    "did not find expected key": "indentation_uneven",
    "could not find expected ':'": "colon_missing",
    "did not find expected <document start>": "document_ended",
    "did not find expected '-' indicator": "list_ended",
    "block sequence entries are not allowed in this context": "list_misplaced",
    "found undefined alias": "alias_without_anchor",
    "did not find expected node content": "value_expected",
    "found undefined tag handle": "tag_unknown",
    "found unknown escape character": "escape_unknown",
}


_CONFLICT = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_LINE = re.compile(r"( *)(?:- +)?(?![#-])([^\r\n]*)")
_WITH_COLON = re.compile(r""":(?:[ \r\n]|$)|^["'|>{\[&*?]""")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}(?![^ :])")
"""A word that may be a key, and is shown: anything else may be a secret."""

_COLONS = frozenset(("colon_missing", "colon_misplaced", "indentation_uneven"))
"""Faults of which a colon that was left out may be the cause."""


@dataclass(frozen=True, slots=True)
class Position:
    """A position in a text, counted from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault: its code, its place (None: nowhere in particular), and the data of its sentence."""

    code: str
    mark: Mark | None
    data: Mapping[str, str] = field(default_factory=dict)

    def aligned_with(self, mark: Mark | None) -> bool:
        """Returns whether both stand in one column: a line that continues a value stands deeper."""
        return self.mark is not None and mark is not None and self.mark.column == mark.column


def conflicts(text: str) -> list[Fault]:
    """The places at which git left a merge undone: the line of <<<<<<< of a whole conflict, of two sides or of three
    with what both began with (git's conflict styles diff3 and zdiff3), else every marker that was left behind.
    """
    if not any(marker in text for marker in ("<<<<<<<", "|||||||", "=======", ">>>>>>>")):
        return []
    groups: list[list[re.Match[str]]] = []
    for match in _CONFLICT.finditer(text):
        if match[0].startswith("<") or not groups or groups[-1][-1][0].startswith(">"):
            groups.append([])
        groups[-1].append(match)
    return [fault for group in groups for fault in _of_conflict(text, group)]


_WHOLE = {"<=>": {"whole": "yes"}, "<|=>": {"whole": "yes", "base": "|||||||"}}
"""The markers of a conflict by their first signs, and what is between them."""


def _of_conflict(text: str, markers: list[re.Match[str]]) -> Iterator[Fault]:
    data = _WHOLE.get("".join(match[0][0] for match in markers))
    for match in markers[:1] if data else markers:
        position = Position(text.count("\n", 0, match.start()), 0)
        yield Fault(code="conflict_marker", mark=position, data=data or {"marker": match[0]})


def fault(error: MarkedYAMLError, text: str) -> Fault:
    """Returns a fault with the place of its cause. `not_yaml` needs libyaml's words."""
    problem, mark = error.problem or "", error.problem_mark
    if problem in _OPENED:
        return Fault(code=_OPENED[problem], mark=error.context_mark or mark)
    if problem == "found character that cannot start any token":
        tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        return Fault(code="tab_in_indentation" if tab else "sign_out_of_place", mark=mark)
    code = _FOUND.get(problem, "not_yaml")
    key = error.context_mark if code == "colon_missing" else None
    lacking = _without_colon(text.split("\n"), key, mark) if mark is not None and code in _COLONS else None
    if lacking and (code != "indentation_uneven" or lacking.aligned_with(mark)):
        return lacking
    unclear = {"unclear": "yes"} if code == "colon_missing" else {}
    return Fault(code=code, mark=mark or error.context_mark, data=unclear)


def _without_colon(lines: list[str], key: Mark | None, mark: Mark) -> Fault | None:
    """The line that lacks a colon, where libyaml complains of a later one: it takes both for one text. `key` is where
    that text begins, where libyaml says so.
    """
    began = key.line if key and key.line < mark.line else mark.line - 1
    for number in range(min(began, len(lines) - 1), -1, -1):
        line = lines[number].partition(" #")[0].rstrip()
        if not line or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None or not found[2] or _WITH_COLON.search(found[2]):
            return None
        word = _KEY.match(found[2])
        data = {"key": word[0]} if word else {"unclear": "yes"}
        return Fault(code="colon_missing", mark=Position(number, found.start(2)), data=data)
    return None
