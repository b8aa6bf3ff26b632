"""Every `forget` that is advised stops tracking what it names. Where it asks, it is answered with yes."""

from datetime import timedelta

import pytest

from reconciler.sandbox import utc_now
from tests.cli.advised.orders import BASE, BASIC, a_shop, modern, ordering
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import KIOSKS, MAIL, OFFICE

YES = "--auto-approve"


def tracked(elsewhere: Elsewhere) -> str:
    return elsewhere.run("state", "list", code=0).out


def both(elsewhere: Elsewhere) -> None:
    """Two customers, applied; the second may leave."""
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    elsewhere.apply()


@advised("Or at once:", "forget ADDRESS")
def test_of_an_address_that_no_manifest_declares(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    elsewhere.declare(office=(OFFICE, "E1", 25))
    assert elsewhere.follow(elsewhere.run("plan"), "Or at once:", "forget ADDRESS").code == 0
    assert "contoso/mail" not in elsewhere.run("plan").text + tracked(elsewhere)


@advised("undeclared", "forget ADDRESS")
def test_of_an_address_of_which_is_read_what_undeclared_means(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25), mail=(MAIL, "Exchange", 40))
    elsewhere.apply()
    elsewhere.declare(office=(OFFICE, "E1", 25))
    explained = elsewhere.run("explain", "undeclared", code=0)
    assert elsewhere.follow(explained, "undeclared", "forget ADDRESS", ADDRESS="contoso/mail").code == 0
    assert "contoso/mail" not in tracked(elsewhere)


@advised("subscription_status_not_active", "forget ADDRESS")
def test_of_a_subscription_that_was_deleted_and_has_no_successor(elsewhere: Elsewhere) -> None:
    both(elsewhere)
    with elsewhere.estate.changed() as world:
        world.find(KIOSKS).status = "deleted"
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 9))
    blocked = elsewhere.run("plan", code=3)
    elsewhere.declare("fabrikam")
    elsewhere.write("fabrikam", "{}")
    assert elsewhere.follow(blocked, "subscription_status_not_active", "forget ADDRESS").code == 0
    assert "fabrikam/kiosks" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@advised("not_our_customer", "forget CUSTOMER")
def test_of_a_customer_that_left(elsewhere: Elsewhere) -> None:
    both(elsewhere)
    with elsewhere.estate.changed() as world:
        world.customers[1].relationship = "none"
    blocked = elsewhere.run("plan", code=3)
    (elsewhere.root / "fabrikam.yaml").unlink()
    assert elsewhere.follow(blocked, "not_our_customer", "forget CUSTOMER", YES).code == 0
    assert "fabrikam/" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(
            status, code, marks=advised(f"{status[:3]}/{code}".strip("/"), "forget CUSTOMER"), id=status[:3] + code
        )
        for status, code in (
            ("404 Not Found", "60003"),
            ("404 Not Found", "1000"),
            ("404 Not Found", "3000"),
            ("404 Not Found", ""),
        )
    ],
)
def test_of_a_customer_that_is_refused(elsewhere: Elsewhere, status: str, code: str) -> None:
    both(elsewhere)
    tenant = elsewhere.state("fabrikam").customer.tenant
    with elsewhere.refusing("GET", f"{tenant}/subscriptions", status, code):
        blocked = elsewhere.run("plan")
    (elsewhere.root / "fabrikam.yaml").unlink()
    known = f"{status[:3]}/{code}".strip("/")
    assert elsewhere.follow(blocked, known, "forget CUSTOMER", YES).code == 0
    assert "fabrikam/" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@advised("403/20002", "forget CUSTOMER")
def test_of_a_customer_that_left_before_its_change_was_sent(elsewhere: Elsewhere) -> None:
    both(elsewhere)
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 9))
    with elsewhere.refusing("PATCH", "subscriptions", "403 Forbidden", "20002"):
        failed = elsewhere.apply(code=4)
    (elsewhere.root / "fabrikam.yaml").unlink()
    assert elsewhere.follow(failed, "403/20002", "forget CUSTOMER", YES).code == 0
    assert "fabrikam/" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(f"400/{code}", "forget ADDRESS"), id=code) for code in ("2011", "900279")]
)
def test_of_what_takes_no_change_and_has_no_successor(elsewhere: Elsewhere, code: str) -> None:
    both(elsewhere)
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 9))
    with elsewhere.refusing("PATCH", "subscriptions", "400 Bad Request", code):
        failed = elsewhere.apply(code=4)
    elsewhere.write("fabrikam", "{}")
    assert elsewhere.follow(failed, f"400/{code}", "forget ADDRESS").code == 0
    assert "fabrikam/kiosks" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@advised("ended_as_asked", "forget ADDRESS")
def test_of_what_ended_with_its_term_as_the_manifest_asks(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(modern(BASIC, created=utc_now() - timedelta(days=360)))
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 25, renew: end}}")
    elsewhere.apply("--override-limit", "max_ended")
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    elsewhere.apply()
    elsewhere.days_pass(8)
    told = elsewhere.run("plan")
    assert "Then name it under removed: in that document" in told.text
    elsewhere.write("contoso", "{}")
    assert elsewhere.follow(told, "ended_as_asked", "forget ADDRESS").code == 0
    assert "contoso/office" not in elsewhere.run("plan", code=0).text + tracked(elsewhere)


@advised("ended_undeclared", "forget ADDRESS")
def test_of_what_ended_with_its_term_and_is_not_needed(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(modern(BASIC, created=utc_now() - timedelta(days=360)))
    elsewhere.write("contoso", f"office: {{id: {OFFICE}, offer: '{BASIC}', quantity: 25}}")
    elsewhere.apply()
    elsewhere.estate.colleague.end_at_term(OFFICE)
    elsewhere.days_pass(8)
    due = elsewhere.run("renewals")
    elsewhere.write("contoso", "{}")
    assert elsewhere.follow(due, "ended_undeclared", "forget ADDRESS").code == 0
    assert "contoso/office" not in elsewhere.run("renewals").text + tracked(elsewhere)


@advised("order_state_missing", "forget CUSTOMER")
def test_of_a_customer_whose_order_nobody_is_to_remember(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere)
    elsewhere.apply()
    (elsewhere.estate.root / "st" / "contoso.json").unlink()
    elsewhere.write("contoso", f"{BASE}\n{ordering(key='2026-12-copilot')}")
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "order_state_missing", "forget CUSTOMER", YES).code == 0
    assert "order_state_missing" not in elsewhere.run("plan").text


@advised("renamed_perhaps", "forget MOVED_FROM")
def test_of_an_address_that_an_order_does_not_replace(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere, ordering("pilot"))
    elsewhere.apply()
    elsewhere.write("contoso", f"{BASE}\n{ordering('more', '2026-12-more')}")
    blocked = elsewhere.run("plan", code=3)
    assert elsewhere.follow(blocked, "renamed_perhaps", "forget MOVED_FROM").code == 0
    assert "renamed_perhaps" not in elsewhere.run("plan").text


def test_a_removal_that_a_plan_does_not_select_frees_no_order(elsewhere: Elsewhere) -> None:
    a_shop(elsewhere, ordering("pilot"))
    elsewhere.apply()
    elsewhere.write("contoso", f"{BASE}\n{ordering('more', '2026-12-more')}")
    (elsewhere.root / "moves.yaml").write_text("removed: [contoso/pilot]\n")
    assert "[renamed_perhaps]" in elsewhere.run("plan", "--target", "contoso/more", code=3).text
    assert "[renamed_perhaps]" not in elsewhere.run("plan", "--target", "contoso", code=3).text
