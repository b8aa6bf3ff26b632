"""Each exit code of the contract, from the real program over the real sandbox. 130 has a file of its own."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.model.errors import worst
from reconciler.model.run import Run
from reconciler.sandbox import Fault, User
from reconciler.state import current_process
from tests.cli.estates import TOKEN, Answer, Estate, build, denied

Program = Callable[..., Answer]


@pytest.mark.usefixtures("estate")
def test_0_where_nothing_is_to_be_done(reconciler: Program) -> None:
    assert reconciler("plan", "--target", "contoso/mail").code == 0


@pytest.mark.usefixtures("estate")
def test_0_where_changes_are_planned_and_nobody_asked_about_them(reconciler: Program) -> None:
    assert reconciler("plan").code == 0


def test_0_where_everything_was_carried_out(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    assert len(estate.bought) == 2


def test_1_where_the_manifests_are_invalid(estate: Estate, reconciler: Program) -> None:
    (estate.root / "manifests" / "fabrikam.yaml").write_text("customer: [")

    assert reconciler("plan").code == 1


@pytest.mark.usefixtures("estate")
def test_1_where_nothing_answers_while_a_saved_plan_is_applied(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler("plan", "--out", "plan.json")
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")

    answer = reconciler("apply", "plan.json")

    assert (answer.code, "Nothing was sent." in answer.text) == (1, True)


@pytest.mark.usefixtures("estate")
def test_2_where_changes_are_planned_and_asked_about(reconciler: Program) -> None:
    assert reconciler("plan", "--detailed-exitcode").code == 2


@pytest.mark.usefixtures("estate")
def test_detailed_exitcode_is_0_where_nothing_is_planned(reconciler: Program) -> None:
    assert reconciler("plan", "--detailed-exitcode", "--target", "contoso/mail").code == 0


def test_3_where_something_is_blocked(estate: Estate, reconciler: Program) -> None:
    estate.block()

    assert reconciler("plan").code == 3
    assert reconciler("plan", "--detailed-exitcode").code == 3


def test_blocked_warn_tells_it_without_failing(estate: Estate, reconciler: Program) -> None:
    estate.block()

    answer = reconciler("plan", "--blocked", "warn")

    assert (answer.code, "seat_loss_not_allowed" in answer.out) == (0, True)
    assert reconciler("plan", "--blocked", "warn", "--detailed-exitcode").code == 2


def test_apply_warns_of_what_is_blocked_and_fails_only_if_told_to(estate: Estate, reconciler: Program) -> None:
    estate.block()

    assert reconciler("apply", "--auto-approve").code == 0
    assert reconciler("apply", "--auto-approve", "--blocked", "fail").code == 3


def test_what_can_go_ahead_is_saved_and_applied_though_something_is_blocked(
    estate: Estate, reconciler: Program
) -> None:
    estate.block()

    assert reconciler("plan", "--out", "plan.json").code == 3
    assert reconciler("apply", "plan.json", "--blocked", "fail").code == 3
    assert len(estate.bought) == 2


def test_4_where_a_change_failed_and_the_others_were_made(estate: Estate, reconciler: Program) -> None:
    estate.arm(denied("POST"))

    answer = reconciler("apply", "--auto-approve")

    assert answer.code == 4
    assert "contoso/office: FAILED" in answer.text
    assert len(estate.bought) == 1


def test_4_where_users_are_left_to_be_assigned(reconciler: Program, here: Path) -> None:
    estate = build(here, stuck=(User(object_id="u-1", name="Ann", email="ann@example.com"),))

    assert reconciler("apply", "--auto-approve").code == 4
    assert len(estate.bought) == 2
    assert reconciler("apply", "--auto-approve").code == 0


def test_5_where_a_limit_refuses_and_nothing_is_sent(estate: Estate, reconciler: Program) -> None:
    estate.settings("limits: {max_changes: 1}\n")

    answer = reconciler("apply", "--auto-approve")

    assert (answer.code, estate.bought) == (5, [])
    assert "The plan comes to 2; the limit max_changes is 1." in answer.text
    assert "--override-limit max_changes" in answer.text
    assert reconciler("apply", "--auto-approve", "--override-limit", "max_changes").code == 0


def test_5_where_a_limit_holds_back_a_change_of_a_saved_plan_and_the_rest_is_carried_out(
    estate: Estate, reconciler: Program
) -> None:
    reconciler("plan", "--out", "plan.json")
    estate.settings("limits: {max_seats_added: 1}\n")

    answer = reconciler("apply", "plan.json")

    assert (answer.code, len(estate.bought)) == (5, 1)
    assert "contoso/frontline: not started. max_seats_added holds it back: seats added: 2 planned" in answer.text


def test_6_where_the_manifests_ask_for_something_else_than_the_saved_plan(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json", "--target", "contoso/frontline")
    manifest = estate.root / "manifests" / "contoso.yaml"
    manifest.write_text(manifest.read_text().replace("quantity: 12", "quantity: 14"))

    answer = reconciler("apply", "plan.json")

    assert (answer.code, estate.bought) == (6, [])
    assert "contoso/frontline" in answer.out


def test_6_where_the_service_shows_something_else_than_the_saved_plan(estate: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json", "--target", "contoso/frontline")
    with estate.changed() as world:
        world.customers[0].subscriptions[1].quantity = 11

    assert (reconciler("apply", "plan.json").code, estate.bought) == (6, [])


def test_7_where_a_lock_is_held_which_is_shown_with_the_command_that_breaks_it(
    estate: Estate, reconciler: Program
) -> None:
    holder = Run(id="r-1", actor="ann@desk", url="https://ci.example/42", process=current_process())
    with estate.store.lock("contoso", "apply", holder) as lock:
        answer = reconciler("apply", "--auto-approve")

    assert (answer.code, estate.bought) == (7, [])
    assert "ann@desk" in answer.out
    assert f"reconciler unlock contoso {lock.id}" in answer.text


def test_8_where_there_is_no_token(estate: Estate, reconciler: Program) -> None:
    estate.wait_as_in_any_cloud()

    answer = reconciler("plan", "--cloud", "worldwide")

    assert (answer.code, answer.out) == (8, "")
    assert "RECONCILER_ACCESS_TOKEN" in answer.err


def test_8_where_the_service_refuses_the_sign_in(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", TOKEN)
    estate.arm(Fault.parse("unauthorized:always"))

    for command in ("plan", "apply --auto-approve", "adopt contoso/office 1"):
        assert reconciler(*command.split()).code == 8


def test_8_where_the_sign_in_ends_while_changes_are_made(estate: Estate, reconciler: Program) -> None:
    """Of a read: an empty 401 to a write may be a gateway's, and leaves its outcome open."""
    fault = Fault.parse("unauthorized:always:GET")
    fault.skip = 3  # planning asks for the list, for the upgrades of office, and for the partner's customers

    estate.arm(fault)
    answer = reconciler("apply", "--auto-approve")

    assert (answer.code, estate.bought) == (8, [])
    assert "contoso/office: not started" in answer.text


