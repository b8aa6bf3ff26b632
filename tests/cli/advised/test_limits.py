"""Every `apply` that is advised to lift a limit carries out what the limit holds back."""

import shutil
from collections.abc import Callable

import pytest

from reconciler import advice
from reconciler.model.limits import OF_PLAN
from tests.cli.advised import terms
from tests.cli.advised.orders import BASIC, STANDARD, a_shop, modern
from tests.cli.advised.situations import Elsewhere, advised
from tests.cli.estates import FRONTLINE, MAIL, OFFICE
from tests.worlds import SOURCE

YES = "--auto-approve"
HELD = "If this is meant, allow it for one run:"


def _of_terms(more: str) -> Callable[[Elsewhere], None]:
    def ready(elsewhere: Elsewhere) -> None:
        terms.known(elsewhere, terms.ending_in(20))
        elsewhere.write("contoso", terms.entry(more, quantity=20 if "fewer" in more else 25))

    return ready


def _fewer_seats(elsewhere: Elsewhere) -> None:
    elsewhere.write("contoso", f"mail: {{id: {MAIL}, offer: Exchange, quantity: 30, fewer_seats: now}}")


def _priced(elsewhere: Elsewhere) -> None:
    """Ten seats more of what the sample's price sheet has a price for."""
    shutil.copytree(SOURCE / "manifests" / "prices", elsewhere.root / "prices")
    (sheet,) = (elsewhere.root / "prices").glob("*_US.csv")
    elsewhere.only_sold(modern(BASIC))
    elsewhere.settings(f"prices: {{sheets: [prices/{sheet.name}]}}\ndefaults: {{market: US}}\n")
    elsewhere.write("contoso", terms.entry(quantity=35))


def _ten(elsewhere: Elsewhere, quantity: int = 3) -> None:
    """Ten subscriptions of two seats; so many are asked for."""
    ids = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(10)]
    elsewhere.only_sold(*(modern(BASIC, 2, id=identity) for identity in ids))
    elsewhere.estate.behave(transitioned_after=0)
    more = f"offer: Basic, quantity: {quantity}, allow_duplicate_offer: true"
    offers = elsewhere.root / "offers.yaml"
    offers.write_text(offers.read_text().replace("{", f"{{Basic: '{BASIC}', ", 1))
    elsewhere.write("contoso", "\n".join(f"team-{at}: {{id: {identity}, {more}}}" for at, identity in enumerate(ids)))


def _ten_of_one_name(elsewhere: Elsewhere) -> None:
    """Ten subscriptions of one name of offers.yaml, which means another offer by now."""
    _ten(elsewhere, 2)
    elsewhere.apply()
    offers = elsewhere.root / "offers.yaml"
    offers.write_text(offers.read_text().replace(BASIC, STANDARD))


BREACHES: dict[str, Callable[[Elsewhere], None]] = {
    "max_changes": lambda _: None,
    "max_changed_percent": _ten,
    "max_seats_removed": _fewer_seats,
    "max_seats_added": lambda elsewhere: elsewhere.declare(frontline=(FRONTLINE, "F1", 12)),
    "max_seats_upgraded": lambda elsewhere: elsewhere.declare(office=(OFFICE, "E3", 25)),
    "max_seats_removed_at_renewal": _of_terms("fewer_seats: at_renewal"),
    "max_terms_committed": _of_terms("term: triennial, billing: annual, change_term: now"),
    "max_ended": _of_terms("renew: end"),
    "max_orders": a_shop,
    "max_monthly_cost_increase": _priced,
    "max_commitment": _priced,
    "max_catalogue_change_percent": _ten_of_one_name,
}
"""Estates whose changes a limit of 0 holds back, by the limit."""


def held(elsewhere: Elsewhere, name: str) -> None:
    """The estate asks for what this limit counts, and the limit is 0."""
    BREACHES[name](elsewhere)
    settings = elsewhere.root / "reconciler.yaml"
    limits = {"max_changed_percent": 100, name: 0}
    kept = "".join(line for line in settings.read_text().splitlines(keepends=True) if not line.startswith("limits:"))
    settings.write_text(f"{kept}limits: {limits}\n")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=advised(name, f"apply --override-limit {name}")) for name in BREACHES]
)
def test_a_limit_of_which_is_read_how_it_is_lifted(elsewhere: Elsewhere, name: str) -> None:
    held(elsewhere, name)
    elsewhere.apply(code=5)
    explained = elsewhere.run("explain", name, code=0)
    assert elsewhere.follow(explained, name, f"apply --override-limit {name}", YES).code == 0
    assert name not in elsewhere.run("plan").text


