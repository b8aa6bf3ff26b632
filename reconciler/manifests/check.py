"""Validates a document against its schema, and words what pydantic finds, with its place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.scalars import NOTHING, Wrong, described, excerpt
from reconciler.manifests.schema import Section
from reconciler.manifests.suggest import did_you_mean
from reconciler.manifests.tree import Document, Mark, Table, Unquoted
from reconciler.model.errors import Problem
from reconciler.model.withheld import description

Model = TypeVar("Model", bound=Section)
Path = Sequence[int | str]
Words = tuple[str, str]
"""A fault, and its remedy."""

_PLAIN_KEY = re.compile(r"[a-z][a-z_-]{0,39}")
_PLAIN_VALUE = re.compile(r"[-+]?\d[\dxX_.:,]{0,19}|[a-z]{1,12}")
"""A number in any spelling, or one short word."""

_KEY = "[key]"
"""Pydantic's mark for a finding about a key rather than its value."""

_NO_HINTS: Mapping[str, Words] = MappingProxyType({})


def check(
    document: Document,
    model: type[Model],
    problems: list[Problem],
    *,
    catalogue: Catalogue | None = None,
    hints: Mapping[str, Words] = _NO_HINTS,
    quoting: bool = True,
) -> Model | None:
    """The document as this model; None where it isn't one, and all that is wrong is added to `problems`.

    `hints` has the words for unknown keys that deserve better than "unknown key". Without `quoting` no value is
    repeated, since it may be a secret.
    """
    try:
        return model.model_validate(document.root, context=catalogue)
    except ValidationError as error:
        wording = _Wording(document=document, model=model, hints=hints, quoting=quoting)
        for details in error.errors(include_url=False):
            problem = wording.problem(details)
            if not (details["type"] == "extra_forbidden" and problem.where in document.told):
                problems.append(problem)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """Translates pydantic's findings about one document."""

    document: Document
    model: type[Section]
    hints: Mapping[str, Words]
    quoting: bool

    def problem(self, details: ErrorDetails) -> Problem:
        what, remedy = self._words(details)
        if not self.quoting:
            what, remedy = _unquoted(details, (what, remedy))
        return Problem(where=self.document.place(self._mark(details)), what=what, remedy=remedy)

    def _words(self, details: ErrorDetails) -> Words:
        path, value = details["loc"], details["input"]
        match details["type"]:
            case "missing":
                return self._missing(path)
            case "extra_forbidden":
                return self._unknown(path)
            case "string_type":
                return _not_text(path, value)
            case "model_type" | "dict_type":
                return _not_a_mapping(path, value)
            case "literal_error":
                return _not_a_choice(path, value, details["ctx"]["expected"])
            case "value_error" if isinstance(wrong := details["ctx"]["error"], Wrong):
                return f"{_name(path)} {wrong.what}", wrong.remedy
            case _:
                return _out_of_range(path, value, details)

    def _missing(self, path: Path) -> Words:
        *parents, key = path
        example = _written(self._keys(parents)[str(key)])
        return f"{_subject(parents)} has no {key}", f"Add {key}, such as {key}: {example}"

    def _unknown(self, path: Path) -> Words:
        *parents, key = path
        hint = self.hints.get(str(key))
        if hint is not None:
            return hint
        keys = self._keys(parents)
        remedy = did_you_mean(str(key), tuple(keys), f"Possible here: {', '.join(keys)}.")
        return f'unknown key "{excerpt(str(key))}" in {_subject(parents)}', remedy

    def _keys(self, path: Path) -> dict[str, Any]:
        """The keys that the schema knows at a path, each with an example of its value."""
        model: Any = self.model
        for step in path:
            is_section = isinstance(model, type) and issubclass(model, Section)
            model = model.model_fields[str(step)].annotation if is_section else get_args(model)[1]
        return {name: (field.examples or ["…"])[0] for name, field in model.model_fields.items()}

    def _mark(self, details: ErrorDetails) -> Mark:
        """Returns the place of the value; of an unknown or wrong key itself; of the parent of a missing key."""
        path = details["loc"]
        missing, of_key = details["type"] == "missing", path[-1:] == (_KEY,)
        if missing or of_key:
            path = path[:-1]
        at_key = missing or of_key or details["type"] == "extra_forbidden"
        mark, value = self.document.mark, self.document.root
        for depth, step in enumerate(path, start=1):
            if not isinstance(value, Table) or str(step) not in value:
                break
            mark = value.marks[str(step)][0 if at_key and depth == len(path) else 1]
            value = value[str(step)]
        return mark


def _unquoted(details: ErrorDetails, words: Words) -> Words:
    """The same words without the value or the key that they are about, unless it is short and surely no secret."""
    what, remedy = words
    of_key = details["type"] == "extra_forbidden"
    value = details["loc"][-1] if of_key else details["input"]
    if not isinstance(value, str) or (of_key and _PLAIN_KEY.fullmatch(value)) or _PLAIN_VALUE.fullmatch(value):
        return words
    quoted, size = f'"{excerpt(value)}"', description(value)
    if of_key:
        return what.replace(f" {quoted}", ""), f"{size} {remedy}"
    return what.replace(f"the text {quoted}", "another text"), f"{size} {remedy}"


def _not_text(path: Path, value: object) -> Words:
    what = f"{_name(path)} is {described(value)}"
    if not isinstance(value, Unquoted):
        return f"{what}, not text", "Write text after the colon."
    if value.kind == NOTHING:
        return what, "Write a value after the colon, or remove the key if it is optional."
    return what, f'Put it in quotes: "{excerpt(value.text)}"'


def _not_a_mapping(path: Path, value: object) -> Words:
    kind = "text" if isinstance(value, str) else described(value)
    what = f"{_subject(path)} is {kind}, not a mapping"
    return what, "Write `key: value` lines, indented under it." if path else "Write `key: value` lines."


def _not_a_choice(path: Path, value: object, expected: str) -> Words:
    choices = expected.replace("'", "")
    word = value.text if isinstance(value, Unquoted) else value if isinstance(value, str) else ""
    remedy = did_you_mean(word, tuple(choices.replace(" or ", ", ").split(", ")), f"Write {choices}.")
    return f"{_name(path)} is {described(value)}", remedy


def _out_of_range(path: Path, value: object, details: ErrorDetails) -> Words:
    context = details.get("ctx", {})
    for bound, words in (("ge", "at least"), ("le", "at most"), ("gt", "more than")):
        if bound in context:
            return f"{_name(path)} is {_plain(value)}, out of range", f"Write {words} {_plain(context[bound])}."
    return f"{_name(path)}: {details['msg']}", "Correct the value."


def _plain(number: object) -> str:
    if isinstance(number, Unquoted):
        return excerpt(number.text)
    return f"{Decimal(repr(number)).normalize():f}" if isinstance(number, float) else str(number)


def _written(example: object) -> str:
    """An example as YAML on one line."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in example.items()) + "}"
    return str(example)


def _name(path: Path) -> str:
    """Names the subject of a finding: a key, or a name that stands as a key."""
    return "the name" if path[-1:] == (_KEY,) else excerpt(str(path[-1])) if path else "the document"


def _subject(path: Path) -> str:
    """The key that a finding is beneath."""
    return excerpt(str(path[-1])) or '""' if path else "the document"
