"""Nothing that came from elsewhere can act on a terminal or a CI system."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.rendering import json_safe, visible
from reconciler.rendering.safe import defused

OBEYED = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|##(vso)?\[|^\s*::", re.I)

ATTACKS = (
    "\x1b[31mred\x1b[0m",
    "\x9b2J",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "bell\x07 back\x08space return\r line\nbreak tab\t delete\x7f nul\x00",
    "\u202egnp.exe\u202c",
    "\u2066isolate\u2069 \u200emark\u200f \u061carabic",
    "zero\u200bwidth\u200d\ufeff",
    "line\u2028paragraph\u2029",
    "::error file=a.py::boo",
    "  ::stop-commands::x",
    "a ##vso[task.setvariable variable=x]y",
    "##VSO[task.complete]",
    "##[error]no",
    "\ud800 half",
    "\U000e0041\U000e0042 tags",
)
"""Texts that a terminal, GitHub's or Azure's runner would obey, or that read otherwise than they are."""


@pytest.mark.parametrize("text", ATTACKS)
def test_what_would_act_is_shown_instead(text: str) -> None:
    shown = visible(text)

    assert not OBEYED.search(shown)
    assert "\\u" in shown.lower()
    shown.encode()


@pytest.mark.parametrize("text", ["Office 365 E3 – Ünïcode ®", "交换在线\u3000（计划 1）", "سلام", "a:b: c :: d", "#[1] #1"])
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
