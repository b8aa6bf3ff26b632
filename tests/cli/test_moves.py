"""`moved:` and `removed:` of a customer's document: shown by plan, carried out by apply, harmless afterwards."""

import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import ExitStack

import click
import pytest

from reconciler.model.run import Run
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate, process

Program = Callable[..., Answer]


@pytest.fixture
def renamed(estate: Estate, reconciler: Program) -> Estate:
    """The estate after an apply, with contoso/office renamed and contoso/mail removed in its manifest."""
    assert reconciler("apply", "--auto-approve").code == 0
    estate.customer("contoso", main=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12))
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text() + "moved: {office: main}\nremoved: [mail]\n")
    return estate


def test_plan_shows_a_move_and_nothing_to_buy(renamed: Estate, reconciler: Program) -> None:
    answer = reconciler("plan", "--detailed-exitcode")
    assert answer.code == 2
    assert "Nothing to change; 1 address is moved in state and 1 address is not tracked any more." in answer.text
    assert "> contoso/office -> contoso/main" in answer.text
    assert len(renamed.bought) == 2


def test_apply_moves_what_is_remembered_and_the_lines_may_stay(renamed: Estate, reconciler: Program) -> None:
    answer = reconciler("apply", "--auto-approve")
    assert (answer.code, len(renamed.bought)) == (0, 2)
    assert "contoso/office: is contoso/main now" in answer.text
    assert reconciler("plan", "--detailed-exitcode").code == 0
    assert "contoso/mail" not in reconciler("state", "list").out


@pytest.mark.usefixtures("renamed")
def test_on_a_terminal_what_is_moved_and_given_up_in_state_is_asked_for(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda *_given, **_named: "no")
    answer = reconciler("apply")
    assert "Do you want to carry this out? Nothing is sent to Partner Center." in answer.err
    assert "Moved in state: contoso/office -> contoso/main." in answer.err
    assert "Not tracked any more: contoso/mail." in answer.err
    assert (answer.code, "contoso/mail" in reconciler("state", "list").out) == (1, True)


