"""Every `state mv` that is advised moves what is remembered, and ends why it was advised."""

import pytest

from reconciler.sandbox import Fault
from tests.cli.advised.orders import BASE, a_shop, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer


def renamed(elsewhere: Elsewhere) -> None:
    """contoso/mail was applied, and its entry is called contoso/post now."""
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    elsewhere.declare(office=(OFFICE, "E1", 25), post=(MAIL, "Exchange", 40))


def moved(elsewhere: Elsewhere) -> None:
    assert "post" in elsewhere.state().subscriptions
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("id_conflicts_with_state", "state mv MOVED_FROM ADDRESS")
def test_of_an_entry_that_was_renamed(elsewhere: Elsewhere) -> None:
    renamed(elsewhere)
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "id_conflicts_with_state", "state mv MOVED_FROM ADDRESS").code == 0
    moved(elsewhere)


@advised("renamed_entry", "state mv ADDRESS HEIR")
def test_of_an_entry_that_was_renamed_and_is_to_be_forgotten(elsewhere: Elsewhere) -> None:
    renamed(elsewhere)
    refused = elsewhere.run("forget", "contoso/mail", code=1)
    assert elsewhere.follow(refused, "renamed_entry", "state mv ADDRESS HEIR").code == 0
    moved(elsewhere)


@advised("subscription_bound", "state mv OWNER ADDRESS")
def test_of_an_entry_that_was_renamed_and_is_to_be_bound(elsewhere: Elsewhere) -> None:
    renamed(elsewhere)
    refused = elsewhere.run("adopt", "contoso/post", MAIL, code=1)
    assert elsewhere.follow(refused, "subscription_bound", "state mv OWNER ADDRESS").code == 0
    moved(elsewhere)


@advised("subscription_in_change", "state mv OWNER ADDRESS")
def test_of_an_entry_that_was_renamed_while_its_first_change_is_open(elsewhere: Elsewhere) -> None:
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.estate.arm(Fault.parse("dropped_before:2:PATCH"))
    elsewhere.apply(code=9)
    elsewhere.forget_binding("frontline")
    refused = elsewhere.run("adopt", "contoso/kiosks", FRONTLINE)
    elsewhere.declare(kiosks=(FRONTLINE, "F1", 12))
    assert elsewhere.follow(refused, "subscription_in_change", "state mv OWNER ADDRESS").code == 0
    assert "kiosks" in elsewhere.state().pending
    elsewhere.run("state", "resolve", "contoso/kiosks", "--not-done", code=0)
    elsewhere.apply()


@advised("undeclared", "state mv OLD NEW")
def test_of_an_entry_of_which_is_read_what_undeclared_means(elsewhere: Elsewhere) -> None:
    renamed(elsewhere)
    explained = elsewhere.run("explain", "undeclared", code=0)
    filled = {"OLD": "contoso/mail", "NEW": "contoso/post"}
    assert elsewhere.follow(explained, "undeclared", "state mv OLD NEW", **filled).code == 0
    moved(elsewhere)


@advised("renamed_perhaps", "state mv MOVED_FROM ADDRESS")
def test_of_an_order_whose_entry_was_renamed(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    elsewhere.write("contoso", f"{BASE}\n{ordering('pilot', '2026-11-pilot')}")
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "renamed_perhaps", "state mv MOVED_FROM ADDRESS").code == 0
    assert "renamed_perhaps" not in elsewhere.run("plan").text
    assert "pilot" in elsewhere.state().subscriptions


def another_name(elsewhere: Elsewhere) -> None:
    """Contoso was applied, and its manifest calls it northwind now."""
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    file = elsewhere.root / "contoso.yaml"
    (elsewhere.root / "northwind.yaml").write_text(file.read_text().replace("name: contoso", "name: northwind"))
    file.unlink()


