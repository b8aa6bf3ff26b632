"""`history`: what was applied, from state alone, for people who were not there."""

import csv
import io
import json
from collections.abc import Callable

import pytest

from reconciler.sandbox import Fault
from tests.cli.estates import FRONTLINE, OFFICE, Answer, Estate

Program = Callable[..., Answer]


@pytest.fixture
def applied(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch) -> Estate:
    """An estate with an upgrade and a resize behind it, carried out at a commit."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_SHA", "4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e")
    assert reconciler("apply", "--auto-approve").code == 0
    return estate


@pytest.mark.usefixtures("applied")
def test_each_change_is_told_with_what_it_changed_and_by_whom(reconciler: Program) -> None:
    text = reconciler("history").text

    assert "2 changes: 2 done." in text
    assert "offer Office 365 Enterprise E1 -> Office 365 Enterprise E3" in text
    assert (
        "contoso/frontline: resize change resize to 12 seats offer Office 365 F1 seats 10 -> 12 ended succeeded" in text
    )
    assert "commit 4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e4f0c1d2e" in text


@pytest.mark.usefixtures("applied")
def test_the_table_and_the_document_have_the_ids(reconciler: Program) -> None:
    rows = {row["address"]: row for row in csv.DictReader(io.StringIO(reconciler("history", "--format", "csv").out))}
    changes = {item["address"]: item for item in json.loads(reconciler("history", "--format", "json").out)["changes"]}

    assert rows.keys() == changes.keys() == {"contoso/office", "contoso/frontline"}
    assert rows["contoso/frontline"]["subscription_id"] == FRONTLINE
    assert (changes["contoso/office"]["subscription_id"], changes["contoso/office"]["seats_before"]) == (OFFICE, 25)
    assert all(row["request_id"] == changes[address]["request_id"] != "" for address, row in rows.items())
    assert all(row["done"] == "yes" for row in rows.values())


@pytest.mark.usefixtures("applied")
def test_a_day_and_a_customer_choose(reconciler: Program) -> None:
    assert "Nothing was applied since 2199-01-01 00:00 UTC." in reconciler("history", "--since", "2199-01-01").out
    assert "2 changes" in reconciler("history", "--since", "2020-01-01", "--customer", "contoso").out
    assert reconciler("history", "--customer", "nobody").code == 1
    assert reconciler("history", "contoso").out == reconciler("history", "--customer", "contoso").out
    assert reconciler("history", "contoso", "--customer", "fabrikam").code == 64


@pytest.mark.usefixtures("applied")
def test_a_slip_is_told_what_was_meant(reconciler: Program) -> None:
    assert "Did you mean contoso?" in reconciler("history", "--customer", "contso").text
    assert "Did you mean contoso/office?" in reconciler("state", "show", "contoso/ofice").text
    answer = reconciler("apply", "contoso")
    assert (answer.code, "reconciler apply --target contoso" in answer.text) == (64, True)


def test_an_address_that_is_tracked_no_more_keeps_its_history(applied: Estate, reconciler: Program) -> None:
    applied.customer("contoso", office=(OFFICE, "E3", 25))
    assert reconciler("forget", "contoso/frontline").code == 0

    assert "contoso/frontline" in reconciler("history").out


@pytest.mark.usefixtures("estate")
def test_before_the_first_apply_there_is_nothing(reconciler: Program) -> None:
    assert (reconciler("history").code, reconciler("history").out.strip()) == (0, "Nothing was applied.")


def test_what_was_sent_and_has_no_result_may_have_been_done(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 9

    for since in ((), ("--since", "2199-01-01")):
        text = reconciler("history", *since).text
        assert "1 change: 0 done, 1 with an unknown outcome." in text
        assert "contoso/office: upgrade" in text
        assert "ended not known yet: it may have been done" in text
    (row,) = csv.DictReader(io.StringIO(reconciler("history", "--format", "csv").out))
    assert (row["outcome"], row["done"], row["finished_at"]) == ("pending", "unknown", "")


def test_what_was_given_up_and_may_still_show_is_in_doubt(estate: Estate, reconciler: Program) -> None:
    estate.arm(Fault.parse("dropped_before:always:POST"))
    assert reconciler("apply", "--auto-approve", "--target", "contoso/office").code == 9
    assert reconciler("state", "resolve", "contoso/office", "--not-done").code == 0

    assert "ended not done, in doubt until" in reconciler("history").text
    (change,) = json.loads(reconciler("history", "--format", "json").out)["changes"]
    assert (change["outcome"], change["doubted_until"] is None) == ("not_done", False)


@pytest.mark.usefixtures("applied")
def test_a_declared_customer_of_whom_nothing_was_applied_has_no_changes(applied: Estate, reconciler: Program) -> None:
    applied.customer("fabrikam")

    assert reconciler("history", "--customer", "fabrikam").out.strip() == "Nothing was applied."


def test_what_another_run_settled_stays_the_change_of_the_run_that_sent_it(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTOR", "ann")
    estate.lose_answers()
    reconciler("apply", "--auto-approve", "--target", "contoso/office")
    estate.show_what_was_bought()
    monkeypatch.setenv("GITHUB_ACTOR", "settling-job")
    reconciler("apply", "--settle")

    (change,) = json.loads(reconciler("history", "--format", "json").out)["changes"]
    assert (change["outcome"], change["actor"]) == ("recovered", "ann")
    assert change["settled_by"].endswith(" by settling-job")
