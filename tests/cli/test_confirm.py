"""Whatever ends the prompt before the answer, nothing was sent, and that is said."""

from collections.abc import Callable

import click
import pytest

from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, click.Abort])
def test_a_signal_at_any_moment_of_the_prompt_says_that_nothing_was_sent(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, ending: type[BaseException]
) -> None:
    """Ctrl-C may come just before click listens for it, or just after it has the answer."""

    def interrupted(*_given: object, **_named: object) -> str:
        raise ending

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", interrupted)

    answer = reconciler("apply")

    assert answer.code == 130
    assert "Interrupted. Nothing was sent." in answer.err
    assert estate.bought == []


@pytest.mark.usefixtures("estate")
def test_the_question_says_how_many_changes_and_seats_and_in_which_cloud(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_given, **_named: "no")

    asked = reconciler("apply").err

    assert "Do you want to carry out 2 changes: 1 upgrade, 1 resize?" in asked
    assert "Seats: 25 upgraded to another offer and 2 added." in asked
    assert "1 of them can't be undone." in asked
    assert "Cloud: Sandbox (an emulator: nothing is bought)." in asked


def test_a_limit_that_is_raised_is_told_once(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_given, **_named: "yes")
    raised = ("--override-limit", "max_seats_added=1001", "--override-limit", "max_seats_added=1002")

    answer = reconciler("apply", *raised, "--report", "json=events.json")

    assert answer.text.count("GUARD LOOSENED") == 1
    assert "1002" in answer.text
    assert (estate.root / "events.json").read_text().count("guard_loosened") == 1
