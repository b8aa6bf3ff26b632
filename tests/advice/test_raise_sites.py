"""Each place that raises a problem by its code gives all that the code's sentence names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import reconciler
from reconciler.advice import row_or_none
from reconciler.advice.table import placeholders

PACKAGE = Path(reconciler.__file__).parent


def sites() -> Iterator[tuple[str, str, set[str]]]:
    """Every call of `problem` with a literal code and named data: its place, the code, the names."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            names = {keyword.arg for keyword in node.keywords}
            if called == "problem" and None not in names:
                yield (
                    f"{path.relative_to(PACKAGE)}:{node.lineno}",
                    str(node.args[0].value),
                    {name for name in names if name},
                )


def test_each_place_gives_what_the_sentence_of_its_code_names() -> None:
    lacking = []
    for place, code, given in sites():
        row = row_or_none(code)
        if row is None:
            lacking.append(f"{place}: no table has {code}")
        elif not row.sentences and (missing := {*placeholders(row.description)} - given):
            lacking.append(f"{place}: {code} also needs {sorted(missing)}")
    assert lacking == []
    assert sum(1 for _ in sites()) > 50
