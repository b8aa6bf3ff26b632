"""Nothing that came from elsewhere can act on a terminal or a CI system."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents.escaping import json_safe
from reconciler.rendering.safe import defused, visible
from tests.rendering.attacks import ATTACKS, OBEYED, UNSEEN

UNSEEN_ONE = re.compile(UNSEEN)


@pytest.mark.parametrize("text", ATTACKS)
def test_what_would_act_is_shown_instead(text: str) -> None:
    shown = visible(text)

    assert not OBEYED.search(shown)
    assert "\\u" in shown.lower()
    shown.encode()


@pytest.mark.parametrize(
    "text",
    [
        "Office 365 E3 \u2013 Ünïcode ®",
        "交换在线\u3000\uff08计划 1\uff09",
        "سلام",
        "a:b: c :: d",
        "#[1] #1",
        "e\u0301 \u0e01\u0e33 \u0939\u093f\u0928\u094d\u0926\u0940 \U0001f600",
    ],
)
def test_letters_signs_and_spaces_of_all_scripts_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_no_text_whatever_acts(text: str) -> None:
    assert not OBEYED.search(visible(text))


def test_an_escape_names_the_character_it_stands_for() -> None:
    assert visible("a\x1bb\u202ec\U000e0041") == r"a\u001bb\u202ec\U000e0041"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u0301", r"\u0301"),
        ("a \u0301\u0302b", r"a \u0301\u0302b"),
        ("Contoso\u200b\u0301", r"Contoso\u200b\u0301"),
        ("(\u0301)", r"(\u0301)"),
        ("A\u3000B", r"A\u3000B"),
        ("\u4ea4\u3000", "\u4ea4\u3000"),
    ],
)
def test_a_mark_with_nothing_to_stand_on_and_a_blank_among_letters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert json.loads(json_safe(json.dumps(text, ensure_ascii=False))) == text


HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def test_of_all_characters_none_is_hidden_and_every_letter_stays() -> None:
    """The first planes' punctuation and scripts whole, a sample of the rest, each character between letters."""
    every = [chr(code) for code in range(0x110000) if code < 0x3100 or 0xFE00 <= code <= 0xFFFF or code % 101 == 0]
    shown = visible("".join(f"x{sign}x" for sign in every))
    left = {sign for sign in shown if unicodedata.category(sign) in HIDDEN} - {" "}
    letters = {sign for sign in every if unicodedata.category(sign) in {"Lu", "Ll", "Lt", "Lm", "Nd", "Nl", "No"}}

    assert left == set()
    assert not UNSEEN_ONE.search(shown)
    assert letters <= set(shown)


def test_a_command_that_only_wrapping_put_at_a_lines_start_is_defused() -> None:
    assert defused("long words\n    ::error::x\n") == "long words\n    \\u003a:error::x\n"


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_json_document_is_safe_and_means_the_same(document: object) -> None:
    safe = json_safe(json.dumps(document, ensure_ascii=False, indent=2))

    assert json.loads(safe) == document
    assert not any(OBEYED.search(line) for line in safe.split("\n"))
