"""Nothing that came from elsewhere can act on a terminal or a CI system."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.rendering import json_safe, visible
from reconciler.rendering.safe import defused
from tests.rendering.attacks import ATTACKS, OBEYED


@pytest.mark.parametrize("text", ATTACKS)
def test_what_would_act_is_shown_instead(text: str) -> None:
    shown = visible(text)

    assert not OBEYED.search(shown)
    assert "\\u" in shown.lower()
    shown.encode()


@pytest.mark.parametrize(
    "text", ["Office 365 E3 \u2013 Ünïcode ®", "交换在线\u3000\uff08计划 1\uff09", "سلام", "a:b: c :: d", "#[1] #1"]
)
def test_letters_signs_and_spaces_of_all_scripts_stay(text: str) -> None:
    assert visible(text) == text


@given(st.text())
def test_no_text_whatever_acts(text: str) -> None:
    assert not OBEYED.search(visible(text))


def test_an_escape_names_the_character_it_stands_for() -> None:
    assert visible("a\x1bb\u202ec\U000e0041") == r"a\u001bb\u202ec\U000e0041"


def test_a_command_that_only_wrapping_put_at_a_lines_start_is_defused() -> None:
    assert defused("long words\n    ::error::x\n") == "long words\n    \\u003a:error::x\n"


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_a_json_document_is_safe_and_means_the_same(document: object) -> None:
    safe = json_safe(json.dumps(document, ensure_ascii=False, indent=2))

    assert json.loads(safe) == document
    assert not any(OBEYED.search(line) for line in safe.split("\n"))
