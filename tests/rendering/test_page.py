"""A page keeps its width in cells, but for words that are copied."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.model.invocation import NO_FLAGS
from reconciler.rendering.formats.page import READABLE, Page


@given(st.text(min_size=1), st.integers(min_value=40, max_value=130), st.integers(min_value=0, max_value=12))
def test_a_line_is_wider_than_the_page_only_for_one_word_without_wide_characters(
    text: str, width: int, indent: int
) -> None:
    page = Page(invocation=NO_FLAGS, width=width, color=False)
    page.write(text.replace(":", ""), indent=indent, mark="1. ")

    wide = [line for line in page.text().splitlines() if cell_len(line) > min(width, READABLE)]
    assert all(max(line.removeprefix(f"{' ' * indent}1. ").strip()) < "\u1100" for line in wide), wide
    assert all(len(line.removeprefix(f"{' ' * indent}1. ").split()) == 1 for line in wide), wide


@pytest.mark.parametrize("color", [False, True])
def test_an_address_that_is_longer_than_a_line_is_not_broken(color: bool) -> None:
    address = f"contoso-{'north-' * 8}europe/office"
    page = Page(invocation=NO_FLAGS, width=40, color=color)
    page.write("Set to 12 seats: ", (address, "bold"), " 客户客户客户客户客户客户客户客户客户客户客户客户.", indent=2)

    lines = [line.strip() for line in re.sub("\x1b[^m]*m", "", page.text()).splitlines()]
    assert lines == [
        "Set to 12 seats:",
        address,
        "客户客户客户客户客户客户客户客户客户客",
        "户客户客户.",
    ]


@given(st.text(alphabet="ab 漢字-/", min_size=1))
def test_wrapping_loses_nothing_but_blanks(text: str) -> None:
    page = Page(invocation=NO_FLAGS, width=40, color=False)
    page.write(text, ("x", "bold"))

    assert "".join(page.text().split()) == "".join(f"{text}x".split())


def test_wide_characters_count_as_two() -> None:
    page = Page(invocation=NO_FLAGS, width=40, color=False)
    page.ends((("客户/办公", "bold"),), "a.yaml:1:1")

    assert cell_len(page.text().rstrip("\n")) == 40


def test_a_place_that_does_not_fit_beside_goes_below() -> None:
    page = Page(invocation=NO_FLAGS, width=40, color=False)
    page.ends(("contoso/office",), "manifests/contoso/europe.yaml:8:3", mark="^ ")

    assert page.text() == "^ contoso/office\n  manifests/contoso/europe.yaml:8:3\n"


def test_color_adds_codes_and_changes_no_word() -> None:
    pages = [Page(invocation=NO_FLAGS, width=60, color=color) for color in (False, True)]
    for page in pages:
        page.write(("red", "bold red"), " plain ", ("green", "green"))
    plain, colored = (page.text() for page in pages)

    assert plain == "red plain green\n"
    assert colored == "\x1b[1;31mred\x1b[0m plain \x1b[32mgreen\x1b[0m\n"
