"""Rescued states: every command that is advised where one was written, is asked for, or is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.errors import Problem, StateUnavailable
from reconciler.model.result import Outcome
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E1
from reconciler.state import LocalStore
from tests.cli.advised import lost
from tests.cli.advised.orders import a_shop, bought
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, OFFICE, Answer

NEW = "70000000-0000-4000-8000-000000000000"
NOT_WRITTEN = "Once the state location can be written again, run:"


def stored(elsewhere: Elsewhere) -> Path:
    return elsewhere.estate.root / "st" / "contoso.json"


def rescued(elsewhere: Elsewhere) -> dict[str, Any]:
    """Returns the state of contoso as a rescued file has it."""
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10))
    elsewhere.apply()
    found: dict[str, Any] = json.loads(stored(elsewhere).read_text())
    return found


def push(elsewhere: Elsewhere, file: dict[str, Any], code: int = 1) -> Answer:
    Path("errored.contoso.json").write_text(json.dumps(file))
    return elsewhere.run("state", "push", "errored.contoso.json", code=code)


@advised(NOT_WRITTEN, "state push FILE")
def test_what_could_not_be_recorded_is_taken_in(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere.declare(office=(OFFICE, "E3", 25))
    write, written = LocalStore.write, list[str]()

    def failing(store: LocalStore, *arguments: Any) -> str:
        if written:
            raise StateUnavailable(Problem(where="st", what="It takes nothing.", remedy="Make room."))
        written.append("the intent")
        return write(store, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "write", failing)
        applied = elsewhere.apply(code=1)
    assert elsewhere.follow(applied, NOT_WRITTEN, "state push FILE").code == 0
    assert elsewhere.state().results[-1].outcome is Outcome.SUCCEEDED
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("order_state_missing", "state push FILE")
def test_a_state_that_does_not_know_the_last_order_is_put_right(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    stored(elsewhere).rename("errored.contoso.json")
    blocked = elsewhere.run("plan", code=3)
    pushed = elsewhere.follow(blocked, "order_state_missing", "state push FILE", FILE="errored.contoso.json")
    assert pushed.code == 0
    assert elsewhere.state().subscriptions["copilot"].id == bought(elsewhere)
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("push_moved_on", "adopt ADDRESS ID")
def test_an_address_that_has_moved_on_takes_in_the_file_once_it_is_bound_to_the_file_s(elsewhere: Elsewhere) -> None:
    file = rescued(elsewhere)
    elsewhere.sell(Sold(id=NEW, offer=E1, quantity=25))
    elsewhere.declare(office=(NEW, "E1", 25), frontline=(FRONTLINE, "F1", 10))
    elsewhere.run("adopt", "contoso/office", NEW, code=0)
    refused = push(elsewhere, file)
    assert elsewhere.follow(refused, "push_moved_on", "adopt ADDRESS ID").code == 0
    push(elsewhere, file, code=0)
    elsewhere.run("adopt", "contoso/office", NEW, code=0)


@advised("push_shared", "state show OTHER")
def test_the_other_address_of_a_subscription_that_would_be_shared_is_shown(elsewhere: Elsewhere) -> None:
    file = rescued(elsewhere)
    file["subscriptions"]["office"]["previous_ids"] = [FRONTLINE]
    refused = push(elsewhere, file)
    shown = elsewhere.follow(refused, "push_shared", "state show OTHER")
    assert (shown.code, FRONTLINE in shown.out) == (0, True)


@advised("push_belongs_elsewhere", "state show OTHER")
def test_the_address_to_which_a_pending_change_belongs_by_now_is_shown(elsewhere: Elsewhere) -> None:
    rescued(elsewhere)
    before = stored(elsewhere).read_text()
    elsewhere.estate.arm("dropped_before", method="PATCH", times=2)
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 12))
    elsewhere.apply(code=9)
    file = json.loads(stored(elsewhere).read_text())
    file["pending"]["office"] = file["pending"].pop("frontline")
    stored(elsewhere).write_text(before)
    refused = push(elsewhere, file)
    shown = elsewhere.follow(refused, "push_belongs_elsewhere", "state show OTHER")
    assert (shown.code, FRONTLINE in shown.out) == (0, True)


@advised("push_two_pending", "state show ADDRESS")
def test_the_change_that_is_pending_in_the_state_is_shown(elsewhere: Elsewhere) -> None:
    rescued(elsewhere)
    before = stored(elsewhere).read_text()
    lost.a_resize(elsewhere)
    file = json.loads(stored(elsewhere).read_text())
    stored(elsewhere).write_text(before)
    elsewhere.declare(frontline=(FRONTLINE, "F1", 13))
    elsewhere.estate.arm("dropped_before", method="PATCH", times=2)
    elsewhere.apply(code=9)
    refused = push(elsewhere, file)
    shown = elsewhere.follow(refused, "push_two_pending", "state show ADDRESS")
    assert "resize to 13 seats" in shown.text
    elsewhere.run("state", "resolve", "contoso/frontline", "--not-done", code=0)
    push(elsewhere, file, code=0)
