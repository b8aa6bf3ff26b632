"""Advice is wrapped; commands and links in it are whole, each on its line."""

from time import perf_counter

import pytest

from reconciler.model.invocation import NO_FLAGS
from reconciler.model.remedy import Step
from reconciler.rendering.formats.items import write_step
from reconciler.rendering.formats.page import Page
from reconciler.rendering.passages import prose


def shown(text: str, *run: str, width: int = 60, mark: str = "1. ") -> list[str]:
    page = Page(invocation=NO_FLAGS, width=width, color=False)
    write_step(page, Step(text, run), mark=mark)
    return page.text().splitlines()


def test_a_command_stands_alone_on_the_line_after_its_words() -> None:
    lines = shown("Bind it:", "adopt", "contoso/office", "1a2b")

    assert lines == ["1. Bind it:", "     reconciler adopt contoso/office 1a2b"]


@pytest.mark.parametrize("text", ["reconciler plan, then think.", "Bind it: reconciler adopt contoso/office 1a2b"])
def test_no_command_is_looked_for_in_words(text: str) -> None:
    assert [passage.exact for passage in prose(text)] == [False]


def test_advice_that_is_only_a_command_keeps_its_mark() -> None:
    assert shown("", "plan") == ["1. reconciler plan"]


def test_advice_that_is_only_a_command_stands_as_far_in_as_those_with_words() -> None:
    assert shown("", "plan", mark="") == ["  reconciler plan"]


@pytest.mark.parametrize("text", ["x: " * 20_000, "https://" + "a:" * 20_000])
def test_no_text_takes_long_to_understand(text: str) -> None:
    begun = perf_counter()
    list(prose(text))

    assert perf_counter() - begun < 30  # backtracking would take hours


def test_a_long_command_is_never_broken() -> None:
    run = ("state", "resolve", "x" * 90 + "/y", "--succeeded", "1" * 36)

    assert shown("Then:", *run)[1:] == [f"     reconciler {' '.join(run)}"]


def test_a_long_link_in_a_sentence_is_never_broken_while_its_words_are_wrapped() -> None:
    link = "https://example.com/?" + "a" * 80
    lines = shown(f"Send the customer {link} and wait until they say that they have accepted it all.")

    assert f"   {link}" in lines
    assert all(len(line) <= 60 for line in lines if link not in line)


def test_lines_that_are_set_in_are_one_paragraph_again() -> None:
    text = "Mail:\n  We would like\n  your consent.\n\n  Thank you."

    assert shown(text) == ["1. Mail:", "     We would like your consent.", "", "     Thank you."]
