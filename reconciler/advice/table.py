"""Loads the tables, and looks codes up in them."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import TypeAdapter

from reconciler.advice.rows import Row, Template
from reconciler.model.reason import Explanation, Origin

ORIGINS: Mapping[str, Origin | None] = {
    "upgrades": "service",
    "transitions": "service",
    "rules": "rule",
    "warnings": "caution",
    "renewals": "renewal",
    "guards": "guard",
    "apply": "apply",
    "tasks": "task",
    "topics": "topic",
    "stale": "apply",
    "limits": "limit",
    "notices": "notice",
    "items": "notice",
    "service": "api",
    "carts": "api",
    "sign_in": "sign_in",
    "network": "api",
    "state": "state",
    "locations": "state",
    "stores": "state",
    "damage": "state",
    "repair": "state",
    "documents": "document",
    "files": "usage",
    "usage": "usage",
    "manifests": "manifest",
    "prices": "manifest",
    "git": "git",
    "sandbox": "usage",
    "causes": None,
    "done": None,
}
"""The tables by file name, in the order in which a code is looked up, and the origin of their rows. Rows without one
hold what other sentences are made of, or what a command did: no reader meets their codes, so none is explained.
"""


@lru_cache(maxsize=1024)
def row_or_none(code: str) -> Row | None:
    """The row of a code; None where no table has it."""
    return next((table[code] for table in map(_table, _naming(code)) if code in table), None)


def row(code: str) -> Row:
    """The row of a code; of one that no table has, `unknown`: the service may invent codes."""
    return row_or_none(code) or _table("upgrades")["unknown"]


def sentence(code: str, /, **data: object) -> str:
    """Returns the sentence of a code for these data."""
    return row(code).sentence({name: str(value) for name, value in data.items() if value not in {None, ""}})


def all_rows() -> tuple[Row, ...]:
    """Every row, in the order of the tables."""
    return tuple(row for name in ORIGINS for code, row in _table(name).items() if code == row.code)


@cache
def explanations() -> tuple[Explanation, ...]:
    """Every code, for a reader without a case."""
    return tuple(explanation for row in all_rows() for explanation in row.explanations())


def _naming(code: str) -> Iterator[str]:
    """The tables whose text holds the code: parsing all of them would cost as much as planning a hundred customers."""
    return (name for name in ORIGINS if code in _text(name))


@cache
def _text(name: str) -> str:
    return files("reconciler.advice").joinpath(f"{name}.toml").read_text("utf-8")


@cache
def _table(name: str) -> Mapping[str, Row]:
    """The rows of one file, by each of their codes. A file is parsed when a code is first looked for in it."""
    document = tomllib.loads(_text(name))
    members = [{"code": code, "origin": ORIGINS[name], **members} for code, members in document.items()]
    rows = {row.code: row for row in TypeAdapter(tuple[Row, ...]).validate_python(members, strict=False)}
    whole = [row.model_copy(update={"steps": tuple(_expanded(row, rows))}) for row in rows.values()]
    return {code: row for row in whole for code in (row.code, *row.also)}


def _expanded(whole: Row, rows: Mapping[str, Row]) -> Iterator[Template]:
    """The row's steps, those of another row in the place of a step that uses it, and the row's mail below the step that
    says to send it.
    """
    for step in whole.steps:
        if step.use:
            yield from _expanded(rows.get(step.use) or _row_headed(step.use), rows)
        elif step.mail and whole.mail:
            yield step.model_copy(update={"text": f"{step.text}\n  {whole.mail.text}"})
        else:
            yield step


def _row_headed(code: str) -> Row:
    """The row of another table, by its head: a code may stand in the texts of several."""
    name = next(name for name in ORIGINS if f"\n[{code}]\n" in _text(name))
    return _table(name)[code]