def test_every_limit_whose_row_has_a_command_has_a_breach() -> None:
    rows = map(advice.row, (limit.name for limit in OF_PLAN))
    assert {row.code for row in rows if any(step.run for step in row.steps)} == set(BREACHES)


@advised("held_by_limit", "apply OPTIONS")
def test_a_change_that_an_apply_holds_back(elsewhere: Elsewhere) -> None:
    held(elsewhere, "max_seats_added")
    answer = elsewhere.apply(code=5)
    assert elsewhere.follow(answer, "held_by_limit", "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("limit_exceeded", "apply OPTIONS")
def test_a_whole_run_that_a_limit_refuses(elsewhere: Elsewhere) -> None:
    held(elsewhere, "max_catalogue_change_percent")
    refused = elsewhere.apply(code=5)
    assert elsewhere.follow(refused, "limit_exceeded", "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised(HELD, "apply OPTIONS")
def test_a_change_that_a_plan_shows_as_held_back(elsewhere: Elsewhere) -> None:
    held(elsewhere, "max_seats_added")
    planned = elsewhere.run("plan", "--out", "plan.json", code=0)
    assert elsewhere.follow(planned, HELD, "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("What the limit is for, and how to raise it:", "explain LIMIT")
def test_the_limit_that_holds_a_change_back_is_explained(elsewhere: Elsewhere) -> None:
    held(elsewhere, "max_seats_added")
    planned = elsewhere.run("plan", code=0)
    explained = elsewhere.follow(planned, "What the limit is for, and how to raise it:", "explain LIMIT")
    assert "max_seats_added" in explained.out


@advised("emptied_estate", "apply --override-limit estate_emptied")
def test_an_estate_of_which_all_manifests_are_gone(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    (elsewhere.root / "contoso.yaml").unlink()
    refused = elsewhere.apply(code=1)
    run = "apply --override-limit estate_emptied"
    settled = elsewhere.follow(refused, "emptied_estate", run, YES)
    assert settled.code == 0
    assert "reconciler forget contoso" in settled.text


@advised("estate_emptied", "apply --override-limit estate_emptied")
def test_an_estate_of_which_all_manifests_are_gone_and_explain_tells(elsewhere: Elsewhere) -> None:
    elsewhere.declare(office=(OFFICE, "E1", 25))
    elsewhere.apply()
    (elsewhere.root / "contoso.yaml").unlink()
    elsewhere.apply(code=1)
    explained = elsewhere.run("explain", "estate_emptied", code=0)
    assert elsewhere.follow(explained, "estate_emptied", "apply --override-limit estate_emptied", YES).code == 0


def limits(elsewhere: Elsewhere, text: str) -> None:
    elsewhere.settings(f"limits: {{{text}}}\n")


@advised("earlier_change_held", "apply OPTIONS")
def test_a_change_that_follows_one_that_is_held_back(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.behave(transitioned_after=0)
    limits(elsewhere, "max_seats_upgraded: 0, max_ended: 5")
    elsewhere.write("contoso", terms.entry("renew: end", offer=STANDARD))
    answer = elsewhere.apply(code=5)
    assert elsewhere.follow(answer, "earlier_change_held", "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)


@advised("renewal_held", "apply OPTIONS")
def test_a_change_whose_renewal_is_held_back(elsewhere: Elsewhere) -> None:
    terms.known(elsewhere, terms.ending_in(200))
    elsewhere.estate.behave(transitioned_after=0)
    elsewhere.write("contoso", terms.entry("fewer_seats: at_renewal", quantity=20))
    elsewhere.apply()
    limits(elsewhere, "max_seats_removed_at_renewal: 0")
    elsewhere.write("contoso", terms.entry("fewer_seats: at_renewal", offer=STANDARD, quantity=20))
    answer = elsewhere.apply(code=5)
    assert elsewhere.follow(answer, "renewal_held", "apply OPTIONS").code == 0
    elsewhere.run("plan", "--detailed-exitcode", code=0)
