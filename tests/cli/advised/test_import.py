"""Advice about what no manifest declares, what changed outside, and what is due."""

import shutil
from collections.abc import Callable

import pytest

from reconciler.sandbox import Sold, Tenant
from reconciler.sandbox.catalogue import E1
from tests.cli.advised import lost, terms
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, KIOSKS, MAIL, OFFICE
from tests.worlds import SOURCE

ALL, ONE = "import --all --new-only", "import --customer TENANT --new-only"


def all_declared(elsewhere: Elsewhere) -> None:
    """Nothing is live that no manifest declares."""
    assert "declared in no manifest" not in elsewhere.run("plan").text


UNDECLARED = ("subscriptions_undeclared", "customers_undeclared")


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, ALL, "drift")) for code in UNDECLARED])
def test_what_no_manifest_declares_is_taken_in(elsewhere: Elsewhere, code: str) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    if code == "customers_undeclared":
        elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10), mail=(MAIL, "Exchange", 40))
    else:
        elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    planned = elsewhere.run("plan")
    named = "fabrikam" if code == "customers_undeclared" else FRONTLINE
    assert named in elsewhere.follow(planned, code, "drift").out
    assert elsewhere.follow(planned, code, ALL).code == 0
    all_declared(elsewhere)


@advised("price_undeclared", ALL)
def test_what_has_no_price_since_no_manifest_declares_it(elsewhere: Elsewhere) -> None:
    shutil.copytree(SOURCE / "manifests" / "prices", elsewhere.root / "prices")
    (sheet,) = (elsewhere.root / "prices").glob("*_US.csv")
    elsewhere.settings(f"prices: {{sheets: [prices/{sheet.name}]}}\n")
    elsewhere.only_sold(terms.ending_in(20))
    elsewhere.write("contoso", "{}")
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    assert "[price_undeclared]" in terms.due(elsewhere).text
    explained = elsewhere.run("explain", "price_undeclared", code=0)
    assert elsewhere.follow(explained, "price_undeclared", ALL).code == 0
    assert "[price_without_market]" in terms.due(elsewhere).text


def test_the_customers_that_the_drift_names_are_taken_in(elsewhere: Elsewhere) -> None:
    elsewhere.apply()
    drift = elsewhere.run("drift", code=2)
    assert "See all of them" not in drift.text
    assert elsewhere.in_force.command(*ALL.split()) in " ".join(drift.text.split())
    elsewhere.run(*ALL.split(), code=0)
    all_declared(elsewhere)


@advised("", ONE)
def test_the_subscriptions_that_the_drift_names_are_taken_in(elsewhere: Elsewhere) -> None:
    elsewhere.apply()
    elsewhere.sell(Sold(id="90000000-0000-4000-8000-000000000000", offer=E1, quantity=7))
    assert elsewhere.follow(elsewhere.run("drift", code=2), "", ONE).code == 0
    assert "live subscriptions is declared" not in elsewhere.run("plan").text


DUE: dict[str, Callable[[Elsewhere], None]] = {
    "trial_turns_paid": lambda _: None,
    "lapses_at_term_end": lambda elsewhere: elsewhere.estate.colleague.set_auto_renew(OFFICE, on=False),
    "ends_undeclared": lambda elsewhere: elsewhere.estate.colleague.end_at_term(OFFICE),
}
"""Ends of terms of what no manifest declares, by the code that says so."""


@pytest.mark.parametrize("code", [pytest.param(code, marks=advised(code, ONE)) for code in DUE])
def test_a_term_of_what_no_manifest_declares_is_taken_in(elsewhere: Elsewhere, code: str) -> None:
    elsewhere.only_sold(terms.a_trial() if code == "trial_turns_paid" else terms.ending_in(20))
    elsewhere.write("contoso", "{}")
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    DUE[code](elsewhere)
    assert elsewhere.follow(terms.due(elsewhere), code, ONE).code == 0
    all_declared(elsewhere)


@advised("trial_invitation", ONE, "renewals", "guide renewals")
def test_a_trial_that_was_started_in_the_portal(elsewhere: Elsewhere) -> None:
    elsewhere.only_sold(terms.a_trial())
    elsewhere.write("contoso", "{}")
    explained = elsewhere.run("explain", "trial_invitation", code=0)
    tenant = Tenant(name="contoso").tenant
    assert elsewhere.follow(explained, "trial_invitation", ONE, TENANT=tenant).code == 0
    assert OFFICE in (elsewhere.root / "contoso.yaml").read_text()
    assert "[trial_turns_paid]" in elsewhere.follow(explained, "trial_invitation", "renewals").text
    assert "trial" in elsewhere.follow(explained, "trial_invitation", "guide renewals").text


