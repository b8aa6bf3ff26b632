"""A consent that a customer must give is open from the apply that first misses it to the one that finds it given."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.model.consent import Consent, Stamp
from reconciler.model.customer import Customer
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.rendering.reports.states import states_report
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVERYWHERE = (("plan",), ("state", "list"), ("drift",), ("renewals", "--format", "markdown"))
DELEGATION = "delegated_admin_permissions_disabled"


def consent(estate: Estate, *, given: bool) -> None:
    with estate.changed() as world:
        world.customers[0].delegated_admin = given


@pytest.fixture
def missing(estate: Estate, reconciler: Program) -> Estate:
    """An estate of which an apply has found that contoso's consent to an upgrade is missing."""
    estate.behave(delegation_for_every_upgrade=True)
    consent(estate, given=False)
    assert reconciler("apply", "--auto-approve").code == 0
    return estate


def tasks(reconciler: Program, *options: str) -> list[tuple[str, str]]:
    found = json.loads(reconciler("plan", "--format", "json", *options).out)["tasks"]
    return [(task["address"], task["code"]) for task in found]


def mentions(reconciler: Program, task: str) -> int:
    """Returns how many of the commands that tell of tasks tell of this one."""
    return sum(task in reconciler(*command).text.replace("\\_", "_") for command in EVERYWHERE)


def in_state(estate: Estate) -> list[dict[str, object]]:
    consents: list[dict[str, object]] = json.loads((estate.root / "state" / "contoso.json").read_text())["consents"]
    return consents


def test_a_mail_to_send_is_told_everywhere_until_it_is_sent_and_then_the_consent_until_it_is_given(
    missing: Estate, reconciler: Program
) -> None:
    assert mentions(reconciler, "send_mail") == len(EVERYWHERE)
    sent = reconciler("done", "contoso/office", "send_mail")
    assert sent.text == "contoso/office: send_mail is done. Still open: await_consent."
    assert mentions(reconciler, "await_consent") == len(EVERYWHERE)
    assert reconciler("apply", "--auto-approve").code == 0
    assert tasks(reconciler) == [("contoso/office", "await_consent")]

    consent(missing, given=True)

    assert tasks(reconciler) == []
    assert "[await_consent]" in reconciler("state", "list").text  # planning records nothing
    assert reconciler("apply", "--auto-approve").code == 0
    assert mentions(reconciler, "await_consent") == 0
    shown = reconciler("state", "show", "contoso/office").text
    assert all(f"{word} 20" in shown for word in ("missing", "asked", "over"))


def test_what_was_said_of_it_is_written_once_and_by_whom(missing: Estate, reconciler: Program) -> None:
    (found,) = in_state(missing)
    assert (found["code"], found["names"], found["asked"], found["ended"]) == (DELEGATION, ["office"], None, None)
    before = (missing.root / "state" / "contoso.json").read_bytes()
    assert reconciler("apply", "--auto-approve").code == 0
    assert (missing.root / "state" / "contoso.json").read_bytes() == before


def test_addresses_that_wait_for_one_consent_are_one_task_for_each_of_them(
    missing: Estate, reconciler: Program
) -> None:
    missing.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "E1", 12), mail=(MAIL, "Exchange", 40))
    assert reconciler("apply", "--auto-approve").code == 0
    both = [("contoso/frontline", "send_mail")]
    assert (tasks(reconciler), tasks(reconciler, "--target", "contoso/office")) == (both, both)
    assert tasks(reconciler, "--target", "contoso/mail") == []
    assert reconciler("done", "contoso/office", "send_mail").code == 0
    assert tasks(reconciler) == [("contoso/frontline", "await_consent")]


def test_a_consent_that_is_missing_again_must_be_asked_for_again(missing: Estate, reconciler: Program) -> None:
    reconciler("done", "contoso/office", "send_mail")
    missing.customer("contoso", office=(OFFICE, "E1", 25))  # nobody wants the upgrade any more
    reconciler("apply", "--auto-approve")
    assert tasks(reconciler) == []
    missing.customer("contoso", office=(OFFICE, "E3", 25))
    reconciler("apply", "--auto-approve")
    assert tasks(reconciler) == [("contoso/office", "send_mail")]
    assert [bool(each["ended"]) for each in in_state(missing)] == [True, False]


