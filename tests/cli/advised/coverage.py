"""Every command that advice can print, and every one that a situation runs."""

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

import reconciler
from reconciler import advice
from reconciler.cli.main import program
from tests.cli.advised.situations import Covered

COMMANDS = frozenset(program.list_commands(click.Context(program)))
"""The first words of the program's commands."""

OTHERS = "test_other_codes"
"""The tests of the codes whose command is run for another code in a situation of its own."""

SOURCE = Path(reconciler.__file__).parent
_ROOMS = ("planning", "rendering", "applying", "operations", "changes", "model", "cli/actions")
"""The folders in which steps are made."""


@cache
def of_the_table() -> frozenset[Covered]:
    """Returns every step of the advice table that has a command: its code, and the command."""
    return frozenset(
        (code, " ".join(step.general().run))
        for row in advice.all_rows()
        for code in (row.code, *row.also)
        for step in row.steps
        if step.run
    )


@cache
def of_python() -> frozenset[Covered]:
    """Returns every command that Python makes: the text of its step, and the command. `*` stands for whatever is not
    written there, and for the text of a step that has none there.
    """
    files = (file for room in _ROOMS for file in sorted(SOURCE.joinpath(room).rglob("*.py")))
    return frozenset(step for file in files for step in _steps_in(ast.parse(file.read_text())))


@cache
def of_situations() -> frozenset[Covered]:
    """Returns every step that a situation of its own runs, as it declares it."""
    modules = (file.stem for file in sorted(Path(__file__).parent.glob("test_*.py")))
    return frozenset(step for name in modules if name != OTHERS for step in _declared_in(_module(name)))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"tests.cli.advised.{name}")


def _declared_in(module: ModuleType) -> Iterator[Covered]:
    for test in vars(module).values():
        for mark in getattr(test, "pytestmark", ()):
            yield from _of_marks(_with_those_of_its_cases(mark))


def _with_those_of_its_cases(mark: pytest.Mark) -> Iterator[Any]:
    yield mark
    for case in mark.args[1] if mark.name == "parametrize" else ():
        yield from getattr(case, "marks", ())


def _of_marks(marks: Iterable[Any]) -> Iterator[Covered]:
    for mark in marks:
        found = getattr(mark, "mark", mark)
        if found.name == "advised":
            yield from ((found.args[0], run) for run in found.args[1:])


def _steps_in(tree: ast.AST) -> Iterator[Covered]:
    texts = {id(run): text for run, text in _made_in(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and _head(node.elts) in COMMANDS and isinstance(node.ctx, ast.Load):
            run = _template(node.elts)
            if id(node) in texts or not COMMANDS.issuperset(run.split()):
                yield texts.get(id(node)) or "*", run
        elif isinstance(node, ast.Call) and _name(node) in {"again", "command"} and _head(node.args) in COMMANDS:
            yield "*", _template(node.args)


def _made_in(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yields the command and the text of each step that is made by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) == "Step":
            given = dict(zip(("text", "run"), node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            if run := given.get("run"):
                yield run, _text(given["text"]) if "text" in given else ""


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _head(items: list[ast.expr]) -> object:
    return items[0].value if items and isinstance(items[0], ast.Constant) else None


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return "*"


def _template(items: list[ast.expr]) -> str:
    return " ".join(_text(item) for item in items)


def means(declared: Covered, made: Covered) -> bool:
    """Returns whether a situation is of a step that Python makes: a word in upper case is any, and so is `*`."""
    return _fits(declared[0], made[0]) and _fits(declared[1].removesuffix(" OPTIONS"), made[1])


def _fits(declared: str, made: str) -> bool:
    pattern = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", made))
    return re.fullmatch(pattern.replace(r"\ .*", r"(?:\ .*)?"), declared) is not None
