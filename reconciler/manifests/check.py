"""Validates a document against its schema, and words what pydantic finds, with its place."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reconciler.advice import problem
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.fields import ONCE, WORD, Section
from reconciler.manifests.scalars import NOTHING, YES_OR_NO, Wrong, described, excerpt, quoted
from reconciler.manifests.suggest import nearness
from reconciler.manifests.tree import Document, Items, Mark, Table, Unquoted
from reconciler.model.errors import Problem
from reconciler.model.withheld import description

Model = TypeVar("Model", bound=Section)
Path = Sequence[int | str]

_PLAIN_KEY = re.compile(r"[a-z][a-z_-]{0,39}")
_PLAIN_VALUE = re.compile(r"[-+]?\d[\dxX_.:,]{0,19}|[a-z]{1,12}")
"""A number in any spelling, or one short word."""

_KEY = "[key]"
"""Pydantic's mark for a finding about a key rather than its value."""

Hint = Callable[[object], Wrong]
"""Words an unknown key, by its value."""

_NO_HINTS: Mapping[str, Hint] = MappingProxyType({})


def check(
    document: Document,
    model: type[Model],
    problems: list[Problem],
    *,
    catalogue: Catalogue | None = None,
    hints: Mapping[str, Hint] = _NO_HINTS,
    quoting: bool = True,
) -> Model | None:
    """The document as this model; None where it isn't one, and all that is wrong is added to `problems`.

    `hints` has what to say of unknown keys that deserve better than `key_unknown`: by the key, or by the key above it
    and the key, `defaults.term`, which counts first. Without `quoting` no value is
    repeated, since it may be a secret.
    """
    try:
        return model.model_validate(document.root, context=catalogue)
    except ValidationError as error:
        wording = _Wording(document=document, model=model, hints=hints, quoting=quoting)
        for details in error.errors(include_url=False):
            found = wording.problem(details)
            if not (details["type"] == "extra_forbidden" and found.where in document.reported):
                problems.append(found)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wording:
    """Translates pydantic's findings about one document."""

    document: Document
    model: type[Section]
    hints: Mapping[str, Hint]
    quoting: bool

    def problem(self, details: ErrorDetails) -> Problem:
        details = {**details, "loc": tuple(step for step in details["loc"] if step not in {WORD, ONCE})}
        wrong, where = self._wrong(details), self.document.place(self._mark(details))
        if self.quoting or not _may_be_secret(details):
            return problem(wrong.code, where, **wrong.data)
        hidden = details["loc"][-1] if details["type"] == "extra_forbidden" else details["input"]
        data = {name: _HIDDEN.get(name) if value in _spellings(hidden) else value for name, value in wrong.data.items()}
        shown = problem(wrong.code, where, **data)
        return replace(shown, remedy=f"{description(str(hidden))} {shown.remedy}", steps=())

    def _wrong(self, details: ErrorDetails) -> Wrong:
        path, value = details["loc"], details["input"]
        match details["type"]:
            case "missing":
                return self._missing(path)
            case "extra_forbidden":
                return self._unknown(path, value)
            case "string_type":
                return _not_text(path, value)
            case "model_type" | "dict_type":
                return _not_a_mapping(path, value)
            case "list_type":
                return Wrong("value_not_a_list", name=_name(path), value=described(value))
            case "literal_error":
                return _not_a_choice(path, value, details["ctx"]["expected"])
            case "value_error" if isinstance(wrong := details["ctx"]["error"], Wrong):
                return Wrong(wrong.code, name=_name(path), subject=_subject(path[:-1]), **wrong.data)
            case _:
                return _out_of_range(path, value, details)

    def _missing(self, path: Path) -> Wrong:
        *parents, key = path
        example = _written(self._keys(parents)[str(key)])
        return Wrong("key_missing", subject=_subject(parents), key=key, example=example)

    def _unknown(self, path: Path, value: object) -> Wrong:
        *parents, key = path
        hint = self.hints.get(".".join(map(str, path[-2:]))) or self.hints.get(str(key))
        if hint is not None:
            return hint(value)
        keys = tuple(self._keys(parents))
        near = nearness(str(key), keys)
        return Wrong("key_unknown", key=quoted(str(key)), subject=_subject(parents), possible=", ".join(keys), **near)

    def _keys(self, path: Path) -> dict[str, Any]:
        """The keys that the schema knows at a path, each with an example of its value."""
        model: Any = self.model
        for step in path:
            section = _section(model)
            model = section.model_fields[str(step)].annotation if section else get_args(model)[1]
        model = _section(model)
        return {name: (field.examples or ["…"])[0] for name, field in model.model_fields.items()}

    def _mark(self, details: ErrorDetails) -> Mark:
        """Returns the place of the value; of an unknown or wrong key itself; of the parent of a key that is absent."""
        path = details["loc"]
        missing, of_key = details["type"] == "missing", path[-1:] == (_KEY,)
        if missing or of_key:
            path = path[:-1]
        at_key = missing or of_key or details["type"] == "extra_forbidden"
        mark, value = self.document.mark, self.document.root
        parent = mark
        for depth, step in enumerate(path, start=1):
            if isinstance(value, Items) and isinstance(step, int) and step < len(value):
                mark, value = value.marks[step], value[step]
                continue
            if not isinstance(value, Table):
                break
            if str(step) not in value:
                return parent
            parent = value.marks[str(step)][0]
            mark = parent if at_key and depth == len(path) else value.marks[str(step)][1]
            value = value[str(step)]
        return mark


