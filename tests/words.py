"""Finds words that the project does not use: building metaphors, questions as docstrings, names that say nothing.

`python -m tests.words` prints each place; with paths, each place in these files and folders.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

METAPHOR, QUESTION, VARIABLE, FUNCTION, README = "metaphor", "question", "variable", "function", "readme"
PHRASE = "phrase"

_METAPHORS = ("halls?", "doors?", "shelf", "shelves", "vessels?", "hands")
_METAPHOR = re.compile(
    rf"(?i:(?<![a-z])({'|'.join(_METAPHORS)})(?![a-z]))|(?<=[a-z])(Hall|Door|Shelf|Vessel)s?(?![a-z])"
)
_ROOTS = ("hall", "door", "shel", "vessel", "hands")
"""Words without any of these parts are no metaphors: nearly every line is seen to be harmless at once."""
_PHRASE = re.compile(r"\b(not begun|what is remembered|nobody can be at work)\b", re.IGNORECASE)
"""What to write instead: not started, state, the lease has expired."""
_QUESTION = re.compile(r"(What|How|Whether|Who|Whom|Whose|Why|Where|When|Which)\b")
_FUNCTION = {"told", "said", "asked", "found"}
_TEXTS = {".py", ".md", ".toml", ".jinja", ".js"}
_EXEMPT = {"tests/words.py", "tests/test_words.py"}


class Place(NamedTuple):
    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.kind}: {self.text}"


def places(root: Path = ROOT) -> list[Place]:
    """Returns every place of a banned word in the package, the tests, the guides and the README."""
    folders = [root / "README.md", *sorted((root / "reconciler").rglob("*")), *sorted((root / "tests").rglob("*"))]
    files = [path for path in folders if path.suffix in _TEXTS]
    names = {path: path.relative_to(root).as_posix() for path in files}
    return [
        place
        for path in files
        if names[path] not in _EXEMPT
        for place in places_in(path.read_text("utf-8"), names[path])
    ]


def places_in(source: str, file: str) -> list[Place]:
    found = [
        Place(file, number, METAPHOR, line.strip())
        for number, line in enumerate(source.splitlines(), 1)
        if any(root in line.lower() for root in _ROOTS)
        for _ in _METAPHOR.finditer(line)
    ]
    if file.startswith(("reconciler/", "README")):
        found += (
            Place(file, number, PHRASE, line.strip())
            for number, line in enumerate(source.splitlines(), 1)
            if _PHRASE.search(line)
        )
    if file.endswith(".py"):
        tree = ast.parse(source)
        found += (
            Place(file, line, kind, text) for line, kind, text in _in_code(tree, is_test=file.startswith("tests/"))
        )
    elif file.endswith(".toml") and file.startswith("reconciler/"):
        lines = enumerate(source.splitlines(), 1)
        found += (Place(file, number, README, line) for number, line in lines if "README" in line and line[:1] != "#")
    return sorted(found)


def _in_code(tree: ast.Module, *, is_test: bool) -> Iterator[tuple[int, str, str]]:
    nodes = list(ast.walk(tree))
    docstrings = {id(text): text for node in nodes for text in _docstrings(node)}
    for text in docstrings.values():
        first = str(text.value).strip().split("\n")[0]
        if _QUESTION.match(first):
            yield text.lineno, QUESTION, first
    for node in nodes:
        match node:
            case ast.Name(id="one", ctx=ast.Store()) | ast.arg(arg="one"):
                yield node.lineno, VARIABLE, "one"
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("test_"):
                if _FUNCTION & set(name.replace("not_found", "").split("_")):
                    yield node.lineno, FUNCTION, name
            case ast.Constant(value=str(value)) if not is_test and "README" in value and id(node) not in docstrings:
                yield node.lineno, README, value


def _docstrings(node: ast.AST) -> Iterator[ast.Constant]:
    """Yields the strings that stand alone in a body: of modules, classes and functions, and below attributes."""
    for statement in getattr(node, "body", ()) if isinstance(node, ast.Module | ast.ClassDef) else _first(node):
        match statement:
            case ast.Expr(value=ast.Constant(value=str()) as text):
                yield text


def _first(node: ast.AST) -> Iterable[ast.stmt]:
    return node.body[:1] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ()


def main(paths: list[str]) -> None:
    """Prints each place; with paths, each place in these files and folders."""
    for place in places():
        if not paths or any(Path(place.file).is_relative_to(path) for path in paths):
            print(place)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
