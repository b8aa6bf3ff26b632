"""Advice is wrapped; commands and links in it are whole, each on its line."""

from time import perf_counter

import pytest

from reconciler.model.change import Step
from reconciler.rendering.formats.items import write_step
from reconciler.rendering.formats.page import Page
from reconciler.rendering.passages import prose


def shown(text: str, width: int = 60) -> list[str]:
    page = Page(width=width, color=False)
    write_step(page, Step(text), mark="1. ")
    return page.text().splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "Bind it:\nreconciler adopt contoso/office 1a2b",
        "Bind it: reconciler adopt contoso/office 1a2b",
        "Bind it: reconciler adopt contoso/office 1a2b.",
        "Bind it: `reconciler adopt contoso/office 1a2b`.",
        "Bind it:\r\n  reconciler adopt contoso/office 1a2b",
    ],
)
def test_a_command_stands_alone_on_its_line_however_it_was_written(text: str) -> None:
    assert shown(text) == ["1. Bind it:", "     reconciler adopt contoso/office 1a2b"]


def test_words_after_a_command_begin_a_new_line() -> None:
    assert shown("Run `reconciler plan --out plan.json` and look.") == [
        "1. Run",
        "     reconciler plan --out plan.json",
        "   and look.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "reconciler apply reads it back; or settle it yourself.",
        "reconciler plan, then think.",
        "The program: reconciler did this.",
        "Set `quantity: 25` and plan again.",
    ],
)
def test_a_sentence_about_a_command_is_no_command(text: str) -> None:
    assert [passage.exact for passage in prose(text)] == [False]


def test_advice_that_is_only_a_command_keeps_its_mark() -> None:
    assert shown("reconciler plan") == ["1. reconciler plan"]


@pytest.mark.parametrize("text", ["reconciler " + "-a " * 20_000, "x: " * 20_000, "reconciler plan " + "a:" * 20_000])
def test_no_text_takes_long_to_understand(text: str) -> None:
    begun = perf_counter()
    list(prose(text))

    assert perf_counter() - begun < 30  # backtracking would take hours


def test_a_long_command_is_never_broken() -> None:
    command = "reconciler state resolve " + "x" * 90 + "/y --succeeded " + "1" * 36

    assert shown(f"Then:\n{command}")[1:] == [f"     {command}"]


def test_a_long_link_in_a_sentence_is_never_broken_while_its_words_are_wrapped() -> None:
    link = "https://example.com/?" + "a" * 80
    lines = shown(f"Send the customer {link} and wait until they say that they have accepted it all.")

    assert f"   {link}" in lines
    assert all(len(line) <= 60 for line in lines if link not in line)


def test_lines_that_are_set_in_are_one_paragraph_again() -> None:
    text = "Mail:\n  We would like\n  your consent.\n\n  Thank you."

    assert shown(text) == ["1. Mail:", "     We would like your consent.", "", "     Thank you."]
