"""Every `done` that is advised closes its task; every other command of a task shows what it promises."""

from pathlib import Path

import pytest

from reconciler.sandbox import User
from tests.cli.advised import terms
from tests.cli.advised.orders import STANDARD, modern
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import MAIL, OFFICE, Answer

ANN = User(object_id="05e40000-0000-4000-8000-000000000001", name="Ann Example", email="ann@example.test")
CLOSING = "Once one is done, say so by its address and code:"
TASKS = ("assign_users", "assign_remaining_users", "compare_users", "check_licences", "send_mail", "await_consent")


def left(elsewhere: Elsewhere, task: str) -> Answer:
    """Returns an apply that leaves this task to do; or finds that a consent is missing."""
    if task == "assign_users":
        elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: E3, quantity: 25, license_transfer: never}}")
        return elsewhere.apply()
    elsewhere.declare(office=(OFFICE, "E3", 25))
    if task == "assign_remaining_users":
        elsewhere.estate.stick(ANN)
        return elsewhere.apply(code=4)
    if task == "compare_users":
        elsewhere.estate.arm("performed_then_dropped", method="POST")
        return elsewhere.apply()
    if task == "check_licences":
        elsewhere.only_sold(modern())
        elsewhere.write("contoso", terms.entry(offer=STANDARD))
        elsewhere.estate.behave(transitioned_after=0, licensed_after=10**8)
        return elsewhere.apply()
    elsewhere.estate.behave(delegation_for_every_upgrade=True)
    with elsewhere.estate.changed() as world:
        world.customers[0].delegated_admin = False
    answer = elsewhere.apply()
    if task == "await_consent":
        elsewhere.run("done", "contoso/office", "send_mail", code=0)
    return answer


def is_open(elsewhere: Elsewhere, task: str) -> bool:
    return f"[{task}]" in elsewhere.run("state", "list", code=0).text


@pytest.mark.parametrize("task", [pytest.param(task, marks=advised(task, f"done ADDRESS {task}")) for task in TASKS])
def test_a_task_of_which_is_read_what_it_is(elsewhere: Elsewhere, task: str) -> None:
    left(elsewhere, task)
    assert is_open(elsewhere, task)
    explained = elsewhere.run("explain", task, code=0)
    assert elsewhere.follow(explained, task, f"done ADDRESS {task}", ADDRESS="contoso/office").code == 0
    assert not is_open(elsewhere, task)


@advised("Once that is done, say so:", "done ADDRESS TASK")
@pytest.mark.parametrize("task", TASKS[:4])
def test_a_task_that_an_apply_leaves(elsewhere: Elsewhere, task: str) -> None:
    applied = left(elsewhere, task)
    assert elsewhere.follow(applied, "Once that is done, say so:", "done ADDRESS TASK").code == 0
    assert not is_open(elsewhere, task)


@advised(CLOSING, "done ADDRESS TASK")
def test_a_task_in_the_list_of_what_is_left_to_do(elsewhere: Elsewhere) -> None:
    left(elsewhere, "assign_users")
    assert elsewhere.follow(elsewhere.run("plan"), CLOSING, "done ADDRESS TASK").code == 0
    assert not is_open(elsewhere, "assign_users")


@advised("The apply that finds a consent given ends its task. To wait for it no more:", "done ADDRESS TASK")
def test_a_consent_that_is_waited_for_no_more(elsewhere: Elsewhere) -> None:
    left(elsewhere, "await_consent")
    text = "The apply that finds a consent given ends its task. To wait for it no more:"
    assert elsewhere.follow(elsewhere.run("plan"), text, "done ADDRESS TASK").code == 0
    assert not is_open(elsewhere, "await_consent")


@advised("no_such_task", "done ADDRESS FIRST")
def test_another_task_than_the_one_named(elsewhere: Elsewhere) -> None:
    left(elsewhere, "assign_users")
    refused = elsewhere.run("done", "contoso/office", "send_mail", code=1)
    assert elsewhere.follow(refused, "no_such_task", "done ADDRESS FIRST").code == 0
    assert not is_open(elsewhere, "assign_users")


