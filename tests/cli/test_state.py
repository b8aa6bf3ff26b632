"""`state`, `adopt`, `forget` and `unlock`: looking at what is remembered, and repairing it."""

import json
import re
from collections.abc import Callable

import pytest

from reconciler.model.run import Run
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E3
from reconciler.state import current_process
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]
OTHER = "70000000-0000-4000-8000-000000000000"


@pytest.fixture
def applied(estate: Estate, reconciler: Program) -> Estate:
    """The estate after its first apply."""
    assert reconciler("apply", "--auto-approve").code == 0
    return estate


def target(estate: Estate) -> str:
    """Returns what contoso/office became."""
    return next(entry.target for entry in estate.world.ledger if entry.kind == "upgrade")


def test_an_address_follows_what_was_bought_for_it(applied: Estate, reconciler: Program) -> None:
    listed = reconciler("state", "list").out
    shown = reconciler("state", "show", "contoso/office").out

    assert target(applied) in listed
    assert OFFICE not in listed
    assert OFFICE in shown
    assert target(applied) in shown


@pytest.mark.usefixtures("applied")
def test_the_list_has_a_line_for_each_address_and_the_same_columns_always(reconciler: Program) -> None:
    lines = reconciler("state", "list", "--brief").out.splitlines()
    assert [len(re.split("  +", line)) for line in lines] == [8, 8, 8]
    assert lines[-1].split("  ")[0] == "contoso/office"
    head, *rows = reconciler("state", "list", "--format", "csv").out.splitlines()
    assert head == "address,customer,offer,seats,status,term_ends,last_result,id"
    assert rows[1].startswith("contoso/mail,contoso,Exchange Online (Plan 1),40,active,,,")
    assert "CUSTOMER" not in reconciler("state", "list").out


@pytest.mark.usefixtures("estate")
def test_nothing_remembered_is_said_so(reconciler: Program) -> None:
    assert (reconciler("state", "list").code, reconciler("state", "pull").out) == (0, "{}\n")


def test_pull_prints_what_is_stored_byte_for_byte(applied: Estate, reconciler: Program) -> None:
    stored = (applied.root / "state" / "contoso.json").read_text()

    assert reconciler("state", "pull", "contoso").out == stored
    assert json.loads(reconciler("state", "pull").out) == {"contoso": json.loads(stored)}


@pytest.mark.usefixtures("applied")
@pytest.mark.parametrize(
    "arguments",
    [
        "state show contoso/nothing",
        "state show nobody/office",
        "state pull nobody",
        "state pull ../contoso",
        "state mv contoso/nothing contoso/other",
        "state mv contoso/office contoso/mail",
        "state mv contoso/office fabrikam/office",
        "state resolve contoso/office --not-done",
        "forget contoso/office",
        "forget nobody/office",
        f"adopt nobody/office {OTHER}",
        f"adopt contoso/office {OTHER}",
        "adopt contoso/office ..",
        f"adopt contoso/office {MAIL}",
        f"adopt contoso/office {KIOSKS}",
        "unlock contoso 1",
        "unlock ../contoso 1",
    ],
)
def test_a_repair_that_makes_no_sense_is_refused_and_changes_nothing(reconciler: Program, arguments: str) -> None:
    before = reconciler("state", "pull").out

    answer = reconciler(*arguments.split())

    assert (answer.code, answer.out) == (1, "")
    assert reconciler("state", "pull").out == before


def test_adopt_binds_an_address_to_another_subscription_of_the_customer(applied: Estate, reconciler: Program) -> None:
    with applied.changed() as world:
        world.customers[0].subscriptions.append(Sold(id=OTHER, offer=E3, quantity=25, order=OTHER))

    answer = reconciler("adopt", "contoso/office", OTHER.upper())

    assert answer.code == 0
    assert OTHER in answer.out
    assert OTHER in reconciler("state", "list").out


@pytest.mark.usefixtures("estate")
def test_adopt_works_before_anything_was_applied(reconciler: Program) -> None:
    assert reconciler("adopt", "contoso/office", OFFICE).code == 0
    assert reconciler("apply", "--auto-approve").code == 0


