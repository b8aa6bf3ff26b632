"""The question before an apply, on a real terminal."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pytest

from tests import forked
from tests.cli.estates import Estate, environment

QUESTION = "Only yes is taken as yes"


@contextmanager
def at_a_terminal(
    estate: Estate, *arguments: str, columns: int = 100, no_color: str = ""
) -> Iterator["pexpect.spawn[str]"]:
    program, *rest = forked.words(*arguments)
    child = pexpect.spawn(
        program,
        rest,
        cwd=str(estate.root),
        env=environment(TERM="xterm-256color", NO_COLOR=no_color),
        encoding="utf-8",
        timeout=60,
        dimensions=(40, columns),
    )
    try:
        yield child
    finally:
        child.close(force=True)


def left(child: "pexpect.spawn[str]") -> str:
    """Everything until the program ends."""
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


def test_yes_carries_the_plan_out(estate: Estate) -> None:
    with at_a_terminal(estate, "apply") as child:
        child.expect(QUESTION)
        assert "Ready: 2 changes" in str(child.before)
        child.sendline("yes")
        assert "2 succeeded" in left(child)

    assert (child.exitstatus, len(estate.bought)) == (0, 2)


@pytest.mark.parametrize("answer", ["no", "", "y", "Y", "YES", "yes please"])
def test_anything_but_yes_sends_nothing(estate: Estate, answer: str) -> None:
    with at_a_terminal(estate, "apply") as child:
        child.expect(QUESTION)
        child.sendline(answer)
        assert "Nothing was sent." in left(child)

    assert (child.exitstatus, estate.bought) == (1, [])
    assert not (estate.root / "state").exists()


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["ctrl-c", "ctrl-d"])
def test_leaving_the_question_sends_nothing(estate: Estate, key: str) -> None:
    with at_a_terminal(estate, "apply") as child:
        child.expect(QUESTION)
        child.send(key)
        assert "Interrupted" in left(child)

    assert (child.exitstatus, estate.bought) == (130, [])


def test_nothing_is_asked_where_nothing_would_change(estate: Estate) -> None:
    with at_a_terminal(estate, "apply", "--target", "contoso/mail") as child:
        assert QUESTION not in left(child)

    assert child.exitstatus == 0


def test_nothing_is_asked_where_a_limit_refuses(estate: Estate) -> None:
    estate.settings("limits: {max_changes: 1}\n")
    with at_a_terminal(estate, "apply") as child:
        assert QUESTION not in left(child)

    assert (child.exitstatus, estate.bought) == (5, [])


def test_a_terminal_gets_colour_and_its_own_width(estate: Estate) -> None:
    with at_a_terminal(estate, "plan", columns=60) as child:
        text = left(child)

    assert "\x1b[" in text
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert 40 < max(map(len, plain.splitlines())) <= 60


@pytest.mark.parametrize(("arguments", "no_color"), [(["--no-color"], ""), ([], "1")])
def test_a_terminal_gets_no_colour_where_it_is_not_wanted(estate: Estate, arguments: list[str], no_color: str) -> None:
    with at_a_terminal(estate, "plan", *arguments, no_color=no_color) as child:
        assert "\x1b[" not in left(child)
