"""Each place that raises a problem by its code gives all that the code's sentence names."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import reconciler
from reconciler.advice import row_or_none
from reconciler.advice.rows import placeholders
from reconciler.model import errors as model_errors

PACKAGE = Path(reconciler.__file__).parent


@cache
def nodes() -> dict[str, list[ast.AST]]:
    """Returns every node of every file of the package."""
    files = ((path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8")) for path in PACKAGE.rglob("*.py"))
    return {name: list(ast.walk(ast.parse(text))) for name, text in files}


def sites() -> Iterator[tuple[str, str, set[str]]]:
    """Every call of `problem` with a literal code and named data: its place, the code, the names."""
    for file, found in nodes().items():
        for node in found:
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            names = {keyword.arg for keyword in node.keywords}
            if called == "problem" and None not in names:
                yield (
                    f"{file}:{node.lineno}",
                    str(node.args[0].value),
                    {name for name in names if name},
                )


def test_each_place_gives_what_the_sentence_of_its_code_names() -> None:
    lacking = []
    found = list(sites())
    for place, code, given in found:
        row = row_or_none(code)
        if row is None:
            lacking.append(f"{place}: no table has {code}")
        elif not row.sentences and (missing := {*placeholders(row.description)} - given):
            lacking.append(f"{place}: {code} also needs {sorted(missing)}")
    assert lacking == []
    assert len(found) > 50


def prose_sites() -> Iterator[str]:
    """Every place that makes a `Problem` itself, and every error of ours that is made with a sentence."""
    errors = {name for name, kind in vars(model_errors).items() if isinstance(kind, type)}
    for file, found in nodes().items():
        calls = [node for node in found if isinstance(node, ast.Call)]
        made = [call for call in calls if getattr(call.func, "id", "") == "Problem"]
        raised = [node.exc for node in found if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
        ours = [
            call for call in raised if getattr(call.func, "id", "") in errors and any(map(is_sentence, texts(call)))
        ]
        yield from (f"{file}:{call.lineno}" for call in (*made, *ours))


def texts(call: ast.Call) -> Iterator[str]:
    return (
        str(node.value) for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def is_sentence(text: str) -> bool:
    return len(text.split()) > 3 and text.rstrip().endswith((".", "?", "!", ":"))


def test_no_place_writes_a_sentence_of_its_own() -> None:
    """`advice.problem` makes every problem; the service's own answers are told by one function."""
    places = list(prose_sites())
    assert {place.partition(":")[0] for place in places} == {"advice/problems.py", "partner_center/failures.py"}
    assert len(places) == len(["the table", "the service's answers"])
