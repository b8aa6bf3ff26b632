"""`reconciler guide`."""

from collections.abc import Callable

import pytest

from reconciler.guides import read, topics
from tests.cli.estates import Answer

Program = Callable[..., Answer]


def test_without_a_topic_it_lists_all_with_one_line_each(reconciler: Program) -> None:
    answer = reconciler("guide")

    assert answer.code == 0
    for topic in topics():
        assert f" `{topic}`: " in answer.out


def test_a_guide_is_readable_text(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = reconciler("guide", "locks").out.splitlines()

    assert lines[0] == "# Locks"
    assert "    $ reconciler apply plan.json" in lines
    assert max(map(len, lines)) <= 80
    assert not any("<!--" in line or "```" in line or "\x1b" in line for line in lines)


def test_a_link_to_another_guide_reads_as_its_command(reconciler: Program) -> None:
    words = " ".join(reconciler("guide", "locks").out.split())

    assert "object stores (`reconciler guide object-stores`)" in words
    assert ".md" not in words


@pytest.mark.parametrize("topic", topics())
def test_every_guide_can_be_shown_in_a_narrow_terminal(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, topic: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer = reconciler("guide", topic)

    prose = [line for line in answer.out.splitlines() if not line.startswith("    ")]
    assert answer.code == 0
    assert max(map(len, prose)) <= 80
    assert answer.out.count("…") == read(topic).count("…"), "something is cut off"


def test_the_source_is_there_too(reconciler: Program) -> None:
    assert reconciler("guide", "locks", "--format", "markdown").out == read("locks")


def test_colour_is_for_who_wants_it(reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert "\x1b[" in reconciler("guide", "locks").out
    assert "\x1b[" not in reconciler("guide", "locks", "--no-color").out


def test_an_unknown_topic_lists_the_topics_and_the_nearest(reconciler: Program) -> None:
    answer = reconciler("guide", "lock")

    assert (answer.code, answer.out) == (64, "")
    words = " ".join(answer.err.split())
    assert "Did you mean locks?" in words
    assert all(topic in words for topic in topics())