@pytest.mark.parametrize("task", [("send_mail",), ("send_mail", "await_consent")])
def test_it_follows_a_renamed_entry_and_ends_with_a_forgotten_one(
    missing: Estate, reconciler: Program, task: tuple[str, ...]
) -> None:
    for code in task:
        assert reconciler("done", "contoso/office", code).code == 0
    expected = [("contoso/main", "await_consent")] if len(task) == 1 else []
    missing.customer("contoso", main=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    assert reconciler("state", "mv", "contoso/office", "contoso/main").code == 0
    assert reconciler("apply", "--auto-approve").code == 0
    assert tasks(reconciler) == expected
    missing.customer("contoso", mail=(MAIL, "Exchange", 40))
    assert reconciler("forget", "contoso/main").code == 0
    assert tasks(reconciler) == []


def test_a_saved_plan_and_a_reviewed_one_record_it_as_well(estate: Estate, reconciler: Program) -> None:
    estate.behave(delegation_for_every_upgrade=True)
    consent(estate, given=False)
    reconciler("plan", "--out", "plan.json")
    assert reconciler("apply", "plan.json").code == 0
    assert tasks(reconciler) == [("contoso/office", "send_mail")]
    consent(estate, given=True)
    reconciler("plan", "--target", "contoso/frontline", "--out", "part.json")
    reconciler("apply", "--approved", "part.json")
    assert [each["ended"] for each in in_state(estate)] == [None]  # the plan did not look at it
    reconciler("plan", "--out", "plan.json")
    reconciler("apply", "--approved", "plan.json")
    assert [bool(each["ended"]) for each in in_state(estate)] == [True]


def test_a_customer_who_was_never_readable_gets_no_state_of_its_own(estate: Estate, reconciler: Program) -> None:
    with estate.changed() as world:
        world.customers[0].relationship = "none"
    reconciler("apply", "--auto-approve")
    assert not (estate.root / "state" / "contoso.json").exists()


def test_one_who_left_and_comes_back_is_seen_to_be_back(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")
    with estate.changed() as world:
        world.customers[0].relationship = "none"
    reconciler("apply", "--auto-approve")
    assert tasks(reconciler) == [("contoso/frontline", "send_mail")]
    reconciler("plan", "--mails", "mails")
    (mail,) = Path("mails").iterdir()
    assert (mail.name, b"reseller relationship" in mail.read_bytes()) == ("contoso.eml", True)
    with estate.changed() as world:
        world.customers[0].relationship = "reseller"
    assert tasks(reconciler) == []


def test_a_pushed_state_and_another_name_of_the_customer_keep_it(missing: Estate, reconciler: Program) -> None:
    stored = (missing.root / "state" / "contoso.json").read_text()
    reconciler("done", "contoso/office", "send_mail")
    (missing.root / "errored.contoso.json").write_text((missing.root / "state" / "contoso.json").read_text())
    (missing.root / "state" / "contoso.json").write_text(stored)

    assert reconciler("state", "push", "errored.contoso.json").code == 0
    assert reconciler("state", "mv", "contoso", "northwind").code == 0
    assert "[await_consent]" in reconciler("state", "list").text


def test_state_that_holds_no_subscription_yet_tells_what_is_to_be_done() -> None:
    run = Run(id="run-1", actor="alice")
    found = Consent(code="customer_agreement_missing", names=("copilot",), found=Stamp(at=NOW, run=run))
    customer = Customer(name="contoso", tenant="10000000-0000-4000-8000-000000000000", display_name="Contoso Ltd")
    (tasks,) = states_report([CustomerState(lineage="1", customer=customer, consents=(found,))], NOW).sections
    (item,) = tasks.items
    assert (item.subject, item.customer, item.code) == ("contoso/copilot", "Contoso Ltd", "send_mail")
