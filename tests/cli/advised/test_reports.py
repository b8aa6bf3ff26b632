"""Advice where a report does not show everything, or could not be written."""

import pytest

from reconciler.rendering.view import View
from reconciler.sandbox import User
from tests.cli.advised import terms
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, KIOSKS, OFFICE

ANN = User(object_id="05e40000-0000-4000-8000-000000000001", name="Ann Example", email="ann@example.test")
WHOLE = "To read all of it:"
SAVED = "To read all of it, use another format of the saved plan:"
UNSAVED = "To read all of it, plan with --out plan.json, and use another format:"


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A format whose host takes comments of a few lines only."""
    defaults = View.__init__.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "limit", 2500)
    return "--format", "markdown"


def many(elsewhere: Elsewhere) -> None:
    """An estate of which there is more to say than a short comment takes."""
    ids = {f"office-{number}": f"{number:08d}-0000-4000-8000-000000000000" for number in range(20)}
    elsewhere.declare(**{name: (identity, "E1", 25) for name, identity in ids.items()})
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))


@advised(WHOLE, "drift")
def test_a_drift_that_is_cut_is_read_whole(elsewhere: Elsewhere, short: tuple[str, str]) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25), frontline=(FRONTLINE, "F1", 10))
    elsewhere.apply()
    with elsewhere.estate.changed() as world:
        for sold in world.customers[0].subscriptions:
            sold.quantity += 1
    cut = elsewhere.run("drift", *short)
    assert "seats   25 -> 26" in elsewhere.follow(cut, WHOLE, "drift").out


@advised(WHOLE, "renewals")
def test_a_list_of_renewals_that_is_cut_is_read_whole(elsewhere: Elsewhere, short: tuple[str, str]) -> None:
    terms.known(elsewhere, terms.ending_in(20, auto_renew=False))
    cut = elsewhere.run("renewals", *short)
    assert "[lapses_at_term_end]" in elsewhere.follow(cut, WHOLE, "renewals").text


@advised(SAVED, "show FILE")
def test_a_saved_plan_that_is_cut_is_read_whole(elsewhere: Elsewhere, short: tuple[str, str]) -> None:
    many(elsewhere)
    cut = elsewhere.run("plan", "--out", "plan.json", *short)
    assert "contoso/office-19" in elsewhere.follow(cut, SAVED, "show FILE").out


@advised(UNSAVED, "show plan.json")
def test_a_plan_that_is_cut_is_saved_and_read_whole(elsewhere: Elsewhere, short: tuple[str, str]) -> None:
    many(elsewhere)
    cut = elsewhere.run("plan", *short)
    elsewhere.run("plan", "--out", "plan.json")
    assert "contoso/office-19" in elsewhere.follow(cut, UNSAVED, "show plan.json").out


@advised("license_report_missing", "show --format json")
def test_the_users_whose_list_could_not_be_written_are_in_state(elsewhere: Elsewhere) -> None:
    elsewhere.estate.stick(ANN)
    elsewhere.declare(office=(OFFICE, "E3", 25))
    applied = elsewhere.apply("--license-report", "/dev/full", code=4)
    assert ANN.object_id in elsewhere.follow(applied, "license_report_missing", "show --format json").out


@advised("If this is meant, allow it for one run:", "apply PLANFILE OPTIONS")
def test_plans_that_are_shown_together_are_applied_one_by_one(elsewhere: Elsewhere) -> None:
    elsewhere.settings("limits: {max_seats_added: 1}\n")
    elsewhere.declare(frontline=(FRONTLINE, "F1", 12))
    elsewhere.declare("fabrikam", kiosks=(KIOSKS, "F1", 8))
    for customer in ("contoso", "fabrikam"):
        elsewhere.run("plan", "--target", customer, "--out", f"{customer}.json", code=0)
    shown = elsewhere.run("show", "contoso.json", "fabrikam.json", code=0)
    text, run = "If this is meant, allow it for one run:", "apply PLANFILE OPTIONS"
    assert elsewhere.follow(shown, text, run, PLANFILE="contoso.json").code == 0
    assert len(elsewhere.estate.bought) == 1


@advised("*", "validate")
def test_the_other_files_of_an_estate_are_checked_too(elsewhere: Elsewhere) -> None:
    (elsewhere.root / "bad.yaml").write_text("customer: {name: bad}\n")
    alone = elsewhere.run("validate", "elsewhere/estate/contoso.yaml", code=0)
    assert "bad.yaml" in elsewhere.follow(alone, "*", "validate").err


@advised("*", "explain offer_named_otherwise")
def test_an_offer_that_an_import_finds_named_otherwise_is_explained(elsewhere: Elsewhere) -> None:
    imported = elsewhere.run("import", "--all", "--new-only")
    assert elsewhere.follow(imported, "*", "explain offer_named_otherwise").code == 0


@advised("saved_plan_missing", "plan")
def test_a_plan_that_could_not_be_saved_is_made_again(elsewhere: Elsewhere) -> None:
    unsaved = elsewhere.run("plan", "--out", "/dev/full")
    assert "2 changes can go ahead" in elsewhere.follow(unsaved, "saved_plan_missing", "plan").text
