"""`sandbox dump` and `load`: a world file that people edit, and an estate of one's own out of a snapshot."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from reconciler import sandbox
from reconciler.sandbox import Sold, World, utc_now
from reconciler.sandbox.world_file import as_data, from_data
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate

Program = Callable[..., Answer]
BASIC = "CFQ7TTC0LH18:0001"


def world_of(estate: Estate) -> World:
    return sandbox.saved(estate.world_file)


def test_a_world_comes_back_from_its_file_as_it_was(estate: Estate, reconciler: Program) -> None:
    estate.put(sandbox.first_day())
    sandbox.nudge(estate.world_file)
    with estate.changed() as world:
        world.customers[0].subscriptions[0].name = 'no: "1_0" # \u202e\n\\'
        world.faults.append(sandbox.Fault.parse("http_500_before:3:GET"))
    before = world_of(estate)

    assert reconciler("sandbox", "dump", "world.yaml").code == 0
    assert reconciler("sandbox", "reset").code == 0
    assert reconciler("sandbox", "load", "world.yaml").code == 0

    assert world_of(estate) == before
    assert from_data(as_data(before), lambda *_, **__: "world.yaml") == before


def test_what_a_file_holds_is_not_lost_to_a_dump(estate: Estate, reconciler: Program) -> None:
    file = estate.root / "world.yaml"
    assert [reconciler("sandbox", "dump", "world.yaml").code for _ in "ab"] == [0, 0]
    written = file.read_text()
    edited = written.replace("quantity: 25", "quantity: 26")
    file.write_text(edited)

    refused = reconciler("sandbox", "dump", "world.yaml")
    assert (refused.code, file.read_text()) == (1, edited)
    assert "world.yaml: The file is there" in refused.err
    assert "reconciler sandbox dump world.yaml --overwrite" in refused.err
    assert (reconciler("sandbox", "dump", "world.yaml", "--overwrite").code, file.read_text()) == (0, written)
    assert reconciler("sandbox", "dump", "manifests/contoso.yaml", "--overwrite").code == 1


def test_a_world_is_written_by_hand(estate: Estate, reconciler: Program) -> None:
    (estate.root / "mine.yaml").write_text(
        "customers:\n  - name: contoso  # a comment\n    subscriptions:\n"
        f"      - {{id: {OFFICE}, offer: 91FD106F-4B2C-4938-95AC-F54F74E9A239, quantity: 7, created: 2020-02-01}}\n"
    )
    answer = reconciler("sandbox", "load", "mine.yaml")

    assert (answer.code, "1 customer with 1 subscription now" in answer.out) == (0, True)
    assert world_of(estate).find(OFFICE).quantity == 7


SOLD = "customers: [{name: a, subscriptions: [{offer: X, "


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customers: [", "a bracket"),
        ("custmers: []\n", "custmers is no member of a world"),
        (
            "customers: [{name: a, subscriptions: [{offer: X, auto_renw: false}]}]\n",
            "customers.0.subscriptions.0.auto_renw is no member there",
        ),
        ("customers: [{name: a, subscriptions: [{offer: X, quantity: -3}]}]\n", "-3 is no number of seats"),
        (
            "customers: [{name: a, subscriptions: [{offer: X, quantity: many}]}]\n",
            "customers.0.subscriptions.0.quantity",
        ),
        ("customers: [{name: a}, {name: a}]\n", "stands there twice"),
        (
            "customers: [{name: a, subscriptions: [{offer: 'CFQ7TTC0LH18:0001', quantity: 5}]}]\n",
            "CFQ7TTC0LH18:0001 is no offer: of new commerce it is product:sku:availability",
        ),
        ("customers: [{name: a, country: usa}]\n", 'mine.yaml:1:32: customers.0.country is "usa"'),
        (f"{SOLD}status: Active}}]}}]\n", "Did you mean active? Possible here: active, suspended, deleted"),
        (
            f"{SOLD}status: active}}, {{offer: X, term: P2Y}}]}}]\n",
            "mine.yaml:1:84: customers.0.subscriptions.1.term is",
        ),
        (f"{SOLD}billing_cycle: anual}}]}}]\n", "Did you mean annual?"),
        (f"{SOLD}auto_renew: flase}}]}}]\n", "Did you mean false? Possible here: true, false."),
        (f"{SOLD}next_term: {{product: {{termDuration: P1J}}}}}}]}}]\n", "next_term.product.termDuration is"),
        (f"{SOLD}actions: [{{actionType: Cancl}}]}}]}}]\n", "Did you mean Cancel?"),
        ("faults: [{kind: html_bod, times: 1}]\n", "Did you mean html_body?"),
        ("behaviour: {batch_order: newest}\n", "Possible here: newest_first, oldest_first."),
        ('{"fingerprint":"x"}', "snapshot"),
        ("{}\n", "it has no customers"),
        ("customers: []\n", "it has no customers"),
        ("hello\n", "it has no customers"),
        ("customers:\n  - name a\n", "mine.yaml:2:5: The file holds no world of the sandbox: customers.0: a mapping"),
    ],
)
def test_what_is_no_world_changes_nothing(estate: Estate, reconciler: Program, text: str, said: str) -> None:
    (estate.root / "mine.yaml").write_text(text)
    before = world_of(estate)
    answer = reconciler("sandbox", "load", "mine.yaml")

    assert (answer.code, said in answer.text, world_of(estate)) == (1, True, before)


def test_a_word_that_nobody_documents_is_said_to_be_one(estate: Estate, reconciler: Program) -> None:
    (estate.root / "mine.yaml").write_text(f"{SOLD}id: {OFFICE}, status: unknown(in_review)}}]}}]\n")
    assert reconciler("sandbox", "load", "mine.yaml").code == 0
    assert world_of(estate).find(OFFICE).status == "in_review"
    assert "status: unknown(in_review)" in reconciler("sandbox", "dump").out


@pytest.fixture
def terms(estate: Estate) -> Estate:
    """Terms of new commerce: one with a schedule, one that ends, one with seats that can be given back."""
    item, now = f"{BASIC}:CFQ7TTC0K971", utc_now()
    with estate.changed() as world:
        world.customers[0].subscriptions[:] = [
            Sold(id=OFFICE, offer=item, quantity=25, created=now - timedelta(days=200)),
            Sold(id=MAIL, offer=item, quantity=9, created=now - timedelta(days=75), term="P1M"),
            Sold(id=FRONTLINE, offer=item, quantity=3, created=now - timedelta(days=2)),
        ]
    estate.colleague.schedule(OFFICE, 20)
    estate.colleague.end_at_term(MAIL)
    estate.customer("contoso", office=(OFFICE, BASIC, 30), mail=(MAIL, BASIC, 9), frontline=(FRONTLINE, BASIC, 3))
    return estate


def planned(reconciler: Program, *words: str) -> dict[str, Any]:
    """Returns a plan without the commands of its advice, which name what was chosen."""
    found: dict[str, Any] = json.loads(reconciler("plan", "--format", "json", *words).out)
    for item in found["blocked"]:
        item["reasons"] = [reason["code"] for reason in item["reasons"]]
    return {key: found[key] for key in ("changes", "blocked", "pending", "drift", "summary")}


def test_an_estate_of_ones_own_plans_in_the_sandbox_as_it_does_live(terms: Estate, reconciler: Program) -> None:
    """Whatever the live values tell is there again: terms, schedules, what can be given back, what state remembers."""
    reconciler("apply", "--auto-approve")
    terms.colleague.suspend(FRONTLINE)
    live = planned(reconciler)
    assert reconciler("snapshot", "mine.json").code == 0
    before = [sold.commitment_end for _, sold in world_of(terms).sold()]
    assert reconciler("sandbox", "reset").code == 0

    answer = reconciler("sandbox", "load", "mine.json")

    assert (answer.code, "A snapshot does not tell who uses the licences" in answer.text) == (0, True)
    assert "reconciler plan --cloud sandbox --state .reconciler/rehearsal" in answer.out
    assert planned(reconciler, "--cloud", "sandbox", "--state", ".reconciler/rehearsal") == live
    assert {sold.commitment_end for _, sold in world_of(terms).sold()} <= {*before}


def test_an_apply_is_rehearsed_and_the_estates_own_state_is_left_alone(estate: Estate, reconciler: Program) -> None:
    estate.customer("fabrikam")
    assert reconciler("snapshot", "mine.json", "--upgrades", "all").code == 0
    assert reconciler("sandbox", "load", "mine.json").code == 0
    there = ("--cloud", "sandbox", "--state", ".reconciler/rehearsal")

    assert reconciler("apply", "--auto-approve", *there).code == 0
    assert len(estate.bought) == 2
    assert not (estate.root / "state").exists()
    assert planned(reconciler, *there)["changes"] == []
