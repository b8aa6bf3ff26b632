"""Words libyaml's complaints plainly, each with its remedy."""

import re

from yaml import MarkedYAMLError

from reconciler.manifests.tree import Mark

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that a YAML file may not hold (YAML 1.1, section 5.1)."""

_INDENTATION = "Indent the lines of one mapping alike, with spaces only."

_OPENED = {
    "did not find expected ',' or ']'": ("this [ is not closed, or a comma is missing after it", "Close it with ]."),
    "did not find expected ',' or '}'": ("this { is not closed, or a comma is missing after it", "Close it with }."),
    "found unexpected end of stream": ("this quotation mark is not closed", "Close the quotation."),
}
"""Faults whose cause stands where the construct began."""

_FOUND = {
    "mapping values are not allowed in this context": (
        "a colon stands where no key can: the text before it is not quoted, or the line is indented wrongly",
        f"Put text that holds a colon and a space in quotes. {_INDENTATION}",
    ),
    "did not find expected key": ("the indentation or the quotes of this line don't fit those above", _INDENTATION),
    "could not find expected ':'": ("a key without a colon", "Write `key: value`, and quote text of several lines."),
    "did not find expected <document start>": (
        "something stands after the end of the document",
        f"Begin another document with a line of ---. {_INDENTATION}",
    ),
    "did not find expected '-' indicator": ("the list ends in a line that fits nothing", _INDENTATION),
    "block sequence entries are not allowed in this context": ("a list can't begin here", _INDENTATION),
    "found undefined alias": (
        "this alias (*name) has no anchor (&name) before it in the same document",
        "Define the anchor first, in the same document; anchors don't reach across a line of ---.",
    ),
    "did not find expected node content": (
        "a value should begin here; perhaps a bracket or brace before it is not closed",
        "Close the bracket, or put text that begins with a sign in quotes.",
    ),
    "found undefined tag handle": ("tags are not used in manifests", "Remove the tag; quote the text if it has a !."),
    "found unknown escape character": (
        "unknown escape in a double-quoted text",
        r"Write \\ for a backslash, or use single quotes.",
    ),
}

_STARTERS = "Text can't begin with this sign: put it in quotes."


def explain(error: MarkedYAMLError, text: str) -> tuple[str, str, Mark | None]:
    """A fault, its remedy, and its place (None: nowhere in particular)."""
    problem, mark = error.problem or "", error.problem_mark
    if problem in _OPENED:
        what, remedy = _OPENED[problem]
        return what, remedy, error.context_mark or mark
    if problem == "found character that cannot start any token":
        tab = mark is not None and text[mark.index : mark.index + 1] == "\t"
        return ("a tab in the indentation", "Use spaces.", mark) if tab else ("a sign out of place", _STARTERS, mark)
    what, remedy = _FOUND.get(problem, (f"this is not YAML: {problem}", "Correct the line, or quote the text."))
    return what, remedy, mark or error.context_mark
