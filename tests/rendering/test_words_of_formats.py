"""Formats own no words: sentences, headings and labels stand in reports, or once beside them for all reports."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reconciler.rendering import formats

FOLDER = Path(formats.__file__).parent
MODULES = sorted([*FOLDER.rglob("*.py"), *FOLDER.parent.glob("as_*.py")])

STYLES = {"bold red", "bold yellow"}
"""Styles of a terminal, which nobody reads."""

CONTROLS = {
    "Skip to the sections",
    "Search",
    "address, offer, reason, file",
    "Customer",
    "Action",
    "Reason",
    "Show all",
    "Nothing matches.",
}
"""The controls of a page, which no report knows: its search, its filters and their answer."""

_WORDS = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|^[A-Z][a-z]{2,}|[a-z]{2,}[.:!?](\s|$)")
"""Two words side by side, a capitalised word, or the end of a sentence or of a heading."""

_HEARD = {"aria-label", "data-label", "placeholder", "title", "label", "alt"}
"""Attributes that a page shows or reads aloud."""


def words_of_module(source: str) -> set[str]:
    """The texts of a module that people read; docstrings, annotations and names of modules are none."""
    tree = ast.parse(source)
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    passed |= {id(node.annotation) for node in ast.walk(tree) if isinstance(node, ast.arg)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in passed)
    plain = (re.sub(r"<[^>]*>|##vso\[.*", "", text).strip() for text in texts if isinstance(text, str))
    return {text for text in plain if _WORDS.search(text) and not re.fullmatch(r"[a-z_.]+\.", text)}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts.extend(value for name, value in attrs if value and name in _HEARD)


def words_of_template(source: str) -> set[str]:
    """The texts of a template: between its tags, in what a reader hears, and within its expressions."""
    return {text for text in map(str.strip, _texts(source)) if _WORDS.search(text)}


def _texts(source: str) -> Iterator[str]:
    for expression in re.findall(r"{[{%](.*?)[%}]}", source, re.DOTALL):
        yield from re.findall(r'"([^"]*)"', expression)
    page = _Page()
    page.feed(re.sub(r"{[{%].*?[%}]}", "", source, flags=re.DOTALL))
    yield from page.texts


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_no_format_has_a_sentence_a_heading_or_a_label_of_its_own(module: Path) -> None:
    assert words_of_module(module.read_text("utf-8")) - STYLES == set()


def test_the_template_of_a_page_has_no_words_but_those_of_its_controls() -> None:
    template = (FOLDER / "web/report.html.jinja").read_text("utf-8")
    assert words_of_template(template) == CONTROLS


@pytest.mark.parametrize(
    "source",
    [
        'head = "Address"',
        'title = f"{number} results left out"',
        'yield f"**This does not show everything: {left}**"',
        'nouns = ("blocked subscription", "blocked subscriptions")',
        'says = "Unknown."',
        'label = f"{count} more:"',
    ],
)
def test_words_in_a_module_are_found(source: str) -> None:
    assert words_of_module(source)


@pytest.mark.parametrize(
    "source",
    [
        "<h2>The coming twelve months</h2>",
        '<td data-label="Manifest">{{ item.place }}</td>',
        '{{ head([("Need you", "figure")], 2) }}',
        '{{ ", needs you" if ending.finding }}',
        "<p>Waiting {{ advice.waiting }}.</p>",
    ],
)
def test_words_in_a_template_are_found(source: str) -> None:
    assert words_of_template(source)


@pytest.mark.parametrize(
    "source",
    [
        '"""Says what it does."""',
        'style = "dim"',
        'line = f"**{heading}:** {text}"',
        'name = "partialFingerprints"',
        'def f(item: "Item"): pass',
    ],
)
def test_a_docstring_a_style_and_a_sign_are_no_words(source: str) -> None:
    assert not words_of_module(source)