def test_forget_stops_tracking_what_no_manifest_declares(applied: Estate, reconciler: Program) -> None:
    applied.customer("contoso", frontline=(FRONTLINE, "F1", 12))
    assert "contoso/mail" in reconciler("plan").out

    assert reconciler("forget", "contoso/mail").code == 0
    assert "contoso/mail" not in reconciler("plan").out


def test_forget_a_customer_drops_the_order_that_its_state_does_not_know(applied: Estate, reconciler: Program) -> None:
    document = applied.root / "state" / "estate.json"
    estate = json.loads(document.read_text())
    tenant = json.loads(reconciler("state", "pull", "contoso").out)["customer"]["tenant"]
    document.write_text(json.dumps(estate | {"orders": {tenant: "2026-10-lost"}}))

    answer = reconciler("forget", "--auto-approve", "contoso")

    assert (answer.code, json.loads(document.read_text())["orders"]) == (0, {})
    assert "The order 2026-10-lost of contoso is not noted any more." in " ".join(answer.out.split())
    assert reconciler("plan", "--detailed-exitcode").code == 0


def test_mv_renames_an_address_and_nothing_is_bought_for_the_new_one(applied: Estate, reconciler: Program) -> None:
    applied.customer("contoso", seats=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))

    assert reconciler("plan").code == 3
    assert reconciler("state", "mv", "contoso/office", "contoso/seats").code == 0
    assert reconciler("plan", "--detailed-exitcode").code == 0


def test_push_of_what_is_older_than_what_is_stored_loses_nothing(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve", "--target", "contoso/frontline")
    (estate.root / "old.json").write_text(reconciler("state", "pull", "contoso").out)
    reconciler("apply", "--auto-approve")
    stored = reconciler("state", "pull", "contoso").out

    answer = reconciler("state", "push", "old.json")

    assert (answer.code, "already" in answer.out) == (0, True)
    assert reconciler("state", "pull", "contoso").out == stored


@pytest.mark.parametrize("content", ["", "{}", "[1]", "no json", '{"format_version": "99.0"}'])
def test_push_refuses_what_is_no_state(applied: Estate, reconciler: Program, content: str) -> None:
    (applied.root / "new.json").write_text(content)

    answer = reconciler("state", "push", "new.json")

    assert (answer.code, "new.json" in answer.err) == (1, True)


def test_an_unknown_outcome_is_settled_by_what_a_person_found(estate: Estate, reconciler: Program) -> None:
    estate.lose_answers()
    assert reconciler("apply", "--auto-approve").code == 9
    with estate.changed() as world:
        world.find(target(estate)).visible_from = None

    assert reconciler("state", "resolve", "contoso/office", "--not-done").code == 1
    assert reconciler("state", "resolve", "contoso/office", "--succeeded", MAIL).code == 1
    assert reconciler("state", "resolve", "contoso/office", "--succeeded", target(estate)).code == 0
    assert reconciler("plan", "--detailed-exitcode").code == 0


def test_a_lock_is_broken_by_its_own_id_only(estate: Estate, reconciler: Program) -> None:
    run = Run(id="r-1", actor="ann@desk", process=current_process())
    with estate.store.lock("contoso", "apply", run) as lock:
        assert reconciler("unlock", "contoso", "another").code == 7
        assert reconciler("apply", "--auto-approve").code == 7
        assert reconciler("unlock", "contoso", lock.id).code == 0
        assert reconciler("apply", "--auto-approve").code == 0


@pytest.mark.usefixtures("applied")
def test_nothing_is_asked_where_all_that_was_named_to_be_forgotten_is_declared(reconciler: Program) -> None:
    answer = reconciler("forget", "cont*")
    assert (answer.code, "To be forgotten" in answer.text) == (1, False)
    assert "Nothing to forget: the manifests declare all 3 addresses that this names." in answer.text
    assert "To be forgotten" not in reconciler("forget", "contoso/off*").text