def known_by_its_new_name(elsewhere: Elsewhere) -> None:
    assert elsewhere.store.customers() == ("northwind",)
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("customer_name_changed", "state mv BEFORE CUSTOMER")
def test_of_a_customer_that_is_called_otherwise(elsewhere: Elsewhere) -> None:
    another_name(elsewhere)
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "customer_name_changed", "state mv BEFORE CUSTOMER").code == 0
    known_by_its_new_name(elsewhere)


@advised("selected_by_old_name", "plan NOW")
@pytest.mark.parametrize("old", ["contoso", "contoso/office"])
def test_of_a_customer_that_is_selected_by_its_old_name(elsewhere: Elsewhere, old: str) -> None:
    another_name(elsewhere)
    (elsewhere.root / "moves.yaml").write_text("moved: {contoso: northwind}\n")
    refused = elsewhere.run("plan", old, code=1)
    now = old.replace("contoso", "northwind")
    assert f"{old} is {now} now (moved: elsewhere/estate/moves.yaml:1:9)." in refused.text
    assert "--target" not in refused.text
    assert "contoso -> northwind" in elsewhere.follow(refused, "selected_by_old_name", "plan NOW").text


@pytest.mark.parametrize("command", ["plan --exclude", "renewals --customer", "relationship"])
def test_of_a_customer_that_another_command_selects_by_its_old_name(elsewhere: Elsewhere, command: str) -> None:
    another_name(elsewhere)
    (elsewhere.root / "moves.yaml").write_text("moved: {contoso: northwind}\n")
    assert "contoso is northwind now (moved: " in elsewhere.run(*command.split(), "contoso", code=1).text


@advised("customer_called_otherwise", "state mv BEFORE NOW")
def test_of_a_customer_that_is_called_otherwise_and_is_to_be_repaired(elsewhere: Elsewhere) -> None:
    another_name(elsewhere)
    refused = elsewhere.run("adopt", "northwind/office", OFFICE, code=1)
    assert elsewhere.follow(refused, "customer_called_otherwise", "state mv BEFORE NOW").code == 0
    known_by_its_new_name(elsewhere)


@advised("another_customer", "state mv FROM TO")
def test_of_a_customer_whose_address_cannot_move_alone(elsewhere: Elsewhere) -> None:
    another_name(elsewhere)
    refused = elsewhere.run("state", "mv", "contoso/office", "northwind/office", code=1)
    assert elsewhere.follow(refused, "another_customer", "state mv FROM TO").code == 0
    known_by_its_new_name(elsewhere)


def applied_move(elsewhere: Elsewhere) -> Answer:
    """contoso/mail is contoso/post by moved:, and contoso/office is removed; the apply that does so."""
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    elsewhere.declare(post=(MAIL, "Exchange", 40))
    file = elsewhere.root / "contoso.yaml"
    file.write_text(f"{file.read_text()}moved: {{mail: post}}\nremoved: [office]\n")
    return elsewhere.apply()


@advised("moved_in_state", "state show NOW")
def test_what_is_remembered_of_an_address_that_moved_is_shown(elsewhere: Elsewhere) -> None:
    applied_move(elsewhere)
    refused = elsewhere.run("state", "show", "contoso/mail", code=1)
    assert MAIL in elsewhere.follow(refused, "moved_in_state", "state show NOW").out


@advised("removed_from_state", "history --customer CUSTOMER")
def test_what_was_applied_of_an_address_that_was_removed_is_shown(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E3", 25))
    elsewhere.apply()
    applied_move(elsewhere)
    refused = elsewhere.run("state", "show", "contoso/office", code=1)
    run = "history --customer CUSTOMER"
    assert "contoso/office" in elsewhere.follow(refused, "removed_from_state", run).out


@advised("customer_moved_in_state", "history --customer NOW")
def test_what_was_applied_of_a_customer_that_moved_is_shown(elsewhere: Elsewhere) -> None:
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.apply()
    elsewhere.run("state", "mv", "contoso", "northwind", code=0)
    refused = elsewhere.run("state", "pull", "contoso", code=1)
    shown = elsewhere.follow(refused, "customer_moved_in_state", "history --customer NOW")
    assert (shown.code, "resize" in shown.out) == (0, True)