def changed_outside(elsewhere: Elsewhere) -> None:
    """Somebody adds three seats to contoso/office, which an apply has recorded."""
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.find(OFFICE).quantity = 28


@advised("undoes_outside_change", "drift")
def test_who_changed_what_a_plan_undoes(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    elsewhere.declare(office=(OFFICE, "E1", 30))
    elsewhere.estate.colleague.rename(OFFICE, "Office")
    assert "contoso/office" in elsewhere.run("plan").text
    explained = elsewhere.run("explain", "undoes_outside_change", code=0)
    assert "seats 25 -> 28" in elsewhere.follow(explained, "undoes_outside_change", "drift").text


@advised("schedule_lost", "drift")
def test_who_changed_a_subscription_whose_schedule_is_lost(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    elsewhere.write("contoso", terms.entry("fewer_seats: at_renewal", quantity=20))
    elsewhere.apply()
    elsewhere.estate.colleague.unschedule(OFFICE)
    assert "[schedule_lost]" in terms.due(elsewhere).text
    explained = elsewhere.run("explain", "schedule_lost", code=0)
    assert "1 schedule lost or changed" in elsewhere.follow(explained, "schedule_lost", "drift").text


@advised("partner_of_record", "drift")
def test_whose_partner_of_record_changed(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    explained = elsewhere.run("explain", "partner_of_record", code=0)
    assert "contoso/office" in elsewhere.follow(explained, "partner_of_record", "drift").out


@advised("What the manifests would do about it:", "plan")
def test_what_the_manifests_would_do_about_a_change_outside(elsewhere: Elsewhere) -> None:
    changed_outside(elsewhere)
    elsewhere.declare(office=(OFFICE, "E1", 30))
    drift = elsewhere.run("drift", code=2)
    assert "28 -> 30" in elsewhere.follow(drift, "What the manifests would do about it:", "plan").out


@advised("What an apply would do:", "plan")
def test_what_an_apply_would_do_where_nothing_was_compared(elsewhere: Elsewhere) -> None:
    drift = elsewhere.run("drift", code=2)
    assert "2 changes can go ahead" in elsewhere.follow(drift, "What an apply would do:", "plan").text


@advised("What a plan does about them:", "plan")
@advised("All of them by date, and what to do about each:", "renewals --within 366d")
def test_terms_that_need_somebody(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20, auto_renew=False))
    elsewhere.write("contoso", terms.entry("renew: auto"))
    drift = elsewhere.run("drift")
    assert "1 renewal" in elsewhere.follow(drift, "What a plan does about them:", "plan").text
    text = "All of them by date, and what to do about each:"
    assert "[lapses_at_term_end]" in elsewhere.follow(drift, text, "renewals --within 366d").text


@advised("schedule_unread", "renewals")
def test_a_subscription_that_could_not_be_read_by_itself(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(20))
    with elsewhere.refusing("GET", f"subscriptions/{OFFICE}", "503 Service Unavailable"):
        due = elsewhere.run("renewals")
    assert "schedule_unread" not in elsewhere.follow(due, "schedule_unread", "renewals").text


@advised("*", "adopt ADDRESS ID")
def test_what_an_import_finds_in_the_place_of_what_is_gone(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        world.customers[0].subscriptions.pop(0)
    elsewhere.sell(Sold(id="90000000-0000-4000-8000-000000000000", offer=E1, quantity=25))
    imported = elsewhere.run("import", "--all", "--new-only")
    assert elsewhere.follow(imported, "*", "adopt ADDRESS ID").code == 0


@advised("Changes without an outcome are settled by", "apply --settle")
def test_what_an_import_leaves_since_its_outcome_is_not_known_is_settled(elsewhere: Elsewhere) -> None:
    lost.an_upgrade(elsewhere, done=True)
    imported = elsewhere.run("import", "--all")
    lost.made(elsewhere)
    assert elsewhere.follow(imported, "Changes without an outcome are settled by", "apply --settle").code == 0
    assert elsewhere.state().pending == {}


@advised("Look at what was written, then plan:", "plan")
def test_what_an_import_wrote_elsewhere_is_planned(elsewhere: Elsewhere) -> None:
    imported = elsewhere.run("import", "--all", code=0)
    assert elsewhere.follow(imported, "Look at what was written, then plan:", "plan").code == 0