def test_9_where_nobody_knows_whether_a_change_was_made(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()

    answer = reconciler("apply", "--auto-approve")

    assert answer.code == 9
    assert "reconciler state resolve contoso/office" in answer.text


def test_a_change_of_unknown_outcome_is_not_sent_again(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    reconciler("apply", "--auto-approve")
    bought = estate.bought

    assert reconciler("apply", "--auto-approve").code == 9
    assert estate.bought == bought


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "plam",
        "plan --frmat json",
        "plan --format xml",
        "plan --blocked maybe",
        "plan --parallelism 0",
        "version surplus",
        "--chdir nowhere plan",
        "--cloud mars plan",
        "apply --override-limit all --auto-approve",
        "apply plan.json --target contoso",
        "state",
        "state lst",
        "state show contoso",
        "state show Contoso/office",
        "state resolve contoso/office",
        "state resolve contoso/office --not-done --succeeded 1",
        "state mv contoso/office office",
        "adopt contoso/office",
        "adopt contoso 1",
        "forget /office",
        "unlock contoso",
        "sandbox serve --port 99999",
    ],
)
def test_64_for_what_can_not_be_meant(reconciler: Program, arguments: str) -> None:
    answer = reconciler(*arguments.split())

    assert (answer.code, answer.out) == (64, "")
    assert answer.err


@pytest.mark.parametrize(
    ("arguments", "guess"),
    [("plam", "plan"), ("aply", "apply"), ("state lst", "list"), ("explain seat_loss", "seat_loss_not_allowed")],
)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(reconciler: Program, arguments: str, guess: str) -> None:
    assert f"Did you mean {guess}?" in reconciler(*arguments.split()).err.replace("'", "")


ORDER = (130, 9, 1, 8, 4, 6, 7, 3, 2)


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_the_worst_exit_code_wins(place: int) -> None:
    assert worst({*ORDER[place:], 0}) == ORDER[place]


def test_nothing_that_went_wrong_is_exit_code_0() -> None:
    assert worst(set()) == worst({0}) == 0


def test_an_unknown_outcome_outweighs_a_failure_in_the_same_run(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    with estate.changed() as world:
        for sold in world.customers[0].subscriptions:
            if sold.name == "Frontline":
                sold.provisioned_from = datetime(2100, 1, 1, tzinfo=UTC)

    answer = reconciler("apply", "--auto-approve")

    assert answer.code == 9
    assert "contoso/frontline: FAILED" in answer.text