def _section(model: Any) -> type[Section] | None:
    """The section that a type is, or of which one of its alternatives is."""
    if isinstance(model, type) and issubclass(model, Section):
        return model
    alternatives = get_args(model) if get_origin(model) in {Annotated, Union, UnionType} else ()
    return next(filter(None, map(_section, alternatives)), None)


def _may_be_secret(details: ErrorDetails) -> bool:
    """Returns whether a finding is about a key or a text that may be a secret: one that is not short and plain."""
    of_key = details["type"] == "extra_forbidden"
    value = details["loc"][-1] if of_key else details["input"]
    plain = isinstance(value, str) and (_PLAIN_VALUE.fullmatch(value) or (of_key and _PLAIN_KEY.fullmatch(value)))
    return isinstance(value, str) and not plain


_HIDDEN = {"value": "another text"}
"""Stands for a text that is not shown. A key that is not shown is left out."""


def _spellings(value: object) -> tuple[str, ...]:
    """The ways in which the data of a finding repeat a text."""
    return quoted(str(value)), described(value)


def _not_text(path: Path, value: object) -> Wrong:
    if not isinstance(value, Unquoted):
        return Wrong("value_not_text", name=_name(path), value=described(value))
    if value.kind == NOTHING:
        return Wrong("value_empty", name=_name(path), value=described(value))
    return Wrong("value_unquoted", name=_name(path), value=described(value), quoted=quoted(value.text))


def _not_a_mapping(path: Path, value: object) -> Wrong:
    kind = "text" if isinstance(value, str) else described(value)
    advice = "moves" if tuple(path) == ("moved",) else "below" if path else "top"
    return Wrong("value_not_a_mapping", subject=_subject(path), value=kind, **{advice: "yes"})


def _not_a_choice(path: Path, value: object, expected: str) -> Wrong:
    choices = expected.replace("'", "")
    word = value.text if isinstance(value, Unquoted) else value if isinstance(value, str) else ""
    likely = tuple(choices.replace(" or ", ", ").split(", "))
    yes_or_no = isinstance(value, Unquoted) and value.kind == YES_OR_NO
    near = {"far": "yes"} if yes_or_no else nearness(word, likely)
    return Wrong("value_not_a_choice", name=_name(path), value=described(value), choices=choices, **near)


def _out_of_range(path: Path, value: object, details: ErrorDetails) -> Wrong:
    context = details.get("ctx", {})
    for bound, words in (("ge", "at least"), ("le", "at most"), ("gt", "more than")):
        if bound in context:
            limit = f"{words} {_plain(context[bound])}"
            return Wrong("value_out_of_range", name=_name(path), value=_plain(value), bound=limit)
    return Wrong("value_unfit", name=_name(path), problem=details["msg"])


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
    if not path:
        return "the document"
    last = path[-1]
    if isinstance(last, int):
        return f"item {last + 1} of {excerpt(str(path[-2]))}"
    return "the name" if last == _KEY else excerpt(last)


def _subject(path: Path) -> str:
    """The key that a finding is beneath."""
    return excerpt(str(path[-1])) or '""' if path else "the document"
