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
from reconciler.model.remedy import Step
from reconciler.model.subscription import Place
from reconciler.rendering import APPLIED, FAILED, FORMATS, Applied, View
from tests.rendering import happenings, plans
from tests.rendering.attacked import VIEW, attacked, attacked_view
from tests.rendering.attacks import ATTACKS, MARKUP, OBEYED

EVERYTHING = ATTACKS + MARKUP
OURS = re.compile(r"^::(?:error|warning|notice) |^##vso\[task\.logissue type=(?:error|warning);")
LINE = "^(?:::(?:error|warning|notice) [^:]*::|##vso\\[task\\.logissue [^\\]]*\\])"


def shown(name: str, text: str, view: View = VIEW) -> str:
    return FORMATS[name](attacked(text), view)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("attack", EVERYTHING)
def test_no_line_of_any_format_is_obeyed_or_hides_anything(name: str, attack: str) -> None:
    for view in (VIEW, attacked_view(attack)):
        for line in shown(name, attack, view).split("\n"):
            assert not OBEYED.search(OURS.sub("", line)), line


@pytest.mark.parametrize("name", ["github", "azure-devops"])
@pytest.mark.parametrize("attack", EVERYTHING)
def test_a_ci_system_gets_as_many_commands_as_there_are_findings(name: str, attack: str) -> None:
    plain, attacking = (re.findall(LINE, shown(name, text), re.MULTILINE) for text in ("words", attack))

    assert len(attacking) == len(plain) > 0


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


@pytest.mark.parametrize("attack", [item for item in EVERYTHING if "\n" not in item])
def test_a_web_page_has_the_same_elements_whatever_its_texts_hold(attack: str) -> None:
    plain, attacking = (Shape(shown("html", text)) for text in ("words", attack.strip()))

    assert attacking.elements == plain.elements
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


@pytest.mark.parametrize("attack", [item for item in EVERYTHING if "\n" not in item and len(item) < 600])
def test_a_comment_has_the_same_markup_whatever_its_texts_hold(attack: str) -> None:
    assert tokens(shown("markdown", attack.strip())) == tokens(shown("markdown", "words"))


@pytest.mark.parametrize("attack", EVERYTHING)
def test_a_comment_mentions_nobody_and_links_nowhere_of_its_own(attack: str) -> None:
    words = read(shown("markdown", attack))

    assert not re.search(r"[@#]\w|!\d|GH-\d|://|www\.|mailto:\w|:\w+:|\$\w", words)
    assert not re.search(r"^\s*/\w", shown("markdown", attack), re.MULTILINE)


@pytest.mark.parametrize("attack", EVERYTHING)
def test_documents_stay_documents(attack: str) -> None:
    plain, report = (fromstring(shown("junit", text)) for text in ("words", attack))
    log = json.loads(shown("sarif", attack))

    assert [item.tag for item in report.iter()] == [item.tag for item in plain.iter()]
    assert len(log["runs"][0]["results"]) >= 2
    assert json.loads(shown("json", attack))["changes"]


@pytest.mark.parametrize("name", APPLIED)
@pytest.mark.parametrize("attack", EVERYTHING)
def test_no_line_of_any_report_of_an_apply_is_obeyed_or_hides_anything(name: str, attack: str) -> None:
    support = replace(happenings.SUPPORT, path=attack)
    failed = Failed(
        at=plans.NOON,
        address=happenings.MAIL,
        action="resize",
        code=attack,
        description=attack,
        remedy=(Step(attack), Step(run=(attack,))),
        support=support,
    )
    for line in APPLIED[name](Applied([happenings.succeeded(users=1), failed]), VIEW).split("\n"):
        assert not OBEYED.search(OURS.sub("", line)), line


@pytest.mark.parametrize("name", FAILED)
@pytest.mark.parametrize("attack", EVERYTHING)
def test_no_line_of_any_report_of_a_failure_is_obeyed_or_hides_anything(name: str, attack: str) -> None:
    place = Place(file=attack, line=1, column=1)
    error = InvalidInput(
        Problem(where=place, what=attack, remedy=attack), Problem(where=attack, what=attack, remedy=attack)
    )
    for line in FAILED[name](error, VIEW, plans.NOON).split("\n"):
        assert not OBEYED.search(OURS.sub("", line)), line
