"""No text from elsewhere acts in any format: the corpus of attacks stands in every place that can hold a text."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest
from markdown_it import MarkdownIt

from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.event import Failed
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.subjects.applies import APPLIED
from reconciler.rendering.subjects.failures import FAILED
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.view import View
from tests.rendering import happenings, plans
from tests.rendering.attacked import VIEW, attacked, attacked_view
from tests.rendering.attacks import ATTACKS, MARKUP, OBEYED

EVERYTHING = ATTACKS + MARKUP
OURS = re.compile(r"^::(?:error|warning|notice) |^##vso\[task\.logissue type=(?:error|warning);")
LINE = "^(?:::(?:error|warning|notice) [^:]*::|##vso\\[task\\.logissue [^\\]]*\\])"


def shown(name: str, text: str, view: View = VIEW) -> str:
    return FORMATS[name](attacked(text), view)


def obeyed(page: str) -> list[str]:
    """The lines of a page on which something is obeyed or hidden, our own commands to a CI system aside."""
    return [line for line in page.split("\n") if OBEYED.search(OURS.sub("", line))]


@pytest.mark.parametrize("name", FORMATS)
def test_no_line_of_any_format_is_obeyed_or_hides_anything(name: str) -> None:
    for attack in EVERYTHING:
        for view in (VIEW, attacked_view(attack)):
            assert not obeyed(shown(name, attack, view)), attack


@pytest.mark.parametrize("name", ["github", "azure-devops"])
def test_a_ci_system_gets_as_many_commands_as_there_are_findings(name: str) -> None:
    commands = {text: len(re.findall(LINE, shown(name, text), re.MULTILINE)) for text in ("words", *EVERYTHING)}

    assert set(commands.values()) == {commands["words"]}
    assert commands["words"] > 0


class Shape(HTMLParser):
    """A page's elements with the names of their attributes, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}


def test_a_web_page_has_the_same_elements_whatever_its_texts_hold() -> None:
    plain = Shape(shown("html", "words"))
    for attack in (item for item in EVERYTHING if "\n" not in item):
        attacking = Shape(shown("html", attack.strip()))

        assert attacking.elements == plain.elements, attack
        assert all(link.startswith(("https://git.example/", "#", "data:,")) for link in attacking.links)


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[str]:
    """Returns what Markdown takes the text for; the span in which our `$` stands counts as text."""
    kinds = []
    for token in MARKDOWN.parse(markdown):
        inside = [child for child in token.children or () if child.content not in {"<span>", "</span>"}]
        kinds += [token.type, *(child.type for child in inside if child.type not in {"text", "text_special"})]
    return kinds


def read(markdown: str) -> str:
    """The words as they are rendered, in which hosts look for mentions, references and links. Code is none of them."""
    parsed = (token.children or () for token in MARKDOWN.parse(markdown))
    return "\n".join("".join(child.content if child.type == "text" else "\x00" for child in line) for line in parsed)


def test_a_comment_has_the_same_markup_whatever_its_texts_hold() -> None:
    plain = tokens(shown("markdown", "words"))
    for attack in (item for item in EVERYTHING if "\n" not in item and len(item) < 600):
        assert tokens(shown("markdown", attack.strip())) == plain, attack


def test_a_comment_mentions_nobody_and_links_nowhere_of_its_own() -> None:
    for attack in EVERYTHING:
        comment = shown("markdown", attack)

        assert not re.search(r"[@#]\w|!\d|GH-\d|://|www\.|mailto:\w|:\w+:|\$\w", read(comment)), attack
        assert not re.search(r"^\s*/\w", comment, re.MULTILINE), attack


def test_documents_stay_documents() -> None:
    plain = [item.tag for item in fromstring(shown("junit", "words")).iter()]
    for attack in EVERYTHING:
        log = json.loads(shown("sarif", attack))

        assert [item.tag for item in fromstring(shown("junit", attack)).iter()] == plain, attack
        assert len(log["runs"][0]["results"]) >= 2
        assert json.loads(shown("json", attack))["changes"]


@pytest.mark.parametrize("name", APPLIED)
def test_no_line_of_any_report_of_an_apply_is_obeyed_or_hides_anything(name: str) -> None:
    for attack in EVERYTHING:
        failed = Failed(
            at=plans.NOON,
            address=happenings.MAIL,
            action="resize",
            code=attack,
            description=attack,
            remedy=(Step(attack), Step(run=(attack,))),
            support=replace(happenings.SUPPORT, path=attack),
        )
        assert not obeyed(APPLIED[name](Applied([happenings.succeeded(users=1), failed]), VIEW)), attack


@pytest.mark.parametrize("name", FAILED)
def test_no_line_of_any_report_of_a_failure_is_obeyed_or_hides_anything(name: str) -> None:
    for attack in EVERYTHING:
        place = Place(file=attack, line=1, column=1)
        error = InvalidInput(
            Problem(where=place, what=attack, remedy=attack), Problem(where=attack, what=attack, remedy=attack)
        )
        assert not obeyed(FAILED[name](error, VIEW, plans.NOON)), attack
