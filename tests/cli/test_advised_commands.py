"""A command that the program prints is run as it is typed, where it is shown, and does what it says.

The estate and its state are elsewhere: a command without the flags in force would read and write another estate's.
"""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.model.run import Run
from reconciler.sandbox import Fault
from reconciler.state import LocalStore
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, build
from tests.worlds import declare

Program = Callable[..., Answer]
FLAGS = ("--manifests", "elsewhere/estate", "--state", "elsewhere/st")
TYPED = f" {' '.join(FLAGS)}"


class Elsewhere:
    """The estate with its manifests and its state in another folder."""

    def __init__(self, here: Path, reconciler: Program) -> None:
        (here / "elsewhere").mkdir()
        self.estate, self.reconciler = build(here / "elsewhere"), reconciler
        self.root = self.estate.root / "estate"
        self.estate.root.joinpath("manifests").rename(self.root)

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.estate.root / "st")

    def run(self, *words: str) -> Answer:
        return self.reconciler(*words, *FLAGS)

    def declare(self, **entries: tuple[str, str, int]) -> None:
        declare(self.root, "contoso", **entries)

    def settings(self, text: str) -> None:
        settings = self.root / "reconciler.yaml"
        settings.write_text(f"{settings.read_text()}{text}")

    def follow(self, answer: Answer, *words: str) -> Answer:
        """Runs the printed command that begins with these words, each of its lines whole, as it is typed."""
        lines = [line.strip().lstrip("- ") for line in f"{answer.out}\n{answer.err}".splitlines()]
        command = next(line for line in lines if line.startswith(" ".join(("reconciler", *words))))
        assert TYPED in command
        followed = self.reconciler(*shlex.split(command)[1:])
        assert not [found for found in Path().rglob("state") if found.is_dir()]
        return followed


@pytest.fixture
def elsewhere(here: Path, reconciler: Program) -> Elsewhere:
    return Elsewhere(here, reconciler)


def test_the_adopt_of_a_blocked_address_binds_it_in_the_state_of_this_estate(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    assert elsewhere.run("apply", "--auto-approve").code == 0
    elsewhere.declare(office=(FRONTLINE, "F1", 10))
    blocked = elsewhere.run("plan")
    assert blocked.code == 3
    assert elsewhere.follow(blocked, "adopt").code == 0
    assert elsewhere.run("plan").code == 0


def test_the_forget_of_an_undeclared_address_stops_tracking_it(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    assert elsewhere.run("apply", "--auto-approve").code == 0
    elsewhere.declare(office=(OFFICE, "E1", 25))
    assert elsewhere.follow(elsewhere.run("plan"), "forget", "contoso/mail").code == 0
    assert "contoso/mail" not in elsewhere.run("plan").text


def test_the_unlock_of_a_held_lock_lets_the_next_apply_in(elsewhere: Elsewhere) -> None:
    with elsewhere.store.lock("contoso", "apply", Run(id="run-1", actor="somebody")):
        held = elsewhere.run("apply", "--auto-approve")
        assert held.code == 7
        assert elsewhere.follow(held, "unlock", "contoso").code == 0
        assert elsewhere.run("apply", "--auto-approve").code == 0


def test_the_resolve_of_a_lost_answer_settles_it(elsewhere: Elsewhere) -> None:
    elsewhere.estate.arm(Fault.parse("dropped_before:2:POST"))
    lost = elsewhere.run("apply", "--auto-approve", "--target", "contoso/office")
    assert lost.code == 9
    assert elsewhere.follow(lost, "state", "resolve", "contoso/office", "--not-done").code == 0
    found = elsewhere.store.read("contoso")
    assert found is not None
    assert not found.state.pending


def test_the_apply_under_a_lifted_limit_carries_the_same_run_out(elsewhere: Elsewhere) -> None:
    elsewhere.settings("limits: {max_seats_added: 1}\n")
    held = elsewhere.run("apply", "--auto-approve", "--target", "contoso/frontline")
    assert held.code == 5
    assert elsewhere.follow(held, "apply", "--auto-approve").code == 0
    assert len(elsewhere.estate.bought) == 1


def test_the_plan_in_the_place_of_an_altered_file_makes_one_that_can_be_applied(elsewhere: Elsewhere) -> None:
    assert elsewhere.run("plan", "--out", "plan.json").code == 0
    Path("plan.json").write_text(Path("plan.json").read_text().replace("contoso", "c0ntoso", 1))
    refused = elsewhere.run("apply", "plan.json")
    assert refused.code == 1
    assert elsewhere.follow(refused, "plan").code == 0
    assert elsewhere.run("apply", "plan.json").code == 0


def test_the_list_of_what_is_tracked_shows_the_state_of_this_estate(elsewhere: Elsewhere) -> None:
    assert elsewhere.run("apply", "--auto-approve").code == 0
    assert "contoso/office" in elsewhere.follow(elsewhere.run("state", "show", "contoso/none"), "state", "list").out