@advised("task_moved", "done NOW TASK")
@pytest.mark.parametrize("customer", ["contoso", "northwind"], ids=["an entry", "an entry and its customer"])
def test_a_task_by_the_name_that_its_address_had(elsewhere: Elsewhere, customer: str) -> None:
    left(elsewhere, "assign_users")
    elsewhere.run("state", "mv", "contoso/office", "contoso/hq", code=0)
    if customer != "contoso":
        elsewhere.run("state", "mv", "contoso", customer, code=0)
    refused = elsewhere.run("done", "contoso/office", "assign_users", code=1)
    assert elsewhere.follow(refused, "task_moved", "done NOW TASK").code == 0
    assert f"{customer}/hq" in elsewhere.run("state", "list", code=0).out
    assert "assign_users" not in elsewhere.run("state", "list", code=0).out


def test_a_task_keeps_the_earlier_name_where_the_present_one_means_another_subscription(elsewhere: Elsewhere) -> None:
    left(elsewhere, "assign_users")
    elsewhere.run("state", "mv", "contoso/office", "contoso/hq", code=0)
    elsewhere.write("contoso", f"hq: {{id: {MAIL}, offer: Exchange, quantity: 40}}")
    elsewhere.run("adopt", "contoso/hq", MAIL, code=0)
    elsewhere.run("done", "contoso/office", "assign_users", code=0)
    assert not is_open(elsewhere, "assign_users")


@advised("no_such_task", "state list")
def test_a_task_where_nothing_is_left_to_do(elsewhere: Elsewhere) -> None:
    left(elsewhere, "assign_users")
    elsewhere.run("done", "contoso/office", "assign_users", code=0)
    refused = elsewhere.run("done", "contoso/office", "compare_users", code=1)
    assert "contoso/office" in elsewhere.follow(refused, "no_such_task", "state list").out


@advised("assign_remaining_users", "state show ADDRESS")
def test_the_users_who_are_left_are_in_the_record(elsewhere: Elsewhere) -> None:
    left(elsewhere, "assign_remaining_users")
    explained = elsewhere.run("explain", "assign_remaining_users", code=0)
    shown = elsewhere.follow(explained, "assign_remaining_users", "state show ADDRESS", ADDRESS="contoso/office")
    assert ANN.object_id in shown.out


@advised("Their object ids in the customer's directory:", "state show ADDRESS")
def test_the_users_who_are_left_are_in_the_record_that_an_apply_names(elsewhere: Elsewhere) -> None:
    applied = left(elsewhere, "assign_remaining_users")
    shown = elsewhere.follow(applied, "Their object ids in the customer's directory:", "state show ADDRESS")
    assert ANN.object_id in shown.out


@advised("compare_users", "state show ADDRESS")
def test_the_two_subscriptions_are_in_the_record(elsewhere: Elsewhere) -> None:
    left(elsewhere, "compare_users")
    explained = elsewhere.run("explain", "compare_users", code=0)
    shown = elsewhere.follow(explained, "compare_users", "state show ADDRESS", ADDRESS="contoso/office")
    assert OFFICE in shown.out
    assert elsewhere.estate.ledger[-1].target in shown.out


@advised("send_mail", "plan ADDRESS --mails mails")
def test_the_mail_is_written(elsewhere: Elsewhere) -> None:
    left(elsewhere, "send_mail")
    explained = elsewhere.run("explain", "send_mail", code=0)
    elsewhere.follow(explained, "send_mail", "plan ADDRESS --mails mails", ADDRESS="contoso/office")
    assert [mail.name for mail in Path("mails").iterdir()] == ["contoso.eml"]


@advised("await_consent", "plan ADDRESS")
def test_a_plan_sees_that_the_consent_is_given(elsewhere: Elsewhere) -> None:
    left(elsewhere, "await_consent")
    with elsewhere.estate.changed() as world:
        world.customers[0].delegated_admin = True
    explained = elsewhere.run("explain", "await_consent", code=0)
    planned = elsewhere.follow(explained, "await_consent", "plan ADDRESS", ADDRESS="contoso/office")
    assert "1 change can go ahead" in planned.text
