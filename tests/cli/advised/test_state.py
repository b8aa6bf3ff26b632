"""`state list` and `state show`, wherever they are advised, show what is remembered of this estate."""

import json

import pytest

from tests.cli.advised import lost
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE

LIST, SHOW = "state list", "state show ADDRESS"


@pytest.fixture
def applied(elsewhere: Elsewhere) -> Elsewhere:
    """The estate after its first apply."""
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    return elsewhere


REFUSED = {
    "not_tracked": "state show contoso/none",
    "not_remembered": "state pull nobody",
    "no_customer_name": "state pull ../contoso",
    "nothing_tracked_matches": "forget contoso/x* --auto-approve",
}
"""Commands about what state does not have, by the code with which they are refused."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, LIST)) for code in REFUSED])
def test_what_is_tracked_is_listed_where_something_else_was_named(applied: Elsewhere, code: str) -> None:
    refused = applied.run(*REFUSED[code].split(), code=1)
    assert "contoso/office" in applied.follow(refused, code, LIST).out


DAMAGES = {
    "state_not_json": "{",
    "state_not_an_object": "[]",
    "state_no_version": "{}",
    "state_bad_version": '{"format_version": "first"}',
    "state_not_utf8": "\udcff",
    "state_ambiguous": '{"format_version": 2, "format_version": 1}',
    "state_nested_too_deeply": "[" * 100_000,
}
"""Contents of a file of state that can't be read, by the code that says so."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, LIST)) for code in DAMAGES])
def test_a_restored_state_is_read_again(applied: Elsewhere, code: str) -> None:
    file = applied.estate.root / "st" / "contoso.json"
    before = file.read_bytes()
    file.write_bytes(DAMAGES[code].encode(errors="surrogateescape"))
    refused = applied.run("state", "list", code=1)
    file.write_bytes(before)
    assert "contoso/office" in applied.follow(refused, code, LIST).out


@advised("customer_contradicts_state", LIST)
def test_what_contradicts_the_manifests_is_listed(applied: Elsewhere) -> None:
    file = applied.estate.root / "st" / "contoso.json"
    document = json.loads(file.read_text())
    document["customer"]["tenant"] = "90000000-0000-4000-8000-000000000000"
    file.write_text(json.dumps(document))
    assert "[customer_contradicts_state]" in applied.run("plan", code=3).text
    explained = applied.run("explain", "customer_contradicts_state", code=0)
    assert "contoso/office" in applied.follow(explained, "customer_contradicts_state", LIST).out


@advised("nothing_pending", SHOW)
def test_what_is_remembered_is_shown_where_nothing_is_pending(applied: Elsewhere) -> None:
    refused = applied.run("state", "resolve", "contoso/office", "--not-done", code=1)
    assert OFFICE in applied.follow(refused, "nothing_pending", SHOW).out


def moving(elsewhere: Elsewhere, moved: str) -> None:
    """The manifests move names that no apply has moved yet."""
    file = elsewhere.root / "contoso.yaml"
    file.write_text(f"{file.read_text().rstrip()}\nmoved: {moved}\n")


@advised("name_means_another", "plan CUSTOMER")
def test_a_name_that_means_another_subscription_in_state_settles_nothing(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10))
    elsewhere.apply()
    lost.a_resize(elsewhere)
    elsewhere.declare(frontline=(OFFICE, "E1", 25), office=(FRONTLINE, "F1", 12))
    moving(elsewhere, "{office: frontline, frontline: office}")
    for command in (("state", "resolve", "contoso/frontline", "--not-done"), ("done", "contoso/frontline", "x")):
        refused = elsewhere.run(*command, code=1)
        assert "contoso/office" in elsewhere.follow(refused, "name_means_another", "plan CUSTOMER").out


def test_a_name_that_only_the_manifests_have_settles_what_state_has_under_the_earlier_one(elsewhere: Elsewhere) -> None:
    lost.a_resize(elsewhere)
    elsewhere.declare(desks=(FRONTLINE, "F1", 12))
    moving(elsewhere, "{frontline: desks}")
    assert "settled as not done" in elsewhere.run("state", "resolve", "contoso/desks", "--not-done", code=0).text


@advised("done_already", SHOW)
def test_the_record_of_what_was_done_already_is_shown(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E3", 25))
    elsewhere.run("plan", "--out", "plan.json", code=0)
    elsewhere.run("apply", "plan.json", code=0)
    again = elsewhere.run("apply", "plan.json", code=0)
    assert "[done_already]" in again.text
    explained = elsewhere.run("explain", "done_already", code=0)
    shown = elsewhere.follow(explained, "done_already", SHOW, ADDRESS="contoso/office")
    assert "succeeded" in shown.out


@advised("pending_unknown", SHOW)
def test_the_commands_that_settle_a_lost_answer_are_in_its_record(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    shown = elsewhere.follow(elsewhere.run("plan", code=3), "pending_unknown", SHOW)
    assert "reconciler state resolve contoso/office --succeeded SUBSCRIPTION_ID" in shown.out
    assert "reconciler state resolve contoso/office --not-done" in shown.out
