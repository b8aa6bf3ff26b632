"""Messages stand in the table of advice: no other file holds a finished sentence that a reader may see."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import reconciler
from reconciler.advice import row_or_none
from reconciler.advice.rows import placeholders

PACKAGE = Path(reconciler.__file__).parent

WORD_THEIR_OWN = {
    "rendering": "reports word what a value says; a remedy they take from the table",
    "cli": "it asks, and says what a command has done",
    "sandbox": "it speaks Microsoft's words",
}
"""The rooms whose files may finish a sentence, though not in an error."""

EXCEPTIONS = {
    "model/withheld.py": "how every message speaks of a value that may be a secret; the model knows no table",
}

BEFORE_THE_TABLE = {
    "cli/commands/",
    "cli/duration.py",
    "cli/lazy.py",
    "cli/logs.py",
    "cli/options.py",
    "cli/parameters.py",
}
"""The refusals of the parser, which loads no table: `--help` and completion need none."""

DOCUMENTED = {"Field", "option", "_limit", "Words", "create_model"}
"""The calls that document a field, an option or a kind for a schema or for help: their texts are no messages."""

LOGGED = {"debug", "info", "warning", "error"}
"""The calls that write to the log, in which nothing is advised."""


def files() -> Iterator[tuple[str, ast.Module]]:
    """Yields every file of the package but the table's, by its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith("advice/"):
            yield name, ast.parse(path.read_text("utf-8"))


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yields the texts below a node with their lines, `{}` for each value; no docstring, and nothing documented."""
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        yield node.lineno, "".join(map(str, parts))
        children: Iterable[ast.AST] = (part for part in node.values if isinstance(part, ast.FormattedValue))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
        children = ()
    else:
        children = () if is_docstring(node) or called(node) in DOCUMENTED | LOGGED else ast.iter_child_nodes(node)
    for child in children:
        yield from texts(child)


def is_finished(text: str) -> bool:
    """Returns True for a sentence of more than four words: from a capital or a value to a full stop, or the like."""
    whole = text.strip()
    return len(whole.split()) > 4 and bool(re.match(r"[A-Z{]", whole)) and whole.endswith((".", "?", "!", ":"))


def finished(node: ast.AST) -> Iterator[tuple[int, str]]:
    return ((line, text) for line, text in texts(node) if is_finished(text))


def test_no_room_finishes_a_sentence() -> None:
    found = {
        f"{name}:{line} {text}"
        for name, tree in files()
        if name.partition("/")[0] not in WORD_THEIR_OWN and name not in EXCEPTIONS
        for node in ast.iter_child_nodes(tree)
        for line, text in finished(node)
    }
    assert found == set()


def test_no_error_is_raised_with_a_finished_sentence() -> None:
    found = {
        f"{name}:{line} {text}"
        for name, tree in files()
        if not name.startswith((*BEFORE_THE_TABLE, "sandbox/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        for line, text in finished(node)
    }
    assert found == set()


def test_each_exception_is_needed() -> None:
    finishing = {name for name, tree in files() if any(any(finished(node)) for node in ast.iter_child_nodes(tree))}
    assert set(EXCEPTIONS) <= finishing
    assert set(WORD_THEIR_OWN) <= {name.partition("/")[0] for name in finishing}


MADE_OF_CODES = {
    **{f"partner_center/auth/{name}.py": {"Unfit"} for name in ("certificate", "key_files", "secret_files")},
    "manifests/drafting.py": {"sentence", "_Cause"},
}
"""The calls that make a sentence of a code, where they are others."""


def sentence_sites() -> Iterator[tuple[str, str, set[str | None]]]:
    """Yields every call for a sentence by a literal code: its place, the code, the names of its data."""
    for name, tree in files():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in MADE_OF_CODES.get(name, {"sentence"}) and node.args:
                code = node.args[0]
                codes = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
                for option in codes:
                    if isinstance(option, ast.Constant):
                        yield f"{name}:{node.lineno}", str(option.value), {keyword.arg for keyword in node.keywords}


def test_each_sentence_is_in_the_table_and_gets_what_it_names() -> None:
    found = list(sentence_sites())
    lacking = []
    for place, code, given in found:
        row = row_or_none(code)
        if row is None:
            lacking.append(f"{place}: no table has {code}")
        elif not row.sentences and None not in given and (missing := {*placeholders(row.description)} - given):
            lacking.append(f"{place}: {code} also needs {sorted(missing)}")
    assert lacking == []
    assert len(found) > 100


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise Unfit("It is a file without a key.")', ["It is a file without a key."]),
        ('x = f"{name} has not been read yet."', ["{} has not been read yet."]),
        ('x = Field(description="The length of the commitment in months.")', []),
        ('"The length of the commitment in months."', []),
        ('raise Unfit("file_without_key", held=names)', []),
    ],
)
def test_a_sentence_is_found_wherever_it_stands(source: str, found: list[str]) -> None:
    assert [text for _, text in finished(ast.parse(source))] == found
