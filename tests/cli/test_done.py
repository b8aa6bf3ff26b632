"""Tasks that a change leaves stay in sight until `done` closes them."""

import json
from collections.abc import Callable

import pytest

from reconciler.sandbox import User
from tests.cli.estates import OFFICE, Answer, Estate

Program = Callable[..., Answer]
ANN = User(object_id="05e40000-0000-4000-8000-000000000001", name="Ann Example", email="ann@example.test")
TASK = ("contoso/office", "assign_remaining_users")
EVERYWHERE = (("plan",), ("state", "list"), ("drift",), ("renewals", "--format", "markdown"))


@pytest.fixture
def left(estate: Estate, reconciler: Program) -> Estate:
    """An estate whose upgrade left a user without a licence."""
    estate.stick(ANN)
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 4
    return estate


def shown(answer: Answer) -> bool:
    return "The licences of 1 user did not move." in answer.text and "assign_remaining_users" in answer.text


@pytest.mark.usefixtures("left")
def test_it_is_told_everywhere_until_somebody_says_that_it_is_done(reconciler: Program) -> None:
    assert all(shown(reconciler(*command)) for command in EVERYWHERE)
    assert reconciler("renewals").code == 2

    done = reconciler("done", *TASK)

    assert (
        done.text.strip() == "contoso/office: assign_remaining_users is done. Nothing is left to do for contoso/office."
    )
    assert not any(shown(reconciler(*command)) for command in EVERYWHERE)
    assert reconciler("renewals").code == 0
    assert "left done 20" in reconciler("state", "show", "contoso/office").text
    (change,) = json.loads(reconciler("history", "--format", "json").out)["changes"]
    assert (change["tasks"][0]["code"], change["tasks"][0]["done_at"] is None) == ("assign_remaining_users", False)


def test_it_is_of_the_address_that_has_the_subscription(left: Estate, reconciler: Program) -> None:
    assert reconciler("state", "mv", "contoso/office", "contoso/headquarters").code == 0
    left.customer("contoso", headquarters=(OFFICE, "E3", 25))

    (task,) = json.loads(reconciler("plan", "--format", "json").out)["tasks"]
    assert task["address"] == "contoso/headquarters"
    assert reconciler("done", "contoso/headquarters", "assign_remaining_users").code == 0


@pytest.mark.usefixtures("left")
def test_only_what_is_left_can_be_done_and_that_is_named(reconciler: Program) -> None:
    unknown = reconciler("done", "contoso/office", "assign_users")
    elsewhere = reconciler("done", "contoso/mail", "assign_remaining_users")

    assert (unknown.code, elsewhere.code) == (1, 1)
    assert "reconciler done contoso/office assign_remaining_users" in unknown.text
    assert "contoso/office assign_remaining_users" in elsewhere.text
    assert reconciler("done", "nobody/office", "assign_users").code == 1


@pytest.mark.usefixtures("left")
def test_said_twice_it_is_done_already(reconciler: Program) -> None:
    assert reconciler("done", *TASK).code == 0
    again = reconciler("done", *TASK)

    assert (again.code, "assign_remaining_users is done already: " in again.text) == (0, True)
    assert reconciler("done", TASK[0], "assign_users").code == 1


@pytest.mark.usefixtures("left")
def test_it_is_not_told_of_what_was_not_chosen(reconciler: Program) -> None:
    assert not shown(reconciler("plan", "--target", "contoso/mail"))


def test_a_pushed_state_closes_what_it_says_is_done(left: Estate, reconciler: Program) -> None:
    stored = (left.root / "state" / "contoso.json").read_text()
    assert reconciler("done", *TASK).code == 0
    (left.root / "errored.contoso.json").write_text((left.root / "state" / "contoso.json").read_text())
    (left.root / "state" / "contoso.json").write_text(stored)

    assert "Taken in: 1 task done." in reconciler("state", "push", "errored.contoso.json").text
    assert not shown(reconciler("plan"))


def test_a_renamed_entry_and_customer_are_known_by_their_new_names_before_an_apply_moves_them(
    left: Estate, reconciler: Program
) -> None:
    (left.root / "manifests" / "contoso.yaml").unlink()
    left.customer("northwind", main=(OFFICE, "E3", 25))
    moves = "moved: {contoso: northwind, contoso/office: northwind/main}\n"
    (left.root / "manifests" / "moves.yaml").write_text(moves)
    done = reconciler("done", "northwind/main", "assign_remaining_users")
    assert (done.code, "Nothing is left to do for northwind/main" in done.text) == (0, True)
