"""A page keeps its width in cells, whatever is written on it."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.model.invocation import NO_FLAGS
from reconciler.rendering.formats.page import READABLE, Page


@given(st.text(min_size=1), st.integers(min_value=40, max_value=130), st.integers(min_value=0, max_value=12))
def test_no_text_makes_a_line_wider_than_the_page(text: str, width: int, indent: int) -> None:
    page = Page(invocation=NO_FLAGS, width=width, color=False)
    page.write(text.replace(":", ""), indent=indent, mark="1. ")

    assert all(cell_len(line) <= min(width, READABLE) for line in page.text().splitlines())


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