def test_a_saved_plan_moves_too_and_once(renamed: Estate, reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json")
    assert reconciler("apply", "plan.json").code == 0
    again = reconciler("apply", "plan.json")
    assert (again.code, len(renamed.bought)) == (0, 2)
    assert "contoso/main" in reconciler("state", "list").out


def test_who_moved_and_who_removed_a_name_stays_on_record(
    renamed: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_ACTOR", "ann")
    monkeypatch.setenv("GITHUB_SHA", "4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e")
    (renamed.root / "manifests" / "moves.yaml").write_text("moved: {contoso: northwind}\n")
    file = renamed.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("name: contoso", "name: northwind"))
    assert reconciler("apply", "--auto-approve").code == 0

    for old, now in (("contoso/office", "northwind/main"), ("northwind/office", "northwind/main")):
        answer = reconciler("state", "show", old)
        assert f"{old} was moved to {now} on" in answer.text
        assert "by ann, at commit 4f0c1d2e" in answer.text
    assert "northwind/mail was removed from state on" in reconciler("state", "show", "northwind/mail").text
    assert "was contoso/office until" in reconciler("state", "show", "northwind/main").text.replace("  ", " ")
    names = json.loads(reconciler("history", "--customer", "contoso", "--format", "json").out)["names"]
    assert [(name["old"], name["new"], name["actor"]) for name in names] == [
        ("contoso", "northwind", "ann"),
        ("northwind/mail", None, "ann"),
        ("northwind/office", "northwind/main", "ann"),
    ]
    rows = csv.DictReader(io.StringIO(reconciler("history", "--format", "csv").out))
    assert {row["action"] for row in rows} == {"upgrade", "resize", "moved", "removed"}


@pytest.mark.usefixtures("renamed")
def test_moves_that_are_asked_for_again_are_done_already(reconciler: Program) -> None:
    reconciler("plan", "--out", "plan.json")
    assert reconciler("apply", "--approved", "plan.json").code == 0
    for again in (("--approved", "plan.json"), ("plan.json",)):
        answer = reconciler("apply", *again)
        assert (answer.code, answer.text.count("[done_already]")) == (0, 2)
        assert "2 done already." in answer.text


def test_a_ring_of_names_that_is_asked_for_again_is_done_already(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    names = {"mail": (OFFICE, "E3", 25), "frontline": (MAIL, "Exchange", 40), "office": (FRONTLINE, "F1", 12)}
    estate.customer("contoso", **names)
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(f"{file.read_text()}moved: {{office: mail, mail: frontline, frontline: office}}\n")
    reconciler("plan", "--out", "plan.json")
    assert "3 moved in state" in reconciler("apply", "--approved", "plan.json").text
    for again in (("--approved", "plan.json"), ("plan.json",)):
        assert "Apply finished: 3 done already." in reconciler("apply", *again).text


def test_a_removed_customer_that_is_asked_for_again_is_one_line(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    (estate.root / "manifests" / "contoso.yaml").unlink()
    (estate.root / "manifests" / "moves.yaml").write_text("removed: [contoso]\n")
    reconciler("plan", "--out", "plan.json")
    assert "3 not tracked any more" in reconciler("apply", "--approved", "plan.json").text
    again = reconciler("apply", "--approved", "plan.json")
    assert (again.code, again.text.count("done already. Its 3 addresses are not tracked since")) == (0, 1)
    assert "Apply finished: 3 done already." in again.text
    assert "Nothing to do: no subscription is declared here." in reconciler("plan", "contoso").text


def test_what_became_of_another_customer_meanwhile_is_one_message(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    reconciler("plan", "--out", "plan.json")
    file, moves = (estate.root / "manifests" / name for name in ("contoso.yaml", "moves.yaml"))
    declared = file.read_text()
    for text, lines, why in (
        ("", "removed: [contoso]\n", "move: 3 addresses out of state, which tracks them no more (contoso/frontline, "),
        (
            declared.replace("name: contoso", "name: contoso-group"),
            "moved: {contoso: contoso-group}\n",
            "move of the customer: from contoso to contoso-group.",
        ),
    ):
        file.write_text(text) if text else file.unlink()
        moves.write_text(lines)
        answer = reconciler("apply", "--approved", "plan.json")
        assert (answer.code, answer.text.count("not started. The reviewed plan does not have this")) == (6, 1)
        assert why in answer.text
        assert answer.text.count("Apply finished: 3 not started.") == 1
        file.write_text(declared)


@pytest.mark.parametrize("saved", [("plan.json",), ("--approved", "plan.json")])
def test_moves_that_were_taken_back_before_their_job_ran_are_told_and_those_that_were_done_are_not(
    estate: Estate, reconciler: Program, saved: tuple[str, ...]
) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    file = estate.root / "manifests" / "contoso.yaml"
    before = file.read_text()
    lines = before.splitlines(keepends=True)
    gone = "".join(line for line in lines if "  mail:" not in line and "  frontline:" not in line)
    for text, why, number in (
        (f"{before.replace('  office:', '  main:')}moved: {{office: main}}\n", "the move to contoso/main", 1),
        (f"{gone}removed: [mail, frontline]\n", "the removal", 2),
    ):
        file.write_text(text)
        reconciler("plan", "--out", "plan.json")
        file.write_text(before)
        answer = reconciler("apply", *saved)
        assert answer.text.count(f"Taken back: the manifests do not ask for {why} any more.") == 1
        assert (answer.code, f"Apply finished: {number} not started." in answer.text) == (6, True)
    file.write_text(f"{gone}removed: [mail, frontline]\n")
    assert reconciler("apply", *saved).code == 0
    file.write_text(before)
    assert reconciler("apply", *saved).code == 0


def test_a_customer_that_vanished_is_removed_or_restored_before_the_limit_is_raised(
    estate: Estate, reconciler: Program
) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    estate.customer("fabrikam", bureau=(KIOSKS, "F1", 9))
    file = estate.root / "manifests" / "fabrikam.yaml"
    file.write_text(file.read_text() + "moved: {kiosks: bureau}\n")
    (estate.root / "manifests" / "contoso.yaml").unlink()
    first = (
        "If contoso left, write in moves.yaml, at the estate's root: removed: [contoso] "
        "If a manifest was lost, put it back. To apply without that, "
    )
    for command, last in (
        (("plan",), "allow this for one run: reconciler apply --override-limit max_customers_emptied=1"),
        (("plan", "contoso"), "raise the limit under limits: in reconciler.yaml."),
        (("apply", "--auto-approve"), "allow it for this run: reconciler apply --auto-approve --override-limit"),
    ):
        assert f"{first}{last}" in reconciler(*command).text
    refused = "1 change planned, 1 address to move in state, but apply will refuse this plan: a limit is exceeded."
    assert refused in reconciler("plan").text
    assert "If contoso left" in reconciler("explain", "max_customers_emptied").text.replace("<customers>", "contoso")


def test_a_review_and_a_saved_plan_move_only_what_they_have_shown(renamed: Estate, reconciler: Program) -> None:
    file = renamed.root / "manifests" / "contoso.yaml"
    text = file.read_text()
    file.write_text(text.replace("\nremoved: [mail]", ""))
    reconciler("plan", "--out", "plan.json")
    file.write_text(text)
    left = reconciler("apply", "--approved", "plan.json")
    assert (left.code, "contoso/mail" in reconciler("state", "list").out) == (6, True)
    assert "contoso/office: is contoso/main now" in left.text
    assert "The reviewed plan does not have this move: out of state" in " ".join(left.text.split())
    assert reconciler("apply", "--settle").code == 0
    assert reconciler("apply", "plan.json").code == 0
    assert "contoso/mail" in reconciler("state", "list").out


def test_a_change_of_a_moved_address_is_planned_and_carried_out_under_its_new_name(
    renamed: Estate, reconciler: Program
) -> None:
    reconciler("set", "contoso/main", "--quantity", "30")
    assert "~ contoso/main" in reconciler("plan").text
    assert process(renamed.root, "apply", "--auto-approve").code == 0
    assert len(renamed.bought) == 3
    assert reconciler("plan", "--detailed-exitcode").code == 0


def test_an_undeclared_rename_is_blocked_with_the_line_to_write(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    estate.customer("contoso", main=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    answer = reconciler("plan")
    assert "moved: {office: main}" in answer.text
    assert not {"E1", "E3", "->", "upgrade"} & set(answer.text.split())
    assert len(estate.bought) == 2


def test_entries_that_exchange_their_names_are_moved_by_the_line_that_the_plan_gives(
    estate: Estate, reconciler: Program
) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    names = {"office": (MAIL, "Exchange", 40), "mail": (OFFICE, "E3", 25), "frontline": (FRONTLINE, "F1", 12)}
    estate.customer("contoso", **names)
    answer = reconciler("plan")
    assert not {"E3", "seats", "->", "forget", "adopt"} & set(answer.text.split())
    (line,) = re.findall(r"moved: \{[^}]*\}", answer.text)
    file = estate.root / "manifests" / "contoso.yaml"
    file.write_text(f"{file.read_text()}{line}\n")
    assert reconciler("apply", "--auto-approve").code == 0
    assert reconciler("plan", "--detailed-exitcode").code == 0
    assert len(estate.bought) == 2


def test_forget_takes_a_customer_shows_what_it_is_and_asks(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert reconciler("apply", "--auto-approve").code == 0
    (estate.root / "manifests" / "fabrikam.yaml").unlink()
    unasked = reconciler("forget", "fabrikam")
    assert (unasked.code, "fabrikam/kiosks" in unasked.text) == (1, True)
    assert "fabrikam/kiosks" in reconciler("state", "list").out
    assert reconciler("forget", "fabri*", "--auto-approve").code == 0
    assert "fabrikam" not in reconciler("state", "list").out
    assert "No tracked address matches fabrikam/x*" in reconciler("forget", "fabrikam/x*", "--auto-approve").text


def test_forget_tells_a_lock_once_for_its_customer(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    (estate.root / "manifests" / "contoso.yaml").unlink()
    with estate.store.lock("contoso", "apply", Run(id="run-7", actor="deploy")):
        answer = reconciler("forget", "contoso", "--auto-approve")
    assert (answer.code, answer.text.count("is locked by")) == (7, 1)


def test_what_can_not_be_forgotten_keeps_nothing_else(estate: Estate, reconciler: Program) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    estate.customer("contoso", office=(OFFICE, "E3", 25))
    assert "contoso/office: A manifest declares it, so it stays." in reconciler("forget", "*").text
    answer = reconciler("forget", "contoso", "--auto-approve")
    assert (answer.code, "contoso/office is still declared" in answer.text) == (1, True)
    assert [line.split()[0] for line in reconciler("state", "list").out.splitlines() if "/" in line] == [
        "contoso/office"
    ]


def test_a_customer_is_moved_by_hand_and_what_could_not_be_written_finds_it(
    estate: Estate, reconciler: Program
) -> None:
    assert reconciler("apply", "--auto-approve").code == 0
    rescued = reconciler("state", "pull", "contoso").out
    (estate.root / "errored.contoso.json").write_text(rescued)
    assert "contoso is northwind now, with all its addresses." in reconciler("state", "mv", "contoso", "northwind").text
    pushed = reconciler("state", "push", "errored.contoso.json")
    assert "in the state of northwind already" in pushed.text
    assert estate.store.customers() == ("northwind",)
    assert "customer_name_changed" in reconciler("plan").text


def test_the_locks_of_a_run_are_broken_at_once_and_plan_warns_of_them(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam", kiosks=(KIOSKS, "F1", 9))
    run = Run(id="run-7", actor="deploy")
    with ExitStack() as held:
        for customer in ("contoso", "fabrikam"):
            held.enter_context(estate.store.lock(customer, "apply", run))
        assert reconciler("plan").text.count("Apply begins nothing of it while that is so.") == 2
        refused = reconciler("apply", "--auto-approve")
        assert (refused.code, refused.text.count("unlock --run run-7")) == (7, 2)
        assert reconciler("unlock", "--run", "run-8").code == 1
        assert reconciler("unlock", "--run", "run-7").text.count("is gone") == 2
        assert reconciler("apply", "--auto-approve").code == 0
    assert reconciler("unlock", "contoso").code == 64


def test_what_the_manifest_removes_is_let_go_on_purpose_for_as_long_as_its_line_stands(
    renamed: Estate, reconciler: Program
) -> None:
    reconciler("apply", "--auto-approve")
    assert MAIL not in reconciler("plan").text
    assert MAIL not in reconciler("drift").text
    assert "the manifest removes it" in reconciler("import", "--all", "--into", "manifests", "--new-only").text

    file = renamed.root / "manifests" / "contoso.yaml"
    file.write_text(file.read_text().replace("removed: [mail]\n", ""))
    assert MAIL in reconciler("drift").text
    assert "subscriptions_undeclared" in reconciler("plan").text
