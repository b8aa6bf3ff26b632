"""Classifies libyaml's complaints: a code of the advice for each."""

import re

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


def fault(error: MarkedYAMLError, text: str) -> tuple[str, Mark | None]:
    """Returns the code of a fault, and its place (None: nowhere in particular). `not_yaml` needs libyaml's words."""
    problem, mark = error.problem or "", error.problem_mark
    if problem in _OPENED:
        return _OPENED[problem], error.context_mark or mark
    if problem == "found character that cannot start any token":
        tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        return "tab_in_indentation" if tab else "sign_out_of_place", mark
    return _FOUND.get(problem, "not_yaml"), mark or error.context_mark
